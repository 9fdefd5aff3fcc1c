"""The account of what was withheld, load by load (design §6.7)."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.offload import Arbiter, OffloadMode, Profile, Settings
from custom_components.linky_offload.offload.ledger import Account, Ledger, jain
from custom_components.linky_offload.offload.track import LoadTrack

from .common import Bench, coordinator, plug, steps
from .rooms import Rooms, track

HOUR = 3600.0


def off(load: LoadTrack) -> LoadTrack:
    """The load was cut and is off."""
    load.offloaded, load.on, load.cut_gap_k = True, False, load.gap_k
    return load


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        pytest.param(track("a"), Account(demanded_s=HOUR), id="on and drawing: it got what it asked for"),
        pytest.param(track("a", demand=False), Account(), id="on, its control asks for nothing"),
        pytest.param(
            off(track("a", 1500)),
            Account(off_s=HOUR, withheld_s=HOUR, withheld_vah=1500, demanded_s=HOUR),
            id="off by us: what drew when it was cut still asks",
        ),
        pytest.param(
            off(track("a", 1500, demand=False)), Account(off_s=HOUR), id="off by us, its control asks for nothing"
        ),
        pytest.param(
            off(track("a", declared=None)),
            Account(off_s=HOUR, withheld_s=HOUR, demanded_s=HOUR),
            id="off by us, of unknown power: no VAh is made up",
        ),
    ],
)
def test_an_hour_in_one_state(load: LoadTrack, expected: Account) -> None:
    ledger = Ledger(0.0)
    ledger.book(load, 0.0)
    ledger.book(load, HOUR)
    assert ledger.today("a") == ledger.total("a") == expected


@pytest.mark.parametrize(
    ("draws", "dead", "demand", "expected"),
    [
        pytest.param(None, False, None, Account(off_s=HOUR, withheld_s=HOUR, demanded_s=HOUR), id="unknown: time off"),
        pytest.param(
            True, False, None, Account(off_s=HOUR, withheld_s=HOUR, demanded_s=HOUR), id="the meter saw it draw"
        ),
        pytest.param(False, False, None, Account(off_s=HOUR), id="the meter saw that it rested"),
        pytest.param(
            False, False, True, Account(off_s=HOUR, withheld_s=HOUR, demanded_s=HOUR), id="its control knows best"
        ),
        pytest.param(None, True, True, Account(off_s=HOUR), id="its contactor is open: it is not we who withhold"),
    ],
)
def test_an_hour_off_is_charged_for_what_was_asked(
    draws: bool | None, dead: bool, demand: bool | None, expected: Account
) -> None:
    load, ledger = off(track("tank", declared=None, demand=demand)), Ledger(0.0)
    load.appetite.draws, load.appetite.dead = draws, dead
    ledger.book(load, 0.0)
    ledger.book(load, HOUR)
    assert ledger.today("tank") == expected


def test_a_load_that_its_owner_switched_off_misses_nothing() -> None:
    load, ledger = track("a"), Ledger(0.0)
    load.on = load.wanted = False
    ledger.book(load, 0.0)
    ledger.book(load, HOUR)
    assert ledger.today("a") == Account()


@pytest.mark.parametrize(
    ("at_cut", "gap", "expected"),
    [
        pytest.param(0.5, 2.0, 1.5, id="only what came on top of the gap at the cut"),
        pytest.param(-1.0, 0.5, 0.5, id="cut above its target: only what lies below it"),
        pytest.param(1.0, 0.2, 0.0, id="the sun did it"),
    ],
)
def test_degree_hours(at_cut: float, gap: float, expected: float) -> None:
    load, ledger = off(track("a", gap_k=at_cut)), Ledger(0.0)
    load.gap_k = gap
    ledger.book(load, 0.0)
    ledger.book(load, HOUR)
    assert ledger.today("a").degree_hours == pytest.approx(expected)


@pytest.mark.parametrize(
    ("minutes", "new_day"),
    [
        pytest.param((1439, 0), True, id="midnight"),
        pytest.param((1300, 400), True, id="a silence over midnight"),
        pytest.param((10, 11), False, id="the next minute"),
        pytest.param((179, 120), False, id="the clock goes back to winter time"),
        pytest.param((119, 180), False, id="the clock goes forward to summer time"),
    ],
)
def test_a_new_day_begins_with_empty_accounts(minutes: tuple[int, int], new_day: bool) -> None:
    load, ledger = off(track("a", 1000)), Ledger(0.0)
    ledger.follow_day(minutes[0], 0.0, [load])
    ledger.book(load, 0.0)
    ledger.follow_day(minutes[1], HOUR, [load])
    ledger.book(load, HOUR)
    assert ledger.total("a").withheld_vah == pytest.approx(1000)
    assert ledger.today("a").withheld_vah == pytest.approx(0 if new_day else 1000)


def test_a_whole_day_of_silence_is_a_new_day() -> None:
    ledger, load = Ledger(0.0), track("a")
    ledger.follow_day(600, 0.0, [load])
    ledger.book(load, 0.0)
    ledger.follow_day(600, 86_400.0, [load])
    assert ledger.today("a") == Account()


def test_orders_are_counted_and_seen_in_the_report() -> None:
    base = steps((0, 1000), (50, 4500), (300, 1000))
    bench = Bench(plug("a", 2000), base=base, profile=Profile.STRICT).run(400)
    report = bench.report("a")
    assert report.switches_today == 2
    assert report.off_today_s == pytest.approx(bench.returns("a")[0] - bench.cuts("a")[0], abs=1)
    assert report.withheld_vah == pytest.approx(2000 * report.off_today_s / 3600)
    assert report.rank == 1


def test_degree_hours_are_seen_in_the_report() -> None:
    room = plug("a", 2000)
    base = steps((0, 1000), (60, 4500))
    bench = Rooms(room, gaps={"a": lambda now: 1.0 if now < 100 else 3.0}, base=base, profile=Profile.STRICT)
    report = bench.run(3720).report("a")
    assert report.gap_k == 3.0
    assert report.degree_hours == pytest.approx(2.0, abs=0.1)


def test_an_order_that_is_tried_again_is_counted_once() -> None:
    load = plug("a", 2000, deaf=True)
    bench = Bench(load, base=steps((0, 1000), (50, 4500)), profile=Profile.STRICT).run(90)
    assert len(bench.cuts("a")) >= 1
    assert bench.report("a").switches_today == 1


# Fairness -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], None, id="nobody"),
        pytest.param([0.5], None, id="one alone"),
        pytest.param([0, 0, 0], 1.0, id="nothing withheld is fair"),
        pytest.param([0.2, 0.2], 1.0, id="all alike"),
        pytest.param([1, 0, 0, 0], 0.25, id="one bears it all"),
    ],
)
def test_jain(values: list[float], expected: float | None) -> None:
    assert jain(values) == expected


def test_fairness_looks_at_those_that_ask_for_a_tenth_of_the_time() -> None:
    ledger = Ledger(0.0)
    a, b, rare = track("a"), off(track("b")), track("rare", demand=False)
    for minute in range(61):
        ledger.follow_day(minute, 60.0 * minute, [])
        for load in (a, b, rare):
            ledger.book(load, 60.0 * minute)
    assert ledger.fairness(["a", "b", "rare"]) == pytest.approx(0.5)
    assert ledger.fairness(["a", "rare"]) is None


def test_the_past_fades() -> None:
    ledger, load = Ledger(0.0), off(track("a"))
    ledger.follow_day(0, 0.0, [load])
    ledger.book(load, 0.0)
    ledger.book(load, HOUR)
    load.offloaded, load.on = False, True
    ledger.book(load, HOUR)
    shares = []
    for day in range(1, 15):
        ledger.follow_day(0, day * 86_400.0, [load])
        shares.append(ledger.share("a"))
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < shares[0] / 10


# Kept -----------------------------------------------------------------------------------------------------------------


def test_a_dump_is_json_and_gives_the_same_accounts() -> None:
    bench = Bench(plug("a", 2000), base=steps((0, 1000), (50, 4500), (300, 1000)), profile=Profile.STRICT).run(400)
    kept = json.loads(json.dumps(bench.arbiter.ledger(400.0)))
    again = Arbiter(
        Settings(), [coordinator(*bench.plugs.values())], mode=OffloadMode.AUTOMATIC, now=0.0, memory={}, ledger=kept
    )
    before, after = bench.report("a"), again.report(0.0).loads["a"]
    assert (after.off_today_s, after.withheld_vah, after.switches_today) == (
        before.off_today_s,
        before.withheld_vah,
        before.switches_today,
    )
    assert again.ledger(0.0) == kept


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({}, id="empty"),
        pytest.param({"loads": [1, 2], "turns": "x", "minute": "noon", "counted_s": -1}, id="wrong types"),
        pytest.param(
            {"loads": {"a": {"today": {"off_s": "long"}, "total": 3, "lately_withheld_s": float("nan")}}},
            id="wrong figures",
        ),
    ],
)
def test_a_damaged_dump_is_no_account(state: dict[str, object]) -> None:
    ledger = Ledger(0.0, state)
    assert ledger.today("a") == Account()
    assert ledger.share("a") == 0.0


@given(
    states=st.lists(
        st.tuples(st.floats(0, 5000), st.booleans(), st.sampled_from([None, True, False]), st.floats(-2, 5)),
        max_size=20,
    )
)
def test_what_is_withheld_was_asked_for_and_nothing_is_lost_over_days(
    states: list[tuple[float, bool, bool | None, float]],
) -> None:
    ledger, load, now, summed = Ledger(0.0), track("a", 1000), 0.0, 0.0
    ledger.book(load, now)
    for passed, away, demand, gap in states:
        load.offloaded, load.on, load.demand, load.gap_k, load.cut_gap_k = away, not away, demand, gap, 0.0
        ledger.book(load, now)
        now += passed
        summed += passed if away else 0.0
        ledger.follow_day(0 if passed > 2500 else 600, now, [load])
    ledger.book(load, now)
    total, today = ledger.total("a"), ledger.today("a")
    assert total.off_s == pytest.approx(summed)
    assert 0 <= total.withheld_s <= min(total.off_s, total.demanded_s) + 1e-6
    assert today.off_s <= total.off_s + 1e-6
    assert 0 <= ledger.share("a") <= 1 + 1e-9
