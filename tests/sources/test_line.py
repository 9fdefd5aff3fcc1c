"""What a line hands over, and when: nothing that decides waits for the rest of its frame."""

from collections.abc import Iterable
from itertools import pairwise
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.linky_offload.sources import Ears, LineFeed, LinkError
from custom_components.linky_offload.tic import Decoder
from simulator.tic import ETX, STX, Group, Mode, add_parity, encode_group
from tests.common import ADDRESS, meter_entry
from tests.entity_house import Line

GROUPS = [
    Group("ADSC", ADDRESS),
    Group("EAST", "012345678"),
    Group("SINSTS", "09000"),
    Group("MSG1", "PAS DE          MESSAGE         "),
    Group("STGE", "003A0001"),
    Group("PRM", "09999999999999"),
]
FRAME = STX + b"".join(encode_group(Mode.STANDARD, group.label, group.data) for group in GROUPS) + ETX


class Heard:
    """A line, and the labels that it hands over, turn by turn."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.turns: list[list[str]] = []
        ears = Ears(
            on_groups=lambda groups, now: self.turns.append([group.label for group in groups]),
            on_delivery=lambda delivery, now, live: None,
            on_link=lambda error: None,
        )
        entry = meter_entry("/dev/none")
        entry.add_to_hass(hass)
        with patch("custom_components.linky_offload.sources.cable.SerialSource", Line):
            self.feed = LineFeed(hass, entry, ears)
        self.line: Line = self.feed.source  # type: ignore[assignment]

    def take(self, chunks: Iterable[bytes]) -> list[list[str]]:
        """Receive some chunks; the turns in which something was handed over."""
        for chunk in chunks:
            self.line.push(chunk)
        return self.turns


@pytest.mark.parametrize("wire", [FRAME, add_parity(FRAME)], ids=["parity stripped", "with parity"])
async def test_what_decides_is_handed_over_at_its_end_with_what_waited_for_it(hass: HomeAssistant, wire: bytes) -> None:
    turns = Heard(hass).take(bytes((byte,)) for byte in wire)
    assert turns == [["ADSC", "EAST", "SINSTS"], ["MSG1", "STGE"], ["PRM"]]


async def test_the_last_byte_of_a_power_is_all_that_it_waits_for(hass: HomeAssistant) -> None:
    heard = Heard(hass)
    end = FRAME.index(b"\r", FRAME.index(b"SINSTS"))
    assert heard.take([FRAME[:end]]) == []
    assert heard.take([FRAME[end : end + 1]]) == [["ADSC", "EAST", "SINSTS"]]


async def test_a_line_of_mere_noise_is_counted(hass: HomeAssistant) -> None:
    heard = Heard(hass)
    heard.take([b"\xf8\x9c\x00\xe3"] * 100)
    assert heard.turns == []
    assert heard.feed.decoder.stats.bytes >= 400 - 64


async def test_what_was_begun_before_a_loss_is_forgotten(hass: HomeAssistant) -> None:
    heard = Heard(hass)
    half = FRAME.index(b"SINSTS") + 3
    heard.take([FRAME[:half]])
    heard.line.on_link(LinkError.LOST)
    heard.line.on_link(None)
    assert heard.take([FRAME[half:]]) == [["MSG1", "STGE", "PRM"]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 3 * len(FRAME)), max_size=30))
async def test_the_same_groups_come_in_the_same_order_however_the_bytes_come(
    hass: HomeAssistant, cuts: list[int]
) -> None:
    wire = add_parity(FRAME) * 3
    heard = Heard(hass)
    turns = heard.take(wire[start:end] for start, end in pairwise([0, *sorted(cuts), len(wire)]))
    assert [label for turn in turns for label in turn] == [group.label for group in Decoder().feed(wire)]
