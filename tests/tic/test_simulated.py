"""The simulator and the decoder were written apart from the same specification: they must agree."""

from dataclasses import astuple

import pytest

from custom_components.linky_offload.tic import Decoder, Mode
from simulator.meter import SimulatedMeter
from simulator.tic import Mode as WireMode, add_parity


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize("producer", [False, True], ids=["consumer", "producer"])
def test_every_group_of_a_simulated_meter_is_read_as_it_was_written(mode: Mode, phases: int, producer: bool) -> None:
    meter = SimulatedMeter(mode=WireMode(mode), phases=phases, contract_kva=9, producer=producer)
    decoder = Decoder()
    found = decoder.feed(add_parity(meter.frame() * 2))
    written = [astuple(group) for group in meter.groups()]

    assert [(group.label, group.data, group.horodate) for group in found] == written * 2
    assert (decoder.stats.damaged, decoder.stats.unknown_labels, decoder.stats.frames) == (0, 0, 2)
