"""Settings written to Tasmota plugs: only when asked for, in the words of their firmware, believed when they answer."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload import plug_writing
from custom_components.linky_offload.const import DOMAIN
from simulator.offload_plug import OffloadPlug

from .common import set_up, until
from .plug_house import PlugHouse, entry_with_plug


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plug_writing, "ANSWER_S", 0.5)


@pytest.fixture
def entry() -> MockConfigEntry:
    return entry_with_plug(profile="strict", adjustment=10)


async def house(hass: HomeAssistant, client: MqttMockHAClient, entry: MockConfigEntry, version: str) -> PlugHouse:
    found = PlugHouse(hass, client, OffloadPlug(version=version))
    await set_up(hass, entry)
    await found.tell(*found.firmware.birth())
    await until(hass, lambda: found.shown("plug_offloaded", "binary_sensor") == "off", "its first word")
    found.orders.clear()
    return found


async def configure(hass: HomeAssistant, plug: PlugHouse, entry: MockConfigEntry, **settings: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN,
        "configure_plug",
        {"device_id": plug.device(entry).id, **settings},
        blocking=True,
        return_response=True,
    )


@pytest.mark.parametrize(
    ("version", "settings", "orders"),
    [
        pytest.param(
            "1.1",
            {"contract": 9000, "topic": "linky", "power_key": "P1"},
            ["contract 9000", "ptopic linky", "pkey P1"],
            id="1.1 shows it in its next word",
        ),
        pytest.param(
            "3.0",
            {"power": 1500, "appliance": "drier", "adjustment": -5},
            ["adjust -5", "device 1500", "type 4"],
            id="3.0 shows it when it is asked",
        ),
        pytest.param("3.2", {"contract": 9000, "priority": 2}, ["off_contract 9000", "off_priority 2"], id="3.2"),
        pytest.param("9.2", {"adjustment": 5, "auto_on": 60}, ["ol_adj 5", "ol_rearm 60"], id="9.2"),
        pytest.param("10.4", {"adjustment": 5, "auto_off": 60}, ["ol_adj 105", "ol_off 60"], id="10.4"),
    ],
)
async def test_each_version_takes_its_own_commands(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    entry: MockConfigEntry,
    version: str,
    settings: dict[str, Any],
    orders: list[str],
) -> None:
    plug = await house(hass, mqtt_mock, entry, version)
    response = await configure(hass, plug, entry, **settings)
    assert [order for order in plug.orders if not order.startswith("STATUS")] == orders
    assert list(response["plugs"]["Radiator"].values()) == [order.split(" ", 1)[1] for order in orders]


async def test_without_any_setting_it_takes_our_contract_and_adjustment(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = await house(hass, mqtt_mock, entry, "9.2")
    async_fire_mqtt_message(hass, "teleinfo/linky", '{"PREF": "09", "SINSTS": "01500", "IRMS1": "007"}')
    await hass.async_block_till_done()
    await configure(hass, plug, entry)
    assert plug.orders == ["ol_max 9000", "ol_adj 10"]
    assert (plug.firmware.contract, plug.firmware.adjust) == (9000, 10)


@pytest.mark.parametrize(
    ("version", "settings"),
    [
        pytest.param("3.0", {"adjustment": 5, "priority": 2}, id="no such command"),
        pytest.param("9.2", {"priority": 3, "contract": 12000}, id="more than it can keep"),
        pytest.param("10.4", {"contract": 4500}, id="not whole"),
    ],
)
async def test_what_its_firmware_cannot_take_is_refused_before_anything_is_sent(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    entry: MockConfigEntry,
    version: str,
    settings: dict[str, Any],
) -> None:
    plug = await house(hass, mqtt_mock, entry, version)
    with pytest.raises(ServiceValidationError) as refusal:
        await configure(hass, plug, entry, **settings)
    assert refusal.value.translation_key == "plug_setting_refused"
    assert plug.orders == []


@pytest.mark.parametrize("version", ["1.1", "3.0", "3.2", "9.2", "10.4"])
async def test_a_plug_that_does_not_confirm_is_told_by_setting(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, version: str
) -> None:
    plug = await house(hass, mqtt_mock, entry, version)
    plug.firmware.deaf = True
    with pytest.raises(HomeAssistantError) as error:
        await configure(hass, plug, entry, contract=9000)
    assert error.value.translation_key == "plug_not_confirmed"
    assert error.value.translation_placeholders == {"name": "Radiator", "settings": "the contract"}


async def test_a_plug_that_is_away_is_sent_nothing(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = await house(hass, mqtt_mock, entry, "9.2")
    await plug.tell(plug.firmware.death())
    with pytest.raises(HomeAssistantError) as error:
        await configure(hass, plug, entry, contract=9000)
    assert (error.value.translation_key, plug.orders) == ("plug_away", [])


async def test_a_target_that_is_no_plug_is_refused(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    await house(hass, mqtt_mock, entry, "9.2")
    with pytest.raises(ServiceValidationError) as refusal:
        await hass.services.async_call(DOMAIN, "configure_plug", {"entity_id": "light.none"}, blocking=True)
    assert refusal.value.translation_key == "no_plug_targeted"


async def test_a_meter_without_a_known_contract_has_nothing_to_write(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    entry = entry_with_plug(profile="strict")
    plug = await house(hass, mqtt_mock, entry, "9.2")
    with pytest.raises(HomeAssistantError) as error:
        await configure(hass, plug, entry)
    assert error.value.translation_key == "plug_no_contract"
