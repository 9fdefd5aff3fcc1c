"""A meter that is not heard: when it is doubted, when it is hidden, what is told, and what returns (design §8)."""

from datetime import datetime
from itertools import pairwise
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.link import issue_id
from custom_components.linky_offload.offload import Reason
from simulator.meter import PARIS, SimulatedMeter
from simulator.state import Indexes

from .common import load
from .entity_house import PORT
from .timed_house import TimedHouse

HEARD = 12
"""Messages after which the pace of a source is known."""

COUNTERS = {"import_total", "import_index_1"}
OWN = {"decision", "mode", "link", "damaged_groups", "offloaded_loads", "last_offloads"} | {
    "house_withheld_today",
    "house_degree_hours_today",
}
"""What tells of us and not of the meter."""

HEATERS = {f"input_boolean.heater_{number}": 1500.0 for number in (1, 2, 3)}


def used(**details: Any) -> SimulatedMeter:
    """A meter of 6 kVA that has counted."""
    return SimulatedMeter(indexes=Indexes(import_wh=20_240_587, supplier_wh=(20_240_587.0, *[0.0] * 9)), **details)


def heaters(**details: Any) -> list[dict[str, Any]]:
    """Three heaters of 1.5 kVA, as the forms store them."""
    return [
        load(f"heater{number}", entity_id, power_source="declared", declared_va=1500, minimum_off=10) | details
        for number, entity_id in enumerate(HEATERS, 1)
    ]


def issue(house: TimedHouse) -> ir.IssueEntry | None:
    return ir.async_get(house.hass).async_get_issue(DOMAIN, issue_id(house.entry))


def heard(house: TimedHouse) -> tuple[str, bool, bool]:
    """What the connectivity sensor says, whether the meter's values are shown, whether an issue tells of it."""
    return house.state("link").state, "apparent_power" not in house.unavailable(), issue(house) is not None


# When -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every_s", "degraded_s", "unavailable_s"),
    [
        pytest.param(1, 10, 60, id="a frame each second"),
        pytest.param(5, 15, 60, id="a frame every 5 s: three of them are missed"),
        pytest.param(30, 90, 90, id="every 30 s: hidden no earlier than doubted"),
        pytest.param(100, 180, 180, id="every 100 s: three minutes at most"),
    ],
)
async def test_a_silent_meter_is_doubted_then_hidden_and_told_at_the_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, every_s: int, degraded_s: int, unavailable_s: int
) -> None:
    house = await TimedHouse.open(hass, freezer, used(), every_s=every_s)
    await house.live(HEARD * every_s)
    assert heard(house) == ("on", True, False)
    await house.wait(degraded_s - 1.1, grain_s=1)
    assert heard(house) == ("on", True, False)
    await house.wait(1.2)
    assert heard(house) == ("off", unavailable_s > degraded_s, unavailable_s == degraded_s)
    if unavailable_s > degraded_s:
        await house.wait(unavailable_s - degraded_s - 0.3, grain_s=0.1)
        assert heard(house) == ("off", True, False)
        await house.wait(0.3)
        assert heard(house) == ("off", False, True)
    house.send()
    await house.wait(0.1)
    assert heard(house) == ("on", True, False)


async def test_of_a_silent_meter_the_counters_alone_stay(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    house = await TimedHouse.open(hass, freezer, used())
    await house.live(70)
    there = house.states().keys()
    told = int(house.meter.indexes().import_wh)
    await house.silence(600)
    assert house.states().keys() == there
    assert there - house.unavailable() == COUNTERS | OWN
    assert {house.state(key).state for key in COUNTERS} == {f"{told / 1000}"}


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_issue_says_which_meter_is_not_heard_where_and_what_to_look_at(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, language: str
) -> None:
    house = await TimedHouse.open(hass, freezer, used())
    await house.live(5)
    await house.silence(61)
    told = issue(house)
    assert told is not None
    assert told.translation_placeholders is not None
    texts = await async_get_translations(hass, language, "issues", {DOMAIN})
    text = texts[f"component.{DOMAIN}.issues.{told.translation_key}.description"]
    words = text.format(**told.translation_placeholders)
    assert {"Linky", PORT, "I1", "I2"} <= set(re.findall(r"[\w/.-]+", words))


# What is switched -----------------------------------------------------------------------------------------------------


async def cut_all(house: TimedHouse) -> None:
    """An overload costs all three heaters; then it is over."""
    await house.live(20)
    house.base_w = 5800.0
    await house.live(40)
    assert house.off() == set(HEATERS)
    house.base_w = 300.0


async def test_nothing_returns_for_15_minutes_and_then_one_by_one_what_fits(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Half of the 6 kVA is for a house of which nothing is known: two heaters of 1.5 kVA fit, the third does not."""
    house = await TimedHouse.open(hass, freezer, used(), heaters(), plugs=HEATERS)
    await cut_all(house)
    silent_since = hass.loop.time()
    await house.silence(11, grain_s=0.01)
    await house.silence(879)
    await house.wait(19, grain_s=1)
    assert house.off() == set(HEATERS)
    reasons = {house.state("reason", f"heater{number}").state for number in (1, 2, 3)}
    assert reasons == {Reason.METER_SILENT}

    returned: list[float] = []
    for _ in range(100):
        await house.wait(1, grain_s=1)
        if len(HEATERS) - len(house.off()) > len(returned):
            returned.append(hass.loop.time() - silent_since)
    assert len(returned) == 2
    assert returned[0] == pytest.approx(10 + 900, abs=2)
    assert all(later - earlier >= 30 for earlier, later in pairwise(returned))
    await house.silence(1800, grain_s=10)
    assert len(house.off()) == 1


@pytest.mark.parametrize(
    ("usual_va", "away"),
    [
        pytest.param({17: 4900, 18: 900}, 0, id="an hour in which the house usually draws little has begun"),
        pytest.param({17: 900, 18: 4900}, 3, id="an hour in which it usually draws much has begun"),
    ],
)
async def test_what_fits_is_reckoned_by_the_hour_that_runs_and_not_by_that_of_the_last_word(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, usual_va: dict[int, int], away: int
) -> None:
    meter = used(start=datetime(2026, 1, 15, 17, 50, tzinfo=PARIS))
    house = await TimedHouse.open(hass, freezer, meter, heaters(), plugs=HEATERS)
    for hour, va in usual_va.items():
        for _ in range(2000):
            house.runtime.arbiter.habits.note(hour, va)
    await cut_all(house)
    await house.silence(11, grain_s=0.01)
    await house.silence(1200)
    assert house.meter.now.hour == 18
    assert len(house.off()) == away


async def test_a_meter_that_speaks_again_gives_back_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    house = await TimedHouse.open(hass, freezer, used(), heaters(), plugs=HEATERS)
    await cut_all(house)
    await house.silence(300)
    assert house.off() == set(HEATERS)
    await house.live(60)
    assert house.off() == set()


# A cable --------------------------------------------------------------------------------------------------------------


async def test_a_pulled_cable_hides_the_meter_at_once_and_its_return_shows_it_with_the_first_frame(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    house = await TimedHouse.open(hass, freezer, used(), heaters(), plugs=HEATERS)
    await cut_all(house)
    counted = house.state("import_total").state
    house.pull()
    await house.wait(1.1)
    assert heard(house) == ("off", False, False)
    assert house.state("import_total").state == counted
    await house.silence(60)
    told = issue(house)
    assert told is not None
    assert told.translation_key == "port_lost"
    await house.silence(600)
    assert house.off() == set(HEATERS), "nobody knows whether there is room"

    house.plug()
    await house.wait(5)
    assert heard(house)[:2] == ("off", False), "an open line says nothing yet"
    await house.live(1)
    assert heard(house) == ("on", True, False)
    await house.live(60)
    assert house.off() == set()
    words = [message for message in caplog.messages if message.startswith("Linky is")]
    assert words == ["Linky is not heard any more", "Linky is heard again"]


async def test_what_passed_while_the_cable_was_out_is_not_taken_for_rest(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The house drew 1.2 times its contract all the while: a filter taken for cold would promise far too much."""
    options = {"profile": "meter"}
    house = await TimedHouse.open(hass, freezer, used(), options=options, base_w=300.0)
    await house.live(10)
    house.pull()
    house.base_w = 7200.0
    await house.silence(900)
    house.plug()
    await house.live(3)
    true_y = (7200 / 6000) ** 2
    reading = house.runtime.reading
    assert reading is not None
    (phase,) = reading.phases
    assert phase.trip_y is not None
    assert phase.trip_y >= 0.95 * true_y
