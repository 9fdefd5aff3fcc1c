"""What the forms of an offload coordinator refuse, beside which field, and with which words."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import COORDINATOR_ID, load, meter_entry

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
async def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A meter with a coordinator called Home, which has the plug called Taken; it need not run."""
    plugs = Plugs.of(hass)
    plugs.plug("taken", "Taken")
    plugs.plug("free", "Free", "power", "energy")
    plugs.plug("other", "Other", "power")
    plugs.plug("member", "Member")
    plugs.plug("heater", "Heater")
    plugs.thermostat("living", "Living room", "switch.heater")
    plugs.entity("cover.shutter", "Shutter")
    hass.states.async_set("sensor.yaml_power", "12", {"unit_of_measurement": "W", "friendly_name": "YAML power"})
    hass.states.async_set("switch.wrapper", "on", {"entity_id": ["switch.taken"], "friendly_name": "Wrapper"})
    groups = {"platform": "group", "name": "Both", "entities": ["switch.member", "switch.free"]}
    assert await async_setup_component(hass, "switch", {"switch": [groups]})
    entry = meter_entry("/dev/none", [load("taken", registry_id(hass, "switch.taken"))])
    entry.add_to_hass(hass)
    for domain in ("switch", "sensor"):
        er.async_get(hass).async_get_or_create(
            domain, "linky_offload", f"own_{domain}", suggested_object_id="own", config_entry=entry
        )
        hass.states.async_set(f"{domain}.own", "0", {"friendly_name": "Ours"})
    await hass.async_block_till_done()
    return entry


def own_id(hass: HomeAssistant, domain: str) -> str:
    """Our own entity as a registry id, which no selector filters."""
    return registry_id(hass, f"{domain}.own")


type Loads = Callable[[HomeAssistant], list[str]]

LISTS: dict[str, tuple[str, Loads, dict[str, str], dict[str, str]]] = {
    "no appliance": ("Second", lambda _: [], {"loads": "no_load"}, {}),
    "no name": ("  ", lambda _: ["switch.free"], {"name": "name_empty"}, {}),
    "a name in use, in other letters": ("HOME", lambda _: ["switch.free"], {"name": "name_used"}, {}),
    "a name in use and no appliance": ("Home", lambda _: [], {"name": "name_used", "loads": "no_load"}, {}),
    "an entity of our own": (
        "Second",
        lambda hass: [own_id(hass, "switch")],
        {"loads": "own_entity"},
        {"load": "Ours"},
    ),
    "an entity that does not exist": (
        "Second",
        lambda _: ["switch.nowhere"],
        {"loads": "unknown_entity"},
        {"load": "switch.nowhere"},
    ),
    "an entity that cannot be switched here": (
        "Second",
        lambda _: ["cover.shutter"],
        {"loads": "wrong_domain"},
        {"load": "Shutter"},
    ),
    "an appliance of another coordinator": (
        "Second",
        lambda _: ["switch.free", "switch.taken"],
        {"loads": "load_taken"},
        {"load": "Taken", "coordinator": "Home"},
    ),
    "a group and its member": (
        "Second",
        lambda _: ["switch.free", "switch.both"],
        {"loads": "shared_member"},
        {"load": "Both", "other": "Free"},
    ),
    "a member and its group": (
        "Second",
        lambda _: ["switch.both", "switch.member"],
        {"loads": "shared_member"},
        {"load": "Member", "other": "Both"},
    ),
    "a group that shares a member with another coordinator": (
        "Second",
        lambda _: ["switch.wrapper"],
        {"loads": "shared_member"},
        {"load": "Wrapper", "other": "Taken"},
    ),
    "a thermostat and the switch that it drives": (
        "Second",
        lambda _: ["climate.living", "switch.heater"],
        {"loads": "shared_member"},
        {"load": "Heater", "other": "Living room"},
    ),
}


@pytest.mark.parametrize(("name", "loads", "errors", "named"), LISTS.values(), ids=LISTS.keys())
async def test_a_list_that_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, name: str, loads: Loads, errors: dict[str, str], named: dict[str, str]
) -> None:
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name=name, loads=loads(hass))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    assert result["errors"] == errors
    assert result["description_placeholders"].items() >= named.items()
    result = await answer(hass, result, name="Second", loads=["switch.other"])
    result = await answer(hass, result, **section_answers(result))
    result = await choose(hass, result, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_appliance_of_another_meter_is_refused(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    other = MockConfigEntry(domain="linky_offload", data=dict(entry.data))
    other.add_to_hass(hass)
    result = await answer(hass, await add_coordinator(hass, other), name="Home", loads=["switch.taken"])
    assert result["errors"] == {"loads": "load_taken"}
    result = await answer(hass, result, name="Home", loads=["switch.other"])
    assert result["step_id"] == "loads"


async def test_a_coordinator_may_keep_its_own_name_and_appliances(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await change_coordinator(hass, entry, COORDINATOR_ID)
    result = await answer(hass, result, name="Home", loads=["switch.taken", "switch.taken"])
    assert result["description_placeholders"] == {"load_1": "1. Taken"}


LEARNED = {"kind": "other", "power_source": "learned"}
MEASURED = LEARNED | {"power_source": "measured"}
DECLARED = LEARNED | {"power_source": "declared"}

POWERS: dict[str, tuple[Mapping[str, Any], str]] = {
    "measured without a sensor": (MEASURED, "sensor_missing"),
    "measured by an energy sensor": (MEASURED | {"power_sensor": "sensor.free_energy"}, "sensor_not_power"),
    "measured by something else than a sensor": (MEASURED | {"power_sensor": "switch.member"}, "sensor_not_power"),
    "measured by a sensor that does not exist": (MEASURED | {"power_sensor": "sensor.nowhere"}, "sensor_not_power"),
    "measured by the sensor of another appliance": (MEASURED | {"power_sensor": "sensor.other_power"}, "sensor_shared"),
    "declared without a power": (DECLARED, "power_missing"),
    "declared as nothing": (DECLARED | {"declared_va": 0}, "power_out_of_range"),
    "declared as negative": (DECLARED | {"declared_va": -1500}, "power_out_of_range"),
    "declared above any contract": (DECLARED | {"declared_va": 36_001}, "power_out_of_range"),
}


@pytest.mark.parametrize(("wrong", "error"), POWERS.values(), ids=POWERS.keys())
async def test_a_power_that_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, wrong: Mapping[str, Any], error: str
) -> None:
    result = await add_coordinator(hass, entry)
    result = await answer(hass, result, name="Second", loads=["switch.other", "switch.free"])
    result = await answer(hass, result, load_1=MEASURED | {"power_sensor": "sensor.other_power"}, load_2=dict(wrong))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "loads")
    assert result["errors"] == {"load_2": error}
    assert section_answers(result)["load_2"] == wrong
    result = await answer(hass, result, load_1=LEARNED, load_2=MEASURED | {"power_sensor": "sensor.yaml_power"})
    result = await choose(hass, result, "save")
    assert result["data"]["loads"][1]["power_sensor"] == "sensor.yaml_power"


async def test_a_sensor_of_our_own_is_refused(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await answer(hass, await add_coordinator(hass, entry), name="Second", loads=["switch.free"])
    result = await answer(hass, result, load_1=MEASURED | {"power_sensor": own_id(hass, "sensor")})
    assert result["errors"] == {"load_1": "sensor_own"}
    result = await answer(hass, result, load_1=LEARNED)
    assert result["step_id"] == "finish"


TIMES: dict[str, tuple[dict[str, float], str]] = {
    "a negative delay before": ({"delay_before": -1}, "time_negative"),
    "a negative delay after": ({"delay_after": -0.5}, "time_negative"),
    "a negative minimum off": ({"minimum_off": -3}, "time_negative"),
    "a negative minimum on": ({"minimum_on": -3}, "time_negative"),
    "a delay above an hour": ({"delay_before": 3601}, "delay_too_long"),
    "a negative longest time off": ({"longest_off": -60}, "time_negative"),
    "a negative time to switch on": ({"auto_on": -1}, "time_negative"),
    "a random part above an hour": ({"random_after": 3601}, "delay_too_long"),
    "a minimum above twelve hours": ({"minimum_off": 721}, "minimum_too_long"),
    "a longest time off of nothing": ({"minimum_off": 0, "longest_off": 0}, "longest_too_short"),
    "a longest time off below the shortest": ({"minimum_off": 10, "longest_off": 9}, "longest_too_short"),
    "a longest time off above a day": ({"longest_off": 1441}, "longest_too_long"),
    "switched off by itself after more than a day": ({"auto_off": 86_401}, "timer_too_long"),
    "a power factor of zero": ({"power_factor": 0}, "power_factor_out_of_range"),
    "a power factor above one": ({"power_factor": 1.1}, "power_factor_out_of_range"),
}


@pytest.mark.parametrize(("wrong", "error"), TIMES.values(), ids=TIMES.keys())
async def test_a_time_that_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, wrong: dict[str, float], error: str
) -> None:
    result = await choose(hass, await reach_finish(hass, entry, ["switch.free"], "Second"), "times")
    right = section_answers(result)
    result = await answer(hass, result, load_1=right["load_1"] | wrong)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"load_1": error})
    assert section_answers(result)["load_1"].items() >= wrong.items()
    result = await answer(hass, result, **right)
    assert result["step_id"] == "finish"


async def test_a_section_with_an_error_is_unfolded(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    loads = ["switch.free", "switch.other", "switch.member", "climate.living"]
    result = await answer(hass, await add_coordinator(hass, entry), name="Second", loads=loads)
    result = await answer(hass, result, load_1=LEARNED, load_2=DECLARED, load_3=LEARNED, load_4=LEARNED)
    assert [value.options["collapsed"] for value in result["data_schema"].schema.values()] == [True, False, True, True]


async def test_a_group_whose_members_are_measured_apart_is_proposed_no_sensor(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await answer(hass, await add_coordinator(hass, entry), name="Second", loads=["switch.both"])
    assert section_answers(result)["load_1"] == LEARNED
