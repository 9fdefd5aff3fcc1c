"""The delays of a Tasmota plug with Plug Offload, by its type of appliance (reference-systems.md §1.4).

Figures are those of its versions 2.2 to 3.0. The types that came later have those that its rule of 3.2 gives: before
10 − priority seconds, after 6 × priority seconds.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..offload.model import Appliance


class PlugType(StrEnum):
    """The types that such a plug may be set to."""

    MISC = "misc"
    LIGHT = "light"
    FRIDGE = "fridge"
    WASHING_MACHINE = "washing_machine"
    DISH_WASHER = "dish_washer"
    DRIER = "drier"
    CUMULUS = "cumulus"
    IRON = "iron"
    BATHROOM_HEATER = "bathroom_heater"
    OFFICE_HEATER = "office_heater"
    LIVING_ROOM_HEATER = "living_room_heater"
    BEDROOM_HEATER = "bedroom_heater"
    KITCHEN_HEATER = "kitchen_heater"


@dataclass(frozen=True, slots=True)
class PlugDelays:
    """Seconds before it is cut, before it comes back, and drawn on top of that; what the appliance is here."""

    before_s: int
    after_s: int
    random_s: int
    appliance: Appliance


PLUG_DELAYS: Final = {
    PlugType.MISC: PlugDelays(0, 15, 5, Appliance.OTHER),
    PlugType.LIGHT: PlugDelays(9, 6, 4, Appliance.OTHER),
    PlugType.FRIDGE: PlugDelays(0, 5, 5, Appliance.COLD),
    PlugType.WASHING_MACHINE: PlugDelays(8, 20, 5, Appliance.PROGRAMME),
    PlugType.DISH_WASHER: PlugDelays(4, 30, 5, Appliance.PROGRAMME),
    PlugType.DRIER: PlugDelays(4, 25, 5, Appliance.PROGRAMME),
    PlugType.CUMULUS: PlugDelays(0, 35, 5, Appliance.WATER_HEATER),
    PlugType.IRON: PlugDelays(4, 10, 5, Appliance.OTHER),
    PlugType.BATHROOM_HEATER: PlugDelays(0, 50, 10, Appliance.HEATER),
    PlugType.OFFICE_HEATER: PlugDelays(0, 60, 30, Appliance.HEATER),
    PlugType.LIVING_ROOM_HEATER: PlugDelays(0, 90, 30, Appliance.HEATER),
    PlugType.BEDROOM_HEATER: PlugDelays(0, 120, 30, Appliance.HEATER),
    PlugType.KITCHEN_HEATER: PlugDelays(0, 150, 30, Appliance.HEATER),
}
