"""The figures by which the benchmark is read; None stands for what a run did not measure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.closed_loop.cost import SampleCost
from benchmarks.closed_loop.plan import HIERARCHICAL, IN_CONTRACT, LEAST_HARM, PRESELECTED, THERMOSTAT, YARDSTICKS
from benchmarks.closed_loop.runner import Entrant, Result
from benchmarks.closed_loop.score import Score, jain

KEYS: Final = (
    "avoidable_trips",
    "unavoidable_trips",
    "unserved_vs_best_rule",
    "unserved_vs_optimum",
    "switches_per_day",
    "over_contract_within_delay_share",
    "jain",
    "worst_room_vs_hierarchical",
    "default_switches_per_day",
    "default_switches_per_load_day",
    "relapse_share",
    "sample_us_10",
    "sample_us_500",
)

type Figure = float | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that a run of the benchmark has measured.

    ``optimum_vah``: the stored least unserved energy by seed-day, empty where the runs are no whole days.
    """

    plain: Sequence[Result]
    trials: Sequence[Result]
    weeks: Sequence[Result]
    costs: Sequence[SampleCost]
    optimum_vah: Mapping[int, float]

    def of(self, entrant: Entrant) -> list[Result]:
        """Return the plain days of one entrant."""
        return [result for result in self.plain if result.run.entrant == entrant]

    @property
    def rules(self) -> dict[Entrant, list[Result]]:
        """The plain days of the reference rules, by rule."""
        return {
            entrant: results
            for entrant, results in by_entrant(self.plain).items()
            if entrant.strategy is None and entrant.rule not in YARDSTICKS
        }

    @property
    def guarded(self) -> list[Result]:
        """Every day of ours that must pass without a trip."""
        return [result for result in (*self.plain, *self.trials, *self.weeks) if result.run.entrant.strategy]

    @property
    def judged(self) -> list[Result]:
        """The plain days of least-harm in the two profiles that figures over all days are made of."""
        return [*self.of(LEAST_HARM), *self.of(IN_CONTRACT)]


def by_entrant(results: Sequence[Result]) -> dict[Entrant, list[Result]]:
    """Sort results by who made them, in order of appearance."""
    found: dict[Entrant, list[Result]] = {}
    for result in results:
        found.setdefault(result.run.entrant, []).append(result)
    return found


def total(results: Sequence[Result], figure: Callable[[Score], float]) -> float | None:
    """Sum a figure over runs, None for no run at all."""
    return sum(figure(result.score) for result in results) if results else None


def figures_of(outcome: Outcome) -> dict[str, Figure]:
    """Return every figure that these runs allow."""
    least_harm, default = outcome.of(LEAST_HARM), outcome.of(PRESELECTED)
    in_contract, judged = outcome.of(IN_CONTRACT), outcome.judged
    costs = {cost.loads: round(cost.mean_us, 1) for cost in outcome.costs}
    figures: dict[str, Figure] = {
        "avoidable_trips": sum(result.score.avoidable for result in outcome.guarded),
        "unavoidable_trips": sum(result.score.unavoidable for result in outcome.guarded),
        "unserved_vs_best_rule": ratio(
            total(least_harm, lambda one: one.unserved_vah), best_rule_unserved_vah(outcome)
        ),
        "unserved_vs_optimum": _vs_optimum(least_harm, outcome.optimum_vah),
        "switches_per_day": ratio(total(least_harm, lambda one: one.switches), total(least_harm, lambda one: one.days)),
        "over_contract_within_delay_share": ratio(
            total(in_contract, lambda one: one.episodes - one.late), total(in_contract, lambda one: one.episodes)
        ),
        "jain": min((round(index, 4) for week in outcome.weeks if (index := fairness(week)) is not None), default=None),
        "worst_room_vs_hierarchical": ratio(
            total(outcome.of(THERMOSTAT), lambda one: one.worst_room_kh),
            total(outcome.of(HIERARCHICAL), lambda one: one.worst_room_kh),
        ),
        "default_switches_per_day": ratio(
            total(default, lambda one: one.switches), total(default, lambda one: one.days)
        ),
        "default_switches_per_load_day": most_switches(default),
        "relapse_share": ratio(total(judged, lambda one: one.relapses), total(judged, lambda one: one.returns)),
        "sample_us_10": costs.get(10),
        "sample_us_500": costs.get(500),
    }
    return {key: figures[key] for key in KEYS}


def best_rule_unserved_vah(outcome: Outcome) -> float | None:
    """Return the unserved energy of the best reference rule without a trip, None when there is none."""
    best = best_rule(outcome)
    return None if best is None else total(outcome.rules[best], lambda one: one.unserved_vah)


def best_rule(outcome: Outcome) -> Entrant | None:
    """Return the reference rule that leaves the least unserved among those without a trip, None when all trip."""
    unserved = {
        entrant: sum(result.score.unserved_vah for result in results)
        for entrant, results in outcome.rules.items()
        if not any(result.score.trips for result in results)
    }
    return min(unserved, key=lambda entrant: unserved[entrant], default=None)


def most_switches(results: Sequence[Result]) -> float | None:
    """Return the most switches of one load in a day."""
    return max((result.score.most_switches / result.score.days for result in results), default=None)


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return a quotient, None where there is nothing to divide by."""
    return round(part / whole, 4) if part is not None and whole else None


def fairness(week: Result) -> float | None:
    """Return Jain's index of a week, on the least even phase; None where no phase has two loads that demand enough.

    A load can only take the turn of one on its own phase: to cut it for another phase would relieve nobody. So a
    three-phase house is as fair as the lowest of its phases, each judged by the loads that hang on it; a three-phase
    load counts on all three. What one phase bears more than the next is the electrician's doing and not judged.
    """
    indices = (jain(list(shares.values())) for shares in week.score.withheld.values())
    return min((index for index in indices if index is not None), default=None)


def _vs_optimum(results: Sequence[Result], optimum_vah: Mapping[int, float]) -> float | None:
    """Return a sum over a sum, None where one of the optimum's days was not run."""
    days = {result.run.seed: result for result in results if result.run.seed in optimum_vah}
    if len(days) < len(optimum_vah):
        return None
    return ratio(total(list(days.values()), lambda one: one.unserved_vah), sum(optimum_vah.values()))
