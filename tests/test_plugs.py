"""Tasmota plugs that offload by themselves, as devices of Home Assistant."""

import json
from typing import Any

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload import broker
from custom_components.linky_offload.const import DOMAIN, SUBENTRY_PLUG
from custom_components.linky_offload.diagnostics import async_get_config_entry_diagnostics
from custom_components.linky_offload.plugs import async_plugs
from simulator.bridge_message import Message
from simulator.offload_plug import OffloadPlug

from .common import PtyMeter, meter_entry, set_up, until
from .plug_house import PLUG_ID, PlugHouse, entry_with_plug, plug_subentry


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


@pytest.fixture
def entry() -> MockConfigEntry:
    return entry_with_plug(profile="strict")


async def house(
    hass: HomeAssistant, client: MqttMockHAClient, entry: MockConfigEntry, version: str = "3.0"
) -> PlugHouse:
    """A plug of this version, at work and heard."""
    found = PlugHouse(hass, client, OffloadPlug(version=version))
    await set_up(hass, entry)
    await found.tell(*found.firmware.birth())
    await until(hass, lambda: found.shown("plug_offloaded", "binary_sensor") == "off", "its first word")
    return found


async def test_it_is_a_device_that_is_asked_for_its_state_and_nothing_else(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = await house(hass, mqtt_mock, entry)
    device = plug.device(entry)
    assert (device.name, device.manufacturer, device.model) == ("Radiator", "Tasmota", "Plug Offload")
    assert device.via_device_id is not None
    assert set(plug.orders) == {"STATUS 10"}


async def test_an_overload_is_shown_stage_by_stage(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = await house(hass, mqtt_mock, entry)
    assert plug.shown("plug_stage") == "none"
    seen: list[str | None] = []
    for second in range(30):
        plug.firmware.power = 7000 if second < 10 else 3000
        await plug.tell(*plug.firmware.tick(float(second)))
        seen += [shown] if (shown := plug.shown("plug_stage")) not in seen[-1:] else []
        assert plug.shown("plug_offloaded", "binary_sensor") == ("on" if plug.firmware.offloaded else "off")
    assert seen == ["before", "active", "after", "none"]
    await until(hass, lambda: plug.shown("plug_relay", "binary_sensor") == "on", "its relay")


@pytest.mark.parametrize(
    ("version", "power", "unit", "device_class"),
    [
        pytest.param("1.1", "2000", "W", "power", id="1.1"),
        pytest.param("3.0", "2000", "W", "power", id="3.0"),
        pytest.param("3.2", "2000", "VA", "apparent_power", id="3.2"),
        pytest.param("9.2", "2000", "VA", "apparent_power", id="9.2"),
        pytest.param("10.4", "2000", "VA", "apparent_power", id="10.4"),
    ],
)
async def test_every_version_shows_the_power_of_its_appliance_in_its_own_unit(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    entry: MockConfigEntry,
    version: str,
    power: str,
    unit: str,
    device_class: str,
) -> None:
    plug = await house(hass, mqtt_mock, entry, version)
    state = plug.state("plug_power")
    assert state is not None
    shown = (state.state, state.attributes["unit_of_measurement"], state.attributes["device_class"])
    assert shown == (power, unit, device_class)
    assert (plug.shown("plug_maximum") is not None) is (version == "3.0"), "only what a version tells is created"


async def test_its_settings_and_addresses_are_there_for_who_wants_them(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = await house(hass, mqtt_mock, entry)
    registry = er.async_get(hass)
    keys = ("contract", "adjustment", "phase", "before", "after", "topic", "key_power", "key_contract", "ip", "mac")
    for key in keys:
        entity_id = plug.entity_id(f"plug_{key}")
        assert entity_id is not None, key
        assert registry.entities[entity_id].disabled_by is er.RegistryEntryDisabler.INTEGRATION
        registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await plug.tell(*plug.firmware.birth())
    await until(hass, lambda: plug.shown("plug_mac") == "02:00:00:A1:B2:C3", "its address")
    assert (plug.shown("plug_before"), plug.shown("plug_key_contract")) == ("4", "PREF")


async def test_its_last_will_is_its_absence_but_its_settings_stay_true(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = await house(hass, mqtt_mock, entry)
    await plug.tell(plug.firmware.death())
    assert plug.shown("plug_stage") == "unavailable"
    assert plug.shown("plug_offloaded", "binary_sensor") == "unavailable"
    assert plug.shown("plug_power") == "2000"
    plug.orders.clear()
    await plug.tell(*plug.firmware.birth())
    await until(hass, lambda: plug.shown("plug_stage") == "none", "its word after its return")
    assert plug.orders == ["STATUS 10"]


async def test_what_the_broker_kept_of_its_stage_is_not_shown(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = PlugHouse(hass, mqtt_mock, OffloadPlug(version="3.0", stage=2, deaf=True))
    await set_up(hass, entry)
    await plug.tell(plug.firmware.telemetry(), kept=True)
    await until(hass, lambda: plug.shown("plug_power") == "2000", "its settings")
    assert plug.state("plug_stage") is None
    assert plug.state("plug_offloaded", "binary_sensor") is None


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'{"Offload":1}', b'{"Offload":{"Stage":7}}', b"\xff" * 10])
async def test_broken_messages_are_counted_and_never_raised(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    entry: MockConfigEntry,
    payload: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plug = await house(hass, mqtt_mock, entry)
    await plug.tell(Message("delestage_A1B2C3/tele/SENSOR", payload))
    assert plug.shown("plug_stage") == "none"
    assert "ERROR" not in caplog.text
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert sum(told["plugs"][0]["odd"].values()) >= 1
    assert "A1B2C3" not in json.dumps(told)
    assert "192.0.2.7" not in json.dumps(told)


async def test_a_home_without_mqtt_reads_its_meter_all_the_same(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    model = meter_entry(pty_meter.port)
    entry = MockConfigEntry(
        domain=DOMAIN, title="Linky", unique_id="meter1", data=dict(model.data), subentries_data=[plug_subentry()]
    )
    await set_up(hass, entry)
    assert list(async_plugs(hass, entry).links) == [PLUG_ID]
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_mqtt_that_goes_while_it_is_subscribed_to_is_looked_for_again(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "AGAIN_S", 0.05)
    subscribe, refused = mqtt.async_subscribe, list[str]()

    async def refuse(hass: HomeAssistant, topic: str, *args: Any, **kwargs: Any) -> Any:
        if topic.endswith("stat/+") and not refused:
            refused.append(topic)
            raise HomeAssistantError
        return await subscribe(hass, topic, *args, **kwargs)

    monkeypatch.setattr(mqtt, "async_subscribe", refuse)
    await house(hass, mqtt_mock, entry)
    assert refused == ["delestage_A1B2C3/stat/+"]


async def test_a_plug_that_is_taken_out_leaves_nothing_behind(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    plug = await house(hass, mqtt_mock, entry)
    hass.config_entries.async_remove_subentry(entry, PLUG_ID)
    await until(hass, lambda: not async_plugs(hass, entry).links, "the reader is gone")
    assert dr.async_get(hass).async_get_device_by_identifier((DOMAIN, PLUG_ID), entry.entry_id) is None
    assert plug.state("plug_stage") is None
    await plug.tell(plug.firmware.telemetry())
    assert entry.get_subentries_of_type(SUBENTRY_PLUG) == []
