"""Limits for a time, circuits and groups: rows of the settings, refused with the row or the circuit named."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import PtyMeter, hear, load, meter_entry, set_up

from .house import Plugs, registry_id
from .steps import open_page, shown, submit

# Limits for a time ----------------------------------------------------------------------------------------------------


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A meter of 6 kVA with two appliances, of which one declares its power. It is not running."""
    loads = [
        load("heater", "switch.heater", power_source="declared", declared_va=2000),
        load("lamp", "light.lamp", power_source="learned", declared_va=90),
    ]
    entry = meter_entry("/dev/none", loads, options={})
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def ecowatt(hass: HomeAssistant) -> str:
    """An entity that tells the strain on the grid."""
    return Plugs.of(hass).entity("sensor.ecowatt", "EcoWatt", state="1")


async def test_limits_for_a_time_are_kept_with_what_they_need_only(
    hass: HomeAssistant, entry: MockConfigEntry, ecowatt: str
) -> None:
    result = await open_page(hass, entry, "soft_limits")
    assert shown(result) == {"soft_limits": []}
    red = {"when": "On Tempo red days", "limit_va": 3000}
    strained = {"when": "While an entity has a state", "entity": ecowatt, "state": " 3 ", "limit_va": 2000}
    await submit(hass, result, {"soft_limits": [red | {"state": "left over"}, strained]})
    kept = {"entity": registry_id(hass, ecowatt), "state": "3", "limit_va": 2000}
    assert entry.options == {"soft_limits": [red | {"when": "tempo_red"}, kept | {"when": "entity"}]}
    er.async_get(hass).async_update_entity(ecowatt, new_entity_id="sensor.grid")
    hass.states.async_set("sensor.grid", "1")
    result = await open_page(hass, entry, "soft_limits")
    assert shown(result) == {"soft_limits": [red, strained | {"entity": "sensor.grid", "state": "3"}]}
    await submit(hass, result, {})
    assert entry.options == {}


WHILE = "While an entity has a state"
PEAK = {"when": "In EJP peak hours", "limit_va": 3000}
ENTITY = {"when": WHILE, "entity": "sensor.ecowatt", "state": "3", "limit_va": 3000}

SOFT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no entity": ({}, {"when": WHILE, "state": "3", "limit_va": 3000}, "soft_incomplete"),
    "no state": ({}, {"when": WHILE, "entity": "sensor.ecowatt", "limit_va": 3000}, "soft_incomplete"),
    "an empty state": ({}, ENTITY | {"state": " "}, "soft_incomplete"),
    "an entity that does not exist": ({}, ENTITY | {"entity": "sensor.nowhere"}, "soft_unknown_entity"),
    "499 VA": ({}, PEAK | {"limit_va": 499}, "soft_too_low"),
    "the contract itself": ({}, ENTITY | {"limit_va": 6000}, "soft_too_high"),
    "the adjusted contract": ({"adjustment": -20}, ENTITY | {"limit_va": 4800}, "soft_too_high"),
    "the person's own threshold": (
        {"threshold_kind": "a", "threshold_value": 20},
        ENTITY | {"limit_va": 4600},
        "soft_too_high",
    ),
    "the same period twice": ({}, PEAK | {"limit_va": 2000}, "soft_twice"),
}


@pytest.mark.parametrize(("options", "wrong", "error"), SOFT.values(), ids=SOFT.keys())
async def test_a_limit_for_a_time_that_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    ecowatt: str,
    options: dict[str, Any],
    wrong: dict[str, Any],
    error: str,
) -> None:
    hass.config_entries.async_update_entry(entry, options=options)
    result = await submit(hass, await open_page(hass, entry, "soft_limits"), {"soft_limits": [PEAK, wrong]})
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"soft_limits": error})
    assert result["description_placeholders"]["row"] == "2"
    assert shown(result) == {"soft_limits": [PEAK, wrong]}
    result = await submit(hass, result, {"soft_limits": [PEAK, ENTITY]})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_unknown_contract_refuses_no_limit_as_too_high(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={}, contract_va=None)
    entry.add_to_hass(hass)
    result = await submit(hass, await open_page(hass, entry, "soft_limits"), {"soft_limits": [PEAK]})
    assert result["type"] is FlowResultType.CREATE_ENTRY


# Circuits and groups --------------------------------------------------------------------------------------------------

SHED = {"name": "Shed", "maximum_va": 2300, "loads": ["Heater", "Lamp"]}


async def test_circuits_need_appliances(hass: HomeAssistant) -> None:
    entry = meter_entry("/dev/none", options={})
    entry.add_to_hass(hass)
    result = await open_page(hass, entry, "circuits")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_loads")


async def test_a_circuit_keeps_its_id_with_its_name(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await open_page(hass, entry, "circuits")
    assert shown(result) == {"circuits": [], "exclusive": []}
    loft = {"name": "Loft", "maximum_va": 3000, "loads": ["Heater"]}
    answers = {"circuits": [SHED | {"name": " Shed "}, loft], "exclusive": [{"loads": ["Heater", "Lamp"]}]}
    await submit(hass, result, answers)
    shed, _ = entry.options["circuits"]
    assert shed.items() >= (SHED | {"loads": ["heater", "lamp"]}).items()
    assert len(shed["circuit_id"]) == 32
    assert entry.options["exclusive"] == [["heater", "lamp"]]
    result = await open_page(hass, entry, "circuits")
    assert shown(result) == {"circuits": [SHED, loft], "exclusive": [{"loads": ["Heater", "Lamp"]}]}
    await submit(hass, result, {"circuits": [loft | {"name": "Attic"}, SHED | {"name": "SHED", "maximum_va": 4600}]})
    attic, moved = entry.options["circuits"]
    assert moved == {"circuit_id": shed["circuit_id"], "name": "SHED", "maximum_va": 4600, "loads": ["heater", "lamp"]}
    assert attic["circuit_id"] != shed["circuit_id"]
    assert "exclusive" not in entry.options


async def test_an_appliance_that_is_renamed_while_the_form_is_open_is_the_same(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await open_page(hass, entry, "circuits")
    [subentry] = entry.subentries.values()
    renamed = [load | {"name": f"My {load['name']}"} for load in subentry.data["loads"]]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "loads": renamed})
    await submit(hass, result, {"circuits": [SHED]})
    assert entry.options["circuits"][0]["loads"] == ["heater", "lamp"]


async def test_two_appliances_of_the_same_name_are_told_apart(hass: HomeAssistant) -> None:
    heaters = [load(load_id, f"switch.{load_id}", name="Heater", power_source="learned") for load_id in ("a", "b", "c")]
    entry = meter_entry("/dev/none", heaters, options={})
    entry.add_to_hass(hass)
    result = await open_page(hass, entry, "circuits")
    await submit(hass, result, {"exclusive": [{"loads": ["Heater (3)", "Heater"]}]})
    assert entry.options == {"exclusive": [["c", "a"]]}
    result = await open_page(hass, entry, "circuits")
    assert shown(result)["exclusive"] == [{"loads": ["Heater (3)", "Heater"]}]


async def test_a_row_is_shown_by_words_alone(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The interface writes the bare value of every field of a row, so no value may be a key of ours."""
    for page, row, field, words in (
        ("soft_limits", "soft_limits", "when", ["On Tempo red days", "In EJP peak hours", WHILE]),
        ("circuits", "circuits", "loads", ["Heater", "Lamp"]),
        ("circuits", "exclusive", "loads", ["Heater", "Lamp"]),
    ):
        result = await open_page(hass, entry, page)
        config = result["data_schema"].schema[row].config
        assert config["fields"][field]["selector"].config["options"] == words


async def test_appliances_that_are_gone_are_no_longer_shown(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    circuits = [SHED | {"circuit_id": "c1", "loads": ["gone", "lamp"]}]
    hass.config_entries.async_update_entry(entry, options={"circuits": circuits, "exclusive": [["gone", "lamp"]]})
    result = await open_page(hass, entry, "circuits")
    assert shown(result) == {"circuits": [SHED | {"loads": ["Lamp"]}], "exclusive": [{"loads": ["Lamp"]}]}
    with pytest.raises(InvalidData):
        await submit(hass, result, {"circuits": [SHED | {"loads": ["Gone"]}]})


ROWS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no name": ({"circuits": [SHED | {"name": " "}]}, {"circuits": "circuit_nameless"}),
    "the same name twice": ({"circuits": [SHED, SHED | {"name": "shed "}]}, {"circuits": "circuit_twice"}),
    "no appliance": ({"circuits": [SHED | {"loads": []}]}, {"circuits": "circuit_empty"}),
    "a maximum of 99 VA": ({"circuits": [SHED | {"maximum_va": 99}]}, {"circuits": "circuit_out_of_range"}),
    "a maximum above any contract": (
        {"circuits": [SHED | {"maximum_va": 36_001}]},
        {"circuits": "circuit_out_of_range"},
    ),
    "a group of one": ({"exclusive": [{"loads": ["Lamp", "Lamp"]}]}, {"exclusive": "group_too_small"}),
    "the same group twice": (
        {"exclusive": [{"loads": ["Lamp", "Heater"]}, {"loads": ["Heater", "Lamp"]}]},
        {"exclusive": "group_twice"},
    ),
    "both": (
        {"circuits": [SHED | {"loads": []}], "exclusive": [{"loads": []}]},
        {"circuits": "circuit_empty", "exclusive": "group_too_small"},
    ),
}


@pytest.mark.parametrize(("wrong", "errors"), ROWS.values(), ids=ROWS.keys())
async def test_circuits_and_groups_that_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await submit(hass, await open_page(hass, entry, "circuits"), wrong)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert shown(result) == {"circuits": [], "exclusive": []} | wrong
    result = await submit(hass, result, {"circuits": [SHED]})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("kept", [True, False], ids=["kept all the same", "mended"])
async def test_a_circuit_below_its_largest_appliance_is_warned_of(
    hass: HomeAssistant, entry: MockConfigEntry, kept: bool
) -> None:
    small = {"circuits": [SHED | {"maximum_va": 1999}]}
    result = await submit(hass, await open_page(hass, entry, "circuits"), small)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "small_circuit")
    assert result["description_placeholders"] == {
        "circuits": "Shed may draw 1999 VA, but Heater alone draws 2000 VA: it would never be on."
    }
    if kept:
        await submit(hass, result, {"next_step_id": "keep_circuits"})
        assert entry.options["circuits"][0]["maximum_va"] == 1999
        return
    result = await submit(hass, result, {"next_step_id": "circuits"})
    assert shown(result) == small | {"exclusive": []}
    await submit(hass, result, {"circuits": [SHED | {"maximum_va": 2000}]})
    assert entry.options["circuits"][0]["maximum_va"] == 2000


async def test_the_power_that_the_arbiter_knows_is_warned_of_as_well(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    plugs = Plugs.of(hass)
    heater = plugs.plug("heater", "Heater")
    hass.states.async_set("sensor.heater_power", "2400", {"unit_of_measurement": "W", "device_class": "power"})
    loads = [load("heater", heater, power_source="measured", power_sensor="sensor.heater_power")]
    entry = meter_entry(pty_meter.port, loads, options={})
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 2600)
    answers = {"circuits": [{"name": "Shed", "maximum_va": 2300, "loads": ["Heater"]}]}
    result = await submit(hass, await open_page(hass, entry, "circuits"), answers)
    assert "Heater alone draws 2400 VA" in result["description_placeholders"]["circuits"]
