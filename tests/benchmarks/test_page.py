"""The page and its pictures: whole, readable by a machine, and made only of what was measured."""

from pathlib import Path
import re
from xml.etree import ElementTree as ET

import pytest

from benchmarks.closed_loop import page, pictures, tables
from benchmarks.closed_loop.cost import SampleCost
from benchmarks.closed_loop.figures import KEYS, Outcome
from benchmarks.closed_loop.plan import CYCLIC, IN_CONTRACT, LEAST_HARM, TROUBLED
from benchmarks.closed_loop.runner import Entrant
from benchmarks.closed_loop.svg import Sheet

from .results import outcome, result, wait

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(name="measured")
def measured_outcome() -> Outcome:
    rules = [result(Entrant(name), over_s=600, unserved_vah=9100.0, degree_hours=40.0) for name in ("box", "90/80 %")]
    own = [
        result(LEAST_HARM, unserved_vah=3210.0, waits=(wait(4.0), wait(604.0, reserved=600.0))),
        result(IN_CONTRACT, over_s=120),
    ]
    trials = [result(LEAST_HARM, seed=101), result(LEAST_HARM, seed=102, conditions=TROUBLED, trips=7, avoidable=7)]
    return outcome(
        [*rules, *own],
        trials,
        [result(CYCLIC, days=7.0, withheld=[{"a": 0.2, "b": 0.1}])],
        [SampleCost(loads=10, mean_us=81.4, p999_us=640.0), SampleCost(loads=500, mean_us=1999.0, p999_us=12_345.0)],
        {1: 2000.0},
    )


def drawn(picture: str) -> list[str]:
    """The words of a picture."""
    return [text.text or "" for text in ET.fromstring(picture).iter(f"{SVG}text")]


class TestPage:
    def test_it_shows_every_goal_key_and_picture(self, measured: Outcome, tmp_path: Path) -> None:
        page.write(measured, full=False, folder=tmp_path)
        text = (tmp_path / "offload.md").read_text(encoding="utf-8")
        assert all(f"`{key}`" in text for key in KEYS)
        linked = re.findall(r"\]\((offload-\w+\.svg)\)", text)
        assert sorted(linked) == sorted(picture.name for picture in tmp_path.glob("*.svg"))
        assert "| 1 | 3210 | 2000 | 1.60 |" in text
        assert "**missed**" in text

    def test_it_names_the_runs_that_tripped(self, measured: Outcome, tmp_path: Path) -> None:
        page.write(measured, full=False, folder=tmp_path)
        assert "| ours least-harm meter | 102 | 1.5 s troubled | 7 | 0 |" in (tmp_path / "offload.md").read_text(
            "utf-8"
        )

    def test_it_tells_what_returns_waited_for(self, measured: Outcome, tmp_path: Path) -> None:
        page.write(measured, full=False, folder=tmp_path)
        text = (tmp_path / "offload.md").read_text("utf-8")
        assert "| ours least-harm meter | 2 | - | - | 1, 600 s | - | 8 s |" in text
        assert "| 604 s | 4 s | 0 |" in text  # whole, and delays aside

    def test_it_tells_how_it_was_made(self, measured: Outcome, tmp_path: Path) -> None:
        page.write(measured, full=True, folder=tmp_path)
        assert "`scripts/bench offload --full --report`" in (tmp_path / "offload.md").read_text("utf-8")

    def test_a_table_has_as_many_cells_in_every_row(self, measured: Outcome, tmp_path: Path) -> None:
        page.write(measured, full=False, folder=tmp_path)
        blocks = re.findall(r"(?:^\|.*\|\n)+", (tmp_path / "offload.md").read_text("utf-8"), re.MULTILINE)
        assert len(blocks) >= 8
        assert all(len({row.count("|") for row in block.splitlines()}) == 1 for block in blocks)


class TestPictures:
    def test_bars_are_as_long_as_their_figures(self, measured: Outcome) -> None:
        root = ET.fromstring(pictures.comparison(measured))
        bars = [bar for bar in root.iter(f"{SVG}rect") if bar.get("rx") == "2"]
        # Rows: least-harm by the meter and in the contract, then the rules; columns: trips, unserved …
        unserved = [float(bar.get("width", "")) for bar in bars[4:8]]
        assert unserved[0] / unserved[2] == pytest.approx(3210 / 9100, rel=0.01)
        assert {"3.2", "9.1", "box", "90/80 %"} <= set(drawn(pictures.comparison(measured)))

    def test_a_cell_with_a_trip_says_so_in_words(self, measured: Outcome) -> None:
        words = drawn(pictures.stress(tables.stress_grid(measured.trials)))
        assert "7 in 1" in words
        assert "0 in 1" in words
        assert words.count("–") == 7

    def test_the_cost_is_written_at_its_curve(self, measured: Outcome) -> None:
        assert {"mean: 1999", "99.9 %: 12345"} <= set(drawn(pictures.cost(measured.costs)))

    def test_words_cannot_break_a_picture(self) -> None:
        sheet = Sheet(10, 10, "a < b", "c & d")
        sheet.box(0, 0, 1, 1, "ours", "e > f")
        assert drawn(sheet.render()) == ["a < b", "c & d"]

    def test_both_grounds_are_given(self) -> None:
        picture = Sheet(10, 10, "a", "b").render()
        light, dark = picture.split("prefers-color-scheme: dark")
        named = set(re.findall(r"--([\w-]+):", light))
        assert named == set(re.findall(r"--([\w-]+):", dark))
        assert set(re.findall(r"var\(--([\w-]+)\)", picture)) <= named
