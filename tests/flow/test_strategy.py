"""The strategy of an offload coordinator, its rank, and what the last page says of them."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import COORDINATOR_ID, load, meter_entry

from .house import Plugs, answer, change_coordinator, choose, reach_finish, section_answers
from .steps import Result, shown


@pytest.fixture
def plugs(hass: HomeAssistant) -> Plugs:
    return Plugs.of(hass)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A meter that need not run."""
    entry = meter_entry("/dev/none")
    entry.add_to_hass(hass)
    return entry


async def pick(hass: HomeAssistant, result: Result, strategy: str, **others: Any) -> Result:
    """Choose a strategy from the last page."""
    result = await choose(hass, result, "strategy")
    return await answer(hass, result, **shown(result) | {"strategy": strategy} | others)


async def test_least_harm_is_preselected_and_may_be_changed(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    result = await reach_finish(hass, entry, [plugs.plug("one", "One"), plugs.plug("two", "Two")])
    result = await choose(hass, result, "strategy")
    assert shown(result) == {"strategy": "least_harm", "rank": 1, "rotation": 5}
    result = await answer(hass, result, strategy="cascade_cyclic", rank=3, rotation=2.5)
    assert result["step_id"] == "finish"
    assert result["description_placeholders"]["order"].startswith("Those that take turns")
    result = await choose(hass, result, "save")
    data = result["data"]
    assert (data["strategy"], data["rank"], data["rotation"]) == ("cascade_cyclic", 3, 150)


async def test_a_change_shows_and_keeps_what_was_saved(hass: HomeAssistant, plugs: Plugs) -> None:
    entry = meter_entry("/dev/none", [load("one", plugs.plug("one", "One"))])
    entry.add_to_hass(hass)
    result = await change_coordinator(hass, entry, COORDINATOR_ID)
    result = await answer(hass, result, **shown(result))
    result = await answer(hass, result, **section_answers(result))
    assert result["description_placeholders"]["order"] == "Cut in this order:"
    result = await choose(hass, result, "strategy")
    assert shown(result) == {"strategy": "hierarchical", "rank": 1, "rotation": 5}
    result = await answer(hass, result, strategy="least_harm", rank=2, rotation=10)
    await choose(hass, result, "save")
    data = entry.subentries[COORDINATOR_ID].data
    assert (data["strategy"], data["rank"], data["rotation"], data["enabled"]) == ("least_harm", 2, 600, True)


REFUSED: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "thermostat, but nothing tells a temperature": ({"strategy": "thermostat"}, {"strategy": "strategy_without_room"}),
    "turns, but only one appliance": ({"strategy": "cascade_cyclic"}, {"strategy": "strategy_without_turns"}),
    "rank 0": ({"rank": 0}, {"rank": "rank_out_of_range"}),
    "rank 100": ({"rank": 100}, {"rank": "rank_out_of_range"}),
    "a turn of no time": ({"rotation": 0}, {"rotation": "rotation_out_of_range"}),
    "a turn of more than two hours": ({"rotation": 121}, {"rotation": "rotation_out_of_range"}),
}


@pytest.mark.parametrize(("wrong", "errors"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_does_not_suit_the_appliances_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await choose(hass, await reach_finish(hass, entry, [plugs.plug("one", "One")]), "strategy")
    right = shown(result)
    result = await answer(hass, result, **right | wrong)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert shown(result) == right | wrong
    result = await answer(hass, result, **right)
    assert result["step_id"] == "finish"


async def test_a_thermostat_or_a_tank_lets_rooms_decide(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    for entity in ("climate.room", "water_heater.tank"):
        result = await reach_finish(hass, entry, [plugs.entity(entity, "Room")], entity)
        result = await pick(hass, result, "thermostat")
        assert result["step_id"] == "finish"
        assert result["description_placeholders"]["order"].startswith("The warmest rooms")


async def test_a_water_heater_behind_others_is_noticed_where_the_list_decides(
    hass: HomeAssistant, entry: MockConfigEntry, plugs: Plugs
) -> None:
    result = await reach_finish(hass, entry, [plugs.plug("one", "Radiateur"), plugs.plug("tank", "Cumulus")])
    assert result["description_placeholders"]["warnings"] == ""
    result = await pick(hass, result, "hierarchical")
    assert result["description_placeholders"]["warnings"].startswith("Cumulus: a water heater is missed least")
    result = await choose(hass, result, "user")
    result = await answer(hass, result, name="Home", loads=["switch.tank", "switch.one"])
    result = await answer(hass, result, **section_answers(result))
    assert result["description_placeholders"]["warnings"] == ""
