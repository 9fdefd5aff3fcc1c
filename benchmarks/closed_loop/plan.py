"""Which runs make the benchmark: the judged ones, and with ``full`` every combination."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.household import SEEDS, STRESS_SEEDS, WINTER_SEEDS
from benchmarks.closed_loop.rules import all_rules
from benchmarks.closed_loop.runner import Entrant, Run, grid
from custom_components.linky_offload.const import DEFAULT_PROFILE, DEFAULT_STRATEGY
from custom_components.linky_offload.offload import Profile, StrategyName

CADENCES_S: Final = (1.5, 10.0, 60.0)
EXACT: Final = Conditions()
TROUBLED: Final = Conditions(loss=0.01, deaf_plug=True, silence=True, restart=True)
ODD_METERS: Final = (
    Conditions(trip_limit=1.27),
    Conditions(b_factor=0.8),
    Conditions(b_factor=1.2),
    Conditions(share_error=-0.03),
    Conditions(share_error=0.03),
)
WEEK_SEEDS: Final = WINTER_SEEDS[:4]
WEEK_DAYS: Final = 7.0
YARDSTICKS: Final = ("none", "panic")
"""What frames the table but is no rule that anybody would live with."""

_NAMED: Final = {strategy.value: strategy for strategy in StrategyName}
LEAST_HARM: Final = _NAMED.get("least_harm")
CYCLIC: Final = _NAMED.get("cascade_cyclic")
THERMOSTAT: Final = _NAMED.get("thermostat")
HIERARCHICAL: Final = StrategyName.HIERARCHICAL

DEFAULT: Final = Entrant(strategy=StrategyName(DEFAULT_STRATEGY), profile=Profile(DEFAULT_PROFILE))
"""What the form preselects."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The runs in their three parts: the comparison, the stress days, and the weeks that show fairness."""

    plain: tuple[Run, ...]
    trials: tuple[Run, ...]
    weeks: tuple[Run, ...]


def plan(*, seeds: int | None, stress_seeds: int | None, days: float, full: bool) -> Plan:
    """Return what to run on the first ``seeds`` and ``stress_seeds`` (None: all), each for ``days``.

    Weeks only belong to a run of whole days.
    """
    entrants = [*(Entrant(rule) for rule in all_rules()), *(ours() if full else compared())]
    weeks = grid([Entrant(strategy=CYCLIC, profile=DEFAULT.profile)], WEEK_SEEDS, EXACT, WEEK_DAYS) if CYCLIC else []
    return Plan(
        plain=tuple(grid(entrants, SEEDS[:seeds], EXACT, days)),
        trials=tuple(_trials(STRESS_SEEDS[:stress_seeds], days, full=full)),
        weeks=tuple(weeks) if days >= 1 else (),
    )


def ours() -> list[Entrant]:
    """Return our engine with every strategy and profile."""
    return [Entrant(strategy=strategy, profile=profile) for strategy in StrategyName for profile in Profile]


def compared() -> list[Entrant]:
    """Return those that a figure is made of: all strategies by the meter, and two in the contract profile."""
    by_meter = [Entrant(strategy=strategy, profile=Profile.METER) for strategy in StrategyName]
    by_contract = Entrant(strategy=LEAST_HARM or HIERARCHICAL, profile=Profile.CONTRACT)
    return list(dict.fromkeys([*by_meter, by_contract, DEFAULT]))


def _trials(seeds: Sequence[int], days: float, *, full: bool) -> list[Run]:
    """The runs that must not trip; without ``full``, odd meters meet one entrant by the meter and the default."""
    at_odds = ours() if full else [Entrant(strategy=LEAST_HARM or HIERARCHICAL, profile=Profile.METER), DEFAULT]
    runs: list[Run] = []
    for cadence in CADENCES_S:
        for conditions in (EXACT, TROUBLED):
            runs += grid(ours(), seeds, replace(conditions, cadence_s=cadence), days)
        for conditions in ODD_METERS:
            runs += grid(at_odds, seeds, replace(conditions, cadence_s=cadence), days)
    return runs
