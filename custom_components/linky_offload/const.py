"""Names and defaults shared by the parts that face Home Assistant."""

import logging
from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "linky_offload"
LOGGER: Final = logging.getLogger(__package__)

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]

SUBENTRY_COORDINATOR: Final = "offload_coordinator"
SUBENTRY_OSSP: Final = "ossp_plug"  # an Open Source Smart Plug
SUBENTRY_PLUG: Final = "offload_plug"  # a plug with its own offloading, read over MQTT
CONF_FULL_TOPIC: Final = "full_topic"  # of such a plug, with %prefix% in it

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
CONF_BRIDGE: Final = "bridge"  # of an MQTT source: format, topics and what else it takes to read them
CONF_ENTITIES: Final = "entities"  # of an entities source: the sensors and how to read them
CONF_ROUTER: Final = "router"  # of an ESP-Router-PV: its page, if it is not on a port, and how to read it

SOURCE_SERIAL: Final = "serial"
SOURCE_MQTT: Final = "mqtt"
SOURCE_ENTITIES: Final = "entities"
SOURCE_ROUTER: Final = "esp_router"

# Entry options, each with the default that suits a normal home.
CONF_PROFILE: Final = "profile"
CONF_CONTRACT_DELAY: Final = "contract_delay"  # s
CONF_ADJUSTMENT: Final = "adjustment"  # %
CONF_HAND_HOLD: Final = "hand_hold"  # min
CONF_CONTRACT_POWER: Final = "contract_power"  # kVA, instead of what the meter tells
CONF_TRIP_LIMIT: Final = "trip_limit"  # multiple of the cut-off power that the meter profile fills up to
CONF_STRICT_ORDER: Final = "strict_order"
CONF_THRESHOLD_KIND: Final = "threshold_kind"
CONF_THRESHOLD_VALUE: Final = "threshold_value"  # VA, W or A by its kind; A of each phase
CONF_MAINS_V: Final = "mains_v"
CONF_BRANCH_BREAKER: Final = "branch_breaker"  # A
CONF_CIRCUITS: Final = "circuits"  # rows of circuit_id, name, maximum_va, loads
CONF_EXCLUSIVE: Final = "exclusive"  # rows of load ids
CONF_SOFT_LIMITS: Final = "soft_limits"  # [{"when", "entity", "state", "limit_va"}], see caps.py
CONF_ACTIONS_BEGIN: Final = "actions_begin"  # action sequences, see sequences.py
CONF_ACTIONS_END: Final = "actions_end"
CONF_PUBLISHING: Final = "publishing"  # how much is told to Home Assistant, see pace.py
CONF_REAL_TIME: Final = "real_time"  # of a LinkyTop, as the next two
CONF_MEASUREMENT_DELAY: Final = "measurement_delay"  # s
CONF_DELAY_SERVICE: Final = "delay_service"  # who may ask for them, see delay_service.py
CONF_OWN_STATES: Final = "own_states"  # our states are published as a Tasmota plug tells its own
CONF_OWN_TOPIC: Final = "own_topic"  # and under which topic

DEFAULT_PROFILE: Final = "contract"
DEFAULT_CONTRACT_DELAY: Final = 60
DEFAULT_ADJUSTMENT: Final = 0
DEFAULT_HAND_HOLD: Final = 60
DEFAULT_TRIP_LIMIT: Final = 1.25
DEFAULT_MAINS_V: Final = 230.0

THRESHOLD_CONTRACT: Final = "contract"
THRESHOLD_VA: Final = "va"
THRESHOLD_W: Final = "w"
THRESHOLD_A: Final = "a"

# One row of the soft limits or of the circuits.
CONF_WHEN: Final = "when"
CONF_STATE: Final = "state"
CONF_LIMIT_VA: Final = "limit_va"
CONF_CIRCUIT_ID: Final = "circuit_id"
CONF_MAXIMUM_VA: Final = "maximum_va"

# Subentry of an offload coordinator.
CONF_STRATEGY: Final = "strategy"
CONF_RANK: Final = "rank"
CONF_ENABLED: Final = "enabled"
CONF_LOADS: Final = "loads"
CONF_ROTATION: Final = "rotation"  # s, length of a turn of the cascade-cyclic strategy

# Least harm suits a home whose owner set nothing: it knows what appliances are and spares them, it follows his order
# where they are alike, and it cuts what is just enough.
DEFAULT_STRATEGY: Final = "least_harm"
DEFAULT_RANK: Final = 1

# One load of a coordinator.
CONF_LOAD_ID: Final = "load_id"
CONF_ENTITY: Final = "entity"
CONF_NAME: Final = "name"
CONF_KIND: Final = "kind"
CONF_PHASE: Final = "phase"
CONF_POWER_SOURCE: Final = "power_source"
CONF_POWER_SENSOR: Final = "power_sensor"
CONF_DECLARED_VA: Final = "declared_va"
CONF_POWER_FACTOR: Final = "power_factor"
CONF_DELAY_BEFORE: Final = "delay_before"  # s
CONF_DELAY_AFTER: Final = "delay_after"  # s
CONF_MINIMUM_OFF: Final = "minimum_off"  # s
CONF_MINIMUM_ON: Final = "minimum_on"  # s
CONF_ALLOWED: Final = "allowed"  # its owner lets it be offloaded
CONF_LONGEST_OFF: Final = "longest_off"  # s, None: as long as it takes
CONF_RANDOM_AFTER: Final = "random_after"  # s, added to delay_after, drawn for each cut
CONF_AUTO_ON: Final = "auto_on"  # s, None: never
CONF_AUTO_OFF: Final = "auto_off"  # s, None: never
CONF_CYCLIC: Final = "cyclic"  # takes turns under a cascade-cyclic coordinator
CONF_LAST_RESORT: Final = "last_resort"
CONF_PROTECTED: Final = "protected"  # rows of from, to: times of the local day
CONF_CONTACTOR: Final = "contactor"
CONF_TURN_DOWN: Final = "turn_down"  # minimum, maximum, stop, step, va_per_unit of its level; None: off or on only
CONF_WAY_OFF: Final = "way_off"  # {"kind", "value"}, absent: what suits the kind of entity
CONF_CLIMATE: Final = "climate"  # the thermostat whose room the load heats

# One row of the protected hours, and what describes a level.
CONF_FROM: Final = "from"
CONF_TO: Final = "to"
CONF_MINIMUM: Final = "minimum"
CONF_MAXIMUM: Final = "maximum"
CONF_STOP: Final = "stop"
CONF_STEP: Final = "step"
CONF_VA_PER_UNIT: Final = "va_per_unit"

POWER_MEASURED: Final = "measured"
POWER_DECLARED: Final = "declared"
POWER_LEARNED: Final = "learned"

PHASE_UNKNOWN: Final = "unknown"
PHASE_ALL: Final = "all"

DEFAULT_POWER_FACTOR: Final = 1.0
DEFAULT_MINIMUM_OFF: Final = 180
DEFAULT_MINIMUM_ON: Final = 180
DEFAULT_LONGEST_OFF: Final = 3600
DEFAULT_ROTATION: Final = 300
