"""From one source to another: the meter keeps its entities and its statistics go on."""

from datetime import datetime, timedelta
import json

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, recorder
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.sources import mqtt
from simulator.bridges import publisher
from simulator.meter import PARIS, SimulatedMeter
from simulator.state import Indexes
from simulator.tariff import Calendar, TariffKind

from .common import ADDRESS, PtyMeter, flow, line_of, meter_entry, set_up, until
from .energy_book import EnergyBook
from .entity_house import INTERNAL_ID
from .flow.steps import go_on, open_reconfigure
from .timed_house import TimedHouse

TOPIC = "teleinfo/linky"
FIRST_WH = 12_345_678  # what the meter on the line says


@pytest.fixture(autouse=True)
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


def base(hass: HomeAssistant, entity_id: str) -> float | None:
    """What an entity shows, in Wh or VA."""
    state = hass.states.get(entity_id)
    if state is None or state.state in {"unknown", "unavailable"}:
        return None
    thousands = str(state.attributes["unit_of_measurement"]).startswith("k")
    return round(float(state.state) * (1000 if thousands else 1), 3)


async def test_from_a_line_to_mqtt_and_back_entities_stay_and_statistics_go_on(
    hass: HomeAssistant,
    recorder_mock: object,
    mqtt_mock: MqttMockHAClient,
    pty_meter: PtyMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mqtt, "MET_AFTER_S", 0.0)
    began = dt_util.utcnow()
    entry = meter_entry(pty_meter.port, options={"publishing": "live"})
    runtime = await set_up(hass, entry)

    def entity_id(key: str) -> str | None:
        return er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"meter1_{key}")

    def shows(key: str, value: int) -> bool:
        found = entity_id(key)
        return found is not None and base(hass, found) == value

    await flow(hass, pty_meter, 800, lambda: shows("import_total", FIRST_WH), "the index on the line")
    kept = {key: entity_id(key) for key in ("apparent_power", "import_total", "trip_margin", "contract_power")}
    assert None not in kept.values()
    serial = {key: entry.data[key] for key in ("source", "port", "baudrate")}
    heard = {"source": "mqtt", "bridge": {"format": "flat", "topics": [TOPIC], "root": TOPIC}}
    others = {key: value for key, value in entry.data.items() if key not in serial}

    hass.config_entries.async_update_entry(entry, data=others | heard)

    def reads_from(wired: bool) -> bool:
        """Whether the entry has been loaded again, on the other source."""
        if entry.state is not ConfigEntryState.LOADED or entry.runtime_data is runtime:
            return False
        return entry.runtime_data.connection.feed.wired is wired

    await until(hass, lambda: reads_from(False), "the broker")
    assert shows("import_total", FIRST_WH), "an index stays true while nobody speaks"
    body = {"ADSC": ADDRESS, "PREF": "06", "PCOUP": "06", "NGTF": "BASE", "IRMS1": "005", "URMS1": "230"}
    last = FIRST_WH
    for more in range(4):
        last = FIRST_WH + 3 + more
        message = json.dumps(body | {"EAST": f"{last:09}", "SINSTS": f"{1000 + more:05}"})
        async_fire_mqtt_message(hass, TOPIC, message)
        await hass.async_block_till_done()
    await until(hass, lambda: shows("import_total", last), "the index by MQTT")
    assert shows("apparent_power", 1003)
    assert {key: entity_id(key) for key in kept} == kept

    hass.config_entries.async_update_entry(entry, data=others | serial)
    await until(hass, lambda: reads_from(True), "the line")
    assert line_of(entry.runtime_data).source.url == pty_meter.port
    # The test's meter has not counted on: an index never goes back, so the higher one stays.
    await flow(hass, pty_meter, 900, lambda: shows("apparent_power", 900), "the power on the line")
    assert shows("import_total", last)
    assert {key: entity_id(key) for key in kept} == kept

    await async_wait_recording_done(hass)
    period = began.replace(minute=began.minute - began.minute % 5, second=0, microsecond=0)
    for start in (period, period + timedelta(minutes=5)):
        do_adhoc_statistics(hass, start=start)
    await async_wait_recording_done(hass)
    statistic_id = str(kept["import_total"])
    rows = await recorder.get_instance(hass).async_add_executor_job(
        statistics_during_period, hass, period, None, {statistic_id}, "5minute", None, {"state", "sum"}
    )
    newest = rows[statistic_id][-1]
    # A counter that had begun anew would have counted all its kilowatt-hours once more.
    assert newest["sum"] == pytest.approx((last - FIRST_WH) / 1000, abs=0.0005)
    await hass.config_entries.async_unload(entry.entry_id)


# By the dialog, hour by hour ------------------------------------------------------------------------------------------

START = datetime(2031, 1, 15, 18, 56, tzinfo=PARIS)
POWER_W = 3600.0  # a watt-hour a second
ENERGIES = ("import_total", "import_index_2")


@pytest.mark.parametrize("name", ["flat", "tasmota_teleinfo", "ticmeter", "zlinky"])
async def test_a_line_exchanged_for_a_bridge_and_back_makes_no_leap_in_any_hour(
    recorder_mock: object,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    mqtt_mock: MqttMockHAClient,
    name: str,
) -> None:
    indexes = Indexes(import_wh=20_240_587, supplier_wh=(7e6, 13_240_587.0, *[0.0] * 8))
    meter = SimulatedMeter(start=START, indexes=indexes, calendar=Calendar(kind=TariffKind.HC))
    options = {"publishing": "live"}
    house = await TimedHouse.open(hass, freezer, meter, options=options, base_w=POWER_W, every_s=3)
    book = EnergyBook(house)
    await house.live(60)
    before = house.entity_ids()
    line = {key: house.entry.data[key] for key in ("source", "port", "baudrate")}

    bridge = publisher(name)

    def tell() -> None:
        for message in bridge.messages(meter.state()):
            async_fire_mqtt_message(hass, message.topic, message.payload.decode(), retain=False)

    house.voice, house.dialog = tell, True
    dialog = await open_reconfigure(hass, house.entry, "mqtt_bridge")
    await house.live(20)
    house.dialog = False
    result = await go_on(hass, dialog["flow_id"])
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "mqtt_pick")
    result = await go_on(hass, dialog["flow_id"], {"found": "0"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await house.wait(1)
    assert house.entry.data["source"] == "mqtt"
    await house.live(150)
    assert before.items() <= house.entity_ids().items()
    assert float(house.state("apparent_power").state) == pytest.approx(POWER_W, rel=0.02)

    house.voice = None
    heard = {key: value for key, value in house.entry.data.items() if key not in {"source", "bridge"}}
    with house.line():
        hass.config_entries.async_update_entry(house.entry, data=heard | line)
        await house.wait(1)
    assert house.runtime.connection.feed.wired
    await house.live(120)

    rows = await book.energies()
    used_kwh = meter.elapsed_s * POWER_W / 3_600_000
    for key in ENERGIES:
        hours = rows[before[f"{INTERNAL_ID}_{key}"]]
        assert len(hours) == 2
        assert all(0 <= hour["change"] <= used_kwh for hour in hours)
        # What was used before the first word of the meter is not told.
        assert hours[-1]["sum"] == pytest.approx(used_kwh, abs=0.02)
    assert all(hours[-1]["sum"] <= used_kwh for hours in rows.values())
    assert rows.keys() <= set(before.values())
    await hass.config_entries.async_unload(house.entry.entry_id)
    await async_wait_recording_done(hass)
