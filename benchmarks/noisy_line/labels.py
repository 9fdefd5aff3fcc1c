"""What the labels of both modes mean, and which of them hold no number."""

from collections.abc import Mapping
import re
from typing import Final

from custom_components.linky_offload.meter.historic import BY_KIND
from custom_components.linky_offload.meter.meaning import Meaning
from custom_components.linky_offload.meter.standard import MEANINGS
from simulator.tic import Mode as WireMode

MEANINGS_OF: Final[Mapping[WireMode, Mapping[str, Meaning]]] = {
    WireMode.STANDARD: MEANINGS,
    WireMode.HISTORIC: BY_KIND[True],
}
TEXTS: Final = frozenset({"NGTF", "LTARF", "MSG1", "MSG2", "OPTARIF", "PTEC", "DEMAIN", "HHPHC", "VTIC", "PEJP"})
LIVE: Final = {WireMode.STANDARD: "SINSTS", WireMode.HISTORIC: "PAPP"}
"""The power of the whole home."""

ENERGIES: Final = re.compile(r"EA[SI].*|ERQ.|BASE|HCH.|EJPH.*|BBRH.*")
