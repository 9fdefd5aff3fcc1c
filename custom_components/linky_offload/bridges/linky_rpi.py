"""LinkyRPi: French names under ``LinkyRPi/<group>/``, each with ``{"Value":…}`` (mqtt-formats §5)."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from ..tic import Mode
from .draft import Draft
from .labels_in import put_value
from .modes import ModeKeeper
from .oddity import Oddity
from .payload import PayloadReader

_PHASES: Final = (1, 2, 3)
_HISTORIC: Final = {
    "AdresseCompteur": "ADCO",
    "TarifSouscrit": "OPTARIF",
    "IntensiteSouscrite": "ISOUSC",
    "Index00": "BASE",
    "CodeTarifEnCours": "PTEC",
    "CouleurTempoDemain": "DEMAIN",
    "PuissanceApparente": "PAPP",
    "PuissanceMaxAtteinte": "PMAX",
    "HorairesHC": "HHPHC",
    "MotEtat": "MOTDETAT",
    "PresenceDesPotentiels": "PPOT",
    "IntensiteInstantaneePhase2": "IINST2",
    "IntensiteInstantaneePhase3": "IINST3",
    "DepassementPuissance": "ADPS",
    **{f"DepassementPuissancePhase{phase}": f"ADIR{phase}" for phase in _PHASES},
}
_STANDARD: Final = {
    "AdresseCompteur": "ADSC",
    "VersionTIC": "VTIC",
    "TarifSouscrit": "NGTF",
    "PeriodeTarifaireEnCours": "LTARF",
    "CodeTarifEnCours": "NTARF",
    "Index00": "EAST",
    **{f"Index{index:02}": f"EASF{index:02}" for index in range(1, 11)},
    **{f"EnergieActiveSoutireeDistributeurIndex{index}": f"EASD{index:02}" for index in range(1, 5)},
    "EnergieActiveInjectéeTotale": "EAIT",
    **{f"EnergieRéactiveQ{quadrant}Totale": f"ERQ{quadrant}" for quadrant in range(1, 5)},
    **{f"IntensiteInstantaneePhase{phase}": f"IRMS{phase}" for phase in _PHASES},
    **{f"TensionEfficacePhase{phase}": f"URMS{phase}" for phase in _PHASES},
    "IntensiteSouscrite": "PREF",
    "PuissanceCoupure": "PCOUP",
    "PuissanceApparente": "SINSTS",
    **{f"PuissanceApparentePhase{phase}": f"SINSTS{phase}" for phase in _PHASES},
    "PuissanceMaxAtteinte": "SMAXSN",
    **{f"PuissanceMaxAtteintePhase{phase}": f"SMAXSN{phase}" for phase in _PHASES},
    "PuissanceApparenteMaxN-1": "SMAXSN-1",
    **{f"PuissanceApparenteMaxN-1Phase{phase}": f"SMAXSN{phase}-1" for phase in _PHASES},
    "PuissanceApparenteInstantanéeInjectée": "SINSTI",
    "PuissanceApparenteMaxInjectée": "SMAXIN",
    "PuissanceApparenteMaxInjectéeN-1": "SMAXIN-1",
    "PointNCourbeChargeActiveSoutiree": "CCASN",
    "PointN-1CourbeChargeActiveSoutiree": "CCASN-1",
    "PointNCourbeChargeActiveInjectée": "CCAIN",
    "PointN-1CourbeChargeActiveInjectée": "CCAIN-1",
    **{f"TensionMoyennePhase{phase}": f"UMOY{phase}" for phase in _PHASES},
    "MessageCourt": "MSG1",
    "MessageUltraCourt": "MSG2",
    "PRM": "PRM",
    "NumeroJourCalendrierFournisseur": "NJOURF",
    "NumeroProchainJourCalendrierFournisseur": "NJOURF+1",
    "ProfilProchainJourCalendrierFournisseur": "PJOURF+1",
    "ProfilProchainJourPointe": "PPOINTE",
}
NAMES: Final = frozenset({*_HISTORIC, *_STANDARD})
"""All names that mean a label."""

_SHARED_INDEXES: Final = frozenset(f"Index{index:02}" for index in range(1, 7))
_FIRST_CURRENT: Final = "IntensiteInstantaneePhase1"
_ONLY_STANDARD: Final = frozenset(_STANDARD) - frozenset(_HISTORIC) - _SHARED_INDEXES - {_FIRST_CURRENT}
_ONLY_HISTORIC: Final = frozenset(_HISTORIC) - frozenset(_STANDARD)
_INDEXES: Final[Mapping[str, tuple[str, ...]]] = {
    "HC..": ("HCHC", "HCHP"),
    "EJP.": ("EJPHN", "EJPHPM"),
    "BBR": ("BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR"),
}


class LinkyRpiReader:
    """One name serves both modes: nothing is said until a name, or a value, that only one mode has has told which."""

    def __init__(self, counts: Counter[Oddity], modes: ModeKeeper) -> None:
        self._payloads = PayloadReader(counts)
        self._modes = modes
        self._three_phase = False
        self._indexes: tuple[str, ...] = ()

    def read(self, topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        name = topic.rpartition("/")[2]
        if name not in NAMES:
            return
        body = self._payloads.json(payload)
        if body is None:
            return
        value = body.get("Value", body.get("value"))
        self._learn(name, value)
        label = self._label(name)
        if label is None:
            draft.odd(Oddity.NOT_KNOWN_YET)
        else:
            put_value(label, value, draft)

    def _learn(self, name: str, value: object) -> None:
        text = value.strip() if isinstance(value, str) else ""
        self._three_phase = self._three_phase or name.endswith(("Phase2", "Phase3"))
        option = name == "TarifSouscrit" and (text in {"HC..", "EJP."} or text.startswith("BBR"))
        period = name == "CodeTarifEnCours" and text[:2] in {"TH", "HC", "HP", "HN", "PM"}
        if option:
            self._indexes = _INDEXES[text if text in _INDEXES else "BBR"]
        if option or period or (name in _ONLY_HISTORIC and text):
            self._modes.settle(Mode.HISTORIC)
        elif name in _ONLY_STANDARD and value is not None:
            self._modes.settle(Mode.STANDARD)

    def _label(self, name: str) -> str | None:
        if self._modes.mode is Mode.STANDARD:
            return _STANDARD.get(name)
        if self._modes.mode is None:
            return None
        if name == _FIRST_CURRENT:
            return "IINST1" if self._three_phase else "IINST"
        if name in _SHARED_INDEXES:
            place = int(name[-2:])
            return self._indexes[place - 1] if place <= len(self._indexes) else None
        return _HISTORIC.get(name)
