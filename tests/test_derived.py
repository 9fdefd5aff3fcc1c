"""Entities of what is derived: watts, net power and surplus, tariff and its calendar, counters that go on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.linky_offload.descriptions import View
from custom_components.linky_offload.meter import Banded, Derived
from custom_components.linky_offload.meter.clock_offset import ClockOffset
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.state import Indexes
from simulator.tariff import Calendar, Colour, TariffKind
from simulator.tic import Mode

from .entity_house import House

EVENING = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)  # 19:00 in Paris: the clock of a simulated meter begins there


def standard(**details: object) -> SimulatedMeter:
    meter = SimulatedMeter(indexes=Indexes(import_wh=20_240_587), **details)  # type: ignore[arg-type]
    meter.settle((Power(2000.0), Power(500.0), Power(1500.0))[: meter.phases])
    return meter


async def derive(house: House, derived: Derived) -> None:
    """Let the entities see something derived by hand."""
    publisher_view = View.of(house.runtime)
    assert publisher_view.reading is not None
    house.runtime.insight._derivation.derived = derived
    await house.tick(60)


# Powers --------------------------------------------------------------------------------------------------------------


async def test_active_power_is_unknown_until_the_index_has_told_it(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard())
    assert house.state("active_power").state == STATE_UNKNOWN
    await derive(house, replace(house.runtime.insight.derived, active=Banded(1850.4, 41.2)))
    state = house.state("active_power")
    assert (state.state, state.attributes["unit_of_measurement"]) == ("1850", "W")
    assert (state.attributes["device_class"], state.attributes["uncertainty"]) == ("power", 41)


async def test_a_home_that_never_exports_has_no_surplus(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard())
    assert [house.entity_id(key) for key in ("net_power", "net_active_power", "surplus")] == [None] * 3


async def test_a_home_that_exports_without_a_contract(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard())
    await house.speak(2, Power(-1200.0))
    await house.tick(60)
    current = float(house.state("current_1").state)
    voltage = float(house.state("voltage_1").state)
    assert float(house.state("surplus").state) == pytest.approx(
        current * voltage, abs=10 * current
    )  # the voltage shown may be older
    assert float(house.state("net_power").state) == -float(house.state("surplus").state)
    assert 100 <= house.state("surplus").attributes["uncertainty"] <= 140
    assert house.entity_id("net_active_power") is None  # nothing tells its watts


async def test_that_a_home_exports_is_remembered(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard())
    await house.speak(2, Power(-1200.0))
    await house.tick()
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await house.set_up()
    await house.speak(4, Power(500.0))
    assert house.state("surplus").state == "0"


async def test_a_producer_has_all_of_them(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard(producer=True))
    assert house.state("surplus").state == "0"
    assert house.state("net_power").state == "2000"
    assert house.state("net_active_power").state == STATE_UNKNOWN


async def test_nothing_of_it_is_left_when_the_entry_is_removed(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    house = await House.start(hass, standard())
    key = f"linky_offload.{house.entry.entry_id}.derived"
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    assert hass_storage[key]["data"]["derivation"]["registers"]["import_total"]["shown"] >= 20_240_587
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert key not in hass_storage


# Tariff --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.HISTORIC, Mode.STANDARD])
async def test_off_peak_hours_and_period_in_both_modes(hass: HomeAssistant, mode: Mode) -> None:
    house = await House.start(hass, standard(mode=mode, calendar=Calendar(kind=TariffKind.HC)))
    assert house.state("tariff_period").state == "hp"
    assert house.state("off_peak").state == "off"


async def test_one_price_has_neither_hours_nor_calendar(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard(calendar=Calendar(kind=TariffKind.BASE)))
    assert house.state("tariff_period").state == "th"
    assert [house.entity_id(key) for key in ("off_peak", "tariff_next_change", "tariff_calendar")] == [None] * 3


@pytest.mark.parametrize(
    ("hex_times", "told"),
    [
        pytest.param(False, "2026-01-15T21:20:00+00:00", id="22:20 in decimal"),
        pytest.param(True, STATE_UNKNOWN, id="16:14 in decimal or 22:20 in hexadecimal"),
    ],
)
async def test_the_next_change_is_told_where_it_is_sure(hass: HomeAssistant, hex_times: bool, told: str) -> None:
    house = await House.start(hass, standard(calendar=Calendar(kind=TariffKind.HC, hex_times=hex_times)))
    assert house.state("tariff_next_change").state == told


async def test_a_red_day_announced_for_tomorrow(hass: HomeAssistant) -> None:
    marks = {EVENING.date() + timedelta(days=1): Colour.RED}
    meter = standard(calendar=Calendar(kind=TariffKind.TEMPO, marks=marks))
    house = await House.start(hass, meter)
    assert house.state("colour_tomorrow").state == "not_announced"
    meter.elapsed_s += 3600
    await house.speak(3)
    assert (house.state("colour_today").state, house.state("colour_tomorrow").state) == ("blue", "red")


# The calendar --------------------------------------------------------------------------------------------------------


async def events(hass: HomeAssistant, house: House) -> list[str]:
    """Summary and local times of the events of two days."""
    answer = await hass.services.async_call(
        Platform.CALENDAR,
        "get_events",
        {
            "entity_id": house.entity_id("tariff_calendar"),
            "start_date_time": "2026-01-15T00:00:00+01:00",
            "end_date_time": "2026-01-17T00:00:00+01:00",
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    (calendar,) = answer.values()
    assert isinstance(calendar, dict)
    found = calendar["events"]
    assert isinstance(found, list)
    return [
        f"{str(event['start'])[8:16]} {str(event['end'])[8:16]} {event['summary']}"
        for event in found
        if isinstance(event, dict)
    ]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ("Off-peak, blue day", "Peak, blue day", "Peak, red day", "Off-peak, red day", "Off-peak")),
        (
            "fr",
            (
                "Heures creuses, jour bleu",
                "Heures pleines, jour bleu",
                "Heures pleines, jour rouge",
                "Heures creuses, jour rouge",
                "Heures creuses",
            ),
        ),
    ],
)
async def test_today_and_tomorrow_in_the_language_of_the_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, language: str, names: tuple[str, ...]
) -> None:
    freezer.move_to(EVENING + timedelta(hours=1))
    hass.config.language = language
    marks = {EVENING.date() + timedelta(days=1): Colour.RED}
    meter = standard(calendar=Calendar(kind=TariffKind.TEMPO, marks=marks))
    meter.elapsed_s += 3600
    house = await House.start(hass, meter)
    blue_night, blue_day, red_day, red_night, night = names
    assert await events(hass, house) == [
        f"15T00:00 15T06:00 {night}",
        f"15T06:00 15T22:00 {blue_day}",
        f"15T22:00 16T06:00 {blue_night}",
        f"16T06:00 16T22:00 {red_day}",
        f"16T22:00 17T00:00 {red_night}",
    ]
    state = house.state("tariff_calendar")
    assert (state.state, state.attributes["message"]) == ("on", blue_day)


async def test_the_calendar_outlives_the_line_and_waits_for_hours_that_must_be_learned(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard(calendar=Calendar(kind=TariffKind.HC)))
    await house.lose_line()
    assert house.state("tariff_calendar").state != STATE_UNAVAILABLE
    assert await events(hass, house) != []


async def test_in_historic_mode_the_hours_must_be_learned_first(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard(mode=Mode.HISTORIC, calendar=Calendar(kind=TariffKind.HC)))
    assert house.state("tariff_calendar").state == STATE_UNAVAILABLE
    assert house.state("tariff_next_change").state == STATE_UNKNOWN


# Counters and clock --------------------------------------------------------------------------------------------------


async def test_another_meter_is_no_spike_and_shows_what_it_displays(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard())
    before = float(house.state("import_total").state)
    assert "meter_index" not in house.state("import_total").attributes
    replacement = SimulatedMeter(address="041961888888", indexes=Indexes(import_wh=90_000_000))
    replacement.settle((Power(2000.0),))
    house.meter = replacement
    await house.speak(6)
    await house.tick(120)
    state = house.state("import_total")
    assert before <= float(state.state) <= before + 0.02
    assert state.attributes["meter_index"] >= 90_000_000


async def test_a_full_register_is_no_spike(hass: HomeAssistant) -> None:
    meter = SimulatedMeter(indexes=Indexes(import_wh=999_999_995))
    house = await House.start(hass, meter)
    assert house.state("import_total").state == "999999.995"
    house.meter = SimulatedMeter(indexes=Indexes(import_wh=3))
    await house.speak(6)
    await house.tick(120)
    assert float(house.state("import_total").state) == pytest.approx(1_000_000.003, abs=0.02)


async def test_the_counter_goes_on_after_a_restart(hass: HomeAssistant) -> None:
    house = await House.start(hass, standard())
    replacement = SimulatedMeter(address="041961888888", indexes=Indexes(import_wh=90_000_000))
    house.meter = replacement
    await house.speak(6)
    await house.tick(120)
    shown = float(house.state("import_total").state)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await house.set_up()
    await house.speak(4)
    assert float(house.state("import_total").state) == pytest.approx(shown, abs=0.02)


async def test_the_error_of_the_meters_clock(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await House.start(hass, standard())
    house.runtime.insight._derivation._clock = ClockOffset()
    freezer.move_to(house.meter.now.astimezone(UTC) - timedelta(seconds=47))
    for _ in range(6):
        await house.speak()
        freezer.tick(1)
    view = View.of(house.runtime)
    assert view.derived.clock_offset_s == pytest.approx(47, abs=2)
    entry = er.async_get(hass).async_get(house.entity_id("clock_offset") or "")
    assert entry is not None
    assert (entry.disabled_by, entry.entity_category) == (er.RegistryEntryDisabler.INTEGRATION, "diagnostic")
    assert dt_util.utcnow() < house.meter.now
