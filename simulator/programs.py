"""Appliances that run a programme when somebody starts them: kettle, oven, hob, washing machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import override

from simulator.habits import Diary, Habit
from simulator.loads import Appliance, Moment, Name
from simulator.plug import Plug
from simulator.power import DARK, Power, of_motor


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a programme. The load is on for `duty` of each `period_s` (a hob's regulator), steady for duty 1."""

    duration_s: float
    p_w: float
    power_factor: float = 1.0
    duty: float = 1.0
    period_s: float = 20.0

    def power_at(self, elapsed_s: float) -> Power:
        """Return the power `elapsed_s` after the segment's beginning."""
        if elapsed_s % self.period_s >= self.duty * self.period_s:
            return DARK
        return of_motor(self.p_w, self.power_factor)


class ProgramAppliance(Appliance):
    """Runs its segments once started, by hand or by habit.

    Without supply, one that `resumes` waits and goes on later (a washing machine); others give up (a kettle).
    """

    kind = "program"

    def __init__(
        self,
        appliance_id: str,
        name: Name,
        segments: Sequence[Segment],
        *,
        seed: int = 0,
        habits: Sequence[Habit] = (),
        resumes: bool = False,
        phase: int = 1,
        plug: Plug | None = None,
    ) -> None:
        super().__init__(appliance_id, name, rated_w=max(s.p_w for s in segments), phase=phase, plug=plug)
        self._segments = tuple(segments)
        self._diary = Diary(f"{seed} {appliance_id}", habits)
        self._resumes = resumes
        self._elapsed_s: float | None = None

    @property
    def started(self) -> bool:
        """Whether a programme is under way, supplied or not."""
        return self._elapsed_s is not None

    def start(self) -> None:
        """Start the programme from its beginning."""
        self._elapsed_s = 0.0

    def stop(self) -> None:
        """End the programme."""
        self._elapsed_s = None

    @override
    def draw(self, moment: Moment, *, supplied: bool) -> Power:
        if not self.started and self._diary.under_way(moment, moment.dt_s):
            self.start()
        if self._elapsed_s is None:
            return DARK
        if not supplied:
            if not self._resumes:
                self.stop()
            return DARK
        elapsed_s = self._elapsed_s
        self._elapsed_s = elapsed_s + moment.dt_s
        for segment in self._segments:
            if elapsed_s < segment.duration_s:
                return segment.power_at(elapsed_s)
            elapsed_s -= segment.duration_s
        self.stop()
        return DARK


def kettle(seed: int, *, rated_w: float = 2000.0, phase: int = 1) -> ProgramAppliance:
    """Return a kettle: some three minutes of full power."""
    habits = [Habit(7.3, 20, 0.9), Habit(16.5, 40, 0.6), Habit(20.5, 30, 0.4)]
    segments = [Segment(duration_s=190, p_w=rated_w)]
    return ProgramAppliance("kettle", Name("Kettle", "Bouilloire"), segments, seed=seed, habits=habits, phase=phase)


def oven(seed: int, *, rated_w: float = 2500.0, phase: int = 1) -> ProgramAppliance:
    """Return an oven: ten minutes of preheating, then a thermostat's duty cycle."""
    habits = [Habit(11.8, 20, 0.35), Habit(19.2, 25, 0.6)]
    segments = [
        Segment(duration_s=600, p_w=rated_w),
        Segment(duration_s=2100, p_w=rated_w, duty=0.4, period_s=150),
    ]
    return ProgramAppliance("oven", Name("Oven", "Four"), segments, seed=seed, habits=habits, phase=phase)


def hob(seed: int, *, rated_w: float = 3000.0, phase: int = 1) -> ProgramAppliance:
    """Return a hob: full power to boil, then the regulator's pulses."""
    habits = [Habit(12.2, 15, 0.6), Habit(19.4, 20, 0.9)]
    segments = [
        Segment(duration_s=300, p_w=rated_w),
        Segment(duration_s=900, p_w=rated_w * 0.6, duty=0.5, period_s=24),
        Segment(duration_s=600, p_w=rated_w * 0.6, duty=0.35, period_s=30),
    ]
    return ProgramAppliance("hob", Name("Hob", "Plaque de cuisson"), segments, seed=seed, habits=habits, phase=phase)


def washing_machine(
    seed: int, *, rated_w: float = 2100.0, phase: int = 1, plug: Plug | None = None
) -> ProgramAppliance:
    """Return a washing machine: water heating, an hour of drum, then the spin."""
    segments = [
        Segment(duration_s=240, p_w=120, power_factor=0.7),
        Segment(duration_s=960, p_w=rated_w),
        Segment(duration_s=2700, p_w=180, power_factor=0.65, duty=0.75, period_s=32),
        Segment(duration_s=420, p_w=420, power_factor=0.7),
    ]
    name = Name("Washing machine", "Lave-linge")
    habits = [Habit(9.5, 60, 0.5), Habit(18.3, 45, 0.3)]
    return ProgramAppliance(
        "washing_machine", name, segments, seed=seed, habits=habits, resumes=True, phase=phase, plug=plug
    )


def dryer(seed: int, *, rated_w: float = 2300.0, phase: int = 1, plug: Plug | None = None) -> ProgramAppliance:
    """Return a tumble dryer: long heating pulses beside the drum's motor."""
    segments = [
        Segment(duration_s=3000, p_w=rated_w, duty=0.8, period_s=200),
        Segment(duration_s=300, p_w=220, power_factor=0.7),
    ]
    name = Name("Tumble dryer", "Sèche-linge")
    habits = [Habit(20.2, 40, 0.35)]
    return ProgramAppliance("dryer", name, segments, seed=seed, habits=habits, resumes=True, phase=phase, plug=plug)
