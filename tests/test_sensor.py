"""Sensors of the meter: which there are, what they say, and when."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import mock_restore_cache_with_extra_data
from syrupy.assertion import SnapshotAssertion

from custom_components.linky_offload.descriptions import METER_BINARY_SENSORS, METER_SENSORS, View
from custom_components.linky_offload.descriptions.base import Told
from custom_components.linky_offload.figures import shown_percent, shown_seconds
from custom_components.linky_offload.meter import Quantity
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.state import Indexes
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Mode, add_parity, encode_group

from .common import COORDINATOR_ID, coordinator
from .entity_house import LOADS, House

METERS = {
    "historic single-phase": {"mode": Mode.HISTORIC, "calendar": Calendar(kind=TariffKind.HC)},
    "standard single-phase": {"calendar": Calendar(kind=TariffKind.TEMPO)},
    "standard three-phase producer": {"phases": 3, "contract_kva": 12, "producer": True},
    "historic three-phase": {"mode": Mode.HISTORIC, "phases": 3, "contract_kva": 12},
}


def meter_of(name: str) -> SimulatedMeter:
    """A meter with some past behind it."""
    meter = SimulatedMeter(
        **METERS[name],  # type: ignore[arg-type]
        indexes=Indexes(import_wh=20_240_587, export_wh=1_300_000, supplier_wh=(12_000_000, 8_240_587, *(0,) * 8)),
    )
    meter.settle((Power(2000.0), Power(500.0), Power(1500.0))[: meter.phases])
    return meter


def picture(hass: HomeAssistant, house: House) -> dict[str, str]:
    """Every entity of the entry, one line each: how it is registered and what it says."""
    lines = {}
    for entry in er.async_entries_for_config_entry(er.async_get(hass), house.entry.entry_id):
        state = hass.states.get(entry.entity_id)
        told = "disabled" if entry.disabled_by else ("missing" if state is None else state.state)
        facts = [
            told,
            entry.unit_of_measurement,
            entry.original_device_class,
            (entry.capabilities or {}).get("state_class"),
            entry.entity_category,
            None if state is None else state.attributes.get("measured_at"),
        ]
        lines[f"{entry.domain} {entry.unique_id}"] = " | ".join(
            [str(entry.original_name), *(str(fact) for fact in facts if fact is not None)]
        )
    return dict(sorted(lines.items()))


# The tables ----------------------------------------------------------------------------------------------------------


def test_every_quantity_has_exactly_one_entity() -> None:
    descriptions: list[Told] = [*METER_SENSORS, *METER_BINARY_SENSORS]
    described = Counter(description.quantity for description in descriptions)
    del described[None]
    assert described == Counter(Quantity)


def test_keys_are_unique_and_those_of_quantities_are_their_names() -> None:
    for descriptions in (METER_SENSORS, METER_BINARY_SENSORS):
        keys = [description.key for description in descriptions]
        assert len(keys) == len(set(keys))
        assert all(description.quantity in {None, description.key} for description in descriptions)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        pytest.param(None, None, id="unknown only when the model is"),
        pytest.param(float("inf"), 900, id="never stands at the cap"),
        pytest.param(2000.0, 900, id="far stands at the cap"),
        pytest.param(41.9, 41, id="never rounded up"),
        pytest.param(0.0, 0, id="now"),
    ],
)
def test_seconds_to_trip_as_shown(seconds: float | None, shown: int | None) -> None:
    assert shown_seconds(seconds) == shown


@pytest.mark.parametrize(("part", "shown"), [(None, None), (1.0, 100), (0.29, 29), (0.299, 29), (0.0, 0)])
def test_a_margin_is_never_rounded_up(part: float | None, shown: int | None) -> None:
    assert shown_percent(part) == shown


# The entities of each kind of meter ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", METERS)
async def test_the_entities_of_a_meter(hass: HomeAssistant, snapshot: SnapshotAssertion, name: str) -> None:
    house = await House.start(hass, meter_of(name), coordinator(LOADS))
    assert picture(hass, house) == snapshot


@pytest.mark.parametrize("name", METERS)
async def test_disabled_entities_have_values_too(hass: HomeAssistant, name: str) -> None:
    house = await House.start(hass, meter_of(name))
    view = View.of(house.runtime)
    for description in METER_SENSORS:
        value = description.value_fn(view)
        assert value is None or isinstance(value, str | int | float | datetime), description.key
        assert value is None or description.options is None or value in description.options, description.key
    told = {description.key for description in METER_SENSORS if description.value_fn(view) is not None}
    assert {"groups", "checksum_errors", "parity_check", "address"} <= told


async def test_the_interval_between_powers_has_one_decimal(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    view = View.of(house.runtime)
    assert view.reading is not None
    cadence = next(description for description in METER_SENSORS if description.key == "cadence")
    assert cadence.value_fn(replace(view, reading=replace(view.reading, cadence_s=1.4499))) == 1.4


async def test_before_the_meter_speaks_nothing_is_zero_but_the_counters(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"), frames=0)
    view = View.of(house.runtime)
    told = {description.key for description in METER_SENSORS if description.value_fn(view) is not None}
    assert told == {"groups", "checksum_errors", "parity_errors"}


async def test_nothing_is_created_before_the_meter_has_told_what_it_is(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"), frames=0)
    assert house.entity_id("apparent_power") is None
    assert house.state("trip_margin").state == STATE_UNAVAILABLE
    assert house.state("tic_mode").state == STATE_UNAVAILABLE
    await house.speak(4)
    assert house.state("apparent_power").state == "2000"


async def test_a_value_that_comes_later_gets_its_entity_then(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    assert house.entity_id("short_message") is None
    house.meter.set_message(short="HELLO")
    await house.speak()
    await house.speak()
    assert house.state("short_message").state == "HELLO"


@pytest.mark.parametrize(
    ("kind", "mode", "key", "name"),
    [
        pytest.param(TariffKind.HC, Mode.STANDARD, "import_index_1", "Energy imported, off-peak", id="off-peak"),
        pytest.param(TariffKind.HC, Mode.HISTORIC, "import_index_2", "Energy imported, peak", id="historic peak"),
        pytest.param(
            TariffKind.TEMPO, Mode.STANDARD, "import_index_6", "Energy imported, peak, red days", id="red days of Tempo"
        ),
        pytest.param(
            TariffKind.EJP, Mode.HISTORIC, "import_index_2", "Energy imported, mobile peak", id="mobile peak of EJP"
        ),
        pytest.param(
            TariffKind.HC, Mode.STANDARD, "import_index_3", "Energy imported, index 3", id="beyond the tariff"
        ),
        pytest.param(TariffKind.BASE, Mode.STANDARD, "import_index_1", "Energy imported, index 1", id="one price"),
    ],
)
async def test_registers_are_named_by_what_they_count(
    hass: HomeAssistant, kind: TariffKind, mode: Mode, key: str, name: str
) -> None:
    house = await House.start(hass, SimulatedMeter(mode=mode, calendar=Calendar(kind=kind)))
    entity_id = house.entity_id(key)
    assert entity_id is not None
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    assert entry.original_name == name


async def test_only_registers_in_use_are_enabled(hass: HomeAssistant) -> None:
    meter = SimulatedMeter(
        calendar=Calendar(kind=TariffKind.HC), indexes=Indexes(supplier_wh=(0, 8_000, 0, 70, *(0,) * 6))
    )
    house = await House.start(hass, meter)
    in_use = meter.period.index
    registry = er.async_get(hass)
    enabled = set()
    for index in range(1, 11):
        entry = registry.async_get(house.entity_id(f"import_index_{index}") or "")
        assert entry is not None
        if entry.disabled_by is None:
            enabled.add(index)
    assert enabled == {2, 4, in_use}


# What they say -------------------------------------------------------------------------------------------------------


async def test_an_overload_shows_in_margin_seconds_headroom_and_load(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    assert (house.state("headroom").state, house.state("load_percent").state) == ("4000", "33")
    assert house.state("seconds_to_trip").state == "900"
    await house.speak(1, Power(12_000.0))
    await house.tick(10)
    assert (house.state("headroom").state, house.state("load_percent").state) == ("-6000", "200")
    # Twice the contract after a steady third of it: 66 s by the meter's rule (between the columns of tic.md §9.3).
    assert 55 <= int(house.state("seconds_to_trip").state) <= 67
    assert 90 <= int(house.state("trip_margin").state) <= 93


async def test_the_contract_is_in_kva_and_current_and_voltage_in_their_units(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    contract = house.state("contract_power")
    assert (contract.state, contract.attributes["unit_of_measurement"]) == ("6.0", "kVA")
    assert house.state("voltage_1").attributes["unit_of_measurement"] == "V"
    assert house.state("current_1").attributes["unit_of_measurement"] == "A"
    assert house.state("max_power_today").attributes["measured_at"].isoformat() == "2026-01-15T19:00:01+01:00"


async def test_colours_are_only_of_tempo(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    assert house.state("colour_today").state in {"blue", "white", "red"}
    assert house.state("colour_tomorrow").state in {"not_announced", "blue", "white", "red"}


async def test_without_tempo_there_are_no_colours(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard three-phase producer"))
    assert house.entity_id("colour_today") is None
    assert house.entity_id("colour_tomorrow") is None


async def test_a_change_of_mode_keeps_every_common_entity(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("historic single-phase"))
    before = house.entity_id("import_index_1")
    house.meter.mode = Mode.STANDARD
    await house.speak(6)
    await house.tick(60)
    assert house.entity_id("import_index_1") == before
    assert house.state("tic_mode").state == "standard"
    assert house.state("apparent_power").state == "2000"
    assert house.state("tariff_period").state == "hp"


# When they say it ----------------------------------------------------------------------------------------------------


async def powers_shown(house: House, *samples: float) -> list[str]:
    """The states of the apparent power, one a second, under these powers."""
    shown = []
    for watts in samples:
        await house.speak(1, Power(watts))
        shown.append(house.state("apparent_power").state)
    return shown


async def test_a_large_step_of_power_is_published_at_once_and_a_small_one_later(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    await house.tick(5)
    shown = await powers_shown(house, 3000, 3150, 3350, 3450)
    assert shown == ["3000", "3000", "3350", "3350"]


async def test_a_power_held_back_is_published_though_no_other_comes(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    await house.tick(5)
    await powers_shown(house, 3000, 3150)
    assert house.state("apparent_power").state == "3000"
    await house.tick(9)
    assert house.state("apparent_power").state == "3150"


async def test_the_publishing_policy_is_an_option_that_counts_at_once(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    shown: dict[str, list[str]] = {}
    for policy in ("live", "economy", "balanced"):
        hass.config_entries.async_update_entry(house.entry, options={"publishing": policy})
        await hass.async_block_till_done()
        await house.tick(100)
        shown[policy] = await powers_shown(house, 3000, 3001, 3301, 3801)
    assert shown == {
        "live": ["3000", "3001", "3301", "3801"],
        "economy": ["3000", "3000", "3000", "3000"],
        "balanced": ["3000", "3000", "3301", "3801"],
    }


async def test_what_begins_an_overload_is_published_at_once(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    await house.tick(5)
    assert await powers_shown(house, 3000, 6600) == ["3000", "6600"]


async def test_an_index_is_published_once_a_minute(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    before = house.state("import_total").state
    await house.speak(40, Power(5000.0))
    assert house.state("import_total").state == before
    await house.tick(60)
    assert float(house.state("import_total").state) > float(before)


# When nothing is said ------------------------------------------------------------------------------------------------


async def test_registers_outlive_the_line_and_everything_else_does_not(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    total = house.state("import_total").state
    await house.lose_line()
    assert house.state("import_total").state == total
    assert house.state("apparent_power").state == STATE_UNAVAILABLE
    assert house.state("trip_margin").state == STATE_UNAVAILABLE
    assert house.state("damaged_groups").state == "0.0"


async def test_registers_outlive_a_restart(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    entity_id = house.entity_id("import_total")
    assert entity_id is not None
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    mock_restore_cache_with_extra_data(
        hass, [(State(entity_id, "20240.588"), {"native_value": 20_240_588, "native_unit_of_measurement": "Wh"})]
    )
    await house.set_up()
    assert house.state("import_total").state == "20240.588"
    assert house.state("apparent_power").state == STATE_UNAVAILABLE


async def test_a_damaged_group_is_counted_and_changes_no_value(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"))
    group = encode_group(Mode.STANDARD, "SINSTS", "09000")
    house.lines[-1].push(add_parity(group.replace(b"09000", b"08000")))
    await house.tick(600)
    assert house.state("apparent_power").state == "2000"
    assert float(house.state("damaged_groups").state) > 0


# Loads and coordinators ----------------------------------------------------------------------------------------------


async def test_a_load_tells_its_state_its_reason_and_its_power(hass: HomeAssistant) -> None:
    hass.states.async_set("input_boolean.tank", "on")
    house = await House.start(hass, meter_of("standard single-phase"), coordinator(LOADS))
    assert house.state("status", "load_tank").state == "normal"
    assert house.state("reason", "load_tank").state == "none"
    assert house.state("power", "load_tank").state == "2000"
    assert house.state("status", "load_heater").state == "unreachable"
    assert house.state("learned_power", "load_heater").state == STATE_UNKNOWN
    assert house.state("offloaded_power", COORDINATOR_ID).state == "0"
    assert house.state("next_load", COORDINATOR_ID).state == "Load_Tank"


async def test_what_a_coordinator_says_stays_when_the_line_is_lost(hass: HomeAssistant) -> None:
    house = await House.start(hass, meter_of("standard single-phase"), coordinator(LOADS))
    await house.lose_line()
    assert house.state("offloaded_power", COORDINATOR_ID).state == "0"
    assert house.state("status", "load_tank").state == "unreachable"
