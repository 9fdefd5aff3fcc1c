"""Even parity in software, as long as the bytes carry it (tic.md §12.3, §12.4)."""

import pytest

from custom_components.linky_offload.tic import Decoder, Mode, ParityState
from simulator.tic import add_parity

from .frames import HISTORIC_BASE, STANDARD_CONSUMER, Content, encode, expected, frame, labels

PLAIN = frame(Mode.STANDARD, STANDARD_CONSUMER)
CARRIED = add_parity(PLAIN)


def test_control_characters_with_their_parity_bit() -> None:
    """What an 8N1 port gives for STX, CR, SP and EOT."""
    assert add_parity(b"\x02\r \x04\n\t\x03") == b"\x82\x8d\xa0\x84\n\t\x03"


def test_unknown_before_the_first_groups() -> None:
    assert Decoder().parity is ParityState.UNKNOWN


def test_a_parity_error_drops_the_group_though_its_checksum_is_right() -> None:
    """Two flips of bit 5 leave the sum as it was and the text legal: only parity tells."""
    decoder = Decoder()
    decoder.feed(CARRIED)
    wire = bytearray(CARRIED)
    at = CARRIED.index(add_parity(b"MESSAGE"))
    wire[at] ^= 0x20
    wire[at + 1] ^= 0x20
    groups = decoder.feed(bytes(wire))

    assert [label for label, _, _ in STANDARD_CONSUMER if label not in labels(groups)] == ["MSG1"]
    assert decoder.stats.parity_errors == 1
    assert decoder.stats.damaged == 1


def _with_flip(wire: bytes, text: bytes, offset: int, bit: int) -> bytes:
    """``wire`` with one bit flipped, ``offset`` bytes after the beginning of ``text``."""
    at = wire.index(add_parity(text)) + offset
    return wire[:at] + bytes([wire[at] ^ bit]) + wire[at + 1 :]


class TestOneWrongParityBit:
    """With the right checksum it is the parity bit itself, or bit 6, which the checksum does not see."""

    def test_where_bit_6_would_make_nonsense_the_group_stands_and_is_weak(self) -> None:
        decoder = Decoder()
        decoder.feed(CARRIED)
        groups = decoder.feed(_with_flip(CARRIED, b"SINSTS", 8, 0x80))

        assert groups == expected(STANDARD_CONSUMER)
        assert [group.label for group in groups if group.weak] == ["SINSTS"]
        assert decoder.stats.parity_errors == 1

    def test_where_bit_6_may_be_the_error_the_group_is_dropped(self) -> None:
        """The first space of a text may have been a grave accent, which a text may hold as well."""
        decoder = Decoder()
        decoder.feed(CARRIED)

        for bit in (0x80, 0x40):
            assert "MSG1" not in labels(decoder.feed(_with_flip(CARRIED, b"MSG1", 8, bit)))

    @pytest.mark.parametrize("offset", range(7, 12))
    def test_a_digit_that_became_a_letter_is_never_guessed(self, offset: int) -> None:
        decoder = Decoder()
        decoder.feed(CARRIED)

        assert "SINSTS" not in labels(decoder.feed(_with_flip(CARRIED, b"SINSTS", offset, 0x40)))

    def test_two_of_them_drop_the_group(self) -> None:
        decoder = Decoder()
        decoder.feed(CARRIED)
        wire = _with_flip(_with_flip(CARRIED, b"SINSTS", 8, 0x80), b"INSTS", 8, 0x80)

        assert "SINSTS" not in labels(decoder.feed(wire))


class TestWeakGroups:
    """What only the checksum vouches for is told apart."""

    def test_none_on_a_line_that_carries_parity(self) -> None:
        decoder = Decoder()
        decoder.feed(CARRIED)
        assert not any(group.weak for group in decoder.feed(CARRIED))

    def test_all_on_a_stripped_line(self) -> None:
        decoder = Decoder()
        decoder.feed(PLAIN)
        assert all(group.weak for group in decoder.feed(PLAIN))


def test_a_terminator_with_a_wrong_parity_bit_still_ends_its_group() -> None:
    decoder = Decoder()
    decoder.feed(CARRIED)

    assert decoder.feed(CARRIED.replace(b"\x8d", b"\r")) == expected(STANDARD_CONSUMER)


@pytest.mark.parametrize(
    ("mode", "content"), [(Mode.HISTORIC, HISTORIC_BASE), (Mode.STANDARD, STANDARD_CONSUMER)], ids=str
)
class TestLiveChange:
    """A bridge may be set otherwise while we listen."""

    def test_to_stripped(self, mode: Mode, content: list[Content]) -> None:
        decoder = Decoder()
        plain = frame(mode, content)
        decoder.feed(add_parity(plain) * 2)
        groups = decoder.feed(plain * 2)

        assert decoder.parity is ParityState.STRIPPED
        # Few groups are lost while the change is not sure, and counted as damaged.
        assert 0 < decoder.stats.parity_errors <= 3
        assert len(groups) == 2 * len(content) - decoder.stats.parity_errors
        assert groups[-len(content) :] == expected(content)

    def test_to_carried(self, mode: Mode, content: list[Content]) -> None:
        decoder = Decoder()
        plain = frame(mode, content)
        decoder.feed(plain * 2)
        assert decoder.feed(add_parity(plain) * 2) == expected(content * 2)
        assert decoder.parity is ParityState.CHECKED


def test_a_few_groups_without_parity_do_not_switch_the_check_off() -> None:
    decoder = Decoder()
    decoder.feed(CARRIED)
    for _ in range(10):
        assert decoder.feed(encode(Mode.STANDARD, [("IRMS1", "007", None), ("URMS1", "240", None)])) == []
        assert decoder.feed(add_parity(encode(Mode.STANDARD, [("SINSTS", "01679", None)]))) != []
    assert decoder.parity is ParityState.CHECKED


def test_a_byte_above_7_bits_on_a_stripped_line_is_damage() -> None:
    decoder = Decoder()
    decoder.feed(PLAIN)
    groups = decoder.feed(PLAIN.replace(b"SINSTS\t01679", b"SINSTS\t0\xb1679"))

    assert [label for label, _, _ in STANDARD_CONSUMER if label not in labels(groups)] == ["SINSTS"]
    assert decoder.parity is ParityState.STRIPPED
