"""The page that shows a run: goals, comparison, stress days, cost, and how all of it was measured.

Every figure on it comes from the run that writes it; nothing is typed in by hand.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.closed_loop import pictures, tables
from benchmarks.closed_loop.figures import KEYS, Outcome, figures_of
from benchmarks.closed_loop.goals import goals_of
from benchmarks.closed_loop.household import PROFILES, SEEDS, STRESS_SEEDS
from benchmarks.closed_loop.plan import CADENCES_S, PLAIN_STRESS_DAYS, WEEK_DAYS, WEEK_SEEDS
from benchmarks.closed_loop.tables import Table

FOLDER: Final = Path(__file__).parents[2] / "docs" / "benchmarks"
PAGE: Final = FOLDER / "offload.md"
COMPARISON: Final = "offload-comparison.svg"
STRESS: Final = "offload-stress.svg"
COST: Final = "offload-cost.svg"

_MEASURED: Final = """
Every run lives through one synthetic household second by second: an uncontrolled base load with kettles, ovens and
hobs, rooms with thermostats, a water heater, programmes, a car or a heat pump. It stands behind a meter that opens by
the published rule (the filtered square of the power per phase reaching 1.3 times the cut-off power) and closes again
after five minutes. The controller gets what a person gets: a sample every so often, one second late and rounded as
the meter rounds it, plugs that obey within 0.3 to 3 s, some of them without a power sensor or late to report. The
decisions are those of the very engine that runs in Home Assistant; the rules of others are written from what their
authors document, with their own constants, and none is tuned to these houses. A seed gives the same house and the
same troubles to whoever decides.

- **Avoidable**: the day is run again under a controller that cuts everything at the first sample above the cut-off
  power. A trip is avoidable unless that one trips within 60 s of it, and always when the last rise above 1.3 times the
  cut-off power came from a return.
- **Unserved**: rated power × time in which a load's own thermostat or cycle asked and its plug, or the dark house,
  withheld it.
- **Discomfort**: degree-hours below the wanted temperature, beyond those of the same house with an unlimited contract.
  *Worst rooms* is the sum over the houses of the worst room of each.
- **Best rule**: the reference rule with the least unserved energy among those that never trip.
- **Optimum**: what somebody who knew the whole day could have served, a chain of mixed-integer programmes replayed in
  the same plant; what it is and is not stands at the top of `benchmarks/closed_loop/optimum.py`. It fills the meter up
  to 1.3, and each load may go back after three minutes; ours fills it up to 1.25, for meters that open early, and keeps
  the minimum times of each kind of load.
- **In time**: time above the contract, while enough was on that can be cut, of at most the contract delay, one pace of
  the meter, 2 s of its lag and 3 s of the slowest plug.
- **Relapse**: within 30 s of a return the load is cut again, or one of its phases rises above the contract until
  something is cut, at most three minutes after the return. To live above the contract for longer, as
  the meter profile does, is no mistake of the return.
- **From room to return**: seconds since the load, and 200 VA or 3 % more, fitted below the contract without a break,
  its minimum time off aside. That is the whole wait. *Delays aside*, seconds are left out in which our own rule has
  the load wait, and which, as the room itself, are reckoned from what the house did: its time off is doubled after
  each return for which it was cut again, up to an hour; its owner told a larger power than it draws, and there was no
  room for that; room was kept for a larger load that had been off for ten minutes, or half of the longest time that it
  may be off, without any, for as long again; and by the meter, what nobody can cut drew so much at some moment of the
  last two minutes that there would have been no room then. That another load has just returned, that nobody told on
  which phase a load is, that idle ones may start, and that the largest step is feared leave nothing out.
- **Troubled**: one command in a hundred is lost, one plug is deaf for an hour, the meter is silent for five minutes,
  and the controller restarts, all in the same day. **Odd meter**: it opens at 1.27, or its filter is 20 % slower or
  faster, or its share of the cut-off power 3 % lower or higher.
"""


def write(outcome: Outcome, *, full: bool, folder: Path = FOLDER) -> None:
    """Write the page and its pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / COMPARISON).write_text(pictures.comparison(outcome), encoding="utf-8")
    (folder / STRESS).write_text(pictures.stress(tables.stress_grid(outcome.trials)), encoding="utf-8")
    (folder / COST).write_text(pictures.cost(outcome.costs), encoding="utf-8")
    (folder / PAGE.name).write_text("\n".join(_lines(outcome, full=full)) + "\n", encoding="utf-8")


def _lines(outcome: Outcome, *, full: bool) -> Iterator[str]:
    goals = goals_of(outcome)
    met, missed = (sum(1 for goal in goals if goal.met is verdict) for verdict in (True, False))
    command = "scripts/bench offload --full --report" if full else "scripts/bench offload --report"
    yield "# Offloading, measured in closed loop\n"
    yield f"Written by `{command}`: every figure comes from that run, none was typed in.\n"
    yield "## Goals\n"
    yield (
        f"{met} met, {missed} missed. Unless a row tells otherwise: least-harm, a sample every 1.5 s, summed over "
        f"{len(SEEDS)} days.\n"
    )
    yield from _table(
        Table(
            ("case", "goal", "measured", "verdict"),
            tuple(
                (goal.case, goal.goal, goal.measured, "**missed**" if goal.met is False else goal.verdict)
                for goal in goals
            ),
        )
    )
    yield "\n## Beside the rules of others\n"
    yield f"![Trips, unserved energy, discomfort, switches, time above the contract, by entrant]({COMPARISON})\n"
    yield from _table(tables.compared(outcome.plain))
    yield (
        "\n*none* leaves the house alone; *panic* is the yardstick of what can be avoided at all. "
        "Neither is a rule to live with.\n"
    )
    yield "### Beside hindsight\n"
    yield "Least-harm, `meter` profile, beside the least that could have been left unserved.\n"
    yield from _table(tables.optimum(outcome))
    yield "\n### What returns waited for\n"
    yield "Returns to which there was room below the contract, and what held them back meanwhile: how many, how long.\n"
    yield from _table(tables.delays(outcome.judged))
    yield "\n## Stress days\n"
    yield f"{_spread(full=full)}\n"
    yield f"![Avoidable trips by strategy, profile, trouble and pace of the meter]({STRESS})\n"
    tripped = tables.tripped(outcome.guarded)
    if tripped.rows:
        yield "The runs of ours in which the meter opened:\n"
        yield from _table(tripped)
    else:
        yield "The meter opened in none of our runs, avoidably or not."
    yield "\n## Fairness\n"
    yield (
        f"Cascade-cyclic over {WEEK_DAYS:g} days, among the loads that ask for at least a tenth of the week. Of three "
        "phases each is judged by itself: only loads of the same one can take turns.\n"
    )
    yield from _table(tables.weeks(outcome.weeks))
    yield "\n## Cost of a sample\n"
    yield f"![Mean and 99.9th percentile by the number of loads]({COST})\n"
    yield "On one core of the machine that wrote this page.\n"
    yield from _table(tables.costs(outcome.costs))
    yield "\n## How it is measured"
    yield _MEASURED
    yield "### The houses\n"
    yield (
        f"Seeds {_listed(SEEDS)} are the plain days, {_listed(STRESS_SEEDS)} the stress days, "
        f"{_listed(WEEK_SEEDS)} the weeks.\n"
    )
    yield from _table(
        Table(
            ("seed", "contract", "phases", "season", "known by"),
            tuple(
                (str(seed), f"{one.contract_kva} kVA", str(one.phases), str(one.season), one.heating.value)
                for seed, one in PROFILES.items()
            ),
        )
    )
    yield "\n### The keys of `--json`\n"
    figures = figures_of(outcome)
    yield from _table(
        Table(
            ("key", "figure"), tuple((f"`{key}`", "–" if figures[key] is None else f"{figures[key]}") for key in KEYS)
        )
    )


def _spread(*, full: bool) -> str:
    paces = ", ".join(f"{cadence:g}" for cadence in CADENCES_S)
    if full:
        return (
            f"Every strategy and profile at {paces} s, on every day: plain, with all troubles at once, with odd meters."
        )
    return (
        f"Every strategy and profile at {paces} s lives through {PLAIN_STRESS_DAYS} stress days as they are, one with "
        "all troubles at once, and one or two with an odd meter. Troubles go round the days; `--full` runs all on each."
    )


def _listed(seeds: Sequence[int]) -> str:
    """Name seeds, those without a gap by the first and the last."""
    whole = list(seeds) == list(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]}–{seeds[-1]}" if whole else ", ".join(str(seed) for seed in seeds)


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(table.headings)} |"
    yield f"|{'|'.join(['---'] * len(table.headings))}|"
    for row in table.rows:
        yield f"| {' | '.join(row)} |"
