"""How every benchmark tells its results."""

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
import json


def arguments(description: str) -> ArgumentParser:
    """Return a parser with the option that all benchmarks share."""
    parser = ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="end with one flat JSON object on a line of its own")
    return parser


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their headings: the first column to the left, the others to the right."""
    cells = [list(headings), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    for number, row in enumerate(cells):
        first, *others = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def print_figures(figures: Mapping[str, float | int | str | None], *, as_json: bool) -> None:
    """With ``as_json``, print the figures as one flat JSON object: the last line of the output."""
    if as_json:
        print(json.dumps(dict(figures)))
