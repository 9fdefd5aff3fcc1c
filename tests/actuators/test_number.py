"""Numbers: the current of a charger, the power of a dimmer. Turned down, stopped, and back at their value."""

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.linky_offload.offload.model import TurnDown
from tests.actuators.kit import actuator_of, demo, off_and_back, perform, templates
from tests.common import state_of

ENTITY = "number.charger"
CAR = {"min": 6, "max": 32, "step": 1, "unit_of_measurement": "A"}
CAR_FROM_0 = CAR | {"min": 0}
DIMMER = {"min": 0, "max": 3000, "step": 100, "unit_of_measurement": "W"}
PLAIN = {"min": 0, "max": 100, "step": 5}


async def charger(hass: HomeAssistant) -> None:
    """A charger of 6 to 32 A with a switch of its own, at 16 A."""
    helpers = {
        "input_number": {"amps": {"min": 0, "max": 40, "initial": 16}},
        "input_boolean": {"contactor": {"initial": True}},
    }
    entity = {
        "name": "Charger",
        "state": "{{ states('input_number.amps') }}",
        "min": 6,
        "max": 32,
        "step": 1,
        "unit_of_measurement": "A",
        "set_value": [
            {
                "action": "input_number.set_value",
                "target": {"entity_id": "input_number.amps"},
                "data": {"value": "{{ value }}"},
            }
        ],
    }
    await templates(hass, helpers, {"number": [entity]})


async def test_a_charger_without_stop_goes_to_its_least_current(hass: HomeAssistant) -> None:
    await charger(hass)
    during, _ = await off_and_back(hass, actuator_of(hass, ENTITY))
    assert float(during) == 6


async def test_a_charger_with_a_switch_is_stopped_by_it_and_keeps_its_current(hass: HomeAssistant) -> None:
    await charger(hass)
    actuator = actuator_of(hass, ENTITY, ("off", "input_boolean.contactor"))
    assert actuator.switched_ids == (ENTITY, "input_boolean.contactor")
    assert actuator.view().on is True
    actuator.save()
    await actuator.async_offload(Context())
    assert (state_of(hass, "input_boolean.contactor"), float(state_of(hass, ENTITY))) == ("off", 16)
    assert actuator.view().on is False

    await actuator.async_level(10.7, Context())
    await hass.async_block_till_done()
    assert (state_of(hass, "input_boolean.contactor"), float(state_of(hass, ENTITY))) == ("on", 10)
    assert (actuator.view().on, actuator.view().level) == (True, 10)

    await actuator.async_restore(Context())
    await hass.async_block_till_done()
    assert (state_of(hass, "input_boolean.contactor"), float(state_of(hass, ENTITY))) == ("on", 16)


async def test_a_charger_whose_switch_is_away_is_not_available(hass: HomeAssistant) -> None:
    hass.states.async_set(ENTITY, "16", CAR)
    actuator = actuator_of(hass, ENTITY, ("off", "switch.contactor"))
    assert actuator.view().available is False
    hass.states.async_set("switch.contactor", "unavailable")
    assert actuator.view().available is False
    hass.states.async_set("switch.contactor", "on")
    assert (actuator.view().available, actuator.view().on) == (True, True)


async def test_numbers_of_home_assistant_and_of_a_person(hass: HomeAssistant) -> None:
    await demo(hass, Platform.NUMBER)
    helper = {"input_number": {"power": {"min": 0, "max": 2000, "step": 50, "initial": 1500}}}
    assert await async_setup_component(hass, "input_number", helper)
    for entity_id, lowest in (("number.pwm_1", 0), ("number.small_range", 1), ("input_number.power", 0)):
        during, _ = await off_and_back(hass, actuator_of(hass, entity_id))
        assert float(during) == lowest


@pytest.mark.parametrize(
    ("attributes", "way", "expected"),
    [
        pytest.param(
            CAR, None, TurnDown(minimum=6, maximum=32, stop=None, va_per_unit=230), id="a charger that cannot stop"
        ),
        pytest.param(
            CAR_FROM_0, None, TurnDown(minimum=6, maximum=32, stop=0, va_per_unit=230), id="a charger stops below 6 A"
        ),
        pytest.param(
            CAR_FROM_0,
            ("level", 8),
            TurnDown(minimum=8, maximum=32, stop=None, va_per_unit=230),
            id="a charger that goes no lower than the person wants",
        ),
        pytest.param(
            DIMMER,
            None,
            TurnDown(minimum=100, maximum=3000, stop=0, step=100, va_per_unit=1 / 0.5),
            id="watts of a bad power factor",
        ),
        pytest.param(
            DIMMER | {"unit_of_measurement": "kVA"},
            ("level", 500),
            TurnDown(minimum=600, maximum=3000, stop=500, step=100, va_per_unit=1000),
            id="kVA, off at a chosen value",
        ),
        pytest.param(PLAIN, None, TurnDown(minimum=5, maximum=100, stop=0, step=5), id="no unit: VA unknown"),
    ],
)
def test_how_far_it_may_be_turned_down(
    hass: HomeAssistant, attributes: dict[str, object], way: tuple[str, float] | None, expected: TurnDown
) -> None:
    hass.states.async_set(ENTITY, "16", attributes)
    assert actuator_of(hass, ENTITY, way, power_factor=0.5).turn_down() == expected


def test_a_charger_on_three_phases_draws_three_times_as_much(hass: HomeAssistant) -> None:
    hass.states.async_set(ENTITY, "16", CAR)
    scale = actuator_of(hass, ENTITY, phase_count=3).turn_down()
    assert scale is not None
    assert scale.va_per_unit == 690


@pytest.mark.parametrize(
    ("attributes", "value", "on"),
    [
        pytest.param(CAR, "16", True, id="charging"),
        pytest.param(CAR, "6", False, id="at the least of a charger that cannot stop"),
        pytest.param(CAR_FROM_0, "6", True, id="at the least that a car takes"),
        pytest.param(CAR_FROM_0, "5", False, id="below it, the charger has stopped"),
        pytest.param(CAR_FROM_0, "0", False, id="stopped"),
        pytest.param(DIMMER, "100", True, id="one step above off"),
        pytest.param(DIMMER, "0", False, id="off"),
        pytest.param(DIMMER, "unknown", None, id="unknown"),
        pytest.param(DIMMER, "full", None, id="no number"),
    ],
)
def test_on_means_that_it_may_draw_power(
    hass: HomeAssistant, attributes: dict[str, object], value: str, on: bool | None
) -> None:
    hass.states.async_set(ENTITY, value, attributes)
    view = actuator_of(hass, ENTITY).view()
    assert (view.available, view.on) == (on is not None, on)
    assert view.level == (float(value) if on is not None else None)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param(10, 10, id="as asked"),
        pytest.param(10.9, 10, id="never above what was asked"),
        pytest.param(3, 6, id="no lower than the least"),
        pytest.param(99, 32, id="no higher than the most"),
    ],
)
async def test_a_level_is_held_to_what_it_is_capable_of(hass: HomeAssistant, level: float, expected: float) -> None:
    await charger(hass)
    await perform(hass, "number.set_value", ENTITY, value=32)
    actuator = actuator_of(hass, ENTITY)
    actuator.save(level)
    await actuator.async_level(level, Context())
    await hass.async_block_till_done()
    assert float(state_of(hass, ENTITY)) == expected
    assert actuator.turned_down_to == level


@pytest.mark.parametrize(
    ("service", "data", "on", "wanted"),
    [
        pytest.param("set_value", {"value": "20"}, True, {"value": 20}, id="a value as text"),
        pytest.param("set_value", {"value": 0}, False, {"value": 0}, id="off"),
        pytest.param("increment", {}, True, {"value": 17}, id="one step more"),
        pytest.param("decrement", {}, True, {"value": 15}, id="one step less"),
    ],
)
def test_what_others_set(
    hass: HomeAssistant, service: str, data: dict[str, object], on: bool, wanted: dict[str, float]
) -> None:
    hass.states.async_set(ENTITY, "16", CAR_FROM_0)
    order = actuator_of(hass, ENTITY).order(service, data)
    assert order is not None
    assert (order.on, order.wanted, order.switches) == (on, wanted, False)


def test_a_call_without_a_number_is_no_order(hass: HomeAssistant) -> None:
    hass.states.async_set(ENTITY, "16", CAR_FROM_0)
    assert actuator_of(hass, ENTITY).order("set_value", {"value": "much"}) is None
