"""What is ours in a load and what is its owner's, while it is off, after others changed it, and after a restart."""

from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.util.unit_system import METRIC_SYSTEM
import pytest

from custom_components.linky_offload.actuators import Actuator
from tests.actuators.kit import actuator_of

ENTITY = "climate.room"
HEAT: dict[str, Any] = {
    "hvac_modes": ["off", "heat", "cool"],
    "preset_modes": ["none", "eco"],
    "preset_mode": "none",
    "min_temp": 5,
    "max_temp": 30,
    "temperature": 21,
}
OWNERS = {"hvac_mode": "heat", "temperature": 21, "preset_mode": "none"}


@pytest.fixture
async def cut(hass: HomeAssistant) -> Actuator:
    """A thermostat that wants 21 °C and that we took to 7 °C."""
    hass.config.units = METRIC_SYSTEM
    calls: list[ServiceCall] = []
    hass.services.async_register("climate", "set_temperature", calls.append)
    hass.states.async_set(ENTITY, "heat", HEAT)
    actuator = actuator_of(hass, ENTITY)
    actuator.save()
    await actuator.async_offload(Context())
    hass.states.async_set(ENTITY, "heat", HEAT | {"temperature": 7})
    assert len(calls) == 1
    return actuator


@pytest.fixture(params=["as it was", "after a restart", "with other details"])
def held(hass: HomeAssistant, cut: Actuator, request: pytest.FixtureRequest) -> Actuator:
    """The same load, however long ago we took it off."""
    if request.param == "after a restart":
        cut, before = actuator_of(hass, ENTITY), cut
        cut.resume(before.saved)
    elif request.param == "with other details":
        cut, before = actuator_of(hass, ENTITY, ("off", None)), cut
        cut.take_over(before)
    return cut


def test_what_is_ours_is_never_saved(hass: HomeAssistant, held: Actuator) -> None:
    held.save()
    assert held.saved == OWNERS
    hass.states.async_set(ENTITY, "heat", HEAT | {"temperature": 7.2})
    held.save()
    assert held.saved == OWNERS, "rounded by the device"


@pytest.mark.parametrize(
    ("mode", "changed", "saved"),
    [
        pytest.param("heat", {"temperature": 19}, {"temperature": 19}, id="another target"),
        pytest.param("cool", {"temperature": 7}, {"hvac_mode": "cool"}, id="another mode, still at our set-point"),
        pytest.param(
            "heat", {"temperature": 17, "preset_mode": "eco"}, {"temperature": 17, "preset_mode": "eco"}, id="a preset"
        ),
    ],
)
def test_what_others_changed_is_its_owners(
    hass: HomeAssistant, held: Actuator, mode: str, changed: dict[str, Any], saved: dict[str, Any]
) -> None:
    hass.states.async_set(ENTITY, mode, HEAT | changed)
    assert held.view().on is True
    held.save()
    assert held.saved == OWNERS | saved


def test_a_level_is_never_negative(held: Actuator) -> None:
    assert held.view().level == 0


def test_its_owner_may_want_precisely_what_we_asked(hass: HomeAssistant, cut: Actuator) -> None:
    cut.forget()
    hass.states.async_set(ENTITY, "cool", HEAT | {"temperature": 7})
    cut.save()
    assert cut.saved == OWNERS | {"hvac_mode": "cool", "temperature": 7}


def test_the_journal_is_believed_only_where_nothing_is_known(hass: HomeAssistant, cut: Actuator) -> None:
    cut.resume({"hvac_mode": "heat", "temperature": 15})
    assert cut.saved == OWNERS


async def test_a_level_outlives_a_restart(hass: HomeAssistant) -> None:
    hass.states.async_set("light.lamp", "on", {"brightness": 102, "supported_color_modes": ["brightness"]})
    lamp = actuator_of(hass, "light.lamp")
    lamp.resume({"brightness": 255, "level": 40.0})
    assert lamp.turned_down_to == 40
    lamp.save(40.0)
    assert lamp.saved == {"brightness": 255, "level": 40}
    hass.states.async_set("light.lamp", "on", {"brightness": 200, "supported_color_modes": ["brightness"]})
    lamp.save()
    assert lamp.saved == {"brightness": 200}


def test_another_entity_under_the_same_load_is_not_ours(hass: HomeAssistant, cut: Actuator) -> None:
    other = actuator_of(hass, "climate.other")
    other.take_over(cut)
    assert not other.ours


async def test_precisely_what_was_ordered_is_recognised(hass: HomeAssistant, cut: Actuator) -> None:
    def seen(mode: str, temperature: float) -> bool:
        hass.states.async_set(ENTITY, mode, HEAT | {"temperature": temperature})
        return cut.is_as_ordered(hass.states.get(ENTITY))

    assert [seen("heat", 7), seen("heat", 21), seen("cool", 7)] == [True, False, False]
    await cut.async_restore(Context())
    assert [seen("heat", 7), seen("heat", 21), seen("heat", 19)] == [False, True, False]
    hass.states.async_set(ENTITY, "unavailable")
    assert not cut.is_as_ordered(hass.states.get(ENTITY))


async def test_plain_on_and_off_are_no_proof_of_anything(hass: HomeAssistant) -> None:
    hass.services.async_register("switch", "turn_off", lambda _call: None)
    hass.states.async_set("switch.plug", "on")
    plug = actuator_of(hass, "switch.plug")
    await plug.async_offload(Context())
    hass.states.async_set("switch.plug", "off")
    assert not plug.is_as_ordered(hass.states.get("switch.plug"))


async def test_an_owner_whose_order_takes_effect_later_gets_his_target_back_then(
    hass: HomeAssistant, cut: Actuator, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[ServiceCall] = []
    hass.services.async_register("climate", "set_temperature", calls.append)
    waiting = hass.async_create_task(cut.async_let_go(Context()))
    cut.forget()
    assert not waiting.done()
    hass.states.async_set(ENTITY, "off", HEAT | {"temperature": 7})
    await waiting
    assert [call.data["temperature"] for call in calls] == [21]

    monkeypatch.setattr("custom_components.linky_offload.actuators.leaving.PATIENCE_S", 0.01)
    hass.states.async_set(ENTITY, "heat", HEAT | {"temperature": 7})
    await cut.async_let_go(Context())
    hass.states.async_set(ENTITY, "unavailable")
    await cut.async_let_go(Context())
    assert len(calls) == 1, "it stays at 7 °C, which may be what its owner wants"
