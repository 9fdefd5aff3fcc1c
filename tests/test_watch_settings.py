"""Settings changed while we hold a load: a person takes it back, anything else changes how it will go back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.util.unit_system import METRIC_SYSTEM
import pytest

from custom_components.linky_offload.actuators import Actuator
from custom_components.linky_offload.offload import Cause, LoadView
from custom_components.linky_offload.settings import LoadConfig, WayOff, WayOffKind
from custom_components.linky_offload.watch import LoadWatch

ROOM = "climate.room"
WIRE = "select.wire"
LAMP = "light.lamp"
CAR = "number.car"
CONTACTOR = "switch.contactor"
PLUG = "switch.plug"
HEATING: dict[str, Any] = {
    "hvac_modes": ["off", "heat"],
    "preset_modes": ["none", "eco", "frost"],
    "min_temp": 5,
    "max_temp": 30,
    "temperature": 20,
}
OPTIONS = {"options": ["Confort", "Éco", "Hors gel"]}
DIMMED = {"supported_color_modes": ["brightness"]}
AMPS = {"min": 6, "max": 32, "step": 1, "unit_of_measurement": "A"}
CONFIGS = (
    LoadConfig(load_id="room", name="Room", entity=ROOM),
    LoadConfig(load_id="wire", name="Wire", entity=WIRE),
    LoadConfig(load_id="lamp", name="Lamp", entity=LAMP),
    LoadConfig(load_id="car", name="Car", entity=CAR, way_off=WayOff(WayOffKind.OFF, CONTACTOR)),
    LoadConfig(load_id="plug", name="Plug", entity=PLUG, climate="climate.hall"),
)
PERSON = Context(user_id="someone")


@dataclass(slots=True)
class Told:
    """What the watch told."""

    views: list[tuple[LoadView, Cause]] = field(default_factory=list)
    wishes: list[tuple[str, bool, bool]] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)

    @property
    def causes(self) -> list[tuple[str, bool | None, Cause]]:
        return [(view.load_id, view.on, cause) for view, cause in self.views]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watch(hass: HomeAssistant, told: Told) -> Iterator[LoadWatch]:
    hass.config.units = METRIC_SYSTEM
    for service in ("climate.set_temperature", "select.select_option", "light.turn_on", "switch.turn_off"):
        domain, _, name = service.partition(".")
        hass.services.async_register(domain, name, lambda _call: None)
    hass.states.async_set(ROOM, "heat", HEATING)
    hass.states.async_set(WIRE, "Confort", OPTIONS)
    hass.states.async_set(LAMP, "on", DIMMED | {"brightness": 255})
    hass.states.async_set(CAR, "16", AMPS)
    hass.states.async_set(CONTACTOR, "on")
    hass.states.async_set(PLUG, "on")
    watch = LoadWatch(
        hass,
        on_view=lambda view, cause: told.views.append((view, cause)),
        on_wish=lambda load_id, on, by_hand: told.wishes.append((load_id, on, by_hand)),
    )
    watch.on_saved = told.saved.append
    watch.configure(CONFIGS)
    watch.start()
    watch.look()
    told.views.clear()
    yield watch
    watch.stop()


async def take(hass: HomeAssistant, watch: LoadWatch, load_id: str, level: float | None = None) -> Actuator:
    """Take a load off, or turn it down; its state does not follow yet."""
    actuator, context = watch.actuators[load_id], Context()
    watch.hands.note_ours(load_id, context, on=level is not None, now=hass.loop.time())
    actuator.save(level)
    await (actuator.async_offload(context) if level is None else actuator.async_level(level, context))
    return actuator


def call(hass: HomeAssistant, service: str, entity_id: str, data: dict[str, Any], context: Context) -> None:
    """A service call as the bus sees it."""
    domain, _, name = service.partition(".")
    hass.bus.async_fire(
        EVENT_CALL_SERVICE,
        {"domain": domain, "service": name, "service_data": {"entity_id": entity_id, **data}},
        context=context,
    )


@pytest.mark.parametrize("person", [True, False], ids=["a person", "an automation"])
@pytest.mark.parametrize(
    ("load_id", "cut", "service", "data", "changed", "saved"),
    [
        pytest.param(
            "room",
            ("heat", HEATING | {"temperature": 7}),
            "climate.set_temperature",
            {"temperature": 18},
            ("heat", HEATING | {"temperature": 18}),
            {"hvac_mode": "heat", "temperature": 18, "preset_mode": "none"},
            id="another set-point",
        ),
        pytest.param(
            "room",
            ("heat", HEATING | {"temperature": 7}),
            "climate.set_preset_mode",
            {"preset_mode": "eco"},
            ("heat", HEATING | {"temperature": 17, "preset_mode": "eco"}),
            {"hvac_mode": "heat", "temperature": 20, "preset_mode": "eco"},
            id="a preset",
        ),
        pytest.param(
            "wire",
            ("Hors gel", OPTIONS),
            "select.select_option",
            {"option": "Éco"},
            ("Éco", OPTIONS),
            {"option": "Éco"},
            id="another option",
        ),
        pytest.param(
            "lamp",
            ("off", DIMMED),
            "light.turn_on",
            {"brightness": 100},
            ("on", DIMMED | {"brightness": 100}),
            {"brightness": 100},
            id="on at another brightness",
        ),
    ],
)
async def test_settings_changed_while_it_is_off(
    hass: HomeAssistant,
    watch: LoadWatch,
    told: Told,
    load_id: str,
    cut: tuple[str, dict[str, Any]],
    service: str,
    data: dict[str, Any],
    changed: tuple[str, dict[str, Any]],
    saved: dict[str, Any],
    person: bool,
) -> None:
    actuator = await take(hass, watch, load_id)
    entity_id = actuator.entity_id or ""
    hass.states.async_set(entity_id, *cut)
    assert told.causes == [(load_id, False, Cause.OURS)]

    context = PERSON if person else Context()
    call(hass, service, entity_id, data, context)
    assert told.wishes == [(load_id, True, person)]
    assert actuator.saved == saved
    assert told.saved == [load_id]
    hass.states.async_set(entity_id, *changed, context=context)
    assert told.causes[1:] == [(load_id, True, Cause.HAND if person else Cause.ORDER)]


@pytest.mark.parametrize(
    ("service", "entity_id", "data", "load_id"),
    [
        pytest.param("climate.set_temperature", ROOM, {"temperature": 7}, "room", id="a set-point like ours"),
        pytest.param("climate.set_hvac_mode", ROOM, {"hvac_mode": "off"}, "room", id="off"),
        pytest.param("select.select_option", WIRE, {"option": "Hors gel"}, "wire", id="the option that it has"),
        pytest.param("switch.turn_off", CONTACTOR, {}, "car", id="the switch of a charger"),
    ],
)
async def test_ordered_off_while_it_is_off_it_is_not_wanted_any_more(
    hass: HomeAssistant,
    watch: LoadWatch,
    told: Told,
    service: str,
    entity_id: str,
    data: dict[str, Any],
    load_id: str,
) -> None:
    actuator = await take(hass, watch, load_id)
    before = dict(actuator.saved)
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 7})
    hass.states.async_set(WIRE, "Hors gel", OPTIONS)
    hass.states.async_set(CONTACTOR, "off")
    call(hass, service, entity_id, data, Context())
    assert told.wishes == [(load_id, False, False)]
    assert actuator.saved == before


@pytest.mark.parametrize(
    ("service", "entity_id", "data"),
    [
        pytest.param("climate.set_temperature", ROOM, {"temperature": 22}, id="another set-point"),
        pytest.param("climate.set_preset_mode", ROOM, {"preset_mode": "eco"}, id="a preset"),
        pytest.param("select.select_option", WIRE, {"option": "Éco"}, id="another option"),
        pytest.param("number.set_value", CAR, {"value": 10}, id="another current"),
        pytest.param("climate.set_fan_mode", ROOM, {"fan_mode": "low"}, id="nothing of ours"),
    ],
)
async def test_settings_of_a_load_that_is_not_ours_are_nobodys_business(
    hass: HomeAssistant, watch: LoadWatch, told: Told, service: str, entity_id: str, data: dict[str, Any]
) -> None:
    call(hass, service, entity_id, data, PERSON)
    assert (told.wishes, told.saved) == ([], [])
    assert all(not actuator.saved for actuator in watch.actuators.values())


async def test_a_slow_schedule_is_no_hand(hass: HomeAssistant, watch: LoadWatch, told: Told) -> None:
    hass.states.async_set(WIRE, "Hors gel", OPTIONS, context=PERSON)
    call(hass, "select.select_option", WIRE, {"option": "Confort"}, Context())
    hass.states.async_set(WIRE, "Confort", OPTIONS)
    assert told.causes == [("wire", False, Cause.HAND), ("wire", True, Cause.ORDER)]


async def test_the_knob_of_a_thermostat_is_a_hand(
    hass: HomeAssistant, watch: LoadWatch, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(hass, watch, "room")
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 7})
    now = hass.loop.time()
    monkeypatch.setattr(hass.loop, "time", lambda: now + 60)
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 19})
    assert told.causes == [("room", False, Cause.OURS), ("room", True, Cause.HAND)]


@pytest.mark.parametrize(
    ("after_s", "temperature", "cause"),
    [
        pytest.param(20, 7, Cause.OURS, id="soon"),
        pytest.param(600, 7, Cause.OURS, id="a valve that sleeps, precisely what we asked"),
        pytest.param(1000, 7, Cause.HAND, id="too late to be ours"),
        pytest.param(600, 6, Cause.HAND, id="late, and not what we asked"),
    ],
)
async def test_a_sleeping_valve_confirms_late_with_a_context_of_its_own(
    hass: HomeAssistant,
    watch: LoadWatch,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
    after_s: float,
    temperature: float,
    cause: Cause,
) -> None:
    await take(hass, watch, "room")
    now = hass.loop.time()
    monkeypatch.setattr(hass.loop, "time", lambda: now + after_s)
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": temperature})
    assert told.causes == [("room", False, cause)]


@pytest.mark.parametrize(
    ("context", "brightness", "cause"),
    [
        pytest.param(PERSON, 200, Cause.HAND, id="a person turns it up"),
        pytest.param(Context(), 200, Cause.HAND, id="its own knob"),
        pytest.param(Context(parent_id="automation"), 200, Cause.ORDER, id="an automation"),
    ],
)
async def test_who_moves_a_load_that_is_turned_down(
    hass: HomeAssistant, watch: LoadWatch, told: Told, context: Context, brightness: int, cause: Cause
) -> None:
    await take(hass, watch, "lamp", level=40)
    hass.states.async_set(LAMP, "on", DIMMED | {"brightness": 102})
    now = hass.loop.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hass.loop, "time", lambda: now + 60)
        hass.states.async_set(LAMP, "on", DIMMED | {"brightness": brightness}, context=context)
    assert [(view.on, view.level, why) for view, why in told.views] == [(True, 40, Cause.OURS), (True, 78.4, cause)]


async def test_a_load_that_is_not_turned_down_may_change_its_level_unasked(
    hass: HomeAssistant, watch: LoadWatch, told: Told
) -> None:
    hass.states.async_set(LAMP, "on", DIMMED | {"brightness": 51}, context=PERSON)
    assert [(view.level, why) for view, why in told.views] == [(20, Cause.MEASURE)]


async def test_the_switch_beside_a_charger_is_watched_too(hass: HomeAssistant, watch: LoadWatch, told: Told) -> None:
    hass.states.async_set(CONTACTOR, "off", context=PERSON)
    hass.states.async_set(CONTACTOR, "on", context=PERSON)
    hass.states.async_set(CONTACTOR, "unavailable")
    assert told.causes == [("car", False, Cause.HAND), ("car", True, Cause.HAND), ("car", None, Cause.MEASURE)]


async def test_the_thermostat_beside_a_plug_is_only_read(hass: HomeAssistant, watch: LoadWatch, told: Told) -> None:
    hass.states.async_set("climate.hall", "heat", HEATING | {"current_temperature": 18}, context=PERSON)
    assert [(view.load_id, view.gap_k, cause) for view, cause in told.views] == [("plug", 2, Cause.MEASURE)]
    call(hass, "climate.set_temperature", "climate.hall", {"temperature": 22}, PERSON)
    assert told.wishes == []


async def test_other_details_of_a_load_that_is_ours_leave_it_ours(
    hass: HomeAssistant, watch: LoadWatch, told: Told
) -> None:
    await take(hass, watch, "room")
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 7})
    watch.configure([LoadConfig(load_id="room", name="Room", entity=ROOM, way_off=WayOff(WayOffKind.PRESET, "frost"))])
    actuator = watch.actuators["room"]
    assert actuator.ours
    assert actuator.saved == {"hvac_mode": "heat", "temperature": 20}
