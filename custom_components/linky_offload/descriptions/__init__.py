"""The tables of entities of a meter, one module a concept; `METER_SENSORS` and `METER_BINARY_SENSORS` join them."""

from .base import Facts, MeterBinarySensorDescription, MeterSensorDescription, View
from .energy import ENERGY_SENSORS
from .link import LINK_BINARY_SENSORS, LINK_SENSORS
from .power import POWER_SENSORS
from .protection import PROTECTION_BINARY_SENSORS, PROTECTION_SENSORS
from .router import ROUTER_BINARY_SENSORS, ROUTER_SENSORS
from .status import STATUS_BINARY_SENSORS, STATUS_SENSORS
from .tariff import TARIFF_BINARY_SENSORS, TARIFF_SENSORS

METER_SENSORS: tuple[MeterSensorDescription, ...] = (
    *PROTECTION_SENSORS,
    *POWER_SENSORS,
    *ENERGY_SENSORS,
    *TARIFF_SENSORS,
    *STATUS_SENSORS,
    *ROUTER_SENSORS,
    *LINK_SENSORS,
)
METER_BINARY_SENSORS: tuple[MeterBinarySensorDescription, ...] = (
    *PROTECTION_BINARY_SENSORS,
    *TARIFF_BINARY_SENSORS,
    *STATUS_BINARY_SENSORS,
    *ROUTER_BINARY_SENSORS,
    *LINK_BINARY_SENSORS,
)

__all__ = [
    "METER_BINARY_SENSORS",
    "METER_SENSORS",
    "Facts",
    "MeterBinarySensorDescription",
    "MeterSensorDescription",
    "View",
]
