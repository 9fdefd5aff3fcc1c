"""The line: its speed, its silences and its damage."""

from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

import pytest

from simulator.frames import FrameStream, groups_of
from simulator.line import CHUNK_BYTES, Line, timing_of
from simulator.state import MeterState
from simulator.tariff import Calendar, Colour, TariffKind
from simulator.tic import Mode, add_parity, encode_group, frame
from tests.simulator.samples import meter_state, phase

NOTICE = Calendar(kind=TariffKind.TEMPO, marks={date(2026, 1, 16): Colour.RED})


def line_of(state: MeterState, **options: Any) -> Line:
    return Line(FrameStream(lambda: state), **options)


def cycle_s(state: MeterState) -> float:
    """Seconds from the third frame's STX to the fourth's."""
    elapsed_s, starts = 0.0, []
    for chunk in line_of(state):
        elapsed_s += chunk.delay_s
        if chunk.data.startswith(add_parity(b"\x02")):
            starts.append(elapsed_s)
        if len(starts) == 4:
            break
    return starts[3] - starts[2]


def test_a_chunk_of_any_size_ends_with_its_piece() -> None:
    state = meter_state()
    wire = [chunk.data for chunk in islice(line_of(state, chunk_bytes=256), 8)]
    first = groups_of(state)[:7]
    assert wire == [
        add_parity(b"\x02"),
        *(add_parity(encode_group(state.mode, g.label, g.data, g.horodate)) for g in first),
    ]


def historic(**changes: Any) -> MeterState:
    return meter_state(mode=Mode.HISTORIC, **changes)


@pytest.mark.parametrize(
    ("state", "shortest_s", "longest_s"),
    [
        pytest.param(historic(), 1.5, 1.60, id="historic, one phase, BASE"),
        pytest.param(historic(tariff=TariffKind.TEMPO), 2.7, 2.83, id="historic, one phase, Tempo"),
        pytest.param(historic(tariff=TariffKind.HC, three_phase=True), 2.5, 2.66, id="historic, three phases"),
        pytest.param(meter_state(tariff=TariffKind.HC), 0.92, 1.1, id="standard, one phase, consumer"),
        pytest.param(meter_state(calendar=NOTICE, now="2026-01-15 20:30:00"), 1.08, 1.3, id="standard, Tempo notice"),
        pytest.param(meter_state(producer=True), 1.16, 1.4, id="standard, one phase, producer"),
        pytest.param(meter_state(three_phase=True), 1.5, 2.0, id="standard, three phases"),
        pytest.param(meter_state(three_phase=True, producer=True), 1.5, 2.2, id="standard, three phases, producer"),
        pytest.param(
            historic(three_phase=True, phases=(phase(current_a=30), phase(), phase())),
            0.67,
            0.83,
            id="historic, short frames",
        ),
    ],
)
def test_a_cycle_lasts_as_long_as_on_a_real_meter(state: MeterState, shortest_s: float, longest_s: float) -> None:
    assert shortest_s <= cycle_s(state) <= longest_s


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("phases", [1, 3])
def test_silences_stay_within_the_norm(mode: Mode, phases: int) -> None:
    timing = timing_of(mode, phases)
    assert 0 <= timing.group_gap_s <= 0.0334
    assert 0.0167 <= timing.frame_gap_s <= 0.0334


def test_a_character_takes_ten_bits() -> None:
    chunks = list(islice(line_of(historic()), 3))
    assert [chunk.delay_s for chunk in chunks] == pytest.approx(
        [len(chunks[0].data) / 120, len(chunks[1].data) / 120, len(chunks[2].data) / 120]
    )
    assert all(len(chunk.data) <= CHUNK_BYTES for chunk in chunks)


def test_a_dongle_may_send_historic_frames_at_9600() -> None:
    state = historic()
    slow, fast = next(iter(line_of(state))), next(iter(line_of(state, baud=9600)))
    assert slow.delay_s == pytest.approx(8 * fast.delay_s)


def received(state: MeterState, size: int, **options: Any) -> bytes:
    out = b""
    for chunk in line_of(state, **options):
        out += chunk.data
        if len(out) >= size:
            break
    return out[:size]


def test_a_good_line_carries_the_frame_with_its_parity() -> None:
    state = meter_state()
    sent = add_parity(frame(groups_of(state), Mode.STANDARD))
    assert received(state, 2 * len(sent)) == sent + sent


def test_an_adapter_may_strip_the_parity() -> None:
    state = meter_state()
    sent = frame(groups_of(state), Mode.STANDARD)
    assert received(state, len(sent), strip_parity=True) == sent


def test_bit_errors_come_at_their_rate_and_repeat_with_the_seed() -> None:
    state, size, rate = meter_state(), 40_000, 1e-3
    damaged = received(state, size, bit_error_rate=rate, seed=4)
    odd = sum(code.bit_count() % 2 for code in damaged)
    # Eight of ten bits show as a wrong parity: data and parity bits.
    assert odd == pytest.approx(size * 8 * rate, rel=0.2)
    assert damaged == received(state, size, bit_error_rate=rate, seed=4)
    assert damaged != received(state, size, bit_error_rate=rate, seed=5)


def test_a_flipped_start_bit_loses_the_character_and_a_flipped_stop_bit_delivers_a_nul() -> None:
    state, size, rate = meter_state(), 40_000, 1e-3
    damaged = received(state, size, bit_error_rate=rate, seed=4)
    frames = damaged.count(add_parity(b"\x02"))
    length = len(frame(groups_of(state), Mode.STANDARD))
    assert damaged.count(b"\0") == pytest.approx(size * rate, rel=0.5)
    assert size < frames * length < size + 2.5 * length


def test_the_speed_follows_a_change_of_mode() -> None:
    state = historic()
    chunks = iter(Line(FrameStream(lambda: state)))
    assert next(chunks).delay_s == pytest.approx(1 / 120)
    state = replace(state, mode=Mode.STANDARD)
    after_eot = [chunk for chunk in islice(chunks, 8) if chunk.data == add_parity(b"\x02")]
    assert after_eot[0].delay_s == pytest.approx(0.033 + 1 / 960)
