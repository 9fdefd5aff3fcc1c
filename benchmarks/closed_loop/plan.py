"""Which runs make the benchmark: the judged ones, and with ``full`` every combination.

The judged run must end within 20 minutes of two cores. What is compared, and every strategy, profile and pace on the
first five stress days, is run in full; only the troubles are spread over all stress days: each combination meets them
on one and an odd meter on another, so that every strategy, profile and pace meets all of them (`spread`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.household import SEEDS, STRESS_SEEDS
from benchmarks.closed_loop.rules import all_rules
from benchmarks.closed_loop.runner import Entrant, Run, grid
from custom_components.linky_offload.const import DEFAULT_PROFILE, DEFAULT_STRATEGY
from custom_components.linky_offload.flow.protection import Meter, suggested_profile
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
WEEK_SEEDS: Final = (1, 3, 4)
"""Winter weeks: electric heating on one phase and on three, and a heat pump."""
WEEK_DAYS: Final = 7.0
PLAIN_STRESS_DAYS: Final = 5
YARDSTICKS: Final = ("none", "panic")
"""What frames the table but is no rule that anybody would live with."""

LEAST_HARM: Final = Entrant(strategy=StrategyName.LEAST_HARM, profile=Profile.METER)
IN_CONTRACT: Final = Entrant(strategy=StrategyName.LEAST_HARM, profile=Profile.CONTRACT)
HIERARCHICAL: Final = Entrant(strategy=StrategyName.HIERARCHICAL, profile=Profile.METER)
THERMOSTAT: Final = Entrant(strategy=StrategyName.THERMOSTAT, profile=Profile.METER)
DEFAULT: Final = Entrant(strategy=StrategyName(DEFAULT_STRATEGY), profile=Profile(DEFAULT_PROFILE))
"""What the form preselects where samples are rarer, or their pace is not known."""
PRESELECTED: Final = Entrant(
    strategy=StrategyName(DEFAULT_STRATEGY),
    profile=suggested_profile(Meter(phase_count=1, contract_va=None, cadence_s=EXACT.cadence_s), {}),
)
"""What the form preselects at the pace of the plain runs."""
CYCLIC: Final = Entrant(strategy=StrategyName.CASCADE_CYCLIC, profile=DEFAULT.profile)
COMPARED: Final = tuple(dict.fromkeys((LEAST_HARM, IN_CONTRACT, PRESELECTED, DEFAULT, HIERARCHICAL, THERMOSTAT)))
"""Ours of which a figure is made on the plain days."""


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
    entrants = [*(Entrant(rule) for rule in all_rules()), *(dict.fromkeys((*COMPARED, *ours())) if full else COMPARED)]
    stress = STRESS_SEEDS[:stress_seeds]
    return Plan(
        plain=tuple(grid(entrants, SEEDS[:seeds], EXACT, days)),
        trials=tuple(product(stress, days) if full else spread(stress, days)),
        weeks=tuple(grid([CYCLIC], WEEK_SEEDS, EXACT, WEEK_DAYS)) if days >= 1 else (),
    )


def ours() -> list[Entrant]:
    """Return our engine with every strategy and profile."""
    return [Entrant(strategy=strategy, profile=profile) for strategy in StrategyName for profile in Profile]


def product(seeds: Sequence[int], days: float) -> list[Run]:
    """Every strategy, profile and pace under every condition on every seed."""
    return [
        run
        for cadence in CADENCES_S
        for conditions in (EXACT, TROUBLED, *ODD_METERS)
        for run in grid(ours(), seeds, replace(conditions, cadence_s=cadence), days)
    ]


def spread(seeds: Sequence[int], days: float) -> list[Run]:
    """Every strategy, profile and pace on plain stress days, on a day with all troubles, and with an odd meter."""
    runs: list[Run] = []
    for row, entrant in enumerate(ours() if seeds else ()):
        for column, cadence in enumerate(CADENCES_S):
            strategy, profile = divmod(row, len(Profile))
            # The steps share no divisor with the number they go round, so that nothing is left out.
            day = strategy + profile + 2 * column
            odd = strategy + 2 * profile + 4 * column
            runs += grid([entrant], seeds[:PLAIN_STRESS_DAYS], replace(EXACT, cadence_s=cadence), days)
            troubles = [TROUBLED, ODD_METERS[odd % len(ODD_METERS)]]
            if entrant.profile is Profile.METER:  # the one that leans on the meter's rule meets a second odd meter
                troubles.append(ODD_METERS[(odd + 2) % len(ODD_METERS)])
            for place, conditions in enumerate(troubles, day):
                runs += grid([entrant], [seeds[place % len(seeds)]], replace(conditions, cadence_s=cadence), days)
    return runs
