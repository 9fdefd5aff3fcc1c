"""How often a noisy line makes the meter room believe a wrong number, beside a decoder that trusts the checksum alone.

Simulated meters live in a home whose loads come and go; their frames cross the simulator's line at its true speed, and
bits flip there at a given rate. Whatever is believed is held against what the meter really sent. A group counts as
*believed wrong* when one of its numbers (or the time that goes with it) is taken over with a digit that was not sent,
and as *delivered* when all its numbers were taken over at once and right. *Checksum alone* stands for a decoder that
cuts at control characters, verifies the checksum, knows the labels and reads the digits, and believes what it gets. A
field that is no number any more is not counted against it.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
import math
import os
import sys
from typing import Final

from benchmarks.noisy_line.homes import HOMES, OLD_HOMES, Home
from benchmarks.noisy_line.trial import Tally, Trial
from benchmarks.report import arguments, print_figures, print_table

RATES: Final = (1e-4, 1e-3, 1e-2)
JUDGED_RATE: Final = 1e-3
GROUPS: Final = 10_000_000
"""Groups offered in each judged cell; the other cells get ``OTHERS`` of them."""
OTHERS: Final = 0.05
FEWEST: Final = 60_000
"""Groups below which the first frames of a line, in which little can be believed, weigh too much."""
SHARDS: Final = 4
"""Runs into which a judged cell is split, each with other homes and other noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One column of the result: the homes of one speed under one rate of errors."""

    homes: tuple[Home, ...]
    rate: float
    stripped: bool

    @property
    def judged(self) -> bool:
        """Whether the goals are set on this cell."""
        return self.rate == JUDGED_RATE and self.homes is HOMES

    @property
    def name(self) -> str:
        """How the table calls it."""
        speed = "9600 Bd" if self.homes is HOMES else "1200 Bd"
        return f"{speed}, {self.rate:.0e}, parity {'stripped' if self.stripped else 'carried'}"


CELLS: Final = tuple(
    Cell(homes=homes, rate=rate, stripped=stripped)
    for homes in (HOMES, OLD_HOMES)
    for rate in RATES
    for stripped in (False, True)
)


def run_trial(number: int, home: Home, rate: float, stripped: bool, groups: int, seed: int) -> tuple[int, Tally]:
    """Run one trial of cell ``number``."""
    return number, Trial(home, rate, stripped=stripped, seed=seed).run(groups)


def measure(groups: int, jobs: int, *, seed: int = 1, quiet: bool = False) -> list[Tally]:
    """Run all cells, ``groups`` offered in each judged one; one tally for each of ``CELLS``."""
    tallies = [Tally() for _ in CELLS]
    trials = []
    for number, cell in enumerate(CELLS):
        shards = SHARDS * len(cell.homes) if cell.judged else len(cell.homes)
        share = math.ceil((groups if cell.judged else max(groups * OTHERS, min(groups, FEWEST))) / shards)
        trials += [
            (number, cell.homes[shard % len(cell.homes)], cell.rate, cell.stripped, share, 1000 * seed + shard)
            for shard in range(shards)
        ]
    trials.sort(key=lambda trial: -trial[4])
    with ProcessPoolExecutor(jobs) as pool:
        futures = [pool.submit(run_trial, *trial) for trial in trials]
        for done, future in enumerate(as_completed(futures), 1):
            number, tally = future.result()
            tallies[number].add(tally)
            if not quiet:
                print(f"\r{done}/{len(futures)} lines", end="", file=sys.stderr, flush=True)
    if not quiet:
        print(file=sys.stderr)
    return tallies


def figures(tallies: list[Tally]) -> dict[str, float]:
    """The figures by which the goals are judged, and those of the other cells under their names."""
    carried, stripped = (
        next(tally for cell, tally in zip(CELLS, tallies, strict=True) if cell.judged and cell.stripped is is_stripped)
        for is_stripped in (False, True)
    )
    return {
        "believed_per_million": round(carried.per_million, 3),
        "fewer_than_checksum": round(min(carried.fewer, stripped.fewer), 1),
        "delivered_share": round(min(tally.share for tally in tallies), 4),
        "believed_per_million_stripped": round(stripped.per_million, 3),
        "fewer_than_checksum_parity": round(carried.fewer, 1),
        "delivered_share_parity": round(carried.share, 4),
        "delivered_share_stripped": round(stripped.share, 4),
        "energy_spikes": sum(tally.spikes for tally in tallies),
        "groups": sum(tally.offered for tally in tallies),
    }


def _rows(tallies: list[Tally]) -> Iterator[tuple[object, ...]]:
    for cell, tally in zip(CELLS, tallies, strict=True):
        rises = tally.rises.total()
        yield (
            cell.name,
            f"{tally.offered:,}",
            f"{1e6 * tally.believed_by_checksum / tally.offered:.1f}",
            f"{tally.per_million:.3f}",
            f"{tally.fewer:.0f}{'' if tally.wrong else '+'}",
            f"{100 * tally.share:.2f} %",
            f"{100 * tally.rises[0] / max(1, rises):.1f} %",
            max(tally.rises, default=0),
            tally.spikes,
        )


def main() -> None:
    """Measure and print."""
    parser = arguments("Wrong numbers believed on a noisy line, against trusting the checksum alone.")
    parser.add_argument("--groups", type=int, default=GROUPS, help=f"groups of a judged cell (default {GROUPS})")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="other homes, other noise")
    parser.add_argument("--labels", action="store_true", help="also tell which labels were believed wrong, or missed")
    options = parser.parse_args()
    tallies = measure(options.groups, options.jobs, seed=options.seed)
    print_table(
        (
            "line",
            "groups",
            "checksum alone: wrong/million",
            "wrong/million",
            "times fewer",
            "delivered",
            "rises at once",
            "longest wait",
            "energy leaps",
        ),
        list(_rows(tallies)),
    )
    if options.labels:
        for cell, tally in zip(CELLS, tallies, strict=True):
            print(f"\n{cell.name}\n  believed wrong: {dict(tally.believed.most_common())}")
            print(f"  missed: {dict(tally.missed.most_common(12))}\n  refused: {dict(tally.refused)}")
            print(f"  rises of the power, by right groups waited: {dict(sorted(tally.rises.items()))}")
    print_figures(figures(tallies), as_json=options.json)


if __name__ == "__main__":
    main()
