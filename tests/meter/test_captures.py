"""Real meters, when TIC_CAPTURES names a folder of recordings: all that they said is believed, and makes sense."""

from pathlib import Path

from custom_components.linky_offload.meter import TRIP_RATIO, Meter, Reading
from custom_components.linky_offload.tic import Decoder, Mode
from tests.meter.feed import PARIS

CHARACTERS_A_SECOND = {Mode.HISTORIC: 120, Mode.STANDARD: 960}


def replay(capture: Path, meter: Meter) -> list[Reading]:
    """The readings of a recording, received at the pace of its line."""
    decoder, readings, now = Decoder(), [], 0.0
    for byte in capture.read_bytes():
        now += 1 / CHARACTERS_A_SECOND[decoder.mode or Mode.STANDARD]
        for group in decoder.feed(bytes([byte])):
            reading = meter.apply(group, now)
            if reading is not None:
                readings.append(reading)
    return readings


def test_nothing_that_a_real_meter_said_is_refused(capture: Path) -> None:
    meter = Meter(local_tz=PARIS)
    readings = replay(capture, meter)

    assert readings
    assert not meter.stats


def test_the_power_of_every_phase_is_known_and_sane(capture: Path) -> None:
    last = replay(capture, Meter(local_tz=PARIS))[-1]

    assert len(last.phases) in {1, 3}
    assert last.cutoff_va is not None
    for phase in last.phases:
        assert phase.power_va is not None
        assert 0 <= phase.power_va < TRIP_RATIO * last.cutoff_va
        assert phase.trip_y is not None
        assert 0 <= phase.trip_y < TRIP_RATIO**2
