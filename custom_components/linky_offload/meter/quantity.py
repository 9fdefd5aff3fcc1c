"""The canonical names of what a Linky tells, shared by both modes (tic.md §10).

A quantity names a meaning, never a label: ``IMPORT_INDEX_1`` is ``HCHC`` in historic mode and ``EASF01`` in standard
mode, so an entity keeps its identity when the grid operator changes the mode of the meter.
"""

from enum import StrEnum


class Quantity(StrEnum):
    """One meaningful value of the meter; the text is the stable key in unique ids."""

    # Identity and contract
    ADDRESS = "address"
    PRM = "prm"
    TIC_VERSION = "tic_version"
    CONTRACT_POWER = "contract_power"  # VA, PREF × 1000 or from ISOUSC (tic.md §6.5)
    CUTOFF_POWER = "cutoff_power"  # VA, PCOUP × 1000
    SUBSCRIBED_CURRENT = "subscribed_current"  # A, ISOUSC, per phase

    # Instant values
    APPARENT_POWER = "apparent_power"  # VA, import, all phases: SINSTS or PAPP
    APPARENT_POWER_1 = "apparent_power_1"
    APPARENT_POWER_2 = "apparent_power_2"
    APPARENT_POWER_3 = "apparent_power_3"
    APPARENT_POWER_EXPORT = "apparent_power_export"  # VA, SINSTI
    ACTIVE_POWER = "active_power"  # W, import positive, where a bridge or a sensor measures it; no label carries it
    CURRENT_1 = "current_1"  # A, IRMS1, IINST or IINST1
    CURRENT_2 = "current_2"
    CURRENT_3 = "current_3"
    VOLTAGE_1 = "voltage_1"  # V
    VOLTAGE_2 = "voltage_2"
    VOLTAGE_3 = "voltage_3"
    MEAN_VOLTAGE_1 = "mean_voltage_1"  # V over 10 min, UMOY
    MEAN_VOLTAGE_2 = "mean_voltage_2"
    MEAN_VOLTAGE_3 = "mean_voltage_3"
    WARNING_CURRENT_1 = "warning_current_1"  # A, ADPS or ADIR1, only while the meter warns
    WARNING_CURRENT_2 = "warning_current_2"
    WARNING_CURRENT_3 = "warning_current_3"
    MAX_CURRENT_1 = "max_current_1"  # A, IMAX of meters before Linky
    MAX_CURRENT_2 = "max_current_2"
    MAX_CURRENT_3 = "max_current_3"

    # A PV router beside the meter; no label carries them
    ROUTER_BUCKET = "router_bucket"  # J, energy not yet sent to the grid nor routed
    ROUTER_FIRE_DELAY = "router_fire_delay"  # µs after the beginning of a half-wave, 10000: not fired
    ROUTER_LEVEL = "router_level"  # % of the first channel
    ROUTER_MINIMUM_POWER = "router_minimum_power"  # W below which it cannot route
    ROUTER_POWER = "router_power"  # W of the first channel
    ROUTER_SAMPLES = "router_samples"  # in the last period of the mains, 50 to 60
    ROUTER_SECOND_LEVEL = "router_second_level"  # % of the second channel

    # Daily maxima (filtered, 54E §6.2.3.9) and load curve
    MAX_POWER_TODAY = "max_power_today"  # VA, SMAXSN
    MAX_POWER_TODAY_1 = "max_power_today_1"
    MAX_POWER_TODAY_2 = "max_power_today_2"
    MAX_POWER_TODAY_3 = "max_power_today_3"
    MAX_POWER_YESTERDAY = "max_power_yesterday"  # VA, SMAXSN-1, or PMAX of a three-phase Linky
    MAX_POWER_YESTERDAY_1 = "max_power_yesterday_1"
    MAX_POWER_YESTERDAY_2 = "max_power_yesterday_2"
    MAX_POWER_YESTERDAY_3 = "max_power_yesterday_3"
    MAX_EXPORT_TODAY = "max_export_today"  # VA, SMAXIN
    MAX_EXPORT_YESTERDAY = "max_export_yesterday"
    MAX_ACTIVE_POWER = "max_active_power"  # W, PMAX of three-phase meters before Linky
    TRIP_MODEL_ERROR = "trip_model_error"  # %, our filter's highest value of yesterday beside the meter's
    LOAD_CURVE = "load_curve"  # W, CCASN
    LOAD_CURVE_PREVIOUS = "load_curve_previous"
    EXPORT_CURVE = "export_curve"  # W, CCAIN
    EXPORT_CURVE_PREVIOUS = "export_curve_previous"

    # Energy registers
    IMPORT_TOTAL = "import_total"  # Wh, EAST or BASE
    IMPORT_INDEX_1 = "import_index_1"  # Wh, EASFnn, HCHC, EJPHN, BBRHCJB
    IMPORT_INDEX_2 = "import_index_2"
    IMPORT_INDEX_3 = "import_index_3"
    IMPORT_INDEX_4 = "import_index_4"
    IMPORT_INDEX_5 = "import_index_5"
    IMPORT_INDEX_6 = "import_index_6"
    IMPORT_INDEX_7 = "import_index_7"
    IMPORT_INDEX_8 = "import_index_8"
    IMPORT_INDEX_9 = "import_index_9"
    IMPORT_INDEX_10 = "import_index_10"
    GRID_INDEX_1 = "grid_index_1"  # Wh, EASDnn, grid operator's own indexes
    GRID_INDEX_2 = "grid_index_2"
    GRID_INDEX_3 = "grid_index_3"
    GRID_INDEX_4 = "grid_index_4"
    EXPORT_TOTAL = "export_total"  # Wh, EAIT
    REACTIVE_Q1 = "reactive_q1"  # varh, ERQ1
    REACTIVE_Q2 = "reactive_q2"
    REACTIVE_Q3 = "reactive_q3"
    REACTIVE_Q4 = "reactive_q4"

    # Tariff
    TARIFF_OPTION = "tariff_option"  # slug: base, hchp, ejp, tempo (OPTARIF)
    TARIFF_PERIOD = "tariff_period"  # slug: th, hc, hp, hn, pm, hc_blue … hp_red (PTEC)
    TARIFF_INDEX = "tariff_index"  # 1–10, NTARF
    TARIFF_LABEL = "tariff_label"  # text, LTARF
    CALENDAR = "calendar"  # text, NGTF
    COLOUR_TODAY = "colour_today"  # slug: none, blue, white, red (STGE 24–25, PTEC)
    COLOUR_TOMORROW = "colour_tomorrow"  # slug, STGE 26–27 or DEMAIN; "unknown" for ----
    EJP_NOTICE = "ejp_notice"  # bool, PEJP present
    DAY_TODAY = "day_today"  # NJOURF
    DAY_TOMORROW = "day_tomorrow"  # NJOURF+1
    PROFILE_TOMORROW = "profile_tomorrow"  # text, PJOURF+1
    PROFILE_PEAK = "profile_peak"  # text, PPOINTE
    PEAK_1_START = "peak_1_start"  # datetime, DPM1
    PEAK_1_END = "peak_1_end"
    PEAK_2_START = "peak_2_start"
    PEAK_2_END = "peak_2_end"
    PEAK_3_START = "peak_3_start"
    PEAK_3_END = "peak_3_end"
    PEAK_HOURS_PROGRAM = "peak_hours_program"  # text, HHPHC

    # Status register (tic.md §8.1), relays, phases
    DRY_CONTACT = "dry_contact"  # bool, closed
    BREAKER = "breaker"  # slug of Breaker
    COVER_OPEN = "cover_open"
    OVERVOLTAGE = "overvoltage"
    OVER_REFERENCE = "over_reference"  # bool, STGE bit 7
    PRODUCER = "producer"  # bool, producer mode
    EXPORTING = "exporting"  # bool, STGE bit 9
    GRID_TARIFF_INDEX = "grid_tariff_index"  # 1–4
    CLOCK_DEGRADED = "clock_degraded"
    EURIDIS = "euridis"  # slug: off, unsecured, secured
    PLC_STATE = "plc_state"  # slug: unlocked, locked, registered
    PLC_SYNCHRONISED = "plc_synchronised"
    PEAK_NOTICE = "peak_notice"  # 0 none, 1–3
    PEAK_RUNNING = "peak_running"  # 0 none, 1–3
    RELAY_1 = "relay_1"  # bool, closed
    RELAY_2 = "relay_2"
    RELAY_3 = "relay_3"
    RELAY_4 = "relay_4"
    RELAY_5 = "relay_5"
    RELAY_6 = "relay_6"
    RELAY_7 = "relay_7"
    RELAY_8 = "relay_8"
    PHASE_LOST_1 = "phase_lost_1"  # bool, PPOT
    PHASE_LOST_2 = "phase_lost_2"
    PHASE_LOST_3 = "phase_lost_3"

    # Clock and messages
    CLOCK = "clock"  # datetime, DATE
    MESSAGE = "message"  # text, MSG1
    SHORT_MESSAGE = "short_message"  # text, MSG2
