"""Turning down instead of off, and back up as room appears (design §5, §6)."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, override

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_offload.offload import (
    Action,
    Arbiter,
    Cause,
    Command,
    Decision,
    EventType,
    LoadMemory,
    LoadStatus,
    LoadView,
    OffloadMode,
    Profile,
    Reason,
)
from custom_components.linky_offload.offload.model import TurnDown

from .common import Base, Bench, Plug, coordinator, plug, steps

STRICT = Profile.STRICT
AMPS = TurnDown(minimum=6, maximum=32, stop=0, step=1, va_per_unit=230)


class LevelBench(Bench):
    """A bench with one load that has a level: a car charger that draws 230 VA per ampere, whatever it claims."""

    def __init__(self, *plugs: Plug, level: float = 16, **options: Any) -> None:
        self.level, self.wanted = level, level
        self.car = plugs[0]
        super().__init__(*plugs, **options)

    def levels(self) -> list[tuple[float, float | None]]:
        """Orders to the charger: second and level; None is off, inf its wanted level."""
        return [
            (at, float("inf") if command.action is Action.RESTORE else command.level)
            for at, command in self.commands
            if command.load_id == self.car.load_id
        ]

    def set_level(self, level: float, cause: Cause) -> None:
        """Somebody else moves it."""
        self.level = self.wanted = level
        self._see(self.car, cause)

    @override
    def powers(self) -> tuple[float, ...]:
        self.car.va = 230.0 * self.level
        return super().powers()

    @override
    def _obey(self, one: Plug, command: Command) -> None:
        if one is self.car:
            self.level = self.wanted if command.level is None else command.level
            one.on = command.action is Action.RESTORE or command.level is not None
            one.va = 230.0 * self.level
            self._see(one, Cause.OURS)
        else:
            super()._obey(one, command)

    @override
    def _see(self, one: Plug, cause: Cause) -> None:
        if one is not self.car:
            super()._see(one, cause)
            return
        one.va = 230.0 * self.level
        power = one.draw_va(self.now) if one.measured else None
        if power is not None:
            self._shown[one.load_id] = power
        level = self.level if one.on else None
        view = LoadView(load_id=one.load_id, available=one.available, on=one.on, power_va=power, level=level)
        self.take(self.arbiter.see_load(view, cause, self.now))


def car(*, down: TurnDown = AMPS, **options: Any) -> Plug:
    """A charger that stands at 16 A unless told otherwise."""
    return plug("car", 3680, turn_down=down, declared=options.pop("declared", None), **options)


def house(base: Base, *others: Plug, charger: Plug | None = None, **options: Any) -> LevelBench:
    """The charger goes first, then the others."""
    return LevelBench(charger or car(), *others, base=base, **{"profile": STRICT, **options})


# Down -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_va", "level"),
    [
        pytest.param(2321, 15, id="1 VA too much: one step"),
        pytest.param(2551, 14, id="one step and 1 VA: two steps, towards less"),
        pytest.param(4620, 6, id="all but the minimum"),
        pytest.param(4621, None, id="1 VA more than the minimum leaves: off"),
    ],
)
def test_a_charger_is_turned_down_as_far_as_is_needed(base_va: float, level: float | None) -> None:
    bench = house(steps((0, 500), (50, base_va))).run(60)
    assert [command for _, command in bench.commands] == [
        Command(load_id="car", action=Action.OFFLOAD, reason=Reason.OVER_THRESHOLD, urgent=False, level=level)
    ]


def test_levels_come_in_the_steps_that_the_load_has() -> None:
    lamp = TurnDown(minimum=10, maximum=100, step=5, va_per_unit=36.8)
    bench = LevelBench(car(down=lamp), level=100, base=steps((0, 500)), profile=STRICT)
    # 230 VA a unit is what the bench draws; the settings believe 36.8: what counts here are the steps.
    bench.run(10)
    assert bench.levels()
    assert all((level or 0) % 5 == 0 for _, level in bench.levels())


def test_a_load_listed_before_it_is_not_cut_where_turning_down_is_enough() -> None:
    heater = plug("heater", 1500)
    charger = car()
    bench = house(
        steps((0, 500), (50, 2000)), heater, charger=charger, coordinators=[coordinator(heater, charger)]
    ).run(60)
    assert [(command.load_id, command.level) for _, command in bench.commands] == [("car", 10)]


def test_what_a_cut_leaves_to_spare_is_left_to_the_charger() -> None:
    """3 kVA too much: the car alone would not do, off with the heater; the car keeps what is over."""
    heater = plug("heater", 1500)
    bench = house(steps((0, 500), (50, 4800)), heater).run(60)
    ordered = {command.load_id: command.level for _, command in bench.commands}
    assert ordered == {"car": None, "heater": None} or ordered.get("car", 0) is not None
    assert sum(bench.powers()) <= 6000


def test_its_status_and_its_wanted_level_are_told() -> None:
    bench = house(steps((0, 500), (50, 2551))).run(90)
    report = bench.report("car")
    assert (report.status, report.level, report.wanted_level) == (LoadStatus.TURNED_DOWN, 14, 16)
    assert bench.intents[-1][1] == {"car"}
    assert [event.type for event in bench.told(EventType.OFFLOADED)] == [EventType.OFFLOADED]


@pytest.mark.parametrize(
    ("down", "options", "level"),
    [
        pytest.param(AMPS, {}, 14, id="told by its owner"),
        pytest.param(TurnDown(minimum=6, maximum=16), {"declared": 3680}, 14, id="by its declared power at the top"),
        pytest.param(TurnDown(minimum=6, maximum=32), {"measured": True}, 14, id="by its sensor at this level"),
        pytest.param(TurnDown(minimum=6, maximum=32), {}, None, id="unknown: it is cut"),
    ],
)
def test_what_a_unit_of_level_draws(down: TurnDown, options: dict[str, Any], level: float | None) -> None:
    bench = house(steps((0, 500), (50, 2551)), charger=car(down=down, **options)).run(60)
    assert [command.level for _, command in bench.commands] == [level]


def test_on_a_predicted_trip_only_a_told_power_per_unit_counts() -> None:
    """What a sensor says of a unit of level may change with the level."""
    sudden = steps((0, 500), (50, 6500))
    measured = house(
        sudden, charger=car(down=TurnDown(minimum=6, maximum=32), measured=True), profile=Profile.METER
    ).run(300)
    assert measured.levels()[0][1] is None
    assert measured.trips == 0


def test_what_is_turned_down_is_turned_down_further() -> None:
    bench = house(steps((0, 500), (50, 2551), (100, 3500))).run(130)
    assert [level for _, level in bench.levels()] == [14, 10]


def test_an_order_that_is_lost_makes_it_suspect_and_the_next_one_goes() -> None:
    charger = car()
    bench = house(steps((0, 500), (50, 2400)), plug("heater", 1500), charger=charger)
    charger.deaf = True
    bench.run(90)
    assert bench.report("car").status is LoadStatus.SUSPECT
    assert bench.off() == ["heater"]


# Up -------------------------------------------------------------------------------------------------------------------


def test_it_is_raised_as_room_appears_and_in_the_end_is_as_its_owner_wants_it() -> None:
    bench = house(steps((0, 500), (50, 4000), (120, 3000), (200, 1000))).run(400)
    levels = bench.levels()
    assert levels[0][1] == 8
    assert levels[-1][1] == float("inf")
    assert all((earlier or 0) < (later or 0) for (_, earlier), (_, later) in pairwise(levels))
    assert all(later - earlier >= 10 for (earlier, _), (later, _) in pairwise(levels[1:]))
    assert bench.level == 16
    assert bench.report("car").status is LoadStatus.NORMAL
    assert bench.intents[-1][1] == frozenset()
    assert len(bench.told(EventType.RESTORED)) == 1


def test_after_a_full_cut_it_comes_back_at_its_lowest_level() -> None:
    bench = house(steps((0, 500), (50, 5000), (200, 4400), (300, 1000))).run(280)
    assert [level for _, level in bench.levels()] == [None, 6]
    assert bench.run(500).levels()[-1][1] == float("inf")
    assert bench.level == 16


@settings(max_examples=40, deadline=None)
@given(
    story=st.lists(st.tuples(st.integers(20, 120), st.integers(200, 6500)), min_size=1, max_size=8),
    profile=st.sampled_from(Profile),
)
def test_no_va_is_granted_twice_and_everything_comes_back(story: list[tuple[int, int]], profile: Profile) -> None:
    """A raise never leads above the threshold by itself, and when the house rests all is as it was wanted."""
    changes: list[tuple[float, float]] = [(0, 500)]
    for pause, va in story:
        changes.append((changes[-1][0] + pause, va))
    end = changes[-1][0] + 100
    bench = house(steps(*changes, (end, 200)), plug("heater", 1500), profile=profile)
    limit = 7500 if profile is Profile.METER else 6000
    take = bench.take

    def watched(decision: Decision) -> None:
        take(decision)
        if any(command.reason is Reason.ROOM for command in decision.commands):
            desk = bench.arbiter._desk  # the corrected powers are nowhere else to be had
            assert all(load.power_va <= limit for load in desk.house.loads(desk.settings, desk.flights, bench.now))

    bench.take = watched  # type: ignore[method-assign]
    bench.run(end + 4000)
    assert bench.level == 16
    assert bench.off() == []
    assert bench.trips == 0


# Whose level ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cause", "held"), [(Cause.HAND, True), (Cause.ORDER, False)], ids=["a hand", "an order"])
def test_a_level_that_somebody_else_sets_is_the_wanted_one(cause: Cause, *, held: bool) -> None:
    bench = house(steps((0, 500), (50, 2551))).run(80)
    bench.set_level(10, cause)
    bench.run(90)
    report = bench.report("car")
    assert (report.level, report.wanted_level) == (None, 10)
    assert (report.held_until is not None) is held
    assert bench.intents[-1][1] == frozenset()


LEAVING: dict[str, Callable[[Arbiter, float], Decision]] = {
    "the mode is switched off": lambda arbiter, now: arbiter.set_mode(OffloadMode.OFF, now),
    "its coordinator leaves": lambda arbiter, now: arbiter.configure(arbiter._desk.settings, [], now),
    "the entry is removed": lambda arbiter, now: arbiter.release_all(now),
    "a person asks": lambda arbiter, now: arbiter.restore("car", now),
    "it is excluded": lambda arbiter, now: arbiter.exclude("car", None, now),
    "a clean stop": lambda arbiter, now: arbiter.shutdown(now),
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=list(LEAVING))
def test_whoever_takes_it_over_it_gets_its_level_back(leave: Callable[[Arbiter, float], Decision]) -> None:
    bench = house(steps((0, 500), (50, 2551), (65, 1500)), charger=car(delay_after_s=60.0)).run(70)
    assert bench.level == 14
    bench.take(leave(bench.arbiter, bench.now))
    bench.run(120)
    assert bench.level == 16


@pytest.mark.parametrize(
    ("found_at", "ours"),
    [pytest.param(14, True, id="as we left it"), pytest.param(16, False, id="raised meanwhile")],
)
def test_after_a_crash_the_saved_level_tells_what_is_ours(found_at: float, *, ours: bool) -> None:
    bench = LevelBench(
        car(),
        level=found_at,
        base=steps((0, 500)),
        memory={"car": LoadMemory(intent=True, wanted_level=16)},
    )
    bench.wanted = 16
    bench.run(60)
    assert bool(bench.levels()) is ours
    assert bench.level == 16


def test_observe_tells_and_does_not_turn() -> None:
    bench = house(steps((0, 500), (50, 2551)), mode=OffloadMode.OBSERVE).run(100)
    assert bench.commands == []
    assert len(bench.told(EventType.OFFLOADED)) == 1


def test_a_charger_switched_off_by_its_owner_is_left_alone() -> None:
    bench = house(steps((0, 500), (50, 2551), (100, 500))).run(60)
    bench.at(70, partial(bench.wish, "car", on=False, by_hand=True))
    bench.run(300)
    assert [level for _, level in bench.levels()] == [14]
    assert bench.intents[-1][1] == frozenset()
