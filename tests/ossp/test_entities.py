"""A plug in Home Assistant: a device of the meter, an appliance like any other, and a counter that never falls."""

from collections.abc import AsyncIterator
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigSubentryDataWithId
from homeassistant.const import ATTR_ENTITY_ID, EntityCategory
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_get_persistent_notifications,
    mock_restore_cache_with_extra_data,
)

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.diagnostics import async_get_config_entry_diagnostics
from custom_components.linky_offload.flow.house import own_entities, power_sensor_of
from custom_components.linky_offload.offload import LoadStatus
from custom_components.linky_offload.ossp import client
from custom_components.linky_offload.ossp.hub import async_ossp
from simulator.ossp import SimulatedPlug
from simulator.web import WebServer
from tests.common import WAIT_S, PtyMeter, flow, hear, load, meter_entry, set_up, state_of, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

PLUG_ID = "01JOSSP000000000000000000A"
SWITCH = "switch.kettle_outlet"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask often, and wait for what a slow machine is late with."""
    for name, seconds in (("REFRESH_S", 0.05), ("SILENT_S", WAIT_S), ("ANSWER_S", WAIT_S), ("FIRST_RETRY_S", 0.05)):
        monkeypatch.setattr(client, name, seconds)


@pytest.fixture
def plug() -> SimulatedPlug:
    return SimulatedPlug()


@pytest.fixture
async def server(plug: SimulatedPlug, hass: HomeAssistant) -> AsyncIterator[WebServer]:
    server = plug.server()
    await server.start()
    yield server
    await server.stop()


def with_plug(entry: MockConfigEntry, server: WebServer, **data: Any) -> MockConfigEntry:
    """The same entry with a plug."""
    subentry = ConfigSubentryDataWithId(
        data={"host": server.address, "outputs": [2], "enabled": True} | data,
        subentry_id=PLUG_ID,
        subentry_type="ossp_plug",
        title="Kettle",
        unique_id=None,
    )
    coordinators = [
        ConfigSubentryDataWithId(
            data=dict(other.data),
            subentry_id=other.subentry_id,
            subentry_type=other.subentry_type,
            title=other.title,
            unique_id=None,
        )
        for other in entry.subentries.values()
    ]
    return MockConfigEntry(
        domain=DOMAIN,
        title=entry.title,
        unique_id=entry.unique_id,
        data=dict(entry.data),
        options=dict(entry.options),
        subentries_data=[*coordinators, subentry],
    )


async def ready(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    await until(hass, lambda: async_ossp(hass, entry).plugs[PLUG_ID].client.available, "the plug", settle=False)
    await until(hass, lambda: state_of(hass, SWITCH) != "unavailable", "its switch", settle=False)


@pytest.fixture
async def entry(hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer) -> AsyncIterator[MockConfigEntry]:
    entry = with_plug(meter_entry(pty_meter.port), server)
    await ready(hass, entry)
    yield entry
    if entry.entry_id in {known.entry_id for known in hass.config_entries.async_loaded_entries(DOMAIN)}:
        assert await hass.config_entries.async_unload(entry.entry_id)


async def call(hass: HomeAssistant, service: str, entity_id: str = SWITCH, domain: str = "switch", **data: Any) -> None:
    await hass.services.async_call(domain, service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True)


async def test_a_plug_is_a_device_behind_the_meter_with_what_it_measures(
    hass: HomeAssistant, entry: MockConfigEntry, plug: SimulatedPlug
) -> None:
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, PLUG_ID), config_entry_id=entry.entry_id)
    meter = registry.async_get_device_by_identifier((DOMAIN, "meter1"), config_entry_id=entry.entry_id)
    assert device is not None
    assert meter is not None
    assert (device.name, device.via_device_id, device.config_subentry_id) == ("Kettle", meter.id, PLUG_ID)
    plug.press(2)
    await until(hass, lambda: state_of(hass, SWITCH) == "on", "the switch", settle=False)
    await until(hass, lambda: state_of(hass, "sensor.kettle_power") == "2000.0", "the power", settle=False)
    assert state_of(hass, "sensor.kettle_voltage") == "230.0"
    assert state_of(hass, "binary_sensor.kettle_connection") == "on"
    assert state_of(hass, "binary_sensor.kettle_measurement") == "off"


async def test_its_switch_switches(hass: HomeAssistant, entry: MockConfigEntry, plug: SimulatedPlug) -> None:
    await call(hass, "turn_on")
    assert (plug.outputs, state_of(hass, SWITCH)) == ({2: True}, "on")
    await call(hass, "turn_on")
    await call(hass, "turn_off")
    assert (plug.outputs, plug.toggles, state_of(hass, SWITCH)) == ({2: False}, [2, 2], "off")


async def test_an_order_that_failed_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, plug: SimulatedPlug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 2.0)
    plug.deaf = True
    with pytest.raises(HomeAssistantError) as told:
        await call(hass, "turn_on")
    assert (told.value.translation_key, told.value.translation_placeholders) == ("ossp_not_obeyed", {"name": SWITCH})
    assert state_of(hass, SWITCH) == "off"


async def test_a_plug_that_is_gone_is_unavailable_but_its_energy_stays_true(
    hass: HomeAssistant, entry: MockConfigEntry, server: WebServer
) -> None:
    await server.stop()
    await until(hass, lambda: state_of(hass, SWITCH) == "unavailable", "its absence", settle=False)
    assert state_of(hass, "sensor.kettle_power") == "unavailable"
    assert state_of(hass, "sensor.kettle_energy") != "unavailable"
    assert state_of(hass, "binary_sensor.kettle_connection") == "off"


async def test_impossible_measures_are_a_problem_and_unknown(
    hass: HomeAssistant, entry: MockConfigEntry, plug: SimulatedPlug
) -> None:
    plug.voltage = 0.0
    await until(hass, lambda: state_of(hass, "binary_sensor.kettle_measurement") == "on", "the problem", settle=False)
    assert state_of(hass, "sensor.kettle_power") == "unknown"
    assert state_of(hass, SWITCH) == "off", "its relay is not in doubt"


async def test_energy_goes_on_from_before_the_restart_and_over_a_new_address(
    hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer, plug: SimulatedPlug
) -> None:
    extra = {"native_value": 12.5, "native_unit_of_measurement": "kWh"}
    mock_restore_cache_with_extra_data(hass, [(State("sensor.kettle_energy", "12.5"), extra)])
    entry = with_plug(meter_entry(pty_meter.port), server)
    await ready(hass, entry)
    hub = async_ossp(hass, entry)
    gauge = hub.plugs[PLUG_ID].gauge
    gauge.energy_wh = 500.0
    energy = hass.data["entity_components"]["sensor"].get_entity("sensor.kettle_energy")
    assert energy is not None
    assert energy.native_value == pytest.approx(13.0, abs=0.01)
    other = plug.server()
    await other.start()
    subentry = entry.subentries[PLUG_ID]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "host": other.address})
    hub.follow()
    assert hub.plugs[PLUG_ID].gauge is not gauge
    await until(hass, lambda: hub.plugs[PLUG_ID].client.available, "the new address", settle=False)
    assert energy.native_value == pytest.approx(13.0, abs=0.01)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await other.stop()


async def test_gain_and_offset_are_written_to_the_plug_and_hold_at_once(
    hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer, plug: SimulatedPlug
) -> None:
    entry = with_plug(meter_entry(pty_meter.port), server)
    registry = er.async_get(hass)
    for part in ("gain", "offset"):  # a person wanted them
        identity, name = f"{PLUG_ID}_ossp_set_power_{part}", f"kettle_{part}_of_the_power"
        registry.async_get_or_create("number", DOMAIN, identity, suggested_object_id=name, disabled_by=None)
    await ready(hass, entry)
    hub = async_ossp(hass, entry)
    before = hub.plugs[PLUG_ID]
    assert state_of(hass, "number.kettle_gain_of_the_power") == "1.0"
    await call(hass, "set_value", "number.kettle_gain_of_the_power", "number", value=1.1)
    await call(hass, "set_value", "number.kettle_offset_of_the_power", "number", value=-50)
    data = entry.subentries[PLUG_ID].data
    assert (data["power_gain"], data["power_offset"]) == (1.1, -50)
    plug.press(2)
    await until(hass, lambda: before.gauge.now.power == pytest.approx(2150), "the correction", settle=False)
    assert hub.plugs[PLUG_ID] is before, "no new connection for a figure"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_corrections_are_settings_that_are_not_shown_until_wanted(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    known = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    corrections = [entity for entity in known if entity.unique_id.startswith(f"{PLUG_ID}_ossp_set_")]
    assert len(corrections) == 6
    assert all(entity.disabled and entity.entity_category is EntityCategory.CONFIG for entity in corrections)


async def test_a_plug_of_several_outputs_has_a_switch_for_each(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    plug = SimulatedPlug((2, 4))
    server = plug.server()
    await server.start()
    entry = with_plug(meter_entry(pty_meter.port), server, outputs=[2, 4])
    await set_up(hass, entry)
    await until(hass, lambda: state_of(hass, "switch.kettle_outlet_4") == "off", "the switch", settle=False)
    await call(hass, "turn_on", "switch.kettle_outlet_4")
    assert plug.outputs == {2: False, 4: True}
    assert state_of(hass, "switch.kettle_outlet_2") == "off"
    assert await hass.config_entries.async_unload(entry.entry_id)
    await server.stop()


async def test_a_plug_that_is_not_wanted_is_left_alone(
    hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer, plug: SimulatedPlug
) -> None:
    entry = with_plug(meter_entry(pty_meter.port), server, enabled=False)
    await set_up(hass, entry)
    assert async_ossp(hass, entry).plugs == {}
    assert plug.asked == 0
    assert hass.states.get(SWITCH) is None
    subentry = entry.subentries[PLUG_ID]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "enabled": True})
    hub = async_ossp(hass, entry)
    hub.follow()
    await until(hass, lambda: hub.plugs[PLUG_ID].client.available, "the plug", settle=False)
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "enabled": False})
    hub.follow()
    assert hub.plugs == {}
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_it_may_be_offloaded_and_measures_itself(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    own = own_entities(hass)
    assert SWITCH not in own
    assert "sensor.kettle_power" not in own
    assert {"sensor.kettle_energy", "binary_sensor.kettle_connection", "sensor.linky_headroom"} <= set(own)
    assert not any(entity.startswith("number.kettle") for entity in set(er.async_get(hass).entities) - set(own))
    assert power_sensor_of(hass, SWITCH) == "sensor.kettle_power"


async def test_it_is_cut_before_the_meter_opens_and_comes_back(
    hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer, plug: SimulatedPlug
) -> None:
    plug.outputs[2] = True
    details = {"minimum_off": 0, "delay_after": 0, "minimum_on": 0, "power_source": "declared", "declared_va": 2000}
    entry = with_plug(meter_entry(pty_meter.port, [load("kettle", SWITCH, **details)]), server)
    await ready(hass, entry)
    runtime = entry.runtime_data
    await hear(hass, pty_meter, runtime, 4000)
    await flow(hass, pty_meter, 7000, lambda: not plug.outputs[2], "the cut")
    assert plug.toggles == [2]
    await flow(hass, pty_meter, 5000, lambda: state_of(hass, SWITCH) == "off", "the switch")
    assert runtime.report.loads["kettle"].status is LoadStatus.OFFLOADED
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("ending", ["disabled", "removed"])
async def test_it_is_given_back_when_its_meter_goes_though_its_entities_go_too(
    hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer, plug: SimulatedPlug, ending: str
) -> None:
    plug.outputs[2] = True
    details = {"power_source": "declared", "declared_va": 2000}
    entry = with_plug(meter_entry(pty_meter.port, [load("kettle", SWITCH, **details)]), server)
    await ready(hass, entry)
    await hear(hass, pty_meter, entry.runtime_data, 4000)
    await flow(hass, pty_meter, 7000, lambda: not plug.outputs[2], "the cut")
    if ending == "disabled":
        await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    else:
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert plug.outputs == {2: True}
    assert plug.toggles == [2, 2]
    (notice,) = async_get_persistent_notifications(hass).values()
    assert "Kettle" in notice["message"]


async def test_a_plug_that_cannot_be_reached_then_is_told_as_such(
    hass: HomeAssistant, pty_meter: PtyMeter, server: WebServer, plug: SimulatedPlug
) -> None:
    plug.outputs[2] = True
    details = {"power_source": "declared", "declared_va": 2000}
    entry = with_plug(meter_entry(pty_meter.port, [load("kettle", SWITCH, **details)]), server)
    await ready(hass, entry)
    await hear(hass, pty_meter, entry.runtime_data, 4000)
    await flow(hass, pty_meter, 7000, lambda: not plug.outputs[2], "the cut")
    await server.stop()
    journal = entry.runtime_data.journal
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await hass.async_block_till_done()
    assert plug.outputs == {2: False}
    (notice,) = async_get_persistent_notifications(hass).values()
    assert notice["title"] == "Some appliances may still be off"
    assert list(journal.intents) == ["kettle"]


async def test_its_address_is_not_in_the_diagnostics(
    hass: HomeAssistant, entry: MockConfigEntry, server: WebServer
) -> None:
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert server.address not in json.dumps(diagnostics)
    assert diagnostics["ossp"][0]["available"] is True
    assert diagnostics["ossp"][0]["outputs"] == {"2": False}
