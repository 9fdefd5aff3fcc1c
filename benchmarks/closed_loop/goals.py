"""What the engine must show, beside what was measured: met, missed, or not measured by this run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.closed_loop.figures import Figure, Outcome, best_rule, figures_of, total
from benchmarks.closed_loop.household import WINTER_SEEDS
from benchmarks.closed_loop.plan import EXACT, IN_CONTRACT, LEAST_HARM, PRESELECTED, WEEK_DAYS
from benchmarks.closed_loop.runner import Entrant, Result
from benchmarks.closed_loop.score import SLOWEST_PLUG_S, SOURCE_LAG_S, Score
from benchmarks.closed_loop.tables import quantile

_NOT_MEASURED: Final = "not measured"
_RETURN_CADENCES: Final = 3
_RETURN_SHARE: Final = 0.95
_NONE: Final = Entrant("none")
_HARDEST_TRIPS: Final = 5


@dataclass(frozen=True, slots=True)
class Goal:
    """One promise. ``met`` is None where this run cannot tell."""

    case: str
    goal: str
    measured: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """Met or not, in a word."""
        return {True: "met", False: "missed", None: "–"}[self.met]


def goals_of(outcome: Outcome) -> list[Goal]:
    """Return every goal, in the order in which they matter."""
    figures = figures_of(outcome)
    return [
        *_trips(outcome),
        *_by_meter(outcome, figures),
        *_switches(outcome, figures),
        *_in_contract(outcome, figures),
        *_between_strategies(outcome, figures),
        *_returns(outcome, figures),
        *_cost(outcome),
        _hard_enough(outcome),
    ]


def _trips(outcome: Outcome) -> list[Goal]:
    def plain(result: Result) -> bool:
        return replace(result.run.conditions, cadence_s=EXACT.cadence_s) == EXACT

    def goal(case: str, results: Sequence[Result]) -> Goal:
        avoidable, others = total(results, lambda one: one.avoidable), total(results, lambda one: one.unavoidable)
        text = _NOT_MEASURED if avoidable is None else f"{avoidable:g} in {len(results)} runs ({others:g} unavoidable)"
        return Goal(case, "0", text, None if avoidable is None else avoidable == 0)

    return [
        goal("avoidable trips, every strategy × profile × pace", [one for one in outcome.guarded if plain(one)]),
        goal(
            "avoidable trips with lost commands, a deaf plug, a silent meter and a restart, or with an odd meter",
            [one for one in outcome.guarded if not plain(one)],
        ),
    ]


def _by_meter(outcome: Outcome, figures: dict[str, Figure]) -> list[Goal]:
    best = best_rule(outcome)
    own = outcome.of(LEAST_HARM)
    rules = [(entrant.label, results) for entrant, results in outcome.rules.items()]
    beside = f" ({best.label})" if best else ""
    goals = [
        _at_most(
            f"`meter`: unserved energy ÷ that of the best rule without a trip{beside}",
            "≤ 1/3",
            figures["unserved_vs_best_rule"],
            1 / 3,
        ),
        _at_most(
            "`meter`: unserved energy ÷ that of the offline optimum", "≤ 1.5", figures["unserved_vs_optimum"], 1.5
        ),
    ]
    goals += [
        _below(f"`meter`: {name}", own, rules, figure, unit="K·h")
        for name, figure in (
            ("discomfort, all rooms", lambda one: one.degree_hours),
            ("discomfort, worst room of each house", lambda one: one.worst_room_kh),
        )
    ]
    return goals


def _switches(outcome: Outcome, figures: dict[str, Figure]) -> list[Goal]:
    preselected = f"{_name(PRESELECTED)}, as the form preselects at this pace"
    a_day, of_one = figures["default_switches_per_day"], figures["default_switches_per_load_day"]
    return [
        _at_most("`meter`, least-harm: switches a day and house", "≤ 25", figures["switches_per_day"], 25),
        _at_most(f"{preselected}: switches a day and house", "≤ 60", a_day, 60),
        _at_most(f"{preselected}: most switches of one load in a day", "≤ 12", of_one, 12),
    ]


def _in_contract(outcome: Outcome, figures: dict[str, Figure]) -> list[Goal]:
    share = figures["over_contract_within_delay_share"]
    own = outcome.of(IN_CONTRACT)
    goals = [
        Goal(
            "`contract`: episodes above the contract that end within delay, pace, lag and latency",
            "≥ 99.9 %",
            _NOT_MEASURED if share is None else f"{share:.2%} of {total(own, lambda one: one.episodes):g}",
            None
            if share is None
            else sum(one.score.late for one in own) <= 0.001 * sum(one.score.episodes for one in own),
        )
    ]
    above_s = total(own, lambda one: one.over_s)
    if above_s is None:
        return goals
    as_strict = [
        (entrant.label, results)
        for entrant, results in outcome.rules.items()
        if sum(result.score.over_s for result in results) <= above_s
    ]
    if not as_strict:
        text = f"no rule has: ours {above_s / 60:.0f} min"
        return [
            *goals,
            Goal("`contract`: below every rule with no more seconds above the contract", "below", text, None),
        ]
    compared: tuple[tuple[str, str, Callable[[Score], float], float], ...] = (
        ("unserved energy", "kVAh", lambda one: one.unserved_vah, 1000),
        ("discomfort, all rooms", "K·h", lambda one: one.degree_hours, 1),
        ("discomfort, worst room of each house", "K·h", lambda one: one.worst_room_kh, 1),
        ("switches", "", lambda one: one.switches, 1),
    )
    return goals + [
        _below(f"`contract`: {name}, beside rules no longer above the contract", own, as_strict, figure, unit, scale)
        for name, unit, figure, scale in compared
    ]


def _between_strategies(outcome: Outcome, figures: dict[str, Figure]) -> list[Goal]:
    index = figures["jain"]
    return [
        Goal(
            f"cascade-cyclic: Jain's index over {WEEK_DAYS:g} days, least even phase of {len(outcome.weeks)} houses",
            "≥ 0.95",
            _NOT_MEASURED if index is None else f"{index:.3f}",
            None if index is None else index >= 0.95,
        ),
        _at_most(
            "thermostat: worst rooms ÷ those of hierarchical (`meter`)",
            "≤ 0.5",
            figures["worst_room_vs_hierarchical"],
            0.5,
        ),
    ]


def _returns(outcome: Outcome, figures: dict[str, Figure]) -> list[Goal]:
    judged = outcome.judged
    longest_s = _RETURN_CADENCES * EXACT.cadence_s + SOURCE_LAG_S + SLOWEST_PLUG_S
    waits = [wait for result in judged for wait in result.score.waits]
    idle = [wait.idle_s for wait in waits]
    within = sum(1 for wait_s in idle if wait_s <= longest_s)
    at_all = sum(1 for wait in waits if wait.seconds <= longest_s)
    overlong = total(judged, lambda one: one.overlong)
    return [
        Goal(
            "from room to return, delays, lag and latency aside",
            f"≤ {_RETURN_CADENCES} paces",
            f"{within / len(waits):.1%} of {len(waits)} within, {at_all / len(waits):.1%} with the delays; "
            f"95 % within {quantile(idle, 0.95):.0f} s"
            if waits
            else _NOT_MEASURED,
            within >= _RETURN_SHARE * len(waits) if waits else None,
        ),
        _at_most("returns that relapse", "≤ 5 %", figures["relapse_share"], 0.05, percent=True),
        Goal(
            "loads that waited longer than their longest time off while there was room",
            "0",
            _NOT_MEASURED if overlong is None else f"{overlong:g}",
            None if overlong is None else overlong == 0,
        ),
    ]


def _cost(outcome: Outcome) -> list[Goal]:
    limits = {10: ("≤ 100 µs", 100.0), 500: ("≤ 2 ms", 2000.0)}
    return [
        Goal(
            f"cost of a sample with {cost.loads} loads, decisions included",
            limits[cost.loads][0],
            f"{cost.mean_us:.0f} µs (99.9 %: {cost.p999_us:.0f} µs)",
            cost.mean_us <= limits[cost.loads][1],
        )
        for cost in outcome.costs
        if cost.loads in limits
    ]


def _hard_enough(outcome: Outcome) -> Goal:
    """Tell whether the houses are a trial at all."""
    trips = {
        result.run.seed: result.score.trips / result.score.days
        for result in outcome.of(_NONE)
        if result.run.seed in WINTER_SEEDS
    }
    least = min(trips.values(), default=None)
    text = _NOT_MEASURED if least is None else f"at least {least:g} in {len(trips)} houses"
    met = None if least is None else least >= _HARDEST_TRIPS
    return Goal("the winter days themselves: trips a day without any rule", f"≥ {_HARDEST_TRIPS}", text, met)


def _at_most(case: str, goal: str, figure: Figure, limit: float, *, percent: bool = False) -> Goal:
    if figure is None:
        return Goal(case, goal, _NOT_MEASURED, None)
    return Goal(case, goal, f"{figure:.1%}" if percent else f"{round(figure, 2):g}", figure <= limit)


def _below(
    case: str,
    own: Sequence[Result],
    rules: Sequence[tuple[str, Sequence[Result]]],
    figure: Callable[[Score], float],
    unit: str,
    scale: float = 1,
) -> Goal:
    """Compare with the lowest of the rules."""
    ours = total(own, figure)
    found = {label: value for label, results in rules if (value := total(results, figure)) is not None}
    if ours is None or not found:
        return Goal(case, "below every rule", _NOT_MEASURED, None)
    lowest = min(found, key=lambda label: found[label])
    text = f"{ours / scale:.1f} {unit}, lowest rule {found[lowest] / scale:.1f} ({lowest})".replace(" ,", ",")
    return Goal(case, "below every rule", text, ours < found[lowest])


def _name(entrant: Entrant) -> str:
    """Name ours by its strategy and profile."""
    return entrant.label.removeprefix("ours ")
