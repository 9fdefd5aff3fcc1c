"""Every sentence that the demo shows, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of the dashboard and of the terminal in one language."""

    title: str
    meter: str
    power_and_threshold: str
    offloading: str
    decisions: str
    house: str
    kitchen: str
    heating: str
    try_it: str
    try_it_text: str
    coordinator: str
    pretended: tuple[str, ...]
    starting: str
    opened_at: str
    what_to_try: tuple[str, ...]
    real_meter: tuple[str, ...]
    login: str
    stop: str
    port_taken: str


ENGLISH = Texts(
    title="Linky Offload",
    meter="My meter",
    power_and_threshold="The last minutes",
    offloading="Offloading",
    decisions="What was decided, and why",
    house="The appliances",
    kitchen="Kitchen",
    heating="Heating",
    try_it="Try it",
    try_it_text=(
        "The house and its meter are simulated. Home Assistant and Linky Offload are real.\n\n"
        "1. Press **Start an overload now**: the kettle starts after 40 s, the oven after 60 s.\n"
        "2. Watch the **trip margin** fall, and appliances being cut before the meter opens.\n"
        "3. Once the kitchen is done, after 5 min, everything comes back by itself.\n"
        "4. Set the mode to **Observe** and start again: nothing is cut, and the meter opens."
    ),
    coordinator="Heating and water",
    pretended=("Pretended water heater", "Pretended heater", "Pretended car"),
    starting="Starting Home Assistant, some ten seconds…",
    opened_at="Home Assistant is ready, and you are logged in: {url}",
    what_to_try=(
        "Press “Start an overload now”: kettle and oven start, the trip margin falls, and an appliance is cut before "
        "the meter opens.",
        "Switch a cut appliance back on by hand: your wish is respected as long as the meter allows it.",
        "Set the mode to “Observe” and start an overload: nothing is cut, and the simulated meter opens.",
        "Settings → Devices & services → Linky Offload shows the forms that set all this up.",
    ),
    real_meter=(
        "Your meter's own values are on the dashboard.",
        "Three pretended appliances stand under an offload coordinator; nothing real is switched.",
    ),
    login="From another machine, log in as {username} with the password {password}",
    stop="Ctrl-C ends it and removes everything.",
    port_taken="The port {port} is taken, perhaps by your own Home Assistant. Choose another one: "
    "scripts/demo --port {other}",
)

FRENCH = Texts(
    title="Linky Offload",
    meter="Mon compteur",
    power_and_threshold="Les dernières minutes",
    offloading="Délestage",
    decisions="Ce qui a été décidé, et pourquoi",
    house="Les appareils",
    kitchen="Cuisine",
    heating="Chauffage",
    try_it="À essayer",
    try_it_text=(
        "La maison et son compteur sont simulés. Home Assistant et Linky Offload sont les vrais.\n\n"
        "1. Appuyez sur **Provoquer une surcharge** : la bouilloire démarre après 40 s, le four après 60 s.\n"
        "2. Regardez la **marge avant coupure** baisser, et des appareils délestés avant que le compteur ne s’ouvre.\n"
        "3. Quand la cuisine a fini, au bout de 5 min, tout revient de soi-même.\n"
        "4. Passez le mode sur **Observation** et recommencez : rien n’est délesté, et le compteur s’ouvre."
    ),
    coordinator="Chauffage et eau chaude",
    pretended=("Chauffe-eau fictif", "Radiateur fictif", "Voiture fictive"),
    starting="Démarrage de Home Assistant, une dizaine de secondes…",
    opened_at="Home Assistant est prêt, et vous y êtes connecté : {url}",
    what_to_try=(
        "Appuyez sur « Provoquer une surcharge » : bouilloire et four démarrent, la marge avant coupure baisse, "
        "un appareil est délesté avant que le compteur ne s’ouvre.",
        "Rallumez à la main un appareil délesté : votre volonté est respectée tant que le compteur le permet.",
        "Passez le mode sur « Observation » et provoquez une surcharge : rien n’est délesté, et le compteur simulé "
        "s’ouvre.",
        "Paramètres → Appareils et services → Linky Offload montre les formulaires qui ont tout configuré.",
    ),
    real_meter=(
        "Les valeurs de votre compteur sont sur le tableau de bord.",
        "Trois appareils fictifs sont sous un coordinateur de délestage ; rien de réel n’est commuté.",
    ),
    login="Depuis une autre machine, connectez-vous en tant que {username} avec le mot de passe {password}",
    stop="Ctrl-C arrête tout et ne laisse rien derrière.",
    port_taken="Le port {port} est pris, peut-être par votre propre Home Assistant. Choisissez-en un autre : "
    "scripts/demo --port {other}",
)

TEXTS = {"en": ENGLISH, "fr": FRENCH}
