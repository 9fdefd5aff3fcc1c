"""The offline optimum: the least unserved energy that somebody could reach who knew the whole day beforehand.

For six fixed seed-days it says when each plug should have been off, minute by minute, so that the meter stays closed
and as little as possible is withheld of what the loads ask for. Each plan is a chain of mixed-integer programmes solved
by HiGHS (`optimum_milp`), a binary for each load and minute. None is taken on trust: the plant lives through it, and
what the plant counts as unserved is the figure to compare with. The plans are kept beside this module, to be replayed.

What it is, and what it is not:

- *Unserved* is what `score` counts. What a load asks is not frozen to the day without a limit: its own thermostat or
  cycle runs on inside the programme, so that a heater that waited asks longer and comes back later (`optimum_paths`).
- It is solved in windows of an hour, of which 40 minutes are kept, each beginning 10 minutes before the meter would
  open without it; where HiGHS cannot prove a gap of `GAP` in `SECONDS`, of half an hour, or at last of 18 minutes.
  ``gap`` is the distance to the bounds of these windows: of their sums, and the widest among those that withhold
  `WORTH_VAH` or more. There is no bound for the day as one programme. A heater that was withheld meets the later peaks
  with its cycle shifted, and a window does not look that far: another chain of windows may end lower.
- A plug that went off stays off for 3 minutes, as our loads do by default. A minimum time on is not kept: ours does not
  either when a trip is foreseen.
- States of a load that waited almost equally long in a window are taken for one, as if their waits had come as early as
  they could; a minute's power is its mean. Plant and plan part by seconds, so that 1 % of the meter's limit is left
  alone, and more where the plant trips all the same.
- The square of the power is bounded from above by at most 0.15 % of the limit, never from below (`optimum_window`).
- The plugs obey with the latency that they have for everybody, but no command is lost and no plug is deaf.

    python -m benchmarks.closed_loop.optimum            replay what is stored and print it
    python -m benchmarks.closed_loop.optimum --solve    solve again, minutes a day; needs highspy
    python -m benchmarks.closed_loop.optimum --stamp    after a change of the plant that changes no figure
"""

from argparse import ArgumentParser
import ast
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from benchmarks.closed_loop import appliances, conditions, outlet, plant
from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.day import Day
from benchmarks.closed_loop.household import Household, household
from benchmarks.closed_loop.optimum_replay import Plan, live_through
from benchmarks.closed_loop.plant import Plant
from benchmarks.closed_loop.rules.none import Nothing
from benchmarks.report import print_table

SEEDS: Final = (1, 3, 4, 5, 6, 8)
"""Winter days: 3 to 12 kVA, one and three phases, electric heaters, heat pumps and a car.

Of the other winter days, HiGHS left gaps of up to 18 % in the shortest windows of 7; 2, 9 and 10 were not carried
through with the shorter windows.
"""
STORE: Final = Path(__file__).with_suffix(".json")
GAP: Final = 0.09
SECONDS: Final = 30.0
WORTH_VAH: Final = 50.0
SAME_VAH: Final = 0.1
_CODE: Final = (appliances, conditions, outlet, plant)


class StaleError(Exception):
    """A stored optimum belongs to another household or another plant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedDay:
    """The optimum of one day.

    ``digest``: of the household and of the code that lives through it. ``unserved_vah`` and ``trips`` are what the
    plant made of the plan; ``programme_vah`` and ``bound_vah`` are summed over the windows, which overlap. ``off``: by
    load, the spans [first, last] of minutes in which its plug is off.
    """

    seed: int
    digest: str
    unserved_vah: float
    trips: int
    windows: int
    programme_vah: float
    bound_vah: float
    widest_gap: float
    off: Mapping[str, Sequence[tuple[int, int]]]

    @property
    def gap(self) -> float:
        """Relative distance of the windows' schedules to their bounds."""
        return (self.programme_vah - self.bound_vah) / self.programme_vah if self.programme_vah else 0.0

    @property
    def plan(self) -> Plan:
        """The minutes in which each plug is off."""
        return {
            load_id: {minute for first, last in spans for minute in range(first, last + 1)}
            for load_id, spans in self.off.items()
        }


def optimum(seeds: Sequence[int] = SEEDS) -> dict[int, float]:
    """Return the least unserved energy of stored seed-days, VAh. Raises StaleError where it is none of these houses."""
    stored = stored_days()
    for seed in seeds:
        if seed not in stored or stored[seed].digest != digest_of(household(seed)):
            raise StaleError(f"the optimum of seed {seed} is not of this household and plant: solve it again")
    return {seed: stored[seed].unserved_vah for seed in seeds}


def digest_of(house: Household) -> str:
    """Return a hash of all that the optimum depends on: the household, and the code of loads, plugs and plant."""
    digest = hashlib.sha256(repr((house.contract_va, house.phases, house.seconds, house.loads)).encode())
    for base in house.base:
        digest.update(base.tobytes())
    for module in _CODE:
        digest.update(bare(Path(str(module.__file__)).read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


def bare(source: str) -> str:
    """Return a module's code without its comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def replay(stored: SeedDay) -> Day:
    """Let the plant live through a stored plan."""
    return live_through(household(stored.seed), stored.plan)


def unserved_vah(day: Day) -> float:
    """Return what a day withheld, as the score counts it."""
    return sum(outlet.unserved_vah for outlet in day.outlets)


# The store -----------------------------------------------------------------------------------------------------------


def stored_days() -> dict[int, SeedDay]:
    """Return the optima that are stored, by seed."""
    if not STORE.exists():
        return {}
    days: list[dict[str, Any]] = json.loads(STORE.read_text(encoding="utf-8"))
    return {day["seed"]: SeedDay(**day) for day in days}


def _store(days: Mapping[int, SeedDay]) -> None:
    """Write one line a day."""
    lines = ",\n".join(json.dumps(asdict(days[seed])) for seed in sorted(days))
    STORE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


# The command ---------------------------------------------------------------------------------------------------------


def main() -> None:
    """Replay, solve or stamp, and print a table."""
    parser = ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--solve", action="store_true", help="solve again and store")
    parser.add_argument("--stamp", action="store_true", help="store the hash anew where a replay gives the same figure")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="some of the days")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="most time for one window")
    options = parser.parse_args()
    for seed in options.seeds:
        if options.solve:
            _store(stored_days() | {seed: _solve(seed, options.seconds)})
        elif options.stamp:
            _store(stored_days() | {seed: _stamp(stored_days()[seed])})
    _print([stored_days()[seed] for seed in options.seeds])


def _solve(seed: int, seconds: float) -> SeedDay:
    # HiGHS is only needed here: what is stored can be read and replayed without it.
    from benchmarks.closed_loop.optimum_plan import Planner

    house = household(seed)
    planner = Planner(house, gap=GAP, seconds=seconds)
    windows = []
    for window in planner.run():
        windows.append(window)
        print(
            f"seed {seed}, {window.begins // 60:02d}:{window.begins % 60:02d}: {window.kept} of {window.length} min "
            f"kept, {window.unserved_vah:.0f} VAh, bound {window.bound_vah:.0f}, gap {window.gap:.1%}, "
            f"{window.margin:.1%} left alone",
            flush=True,
        )
    day = live_through(house, planner.plan)
    return SeedDay(
        seed=seed,
        digest=digest_of(house),
        unserved_vah=round(unserved_vah(day), 2),
        trips=len(day.trips),
        windows=len(windows),
        programme_vah=round(sum(window.unserved_vah for window in windows), 2),
        bound_vah=round(sum(window.bound_vah for window in windows), 2),
        widest_gap=round(max((one.gap for one in windows if one.unserved_vah >= WORTH_VAH), default=0.0), 4),
        off={load_id: _spans(sorted(minutes)) for load_id, minutes in planner.plan.items() if minutes},
    )


def _spans(minutes: Sequence[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for minute in minutes:
        if spans and spans[-1][1] == minute - 1:
            spans[-1] = spans[-1][0], minute
        else:
            spans.append((minute, minute))
    return spans


def _stamp(stored: SeedDay) -> SeedDay:
    """Give a stored day the hash of today. Raises StaleError where the plant makes something else of it."""
    day = replay(stored)
    if day.trips or abs(unserved_vah(day) - stored.unserved_vah) > SAME_VAH:
        raise StaleError(f"the plant makes something else of seed {stored.seed}: solve it again")
    return SeedDay(**asdict(stored) | {"digest": digest_of(household(stored.seed))})


def _print(days: Sequence[SeedDay]) -> None:
    rows = []
    for stored in days:
        house = household(stored.seed)
        day = replay(stored)
        free = Plant(house, Nothing(house.facts), Conditions()).run()
        rows.append(
            (
                f"{stored.seed}: {house.profile.contract_kva} kVA, {house.phases} ph., {house.profile.heating}",
                stored.windows,
                f"{stored.programme_vah:.0f}",
                f"{stored.gap:.1%}",
                f"{stored.widest_gap:.1%}",
                len(day.trips),
                f"{unserved_vah(day):.0f}",
                len(day.moves),
                len(free.trips),
                f"{unserved_vah(free):.0f}",
            )
        )
    headings = ("seed-day", "windows", "VAh in them", "gap", "widest", "trips", "unserved VAh", "switches")
    print_table((*headings, "none: trips", "VAh"), rows)


if __name__ == "__main__":
    main()
