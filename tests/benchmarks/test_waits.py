"""From room to return: the whole wait, and the delays in it, reckoned from what the house did."""

from dataclasses import replace

import pytest

from benchmarks.closed_loop.day import Day, Move, Trip
from benchmarks.closed_loop.episodes import episodes_of
from benchmarks.closed_loop.waits import Delay, Times, Wait, waits_of

from .common import day_of, steady_load

AT_ONCE = Times(minimum_off_s=0.0, longest_off_s=None)


def waits(day: Day, *delays: Delay, times: Times = AT_ONCE) -> list[Wait]:
    own = {outlet.spec.load_id: times for outlet in day.outlets}
    return waits_of(day, own, episodes_of(day), delays)


def off(load_id: str, since: int, until: int | None) -> list[Move]:
    return [Move(since, load_id, on=False), *([Move(until, load_id, on=True)] if until else [])]


def in_order(*spans: list[Move]) -> list[Move]:
    return sorted((move for span in spans for move in span), key=lambda move: move.second)


class TestWhole:
    @pytest.mark.parametrize(
        ("room_from", "until", "seconds"),
        [
            pytest.param(400, 405, 5, id="since there was room"),
            pytest.param(100, 405, 205, id="no sooner than its minimum time off allows"),
            pytest.param(400, 400, 0, id="at once"),
            pytest.param(400, None, 200, id="it never returned"),
        ],
    )
    def test_from_room_to_return(self, room_from: int, until: int | None, seconds: int) -> None:
        # 6000 − 200 (hysteresis) − 1000 (the load) = 4800
        powers = [4801.0] * room_from + [4800.0] * (600 - room_from)
        times = Times(minimum_off_s=180.0, longest_off_s=None)
        (found,) = waits(day_of(powers, moves=off("a", 20, until)), times=times)
        assert (found.seconds, found.idle_s, found.returned) == (seconds, seconds, until is not None)

    def test_a_dark_house_has_no_room(self) -> None:
        day = replace(day_of([0.0] * 600, moves=off("a", 20, 405)), trips=(Trip(99, 0),))
        assert [wait.seconds for wait in waits(day)] == [5.0]


class TestBackOff:
    """Room all the time but for the excess after a return at second 100."""

    @pytest.mark.parametrize(
        ("cut_at", "delay_s"),
        [
            pytest.param(140, 120, id="cut again: its minute is doubled"),
            pytest.param(300, 0, id="cut for something else"),
        ],
    )
    def test_a_relapse_doubles_the_time_off(self, cut_at: int, delay_s: int) -> None:
        powers = [100.0] * 120 + [6500.0] * 20 + [100.0] * 500
        moves = in_order(off("a", 10, 100), off("a", cut_at, 500))
        first, second = waits(day_of(powers, moves=moves), Delay.BACK_OFF)
        assert first.aside_s == {}
        assert second.aside_s == ({Delay.BACK_OFF: delay_s} if delay_s else {})
        assert second.seconds == 500 - cut_at

    def test_it_doubles_until_a_return_lasts_half_an_hour(self) -> None:
        powers = [100.0] * 6000
        moves = in_order(off("a", 0, 900), off("a", 910, 1900), off("a", 1910, 2900), off("a", 4700, 5900))
        delays = [wait.aside_s.get(Delay.BACK_OFF, 0.0) for wait in waits(day_of(powers, moves=moves), Delay.BACK_OFF)]
        assert delays == [0.0, 120.0, 240.0, 0.0]

    def test_it_is_an_hour_at_most(self) -> None:
        moves = in_order(*(off("a", at, at + 9990) for at in range(0, 90_000, 10_000)))
        last = waits(day_of([100.0] * 100_000, moves=moves), Delay.BACK_OFF)[-1]
        assert last.aside_s == {Delay.BACK_OFF: 3600.0}

    def test_where_another_paid_for_it_there_is_no_back_off(self) -> None:
        powers = [100.0] * 120 + [6500.0] * 20 + [100.0] * 500
        moves = in_order(off("a", 10, 100), off("b", 140, 300), off("a", 400, 500))
        assert all(wait.aside_s == {} for wait in waits(day_of(powers, moves=moves), Delay.BACK_OFF))


@pytest.mark.parametrize(
    ("measured", "aside_s"),
    [
        pytest.param(False, {Delay.TOLD_POWER: 50.0}, id="its owner told 1.2 kVA"),
        pytest.param(True, {}, id="a sensor tells 1 kVA"),
    ],
)
def test_a_load_needs_room_for_the_power_that_was_told(measured: bool, aside_s: dict[Delay, float]) -> None:
    load = steady_load("a", 1000.0, measured=measured, declared_va=1200.0)
    powers = [4801.0] * 100 + [4700.0] * 50 + [4600.0] * 50
    (found,) = waits(day_of(powers, moves=off("a", 20, 160), loads=[load]), Delay.TOLD_POWER)
    assert (found.seconds, found.aside_s) == (60.0, aside_s)


class TestReserved:
    """A load of 3 kVA is off from second 10 on; 2.8 kVA are free below the contract, 200 VA more are the hysteresis."""

    LOADS = (steady_load("large", 3000.0), steady_load("small", 500.0))

    @pytest.mark.parametrize(
        ("longest_off_s", "off_at", "back_at", "aside_s"),
        [
            pytest.param(None, 500, 640, {Delay.RESERVED: 30.0}, id="from ten minutes on"),
            pytest.param(300.0, 100, 200, {Delay.RESERVED: 40.0}, id="from half of its longest time off on"),
            pytest.param(None, 1150, 1250, {Delay.RESERVED: 60.0}, id="then others may for as long"),
        ],
    )
    def test_room_is_kept_for_a_larger_load(
        self, longest_off_s: float | None, off_at: int, back_at: int, aside_s: dict[Delay, float]
    ) -> None:
        moves = in_order(off("large", 10, None), off("small", off_at, back_at))
        day = day_of([3000.0] * 1300, moves=moves, loads=self.LOADS)
        small = waits(day, Delay.RESERVED, times=Times(minimum_off_s=0.0, longest_off_s=longest_off_s))[0]
        assert (small.load_id, small.seconds, small.aside_s) == ("small", back_at - off_at, aside_s)

    @pytest.mark.parametrize(
        ("power_va", "large_on_at"),
        [
            pytest.param(2300.0, None, id="both fit"),
            pytest.param(2400.0, None, id="the larger fits and is not waiting for room"),
            pytest.param(3000.0, 650, id="the larger is on"),
        ],
    )
    def test_no_room_is_kept(self, power_va: float, large_on_at: int | None) -> None:
        moves = in_order(off("large", 10, large_on_at), off("small", 700, 800))
        day = day_of([power_va] * 1300, moves=moves, loads=self.LOADS)
        small = next(wait for wait in waits(day, Delay.RESERVED) if wait.load_id == "small")
        assert small.aside_s == {}


@pytest.mark.parametrize(
    ("peak_va", "at", "aside_s"),
    [
        pytest.param(3000.0, 300, {Delay.REPLAY: 21.0}, id="a hob that drew a minute ago may draw again"),
        pytest.param(3000.0, 100, {}, id="one of five minutes ago is over"),
        pytest.param(2000.0, 300, {}, id="one that leaves room does no harm"),
    ],
)
def test_the_last_two_minutes_are_lived_through_again(peak_va: float, at: int, aside_s: dict[Delay, float]) -> None:
    """What can be cut draws 2 kVA; the load is free to return from second 400 on, and does at 600."""
    base = [0.0] * 700
    base[at] = peak_va
    day = day_of([2000.0 + va for va in base], moves=off("a", 20, 600), base=base)
    times = Times(minimum_off_s=380.0, longest_off_s=None)
    (found,) = waits(day, Delay.REPLAY, times=times)
    assert (found.seconds, found.aside_s) == (200.0, aside_s)


def test_of_two_delays_at_one_second_the_first_counts() -> None:
    load = steady_load("a", 1000.0, measured=False, declared_va=1200.0)
    moves = in_order(off("a", 10, 100), off("a", 120, 300))
    day = day_of([4700.0] * 400, moves=moves, loads=[load])
    assert waits(day, *Delay)[1].aside_s == {Delay.BACK_OFF: 120.0, Delay.TOLD_POWER: 60.0}


def test_a_controller_is_given_only_its_own_delays() -> None:
    moves = in_order(off("a", 10, 100), off("a", 120, 300))
    assert all(wait.idle_s == wait.seconds for wait in waits(day_of([100.0] * 400, moves=moves)))
