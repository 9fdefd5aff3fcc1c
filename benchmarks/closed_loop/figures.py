"""The figures by which the benchmark is read; None stands for what a run did not measure."""

from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.closed_loop.plan import DEFAULT, HIERARCHICAL, LEAST_HARM, THERMOSTAT, YARDSTICKS
from benchmarks.closed_loop.runner import Entrant, Result
from benchmarks.closed_loop.score import Score, jain
from custom_components.linky_offload.offload import Profile, StrategyName

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


def by_entrant(results: Sequence[Result]) -> dict[Entrant, list[Result]]:
    """Sort results by who made them, in order of appearance."""
    found: dict[Entrant, list[Result]] = {}
    for result in results:
        found.setdefault(result.run.entrant, []).append(result)
    return found


def total(results: Sequence[Result], figure: Callable[[Score], float]) -> float | None:
    """Sum a figure over runs, None for no run at all."""
    return sum(figure(result.score) for result in results) if results else None


def figures_of(plain: Sequence[Result], trials: Sequence[Result], weeks: Sequence[Result]) -> dict[str, Figure]:
    """Return every figure that these runs allow."""
    runs = by_entrant(plain)
    judged = runs.get(Entrant(strategy=LEAST_HARM, profile=Profile.METER), []) if LEAST_HARM else []
    default = runs.get(DEFAULT, [])
    own = [result for result in plain if result.run.entrant.strategy is not None]
    guarded = [result.score for result in (*own, *trials)]
    in_contract = [result for result in own if result.run.entrant.profile is Profile.CONTRACT]
    return {
        "avoidable_trips": sum(score.avoidable for score in guarded),
        "unavoidable_trips": sum(score.unavoidable for score in guarded),
        "unserved_vs_best_rule": ratio(total(judged, lambda one: one.unserved_vah), best_rule_unserved_vah(plain)),
        "switches_per_day": ratio(total(judged, lambda one: one.switches), total(judged, lambda one: one.days)),
        "over_contract_within_delay_share": ratio(
            total(in_contract, lambda one: one.episodes - one.late), total(in_contract, lambda one: one.episodes)
        ),
        "jain": min((index for result in weeks if (index := _fairness(result)) is not None), default=None),
        "worst_room_vs_hierarchical": ratio(
            _worst_room(runs, THERMOSTAT), _worst_room(runs, HIERARCHICAL) if THERMOSTAT else None
        ),
        "default_switches_per_day": ratio(
            total(default, lambda one: one.switches), total(default, lambda one: one.days)
        ),
        "default_switches_per_load_day": max(
            (result.score.most_switches / result.score.days for result in default), default=None
        ),
        "relapse_share": ratio(total(own, lambda one: one.relapses), total(own, lambda one: one.returns)),
    }


def best_rule_unserved_vah(results: Sequence[Result]) -> float | None:
    """Return the unserved energy of the best reference rule without a trip, None when there is none."""
    return min(
        (
            unserved
            for entrant, runs in by_entrant(results).items()
            if entrant.strategy is None and entrant.rule not in YARDSTICKS and not total(runs, lambda one: one.trips)
            if (unserved := total(runs, lambda one: one.unserved_vah)) is not None
        ),
        default=None,
    )


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return a quotient, None where there is nothing to divide by."""
    return round(part / whole, 4) if part is not None and whole else None


def _worst_room(runs: dict[Entrant, list[Result]], strategy: StrategyName | None) -> float | None:
    """Sum over the seeds of the degree-hours of each house's worst room, by the meter."""
    if strategy is None:
        return None
    return total(runs.get(Entrant(strategy=strategy, profile=Profile.METER), []), lambda one: one.worst_room_kh)


def _fairness(result: Result) -> float | None:
    return jain(list(result.score.withheld.values()))
