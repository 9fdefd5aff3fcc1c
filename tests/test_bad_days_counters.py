"""Counters on bad days: a full register, another meter, another mode. The Energy dashboard must see none of it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.identity import CERTAIN_AFTER_S, issue_id
from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.repairs import async_create_fix_flow
from custom_components.linky_offload.tic import ParityState
from simulator.meter import PARIS, SimulatedMeter
from simulator.power import Power
from simulator.state import Indexes
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Mode

from .common import OTHER_ADDRESS
from .energy_book import EnergyBook
from .entity_house import INTERNAL_ID
from .timed_house import TimedHouse

START = datetime(2031, 1, 15, 18, 55, tzinfo=PARIS)
CHANGE = datetime(2031, 1, 15, 18, 58, tzinfo=PARIS)
POWER_W = 3600.0  # a watt-hour a second
FULL_WH = 10**9  # nine digits
AFTER_S = 200
TWO_PERIODS = Calendar(kind=TariffKind.HC)
ONE_PRICE = Calendar(kind=TariffKind.BASE)


def meter(*supplier_wh: float, **details: Any) -> SimulatedMeter:
    """A meter that has counted this in its supplier's registers."""
    indexes = Indexes(import_wh=sum(supplier_wh), supplier_wh=(*supplier_wh, *[0.0] * (10 - len(supplier_wh))))
    made = SimulatedMeter(**{"start": START, "indexes": indexes, "calendar": TWO_PERIODS} | details)  # type: ignore[arg-type]
    made.settle((Power(POWER_W),))
    return made


# What may happen to a meter ------------------------------------------------------------------------------------------

type Change = Callable[[SimulatedMeter], SimulatedMeter]


def same(old: SimulatedMeter) -> SimulatedMeter:
    """Nothing happens, or nothing that is not in the meter already."""
    return old


def renewed(*supplier_wh: float, **details: Any) -> Change:
    """From now on it is another meter, or the same with other registers."""

    def change(old: SimulatedMeter) -> SimulatedMeter:
        kept = {"start": old.now, "calendar": old.calendar, "mode": old.mode, "address": old.address}
        return meter(*supplier_wh, **kept | details)

    return change


def in_standard_mode(old: SimulatedMeter) -> SimulatedMeter:
    """The grid operator changes the mode from afar."""
    old.mode = Mode.STANDARD
    return old


def in_historic_mode(old: SimulatedMeter) -> SimulatedMeter:
    """The same, the other way."""
    old.mode = Mode.HISTORIC
    return old


BOTH = {"import_total", "import_index_2"}
DAYS = [
    pytest.param(meter(7e6, 13e6), same, BOTH, id="a good day"),
    pytest.param(meter(0, FULL_WH - 100), same, BOTH, id="registers that are full begin anew"),
    pytest.param(meter(7e6, 13e6), renewed(41e6, 52e6, address=OTHER_ADDRESS), BOTH, id="another meter, older"),
    pytest.param(meter(7e6, 13e6), renewed(8e5, 9e5, address=OTHER_ADDRESS), BOTH, id="another meter, younger"),
    pytest.param(meter(7e6, 13e6), renewed(13e6, 7e6), BOTH, id="registers told in another order"),
    pytest.param(
        meter(7e6, 13e6, mode=Mode.HISTORIC), in_standard_mode, {"import_index_2"}, id="to standard mode, two periods"
    ),
    pytest.param(
        meter(20e6, mode=Mode.HISTORIC, calendar=ONE_PRICE),
        in_standard_mode,
        {"import_total"},
        id="to standard mode, one price",
    ),
    pytest.param(meter(7e6, 13e6), in_historic_mode, BOTH, id="to historic mode, which tells no total"),
    pytest.param(
        meter(20e6, calendar=ONE_PRICE),
        in_historic_mode,
        {"import_total", "import_index_1"},
        id="to historic mode, one price",
    ),
    pytest.param(
        meter(7e6, 13e6, mode=Mode.HISTORIC),
        renewed(41e6, 52e6, address=OTHER_ADDRESS, mode=Mode.STANDARD),
        {"import_index_2"},
        id="another meter that speaks the other mode",
    ),
]


@pytest.mark.parametrize(("first", "change", "counted"), DAYS)
async def test_the_energy_of_the_hours_is_what_was_used_and_nothing_else(
    recorder_mock: object,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    first: SimulatedMeter,
    change: Change,
    counted: set[str],
) -> None:
    house = await TimedHouse.open(
        hass, freezer, deepcopy(first), base_w=POWER_W, every_s=5, options={"publishing": "live"}
    )
    book = EnergyBook(house)
    await house.live_until(CHANGE)
    before = house.entity_ids()
    house.meter = change(house.meter)
    await house.live(AFTER_S)

    rows = await book.energies()
    after = house.entity_ids()
    assert before.items() <= after.items()
    used_kwh = ((CHANGE - START).total_seconds() + AFTER_S) * POWER_W / 3_600_000
    for key in counted:
        entity_id = before[f"{INTERNAL_ID}_{key}"]
        hours = rows[entity_id]
        assert len(hours) == 2
        assert all(0 <= hour["change"] <= used_kwh for hour in hours)
        # What was used until the first word of a meter is not told, nor that until the word of another is believed.
        assert hours[-1]["sum"] == pytest.approx(used_kwh, abs=0.04)
    assert all(hours[-1]["sum"] <= used_kwh for hours in rows.values())
    assert rows.keys() <= set(after.values())
    await hass.config_entries.async_unload(house.entry.entry_id)
    await async_wait_recording_done(hass)


async def test_a_total_that_is_told_again_after_a_time_in_historic_mode_counts_that_time_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await TimedHouse.open(
        hass, freezer, meter(7e6, 13e6), base_w=POWER_W, every_s=2, options={"publishing": "live"}
    )
    await house.live(60)
    house.meter.mode = Mode.HISTORIC
    await house.live(120)
    assert await hass.config_entries.async_unload(house.entry.entry_id)
    await house.set_up()
    await house.live(60)
    house.meter.mode = Mode.STANDARD
    await house.live(60)
    assert float(house.state("import_total").state) == pytest.approx(house.meter.indexes().import_wh / 1000, abs=0.012)


@pytest.mark.parametrize(
    ("first", "change"),
    [
        pytest.param(meter(7e6, 13e6), same, id="a good day"),
        pytest.param(meter(0, FULL_WH - 100), same, id="registers that are full begin anew"),
        pytest.param(meter(7e6, 13e6), renewed(41e6, 52e6, address=OTHER_ADDRESS), id="another meter"),
        pytest.param(meter(7e6, 13e6), renewed(13e6, 7e6), id="registers told in another order"),
        pytest.param(
            meter(7e6, 13e6), renewed(7e6, 13e6, start=CHANGE + timedelta(days=40)), id="a clock that was far off"
        ),
    ],
)
async def test_an_adapter_that_delivers_no_parity_bit_follows_all_the_same(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, first: SimulatedMeter, change: Change
) -> None:
    """Such a line is believed only with a second witness: what has really changed must find one soon."""
    house = await TimedHouse.open(hass, freezer, deepcopy(first), base_w=POWER_W, options={"publishing": "live"})
    house.parity = False
    await house.live(60)
    house.meter = change(house.meter)
    await house.live(100)
    assert house.runtime.decoder.parity is ParityState.STRIPPED
    reading = house.runtime.reading
    assert reading is not None
    told = {key: reading.values[key].value for key in (Quantity.IMPORT_TOTAL, Quantity.IMPORT_INDEX_2)}
    indexes = house.meter.indexes()
    assert told == {
        Quantity.IMPORT_TOTAL: int(indexes.import_wh) % FULL_WH,
        Quantity.IMPORT_INDEX_2: int(indexes.supplier_wh[1]) % FULL_WH,
    }
    assert reading.values[Quantity.CLOCK].value == house.meter.now
    assert reading.address == house.meter.address
    counted_wh = float(house.state("import_total").state) * 1000 - first.indexes().import_wh
    assert counted_wh == pytest.approx(160, abs=10)


async def test_a_meter_that_was_replaced_is_asked_about_and_keeps_everything(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, issue_registry: ir.IssueRegistry
) -> None:
    house = await TimedHouse.open(hass, freezer, meter(7e6, 13e6), base_w=POWER_W)
    await house.live(70)
    before, data = house.entity_ids(), dict(house.entry.data)
    address = house.meter.address
    issue = issue_id(house.entry.entry_id)

    house.meter = renewed(41e6, 52e6, address=OTHER_ADDRESS, contract_kva=9)(house.meter)
    await house.live(int(CERTAIN_AFTER_S))
    assert issue_registry.async_get_issue(DOMAIN, issue) is None, "a damaged address passes now and then"
    await house.live(15)
    question = issue_registry.async_get_issue(DOMAIN, issue)
    assert question is not None
    assert question.translation_placeholders == {"name": "Linky", "known": address, "address": OTHER_ADDRESS}
    assert dict(house.entry.data) == data, "nothing is changed before a person says so"
    assert house.state("contract_power").state == "9.0", "but what it says is what counts"

    fix = await async_create_fix_flow(hass, issue, dict(question.data or {}))
    fix.hass = hass
    assert (await fix.async_step_confirm({}))["type"] == "create_entry"  # type: ignore[attr-defined]
    await house.live(30)
    assert issue_registry.async_get_issue(DOMAIN, issue) is None
    assert house.entry.unique_id == OTHER_ADDRESS
    assert dict(house.entry.data) == data | {"address": OTHER_ADDRESS}
    assert house.entity_ids() == before
    assert set(house.states()) - house.unavailable() == set(house.states())
    shown = house.state("import_total")
    assert 20_000 < float(shown.state) < 20_001
    assert shown.attributes["meter_index"] >= 93_000_000
