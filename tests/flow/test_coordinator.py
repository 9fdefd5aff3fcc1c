"""Adding and changing an offload coordinator, as a person goes through its forms."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_schema_suggested_value

from custom_components.linky_offload.offload.model import OffloadMode
from tests.common import COORDINATOR_ID, PtyMeter, load, meter_entry, set_up

from .house import (
    Plugs,
    add_coordinator,
    answer,
    change_coordinator,
    choose,
    reach_finish,
    registry_id,
    section_answers,
)


@pytest.fixture
def plugs(hass: HomeAssistant) -> Plugs:
    return Plugs.of(hass)


@pytest.fixture
async def entry(hass: HomeAssistant, pty_meter: PtyMeter) -> MockConfigEntry:
    """A meter at work, without any coordinator."""
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    return entry


async def test_three_plugs_take_three_forms(hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs) -> None:
    car = plugs.plug("car_charger", "Wallbox", "power")
    tank = plugs.plug("tank", "Chauffe-eau", "power", "apparent_power")
    lamp = "light.terrace"
    hass.states.async_set(lamp, "off", {"friendly_name": "Terrace"})

    result = await add_coordinator(hass, entry)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    assert get_schema_suggested_value(result["data_schema"].schema, "name") == "Offloading"

    result = await answer(hass, result, name=" Home ", loads=[car, lamp, tank])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "loads")
    assert result["description_placeholders"] == {
        "load_1": "1. Wallbox",
        "load_2": "2. Terrace",
        "load_3": "3. Chauffe-eau",
    }
    proposed = section_answers(result)
    assert proposed == {
        "load_1": {"kind": "car", "power_source": "measured", "power_sensor": "sensor.car_charger_power"},
        "load_2": {"kind": "other", "power_source": "learned"},
        "load_3": {"kind": "water_heater", "power_source": "measured", "power_sensor": "sensor.tank_apparent_power"},
    }

    result = await answer(
        hass, result, **proposed | {"load_2": {"kind": "heater", "power_source": "declared", "declared_va": 1500.4}}
    )
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "finish")
    assert result["menu_options"] == ["automatic", "observe", "try_load", "times", "details", "strategy", "user"]
    assert result["description_placeholders"] == {
        "loads": "1. Wallbox\n2. Terrace\n3. Chauffe-eau",
        "order": "Just enough of these is cut, what is missed least at that moment; among those that are missed alike, "
        "in this order:",
        "mode": "The meter is in automatic mode: appliances are cut when needed.",
        "when": "Appliances are cut at the first value above the contract.",
        "warnings": "",
        "tried": "",
    }

    result = await choose(hass, result, "automatic")
    assert (result["type"], result["title"]) == (FlowResultType.CREATE_ENTRY, "Home")
    data = result["data"]
    ids = [saved.pop("load_id") for saved in data["loads"]]
    assert len(set(ids)) == 3
    assert all(len(load_id) == 32 for load_id in ids)
    common = {
        "phase": "unknown",
        "delay_before": 0,
        "delay_after": 0,
        "random_after": 0,
        "auto_on": None,
        "auto_off": None,
        "allowed": True,
        "last_resort": False,
        "cyclic": True,
        "contactor": False,
        "protected": [],
        "climate": None,
        "way_off": None,
        "turn_down": None,
    }
    assert data == {
        "strategy": "least_harm",
        "rank": 1,
        "rotation": 300,
        "enabled": True,
        "loads": [
            common
            | {
                "entity": registry_id(hass, car),
                "name": "Wallbox",
                "kind": "car",
                "power_source": "measured",
                "power_sensor": registry_id(hass, "sensor.car_charger_power"),
                "declared_va": None,
                "power_factor": 1.0,
                "minimum_off": 300,
                "minimum_on": 300,
                "longest_off": None,
            },
            common
            | {
                "entity": lamp,
                "name": "Terrace",
                "kind": "heater",
                "power_source": "declared",
                "power_sensor": None,
                "declared_va": 1500,
                "power_factor": 1.0,
                "minimum_off": 180,
                "minimum_on": 180,
                "longest_off": 3600,
            },
            common
            | {
                "entity": registry_id(hass, tank),
                "name": "Chauffe-eau",
                "kind": "water_heater",
                "power_source": "measured",
                "power_sensor": registry_id(hass, "sensor.tank_apparent_power"),
                "declared_va": None,
                "power_factor": 1.0,
                "minimum_off": 300,
                "minimum_on": 300,
                "longest_off": 14_400,
            },
        ],
    }
    assert entry.runtime_data.actuators.keys() == set(ids)
    assert entry.runtime_data.mode is OffloadMode.AUTOMATIC


async def test_a_coordinator_that_only_observes(hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs) -> None:
    result = await choose(hass, await reach_finish(hass, entry, [plugs.plug("tank", "Tank")]), "observe")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.runtime_data.mode is OffloadMode.OBSERVE


async def test_a_second_coordinator_comes_after_the_first_and_may_wake_an_observing_meter(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    await choose(hass, await reach_finish(hass, entry, [plugs.plug("tank", "Tank")]), "observe")
    result = await reach_finish(hass, entry, [plugs.plug("car", "Car")], "Second")
    assert "observe mode" in result["description_placeholders"]["mode"]
    result = await choose(hass, result, "automatic")
    assert result["data"]["rank"] == 2
    assert entry.runtime_data.mode is OffloadMode.AUTOMATIC


async def test_a_second_coordinator_is_numbered(hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs) -> None:
    await choose(hass, await reach_finish(hass, entry, [plugs.plug("tank", "Tank")]), "automatic")
    result = await add_coordinator(hass, entry)
    assert get_schema_suggested_value(result["data_schema"].schema, "name") == "Offloading 2"


async def test_another_type_brings_its_times_and_the_form_of_times_changes_them(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name="Home", loads=[plugs.plug("one", "One"), plugs.plug("two", "Two")])
    proposed = section_answers(result)
    proposed["load_2"]["kind"] = "heat_pump"
    result = await answer(hass, result, **proposed)
    result = await choose(hass, result, "times")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "times")
    shown = section_answers(result)
    delays = {"delay_before": 0, "delay_after": 0, "random_after": 0}
    assert shown == {
        "load_1": delays | {"minimum_off": 3, "minimum_on": 3, "longest_off": 60, "power_factor": 1.0},
        "load_2": delays | {"minimum_off": 10, "minimum_on": 10, "longest_off": 60, "power_factor": 0.9},
    }
    shown["load_1"] = {
        "delay_before": 5,
        "delay_after": 90,
        "random_after": 15,
        "minimum_off": 0.5,
        "minimum_on": 0,
        "auto_on": 600,
        "auto_off": 0,
        "power_factor": 0.95,
    }
    result = await answer(hass, result, **shown)
    assert result["step_id"] == "finish"
    result = await choose(hass, result, "automatic")
    times = [
        *("delay_before", "delay_after", "random_after", "minimum_off", "minimum_on", "longest_off"),
        *("auto_on", "auto_off", "power_factor"),
    ]
    assert [tuple(saved[key] for key in times) for saved in result["data"]["loads"]] == [
        (5, 90, 15, 30, 0, None, 600, None, 0.95),
        (0, 0, 0, 600, 600, 3600, None, None, 0.9),
    ]


async def test_the_last_page_leads_back_to_the_list_and_what_stays_keeps_its_settings(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    one, two, three = (plugs.plug(name.lower(), name) for name in ("One", "Two", "Three"))
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name="Home", loads=[one, two])
    learned = {"kind": "other", "power_source": "learned"}
    declared = {"kind": "car", "power_source": "declared", "declared_va": 7000}
    result = await answer(hass, result, load_1=learned, load_2=declared)
    result = await choose(hass, result, "user")
    shown = result["data_schema"].schema
    assert get_schema_suggested_value(shown, "name") == "Home"
    assert get_schema_suggested_value(shown, "loads") == [one, two]
    result = await answer(hass, result, name="Home", loads=[two, three])
    assert section_answers(result) == {"load_1": declared, "load_2": learned}


async def test_more_appliances_than_fit_take_another_page(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    loads = [plugs.plug(f"plug_{number}", f"Plug {number}", "power") for number in range(1, 9)]
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name="Home", loads=loads)
    assert list(result["description_placeholders"].values()) == [f"{number}. Plug {number}" for number in range(1, 7)]
    assert all(value.options["collapsed"] for value in result["data_schema"].schema.values())
    result = await answer(hass, result, **section_answers(result))
    assert result["description_placeholders"] == {"load_1": "7. Plug 7", "load_2": "8. Plug 8"}
    assert not any(value.options["collapsed"] for value in result["data_schema"].schema.values())
    # A sensor of the first page is taken on the second as well.
    second = section_answers(result)
    taken = second | {"load_1": second["load_1"] | {"power_sensor": "sensor.plug_1_power"}}
    result = await answer(hass, result, **taken)
    assert result["errors"] == {"load_1": "sensor_shared"}
    result = await answer(hass, result, **second)
    result = await choose(hass, result, "times")
    for _ in range(2):
        result = await answer(hass, result, **section_answers(result))
    result = await choose(hass, result, "automatic")
    assert [saved["name"] for saved in result["data"]["loads"]] == [f"Plug {number}" for number in range(1, 9)]


async def test_the_phase_is_asked_of_a_three_phase_meter_only(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    one = plugs.plug("one", "One")
    result = await answer(hass, await add_coordinator(hass, entry), name="Home", loads=[one])
    assert "phase" not in section_answers(result)["load_1"]
    hass.config_entries.async_update_entry(entry, data={**entry.data, "phases": 3})
    result = await answer(hass, await add_coordinator(hass, entry), name="Home", loads=[one])
    assert section_answers(result)["load_1"]["phase"] == "unknown"
    result = await answer(hass, result, load_1={"kind": "other", "power_source": "learned", "phase": "3"})
    result = await choose(hass, result, "automatic")
    assert result["data"]["loads"][0]["phase"] == "3"


async def test_what_might_better_never_be_cut_is_said_on_the_last_page(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    loads = [plugs.plug("box", "Livebox"), plugs.plug("wifi", "Wifi"), plugs.plug("cold", "Congélateur")]
    result = await reach_finish(hass, entry, loads)
    warnings = result["description_placeholders"]["warnings"].split("\n\n")
    assert [warning.split(":")[0] for warning in warnings] == ["**Warning**, Livebox, Wifi", "**Warning**, Congélateur"]


async def test_a_change_keeps_the_identity_and_settings_of_the_appliances_that_stay(
    hass: HomeAssistant, pty_meter: PtyMeter, plugs: Plugs
) -> None:
    one, two, three = (plugs.plug(name.lower(), name, "power") for name in ("One", "Two", "Three"))
    registry = er.async_get(hass)
    saved = [
        load("load1", registry_id(hass, one), power_source="declared", declared_va=900, minimum_off=42),
        load("load2", registry_id(hass, two), power_source="measured", power_sensor="sensor.two_power"),
    ]
    entry = meter_entry(pty_meter.port, saved)
    await set_up(hass, entry)
    registry.async_update_entity(one, new_entity_id="switch.renamed")
    hass.states.async_set("switch.renamed", "on", {"friendly_name": "Renamed"})

    result = await change_coordinator(hass, entry, COORDINATOR_ID)
    shown = result["data_schema"].schema
    assert get_schema_suggested_value(shown, "name") == "Home"
    assert get_schema_suggested_value(shown, "loads") == ["switch.renamed", two]
    result = await answer(hass, result, name="House", loads=[three, "switch.renamed"])
    assert section_answers(result)["load_2"] == {"kind": "other", "power_source": "declared", "declared_va": 900}
    result = await answer(hass, result, **section_answers(result))
    assert result["menu_options"] == ["save", "try_load", "times", "details", "strategy", "user"]
    result = await choose(hass, result, "save")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    subentry = entry.subentries[COORDINATOR_ID]
    assert subentry.title == "House"
    added, kept = subentry.data["loads"]
    assert (added["name"], added["power_source"]) == ("Three", "measured")
    assert (kept["load_id"], kept["name"], kept["declared_va"], kept["minimum_off"]) == ("load1", "Renamed", 900, 42)
    assert entry.runtime_data.actuators.keys() == {added["load_id"], "load1"}


async def test_an_appliance_that_is_gone_must_be_taken_off_the_list(
    hass: HomeAssistant, pty_meter: PtyMeter, plugs: Plugs
) -> None:
    one = plugs.plug("one", "One")
    entry = meter_entry(pty_meter.port, [load("load1", "deadbeef" * 4), load("load2", one)])
    entry.add_to_hass(hass)
    result = await change_coordinator(hass, entry, COORDINATOR_ID)
    listed = get_schema_suggested_value(result["data_schema"].schema, "loads")
    assert listed == ["deadbeef" * 4, one]
    result = await answer(hass, result, name="Home", loads=listed)
    assert result["errors"] == {"loads": "unknown_entity"}
    result = await answer(hass, result, name="Home", loads=[one])
    result = await answer(hass, result, **section_answers(result))
    result = await choose(hass, result, "save")
    assert [saved["load_id"] for saved in entry.subentries[COORDINATOR_ID].data["loads"]] == ["load2"]


async def test_a_meter_that_does_not_run_may_still_be_given_appliances(hass: HomeAssistant, plugs: Plugs) -> None:
    entry = meter_entry("/dev/none")
    entry.add_to_hass(hass)
    result = await reach_finish(hass, entry, [plugs.plug("one", "One")])
    assert result["menu_options"] == ["save", "times", "details", "strategy", "user"]
    assert result["description_placeholders"]["mode"].startswith("The meter is not running")
    result = await choose(hass, result, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("option", ["automatic", "observe"])
async def test_a_meter_that_stops_meanwhile_takes_no_mode(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs, option: str
) -> None:
    result = await reach_finish(hass, entry, [plugs.plug("one", "One")])
    await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    result = await choose(hass, result, option)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "entry_not_loaded")
    assert not entry.subentries
