"""Names and defaults shared by the parts that face Home Assistant."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "linky_offload"
LOGGER: Final = logging.getLogger(__package__)

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]

SUBENTRY_COORDINATOR: Final = "offload_coordinator"

# Entry data: the connection and what was detected on it.
CONF_INTERNAL_ID: Final = "internal_id"
CONF_SOURCE: Final = "source"
CONF_PORT: Final = "port"
CONF_BAUDRATE: Final = "baudrate"
CONF_ADDRESS: Final = "address"
CONF_MODE: Final = "mode"
CONF_PHASES: Final = "phases"
CONF_CONTRACT_VA: Final = "contract_va"
CONF_TARIFF: Final = "tariff"

SOURCE_SERIAL: Final = "serial"

# Entry options, each with the default that suits a normal home.
CONF_PROFILE: Final = "profile"
CONF_CONTRACT_DELAY: Final = "contract_delay"  # s
CONF_ADJUSTMENT: Final = "adjustment"  # %
CONF_HAND_HOLD: Final = "hand_hold"  # min
CONF_CONTRACT_POWER: Final = "contract_power"  # kVA, instead of what the meter tells

DEFAULT_PROFILE: Final = "contract"
DEFAULT_CONTRACT_DELAY: Final = 60
DEFAULT_ADJUSTMENT: Final = 0
DEFAULT_HAND_HOLD: Final = 60

# Subentry of an offload coordinator.
CONF_STRATEGY: Final = "strategy"
CONF_RANK: Final = "rank"
CONF_ENABLED: Final = "enabled"
CONF_LOADS: Final = "loads"

DEFAULT_STRATEGY: Final = "hierarchical"
DEFAULT_RANK: Final = 1

# One load of a coordinator.
CONF_LOAD_ID: Final = "load_id"
CONF_ENTITY: Final = "entity"
CONF_NAME: Final = "name"
CONF_PHASE: Final = "phase"
CONF_POWER_SOURCE: Final = "power_source"
CONF_POWER_SENSOR: Final = "power_sensor"
CONF_DECLARED_VA: Final = "declared_va"
CONF_POWER_FACTOR: Final = "power_factor"
CONF_DELAY_BEFORE: Final = "delay_before"  # s
CONF_DELAY_AFTER: Final = "delay_after"  # s
CONF_MINIMUM_OFF: Final = "minimum_off"  # s
CONF_MINIMUM_ON: Final = "minimum_on"  # s

POWER_MEASURED: Final = "measured"
POWER_DECLARED: Final = "declared"
POWER_LEARNED: Final = "learned"

PHASE_UNKNOWN: Final = "unknown"
PHASE_ALL: Final = "all"

DEFAULT_POWER_FACTOR: Final = 1.0
DEFAULT_MINIMUM_OFF: Final = 180
DEFAULT_MINIMUM_ON: Final = 180
