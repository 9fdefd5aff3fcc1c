"""Pilot wires, and other choices: at the option that takes them off, and back at the one that was chosen."""

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest

from tests.actuators.kit import actuator_of, off_and_back, templates
from tests.common import state_of

ENTITY = "select.radiator"
PILOT_WIRE = ["Confort", "Confort -1", "Éco", "Hors gel", "Arrêt"]


def at(hass: HomeAssistant, option: str, options: list[str] = PILOT_WIRE) -> None:
    hass.states.async_set(ENTITY, option, {"options": options})


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        pytest.param(None, "Hors gel", id="frost protection by itself"),
        pytest.param(("option", "eco"), "Éco", id="eco by the person's choice"),
    ],
)
async def test_a_pilot_wire_goes_to_its_option_and_back(
    hass: HomeAssistant, way: tuple[str, str] | None, expected: str
) -> None:
    await templates(
        hass,
        {"input_select": {"wire": {"options": PILOT_WIRE, "initial": "Confort -1"}}},
        {
            "select": [
                {
                    "name": "Radiator",
                    "state": "{{ states('input_select.wire') }}",
                    "options": "{{ state_attr('input_select.wire', 'options') }}",
                    "select_option": [
                        {
                            "action": "input_select.select_option",
                            "target": {"entity_id": "input_select.wire"},
                            "data": {"option": "{{ option }}"},
                        }
                    ],
                }
            ]
        },
    )
    during, _ = await off_and_back(hass, actuator_of(hass, ENTITY, way))
    assert during == expected


async def test_an_input_select_is_a_load_too(hass: HomeAssistant) -> None:
    config = {"input_select": {"wire": {"options": ["comfort", "off"], "initial": "comfort"}}}
    assert await async_setup_component(hass, "input_select", config)
    during, _ = await off_and_back(hass, actuator_of(hass, "input_select.wire"))
    assert during == "off"


@pytest.mark.parametrize(
    ("way", "option", "on"),
    [
        pytest.param(None, "Confort", True, id="comfort"),
        pytest.param(None, "Éco", True, id="eco still heats"),
        pytest.param(None, "Hors gel", False, id="frost protection"),
        pytest.param(None, "Arrêt", False, id="off is less than frost protection"),
        pytest.param(("option", "Éco"), "Éco", False, id="eco, where that is the way off"),
        pytest.param(("option", "Éco"), "Hors gel", False, id="eco would make it draw more"),
        pytest.param(("option", "Éco"), "Confort", True, id="comfort, where eco is the way off"),
        pytest.param(("option", "Confort -1"), "Confort -1", False, id="a way off that is no rest"),
        pytest.param(("option", "Confort -1"), "Éco", True, id="eco says nothing of one degree less"),
        pytest.param(None, "unavailable", None, id="unavailable"),
    ],
)
def test_on_means_above_its_way_off(
    hass: HomeAssistant, way: tuple[str, str] | None, option: str, on: bool | None
) -> None:
    at(hass, option)
    assert actuator_of(hass, ENTITY, way).view().on is on


async def test_a_choice_that_nobody_understands_is_not_available(hass: HomeAssistant) -> None:
    at(hass, "2", ["1", "2", "3"])
    actuator = actuator_of(hass, ENTITY)
    view = actuator.view()
    assert (view.available, view.on) == (False, None)
    await actuator.async_offload(Context())
    assert not actuator.ours
    assert state_of(hass, ENTITY) == "2"


@pytest.mark.parametrize(
    ("service", "data", "expected"),
    [
        pytest.param("select_option", {"option": "Éco"}, "Éco", id="by name"),
        pytest.param("select_option", {"option": "Hors gel"}, None, id="to what it is"),
        pytest.param("select_first", {}, "Confort", id="first"),
        pytest.param("select_last", {}, None, id="last: off"),
        pytest.param("select_next", {}, None, id="next of frost protection: off"),
        pytest.param("select_previous", {}, "Éco", id="previous of frost protection"),
    ],
)
async def test_what_others_choose_while_it_is_off(
    hass: HomeAssistant, service: str, data: dict[str, str], expected: str | None
) -> None:
    calls: list[ServiceCall] = []
    hass.services.async_register("select", "select_option", calls.append)
    at(hass, "Confort")
    actuator = actuator_of(hass, ENTITY)
    actuator.save()
    await actuator.async_offload(Context())
    assert [call.data["option"] for call in calls] == ["Hors gel"]
    at(hass, "Hors gel")

    order = actuator.order(service, data)
    assert order is not None
    assert order.on is (expected is not None)
    assert not order.switches
    if expected is not None:
        assert order.wanted == {"option": expected}


def test_the_ends_of_the_list(hass: HomeAssistant) -> None:
    at(hass, "Arrêt")
    actuator = actuator_of(hass, ENTITY)
    for data, wanted in (({}, "Confort"), ({"cycle": False}, "Arrêt")):
        order = actuator.order("select_next", data)
        assert order is not None
        assert order.wanted == {"option": wanted}
    assert actuator.order("select_option", {}) is None
    assert actuator.order("set_options", {"options": []}) is None
