"""The succession of frames on the wire: full frames, short bursts, EOT cuts (54E §5.3, tic.md §3.1, §6.3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
import math

from simulator import historic, standard
from simulator.state import MeterState
from simulator.tic import EOT, ETX, STX, Group, Mode, encode_group

SHORT_FRAMES_A_CYCLE = 20
BURST_HOLD_S = 60.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes out without a gap inside: a frame delimiter or one group. `ends_frame` for ETX and EOT."""

    data: bytes
    mode: Mode
    phases: int
    ends_frame: bool = False


def groups_of(state: MeterState, *, short: bool = False) -> list[Group]:
    """Return the ordered groups of one frame; `short` is the three-phase overload frame of the historic mode."""
    if short:
        return historic.short_frame(state)
    if state.mode is Mode.STANDARD:
        return standard.frame_groups(state)
    return historic.long_frame(state)


class FrameStream:
    """Endless pieces of frames from a meter that `read` shows as it is now.

    A frame shows the state of the moment it begins. Between two groups the meter may break it off with EOT: when the
    TIC mode changes, and when a phase of a three-phase meter in historic mode goes above ISOUSC. Such an overload is
    told by cycles of 20 short frames and a full one, until 60 s after its end.
    """

    def __init__(self, read: Callable[[], MeterState]) -> None:
        self._read = read
        self._overload_s = -math.inf
        self._message_told_s = -math.inf

    def __iter__(self) -> Iterator[Piece]:
        """Yield pieces for ever."""
        short_sent = 0
        while True:
            state = self._read()
            burst = self._in_burst(state)
            short = burst and short_sent < SHORT_FRAMES_A_CYCLE
            short_sent = short_sent + 1 if short else 0
            yield from self._frame(state, short=short, interruptible=not burst)

    def _frame(self, state: MeterState, *, short: bool, interruptible: bool) -> Iterator[Piece]:
        mode, phases = state.mode, len(state.phases)
        yield Piece(STX, mode, phases)
        for group in groups_of(self._message_once(state), short=short):
            yield Piece(encode_group(mode, group.label, group.data, group.horodate), mode, phases)
            present = self._read()
            if present.mode is not mode or (interruptible and self._in_burst(present)):
                yield Piece(EOT, mode, phases, ends_frame=True)
                return
        yield Piece(ETX, mode, phases, ends_frame=True)

    def _in_burst(self, state: MeterState) -> bool:
        if not state.three_phase or state.mode is not Mode.HISTORIC or state.standby:
            return False
        if state.overloaded_phases:
            self._overload_s = state.elapsed_s
        return state.elapsed_s <= self._overload_s + BURST_HOLD_S

    def _message_once(self, state: MeterState) -> MeterState:
        if state.short_message is not None and state.short_message_taken_s == self._message_told_s:
            return replace(state, short_message=None)
        if state.mode is Mode.STANDARD and state.short_message is not None:
            self._message_told_s = state.short_message_taken_s
        return state
