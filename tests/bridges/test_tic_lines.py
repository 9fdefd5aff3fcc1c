"""The meter's own lines and frames in messages, however a bridge cuts them."""

from itertools import pairwise

from hypothesis import given, strategies as st

from custom_components.linky_offload.bridges import Format, Oddity
from simulator.tic import ETX, STX, Group, Mode, add_parity, encode_group, frame
from tests.bridges.kit import Wire, data

GROUPS = [
    Group("ADSC", "041961999999"),
    Group("SMAXSN", "03112", "H240213064656"),
    Group("SINSTS", "00170"),
    Group("NTARF", "02"),
]
EXPECTED = {group.label: group.data for group in GROUPS}
FRAME = frame(GROUPS, Mode.STANDARD)
LINE = encode_group(Mode.HISTORIC, "PTEC", "HP..")
"""Its checksum is a space: who strips it loses it."""


def test_a_whole_frame_tells_what_the_meter_does_not_say() -> None:
    delivery = Wire(Format.TIC_LINES).raw(FRAME)
    assert data(delivery) == EXPECTED
    assert delivery is not None
    assert delivery.complete


def test_a_frame_with_its_parity_bits() -> None:
    delivery = Wire(Format.TIC_LINES).raw(add_parity(FRAME))
    assert data(delivery) == EXPECTED
    assert delivery is not None
    assert delivery.complete


def test_a_frame_that_lacks_a_group_proves_no_absence() -> None:
    damaged = FRAME.replace(b"00170", b"00171")
    wire = Wire(Format.TIC_LINES)
    delivery = wire.raw(damaged)
    assert "SINSTS" not in data(delivery)
    assert delivery is not None
    assert not delivery.complete
    assert wire.odd == {Oddity.DAMAGED_LINE: 1}


def test_a_piece_of_a_frame_proves_no_absence() -> None:
    delivery = Wire(Format.TIC_LINES).raw(FRAME[: FRAME.index(b"NTARF") - 1])
    assert delivery is not None
    assert not delivery.complete


def test_a_line_without_its_ends() -> None:
    bare = LINE.strip(b"\r\n")
    wire = Wire(Format.TIC_LINES)
    assert bare.endswith(b"  ")
    assert data(wire.raw(bare)) == {"PTEC": "HP.."}
    assert data(wire.raw(bare)) == {"PTEC": "HP.."}


def test_several_lines_in_a_text() -> None:
    text = b"\n".join(encode_group(Mode.STANDARD, g.label, g.data, g.horodate).strip(b"\r\n") for g in GROUPS)
    assert data(Wire(Format.TIC_LINES).raw(text)) == EXPECTED


@given(cuts=st.lists(st.integers(0, 2 * len(FRAME)), max_size=8))
def test_a_stream_may_be_cut_anywhere(cuts: list[int]) -> None:
    stream = FRAME + FRAME
    wire = Wire(Format.TIC_LINES)
    edges = [0, *sorted(cuts), len(stream)]
    found: dict[str, str] = {}
    for begin, end in pairwise(edges):
        found |= data(wire.raw(stream[begin:end]))
    assert found.items() <= EXPECTED.items()
    # The first group of what one begins to listen to in its middle is lost, all others come through.
    assert found.keys() >= {"SMAXSN", "SINSTS", "NTARF"}


def test_a_mode_that_changes_is_followed() -> None:
    wire = Wire(Format.TIC_LINES)
    wire.raw(FRAME)
    historic = [Group("ADCO", "041961999999"), Group("OPTARIF", "HC.."), Group("ISOUSC", "45"), Group("PTEC", "HP..")]
    found = data(wire.raw(STX + frame(historic, Mode.HISTORIC)[1:-1] + ETX))
    assert found == {group.label: group.data for group in historic}


def test_an_endless_message_is_not_read() -> None:
    wire = Wire(Format.TIC_LINES)
    assert wire.raw(FRAME * 2000) is None
    assert wire.odd[Oddity.TOO_LARGE] == 1
