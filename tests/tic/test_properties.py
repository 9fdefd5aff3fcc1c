"""What holds for every stream."""

from itertools import pairwise

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_offload.tic import HISTORIC_RULES, STANDARD_RULES, Decoder, Group, Mode
from custom_components.linky_offload.tic.labels import PILOT_ALIASES
from simulator.tic import Mode as WireMode, add_parity, checksum

from .frames import (
    HISTORIC_HC_ADPS,
    HISTORIC_THREE_PHASE,
    STANDARD_CONSUMER,
    STANDARD_TEMPO_NOTICE,
    Content,
    decode,
    expected,
    frame,
)
from .fuzz import FRAMES, obeys

CLEAN = {Mode.HISTORIC: frame(Mode.HISTORIC, HISTORIC_HC_ADPS), Mode.STANDARD: frame(Mode.STANDARD, STANDARD_CONSUMER)}


@st.composite
def legal_groups(draw: st.DrawFn) -> tuple[Mode, str, str]:
    """Any content that any label may carry, the horodate and its tabulation included."""
    mode = draw(st.sampled_from(Mode))
    rules = HISTORIC_RULES if mode is Mode.HISTORIC else STANDARD_RULES
    name = draw(st.sampled_from(sorted(rules)))
    return mode, name.decode(), draw(st.from_regex(rules[name].shape, fullmatch=True))


@given(legal_groups(), st.booleans())
def test_what_is_encoded_is_decoded(group: tuple[Mode, str, str], carried: bool) -> None:
    mode, label, content = group
    separator = "\t" if mode is Mode.STANDARD else " "
    body = f"{label}{separator}{content}"
    wire = f"\n{body}{separator}{checksum(WireMode(mode), body)}\r".encode()
    decoder = Decoder()
    decoder.feed(add_parity(CLEAN[mode]) if carried else CLEAN[mode])
    found = decoder.feed(add_parity(wire) if carried else wire)

    horodate, _, data = content.rpartition("\t")
    assert found == [Group(PILOT_ALIASES.get(label, label), data, horodate or None)]


def everything(decoder: Decoder, groups: list[Group]) -> object:
    """All that a caller can see, fields left out of equality included."""
    seen = [(g.label, g.data, g.horodate, g.mode, g.frame, g.after_loss) for g in groups]
    return seen, decoder.stats, decoder.mode, decoder.parity, decoder.unknown, decoder._tail


@st.composite
def damaged_streams(draw: st.DrawFn) -> bytes:
    """Frames of several meters, with and without parity, with noise between and inside."""
    noise = st.binary(max_size=12) | st.sampled_from(
        [b"\x04\x02", b"\n", b"\r", b"\x8d", b"\x89", b"U" * 170, b"\xff" * 170]
    )
    whole = st.sampled_from(FRAMES + [add_parity(wire) for wire in FRAMES])
    cut = st.builds(lambda wire, start, end: wire[start:end], whole, st.integers(0, 300), st.integers(0, 900))
    return b"".join(draw(st.lists(whole | cut | noise, max_size=8)))


@settings(max_examples=200)
@given(damaged_streams(), st.data())
def test_the_way_the_bytes_are_cut_into_calls_changes_nothing(stream: bytes, data: st.DataObject) -> None:
    whole = Decoder()
    at_once = everything(whole, whole.feed(stream))
    cuts = sorted({0, len(stream), *data.draw(st.lists(st.integers(0, len(stream)), max_size=20))})
    pieces = Decoder()
    groups = [group for start, end in pairwise(cuts) for group in pieces.feed(stream[start:end])]

    assert everything(pieces, groups) == at_once


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(FRAMES[2] * 3, id="clean"),
        pytest.param(add_parity(FRAMES[4]) * 3 + FRAMES[4] * 2, id="parity lost"),
        pytest.param(FRAMES[4] + b"U" * 161 + b"\xb0" * 10 + FRAMES[4], id="a line that is damaged beyond the cap"),
    ],
)
def test_byte_by_byte(stream: bytes) -> None:
    whole, single = Decoder(), Decoder()
    at_once = everything(whole, whole.feed(stream))
    groups = [group for byte in stream for group in single.feed(bytes([byte]))]

    assert everything(single, groups) == at_once


@given(st.binary(max_size=2000))
def test_no_byte_makes_it_fail(data: bytes) -> None:
    decoder = Decoder()
    for mode in Mode:
        decoder.feed(CLEAN[mode])
        assert all(obeys(group) for group in decoder.feed(data))


def is_subsequence(part: list[Group], whole: list[Group]) -> bool:
    rest = iter(whole)
    return all(group in rest for group in part)


@pytest.mark.parametrize(
    ("mode", "content"),
    [
        pytest.param(Mode.HISTORIC, HISTORIC_THREE_PHASE, id="historic"),
        pytest.param(Mode.STANDARD, STANDARD_TEMPO_NOTICE, id="standard, with texts"),
    ],
)
def test_no_flip_of_one_bit_gives_a_wrong_value_where_parity_is_carried(mode: Mode, content: list[Content]) -> None:
    """Every bit of a frame, between two clean frames: the groups around it may be lost, nothing is invented."""
    wire = add_parity(frame(mode, content))
    groups = expected(content)
    for bit in range(8 * len(wire)):
        damaged = bytearray(wire)
        damaged[bit // 8] ^= 1 << bit % 8
        decoder = Decoder()
        decoder.feed(wire)
        found = decoder.feed(bytes(damaged))
        assert is_subsequence(found, groups), bit
        assert len(found) >= len(groups) - 2, bit
        assert decode(wire, decoder) == groups


def test_no_flip_of_one_bit_gives_a_wrong_value_while_parity_is_still_unknown() -> None:
    wire = add_parity(frame(Mode.STANDARD, STANDARD_TEMPO_NOTICE))
    groups = expected(STANDARD_TEMPO_NOTICE)
    for bit in range(8 * len(wire)):
        damaged = bytearray(wire)
        damaged[bit // 8] ^= 1 << bit % 8
        assert is_subsequence(decode(bytes(damaged)), groups), bit


@pytest.mark.parametrize("mode", Mode)
def test_without_parity_a_flip_of_one_bit_may_only_change_a_free_text(mode: Mode) -> None:
    """Label list, length and charset stand in for the parity that an adapter stripped."""
    wire = CLEAN[mode]
    groups = decode(wire)
    invented = set()
    for bit in range(8 * len(wire)):
        damaged = bytearray(wire)
        damaged[bit // 8] ^= 1 << bit % 8
        decoder = Decoder()
        decoder.feed(wire)
        invented |= {group.label for group in decoder.feed(bytes(damaged)) if group not in groups}

    assert invented <= {"NGTF", "LTARF", "MSG1"}
