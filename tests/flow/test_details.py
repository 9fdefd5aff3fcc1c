"""The rare settings of one appliance: what is offered for its kind of entity, what is refused, and what is kept."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import COORDINATOR_ID, load, meter_entry

from .house import Plugs, answer, change_coordinator, choose, reach_finish, registry_id, section_answers
from .steps import Result, shown

CHARGER = {"min": 0, "max": 32, "step": 1, "unit_of_measurement": "A"}
PILOT_WIRE = {"options": ["Confort", "Eco", "Hors gel"]}
RADIATOR = {
    "hvac_modes": ["off", "heat"],
    "min_temp": 5,
    "max_temp": 30,
    "temperature": 19,
    "preset_modes": ["eco", "away"],
}
TANK = {"operation_list": ["off", "eco", "performance"], "min_temp": 30, "max_temp": 65}


@pytest.fixture
def plugs(hass: HomeAssistant) -> Plugs:
    return Plugs.of(hass)


@pytest.fixture
def entry(hass: HomeAssistant, plugs: Plugs) -> MockConfigEntry:
    """A meter that need not run, and one entity of each kind."""
    for entity_id, name, state, attributes in (
        ("switch.plug", "Plug", "on", {}),
        ("switch.charger", "Charger", "on", {}),
        ("light.dimmed", "Dimmed", "on", {"supported_color_modes": ["brightness"], "brightness": 200}),
        ("number.current", "Current", "16", CHARGER),
        ("input_number.power", "Power", "500", {"min": 0, "max": 3000, "step": 1}),
        ("select.pilot", "Pilot wire", "Confort", PILOT_WIRE),
        ("climate.room", "Room", "heat", RADIATOR),
        ("water_heater.tank", "Tank", "eco", TANK),
    ):
        plugs.entity(entity_id, name, state=state)
        hass.states.async_set(entity_id, state, {"friendly_name": name, **attributes})
    entry = meter_entry("/dev/none")
    entry.add_to_hass(hass)
    return entry


async def reach_detail(hass: HomeAssistant, entry: MockConfigEntry, *loads: str) -> Result:
    """The rare settings of the first of the appliances."""
    result = await choose(hass, await reach_finish(hass, entry, loads), "details")
    if len(loads) > 1:
        assert result["step_id"] == "details"
        options = result["data_schema"].schema["load_id"].config["options"]
        result = await answer(hass, result, load_id=options[0]["value"])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "detail")
    return result


async def save(hass: HomeAssistant, result: Result) -> dict[str, Any]:
    """Save on the last page; the first appliance as it is kept."""
    assert (result["step_id"], result.get("errors")) == ("finish", None), result
    result = await choose(hass, result, "save")
    kept: dict[str, Any] = result["data"]["loads"][0]
    return kept


PLAIN = {"allowed": True, "last_resort": False, "cyclic": True, "contactor": False, "protected": [], "tasmota": {}}


async def test_a_plug_has_what_every_appliance_has(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await reach_detail(hass, entry, "switch.plug", "light.dimmed")
    assert result["description_placeholders"] == {"load": "Plug"}
    assert shown(result) == PLAIN
    night = {"from": "22:00:00", "to": "06:30:00"}
    flags = {"allowed": False, "last_resort": True, "cyclic": False, "contactor": True}
    kept = await save(hass, await answer(hass, result, **flags, protected=[night], climate="climate.room", tasmota={}))
    room = registry_id(hass, "climate.room")
    assert kept.items() >= (flags | {"protected": [night], "climate": room, "turn_down": None}).items()


async def test_the_settings_are_shown_again_with_the_names_of_now(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    saved = load(
        "load1",
        registry_id(hass, "number.current"),
        name="Current",
        way_off={"kind": "off", "value": registry_id(hass, "switch.charger")},
        climate=registry_id(hass, "climate.room"),
        protected=[{"from": "18:00:00", "to": "20:00:00"}],
        turn_down={"minimum": 8, "maximum": 16, "stop": 0, "step": 1, "va_per_unit": 230},
        last_resort=True,
    )
    other = meter_entry("/dev/other", [saved], unique_id=None)
    hass.config_entries.async_update_entry(entry, unique_id="041961777777")
    other.add_to_hass(hass)
    er.async_get(hass).async_update_entity("switch.charger", new_entity_id="switch.wallbox")
    er.async_get(hass).async_update_entity("climate.room", new_entity_id="climate.garage")
    result = await change_coordinator(hass, other, COORDINATOR_ID)
    result = await answer(hass, result, **shown(result))
    result = await answer(hass, result, **section_answers(result))
    result = await choose(hass, result, "details")
    assert shown(result) == PLAIN | {
        "last_resort": True,
        "protected": [{"from": "18:00:00", "to": "20:00:00"}],
        "climate": "climate.garage",
        "taking_off": {"way_off": "switch", "way_switch": "switch.wallbox"},
        "levels": {"turn_down": True, "minimum": 8, "maximum": 16, "stop": 0},
    }
    result = await answer(hass, result, **shown(result))
    await choose(hass, result, "save")
    assert other.subentries[COORDINATOR_ID].data["loads"][0].items() >= saved.items()


WAYS: dict[str, tuple[str, dict[str, Any], dict[str, Any] | None]] = {
    "a lamp down to a level": ("light.dimmed", {"way_off": "level", "way_level": 10}, {"kind": "level", "value": 10}),
    "a number at a value": ("number.current", {"way_off": "level", "way_level": 5}, {"kind": "level", "value": 5}),
    "a pilot wire at an option": (
        "select.pilot",
        {"way_off": "option", "way_option": "Eco"},
        {"kind": "option", "value": "Eco"},
    ),
    "a thermostat off": ("climate.room", {"way_off": "off"}, {"kind": "off", "value": None}),
    "a thermostat at a preset": (
        "climate.room",
        {"way_off": "preset", "way_preset": "away"},
        {"kind": "preset", "value": "away"},
    ),
    "a thermostat at a set-point": (
        "climate.room",
        {"way_off": "setpoint", "way_setpoint": 16.5},
        {"kind": "setpoint", "value": 16.5},
    ),
    "a thermostat some degrees lower": (
        "climate.room",
        {"way_off": "level", "way_level": 2},
        {"kind": "level", "value": 2},
    ),
    "a tank in a mode": (
        "water_heater.tank",
        {"way_off": "option", "way_option": "eco"},
        {"kind": "option", "value": "eco"},
    ),
    "a tank at a set-point": (
        "water_heater.tank",
        {"way_off": "setpoint", "way_setpoint": 40},
        {"kind": "setpoint", "value": 40},
    ),
    "what is left over of another way is dropped": (
        "climate.room",
        {"way_off": "default", "way_preset": "away"},
        None,
    ),
}


@pytest.mark.parametrize(("entity", "way", "kept"), WAYS.values(), ids=WAYS.keys())
async def test_a_way_off_of_the_person(
    hass: HomeAssistant, entry: MockConfigEntry, entity: str, way: dict[str, Any], kept: dict[str, Any] | None
) -> None:
    result = await reach_detail(hass, entry, entity)
    assert shown(result)["taking_off"] == {"way_off": "default"}
    result = await answer(hass, result, **shown(result) | {"taking_off": way})
    result = await choose(hass, result, "details")
    if kept is not None:
        assert shown(result)["taking_off"] == way
    result = await answer(hass, result, **shown(result))
    assert (await save(hass, result))["way_off"] == kept


WRONG_WAYS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a level that is not told": ("light.dimmed", {"way_off": "level"}, "way_incomplete"),
    "a lamp at 0 %": ("light.dimmed", {"way_off": "level", "way_level": 0}, "way_out_of_range"),
    "a lamp at 100 %": ("light.dimmed", {"way_off": "level", "way_level": 100}, "way_out_of_range"),
    "a number above its range": ("number.current", {"way_off": "level", "way_level": 33}, "way_out_of_range"),
    "a set-point below the range": ("climate.room", {"way_off": "setpoint", "way_setpoint": 4}, "way_out_of_range"),
    "no degree lower": ("climate.room", {"way_off": "level", "way_level": 0}, "way_out_of_range"),
    "no switch": ("number.current", {"way_off": "switch"}, "way_incomplete"),
    "a switch that is another appliance": (
        "number.current",
        {"way_off": "switch", "way_switch": "switch.plug"},
        "way_switch_taken",
    ),
}


@pytest.mark.parametrize(("entity", "way", "error"), WRONG_WAYS.values(), ids=WRONG_WAYS.keys())
async def test_a_way_off_that_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, entity: str, way: dict[str, Any], error: str
) -> None:
    result = await reach_detail(hass, entry, entity, "switch.plug")
    right = shown(result)
    result = await answer(hass, result, **right | {"taking_off": way})
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"taking_off": error})
    assert shown(result)["taking_off"] == way
    assert not result["data_schema"].schema["taking_off"].options["collapsed"]
    assert (await save(hass, await answer(hass, result, **right)))["way_off"] is None


async def test_a_switch_stops_one_appliance_only_and_none_of_ours(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    er.async_get(hass).async_get_or_create(
        "switch", "linky_offload", "own", suggested_object_id="own", config_entry=entry
    )
    result = await reach_detail(hass, entry, "number.current", "input_number.power")
    right = shown(result)
    own = right | {"taking_off": {"way_off": "switch", "way_switch": registry_id(hass, "switch.own")}}
    assert (await answer(hass, result, **own))["errors"] == {"taking_off": "way_switch_own"}
    stopped = right | {"taking_off": {"way_off": "switch", "way_switch": "switch.charger"}}
    result = await choose(hass, await answer(hass, result, **stopped), "details")
    options = result["data_schema"].schema["load_id"].config["options"]
    result = await answer(hass, result, load_id=options[1]["value"])
    assert "Power" in str(result["description_placeholders"])
    result = await answer(hass, result, **shown(result) | {"taking_off": stopped["taking_off"]})
    assert result["errors"] == {"taking_off": "way_switch_taken"}
    result = await answer(hass, result, **shown(result) | {"taking_off": {"way_off": "default"}})
    kept = await save(hass, result)
    assert kept["way_off"] == {"kind": "off", "value": registry_id(hass, "switch.charger")}


async def test_an_option_may_be_typed_while_its_entity_tells_none(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await reach_detail(hass, entry, "select.pilot")
    hass.states.async_set("select.pilot", "unavailable", {"friendly_name": "Pilot wire"})
    # What was chosen before it went away is not lost, and another one may be typed.
    result = await answer(hass, result, **shown(result) | {"taking_off": {"way_off": "option", "way_option": "Eco"}})
    result = await choose(hass, result, "details")
    assert shown(result)["taking_off"] == {"way_off": "option", "way_option": "Eco"}
    hass.states.async_set("select.pilot", "Confort", {"friendly_name": "Pilot wire", **PILOT_WIRE})
    stopped = shown(result) | {"taking_off": {"way_off": "option", "way_option": "Arrêt"}}
    assert (await answer(hass, result, **stopped))["errors"] == {"taking_off": "way_unknown"}
    hass.states.async_set("select.pilot", "unavailable", {"friendly_name": "Pilot wire"})
    result = await answer(hass, result, **shown(result) | {"taking_off": {"way_off": "option", "way_option": "Eco"}})
    assert (await save(hass, result))["way_off"] == {"kind": "option", "value": "Eco"}


# Levels ---------------------------------------------------------------------------------------------------------------

CURRENT = {"minimum": 6, "maximum": 32, "stop": 0, "step": 1}


async def test_a_charger_is_turned_down_from_its_maximum_to_6_a(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await reach_finish(hass, entry, ["number.current"])
    assert (await save(hass, result))["turn_down"] == CURRENT | {"va_per_unit": 230}


async def test_a_charger_on_three_phases_draws_three_times_as_much(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_update_entry(entry, data={**entry.data, "phases": 3})
    result = await reach_finish(hass, entry, ["number.current"])
    result = await choose(hass, result, "user")
    result = await answer(hass, result, **shown(result))
    result = await answer(hass, result, load_1=section_answers(result)["load_1"] | {"phase": "all"})
    assert (await save(hass, result))["turn_down"] == CURRENT | {"va_per_unit": 690}


async def test_a_lamp_is_turned_down_only_if_the_person_wants_it(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await reach_detail(hass, entry, "light.dimmed")
    assert shown(result)["levels"] == {"turn_down": False, "minimum": 1, "maximum": 100, "stop": 0}
    levels = {"turn_down": True, "minimum": 20, "maximum": 100}
    result = await answer(hass, result, **shown(result) | {"levels": levels})
    turned = {"minimum": 20, "maximum": 100, "stop": None, "step": 1, "va_per_unit": None}
    assert (await save(hass, result))["turn_down"] == turned


async def test_a_charger_that_is_unavailable_keeps_its_levels_and_may_lose_them(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    saved = load("load1", "number.current", turn_down=CURRENT | {"va_per_unit": 690})
    other = meter_entry("/dev/other", [saved], unique_id=None)
    hass.config_entries.async_update_entry(entry, unique_id="041961777777")
    other.add_to_hass(hass)
    hass.states.async_set("number.current", "unavailable")
    for use in (True, False):
        result = await change_coordinator(hass, other, COORDINATOR_ID)
        result = await answer(hass, result, **shown(result))
        result = await answer(hass, result, **section_answers(result))
        result = await choose(hass, result, "details")
        result = await answer(hass, result, **shown(result) | {"levels": shown(result)["levels"] | {"turn_down": use}})
        await choose(hass, result, "save")
        kept = other.subentries[COORDINATOR_ID].data["loads"][0]["turn_down"]
        assert kept == (CURRENT | {"va_per_unit": 690} if use else None)


LEVELS: dict[str, tuple[dict[str, Any], str]] = {
    "the lowest is the highest": ({"minimum": 16, "maximum": 16}, "levels_order"),
    "below zero": ({"minimum": -1, "maximum": 16}, "levels_order"),
    "it stops at the lowest": ({"minimum": 6, "maximum": 16, "stop": 6}, "levels_stop"),
    "it stops below zero": ({"minimum": 6, "maximum": 16, "stop": -1}, "levels_stop"),
    "above what the entity does": ({"minimum": 6, "maximum": 33}, "levels_out_of_range"),
}


@pytest.mark.parametrize(("wrong", "error"), LEVELS.values(), ids=LEVELS.keys())
async def test_levels_that_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry, wrong: dict[str, Any], error: str
) -> None:
    result = await reach_detail(hass, entry, "number.current")
    right = shown(result)
    result = await answer(hass, result, **right | {"levels": {"turn_down": True} | wrong})
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"levels": error})
    result = await answer(hass, result, **right | {"levels": {"turn_down": False} | wrong})
    assert (await save(hass, result))["turn_down"] is None


# What else is refused, and the delays of a Tasmota plug ---------------------------------------------------------------


async def test_hours_without_length_and_a_thermostat_of_ours_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    er.async_get(hass).async_get_or_create(
        "climate", "linky_offload", "own", suggested_object_id="own", config_entry=entry
    )
    result = await reach_detail(hass, entry, "switch.plug")
    right = shown(result)
    wrong = {"protected": [{"from": "08:00:00", "to": "08:00:00"}], "climate": registry_id(hass, "climate.own")}
    result = await answer(hass, result, **right | wrong)
    assert result["errors"] == {"protected": "protected_empty", "climate": "climate_own"}
    assert (await answer(hass, result, **right))["step_id"] == "finish"


async def test_a_tasmota_plug_brings_its_delays_and_its_type(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await reach_detail(hass, entry, "switch.plug")
    result = await answer(hass, result, **shown(result) | {"tasmota": {"plug_type": "washing_machine"}})
    result = await choose(hass, result, "times")
    assert (
        section_answers(result)["load_1"].items() >= {"delay_before": 8, "delay_after": 20, "random_after": 5}.items()
    )
    result = await answer(hass, result, **section_answers(result))
    kept = await save(hass, result)
    assert (kept["kind"], kept["last_resort"], kept["power_factor"]) == ("programme", True, 0.9)


async def test_a_switch_kept_in_spite_of_its_thermostat_knows_its_room(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    heater = plugs.plug("radiator", "Radiator")
    living = plugs.thermostat("living", "Living room", heater)
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "offload_coordinator"), context={"source": "user"}
    )
    result = await answer(hass, result, name="Home", loads=[heater])
    result = await answer(hass, result, use_thermostat=False)
    result = await answer(hass, result, **section_answers(result))
    assert (await save(hass, result))["climate"] == registry_id(hass, living)
