"""Real meters: what was recorded is read, and nothing else (only when TIC_CAPTURES names a folder of recordings)."""

from collections import defaultdict
from pathlib import Path
import re

from custom_components.linky_offload.tic import Decoder, Group, parse_horodate

from .fuzz import obeys

# Half above the strongest contract that has this output, in VA; and more than any such meter carries, in A.
HIGHEST_POWER_VA = 36_000 * 3 // 2
HIGHEST_CURRENT_A = 150
POWERS = re.compile(r"PAPP|PMAX|SINST(S[123]?|I)|SMAX(SN[123]?|IN)(-1)?|CCA[SI]N(-1)?")
CURRENTS = re.compile(r"IINST[123]?|IRMS[123]|ADPS|ADIR[123]|ISOUSC|IMAX[123]?")
INDEXES = re.compile(r"BASE|HCH[CP]|EJPHN|EJPHPM|BBRH[CP]J[BWR]|EA(ST|IT|SF\d\d|SD\d\d)|ERQ\d")


def groups_of(capture: Path) -> list[Group]:
    """Decode a recording; its end closes the last group, as a silence would."""
    decoder = Decoder()
    return decoder.feed(capture.read_bytes()) + decoder.feed(b"\r")


def known_counts(folder: Path) -> dict[str, int]:
    """Number of right groups by file name, from the table of the folder's README, where it gives one."""
    readme = folder / "README.md"
    if not readme.is_file():
        return {}
    row = re.compile(r"^\|\s*`([^`]+)`\s*\|.*\|\s*(\d+)\s*/\s*\d+\s*\|\s*$", re.MULTILINE)
    return {name: int(count) for name, count in row.findall(readme.read_text(encoding="utf-8"))}


def test_as_many_groups_as_are_known_to_be_right(capture: Path) -> None:
    at_least = known_counts(capture.parent).get(capture.name, capture.stat().st_size // 1000)

    assert len(groups_of(capture)) >= max(at_least, 1)


def test_no_value_against_its_rule(capture: Path) -> None:
    groups = groups_of(capture)

    assert [group for group in groups if not obeys(group)] == []
    assert [group for group in groups if group.horodate and parse_horodate(group.horodate) is None] == []


def test_no_implausible_value(capture: Path) -> None:
    groups = groups_of(capture)

    assert [g for g in groups if POWERS.fullmatch(g.label) and int(g.data) > HIGHEST_POWER_VA] == []
    assert [g for g in groups if CURRENTS.fullmatch(g.label) and int(g.data) > HIGHEST_CURRENT_A] == []
    series = defaultdict(list)
    for group in groups:
        if INDEXES.fullmatch(group.label):
            series[group.label].append(int(group.data))
    assert {label: values for label, values in series.items() if values != sorted(values)} == {}
