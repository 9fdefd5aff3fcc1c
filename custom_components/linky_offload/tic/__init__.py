"""WIRE: bytes of a meter's customer output (TIC) in, validated groups out; no clock, no thread, no I/O."""

from .address import MeterModel, describe_address
from .decoder import Decoder
from .fields import Colour, Euridis, Horodate, PlcState, Stge, parse_horodate, parse_lost_phases, parse_relays
from .group import Group, Mode
from .labels import HISTORIC_RULES, STANDARD_RULES, Rule
from .parity import ParityState
from .profile import Contact, Encoding, Profile, Slot, parse_profile
from .stats import Stats

__all__ = [
    "HISTORIC_RULES",
    "STANDARD_RULES",
    "Colour",
    "Contact",
    "Decoder",
    "Encoding",
    "Euridis",
    "Group",
    "Horodate",
    "MeterModel",
    "Mode",
    "ParityState",
    "PlcState",
    "Profile",
    "Rule",
    "Slot",
    "Stats",
    "Stge",
    "describe_address",
    "parse_horodate",
    "parse_lost_phases",
    "parse_profile",
    "parse_relays",
]
