"""The noise benchmark: what it counts, and a slice of it, on which nothing wrong may be believed."""

import pytest

from benchmarks.noise import CELLS, JUDGED_RATE, figures
from benchmarks.noisy_line.checksum_alone import ChecksumAlone
from benchmarks.noisy_line.homes import HOMES, OLD_HOMES, Home, World
from benchmarks.noisy_line.trial import Tally, Trial
from custom_components.linky_offload.meter.witness import Witness
from simulator.tic import Mode, encode_group

CLEAN = encode_group(Mode.STANDARD, "SINSTS", "01679")
READ = [("SINSTS", "01679", None)]

each_home = pytest.mark.parametrize("home", HOMES + OLD_HOMES, ids=lambda home: home.name)


class TestChecksumAlone:
    @pytest.mark.parametrize(
        ("wire", "groups"),
        [
            pytest.param(CLEAN, READ, id="a clean group"),
            pytest.param(CLEAN.replace(b"01679", b"01689"), [], id="a digit that is not the one sent"),
            pytest.param(
                CLEAN.replace(b"01679", b"01769"), [("SINSTS", "01769", None)], id="two flips that cancel out"
            ),
            pytest.param(CLEAN.replace(b"01679", b"0q679"), [("SINSTS", "0q679", None)], id="a flip of bit 6"),
            pytest.param(CLEAN.replace(b"\n", b"J"), [], id="no LF"),
            pytest.param(CLEAN.replace(b"\n", b"\x0b"), READ, id="LF damaged to another control code"),
            pytest.param(CLEAN.replace(b"6", b"\xb6"), READ, id="parity is not looked at"),
            pytest.param(encode_group(Mode.STANDARD, "SINSTX", "01679"), [], id="a label that is not in the list"),
            pytest.param(
                encode_group(Mode.STANDARD, "SMAXSN", "05529", "H260115083225"),
                [("SMAXSN", "05529", "H260115083225")],
                id="with a horodate",
            ),
        ],
    )
    def test_reads(self, wire: bytes, groups: list[tuple[str, str, str | None]]) -> None:
        assert list(ChecksumAlone(Mode.STANDARD).feed(wire)) == groups

    def test_a_space_as_checksum_is_read(self) -> None:
        assert list(ChecksumAlone(Mode.HISTORIC).feed(b"\nPTEC HP..  \r")) == [("PTEC", "HP..", None)]

    def test_a_group_that_comes_in_two_reads_is_put_together(self) -> None:
        reader = ChecksumAlone(Mode.STANDARD)
        assert not list(reader.feed(CLEAN[:9]))
        assert list(reader.feed(CLEAN[9:])) == READ


@each_home
def test_a_clean_line_delivers_everything_but_the_first_frames(home: Home) -> None:
    tally = Trial(home, 0.0, stripped=False, seed=9).run(2000)
    assert tally.offered == 2000
    assert tally.wrong == tally.believed_by_checksum == tally.spikes == 0
    assert 0.97 < tally.share <= 1
    assert set(tally.rises) <= {0}


@each_home
@pytest.mark.parametrize("stripped", [False, True], ids=["parity carried", "parity stripped"])
def test_a_slice_believes_nothing_wrong_and_delivers_nearly_all(home: Home, stripped: bool) -> None:
    tally = Trial(home, JUDGED_RATE, stripped=stripped, seed=10).run(8000)
    assert tally.wrong == tally.spikes == 0
    assert tally.share > 0.95
    assert max(tally.rises) <= 1


@each_home
def test_a_slice_of_a_rough_line_believes_nothing_wrong_and_delivers_most(home: Home) -> None:
    tally = Trial(home, 1e-2, stripped=True, seed=10).run(10_000)
    assert tally.believed_by_checksum > tally.wrong == tally.spikes == 0
    assert tally.share > 0.85
    assert max(tally.rises) <= 4


def test_without_second_witnesses_the_benchmark_sees_wrong_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Witness, "believes", lambda *_: True)
    tally = Trial(HOMES[0], 1e-2, stripped=True, seed=10).run(20_000)
    assert tally.wrong > 0
    assert tally.believed_by_checksum > tally.wrong


def test_the_homes_send_every_label_of_their_kind() -> None:
    labels: set[str] = set()
    for home in (HOMES[1], HOMES[2]):
        world = World(home, seed=9)
        for piece in world.pieces():
            if piece.ends_frame:
                break
        labels |= set(world.sent)
    assert {
        "EAIT",
        "ERQ4",
        "SINSTI",
        "CCASN",
        "UMOY3",
        "SMAXSN3-1",
        "SMAXIN-1",
        "CCASN-1",
        "STGE",
        "PJOURF+1",
        "NTARF",
        "PRM",
    } <= labels


def test_figures_name_the_goals_and_count_bounds_where_nothing_was_wrong() -> None:
    tallies = [Tally(offered=1000, believed_by_checksum=300, delivered=95, delivered_by_checksum=100) for _ in CELLS]
    tallies[0].delivered = 91
    told = figures(tallies)
    assert told["believed_per_million"] == 0
    assert told["fewer_than_checksum"] == 300
    assert told["delivered_share"] == 0.91
    assert told["groups"] == 1000 * len(CELLS)
