"""What crosses the door of the offload room: settings in, views in, decisions out.

Powers are VA of import, times are monotonic seconds unless a name says otherwise. Nothing here knows how a load is
switched: an actuator turns a `Command` into service calls and tells back what it sees as a `LoadView`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class OffloadMode(StrEnum):
    """What the arbiter may do: act, decide without touching, or nothing."""

    AUTOMATIC = "automatic"
    OBSERVE = "observe"
    OFF = "off"


class Profile(StrEnum):
    """When going over the threshold becomes a need to cut (design §6.2)."""

    STRICT = "strict"
    CONTRACT = "contract"
    METER = "meter"


class StrategyName(StrEnum):
    """How a coordinator picks among its loads."""

    HIERARCHICAL = "hierarchical"
    CASCADE_CYCLIC = "cascade_cyclic"
    THERMOSTAT = "thermostat"
    LEAST_HARM = "least_harm"


class Appliance(StrEnum):
    """What an appliance is; its presets and what its absence costs follow from it."""

    HEATER = "heater"
    WATER_HEATER = "water_heater"
    HEAT_PUMP = "heat_pump"
    COLD = "cold"  # fridge, freezer
    CAR = "car"
    PROGRAMME = "programme"  # washer, dryer, dishwasher
    OTHER = "other"


class Cause(StrEnum):
    """Who is behind a change of a load, as far as its context tells."""

    FIRST = "first"  # the first look at the load after a start
    OURS = "ours"  # our own command, confirmed
    HAND = "hand"  # a person: in the interface, or on the button of the device
    ORDER = "order"  # an automation, a scene, a schedule, a thermostat
    REAPPEARED = "reappeared"  # out of unavailable or unknown: never a hand
    MEASURE = "measure"  # the switch did not move, only its power


class Action(StrEnum):
    """The two things that can be asked of a load."""

    OFFLOAD = "offload"
    RESTORE = "restore"


class LoadStatus(StrEnum):
    """Where a load stands, as a person reads it."""

    NORMAL = "normal"  # ours to cut, not needed
    WAITING = "waiting"  # chosen, its delay or another load's result is awaited
    OFFLOADED = "offloaded"
    RECOVERING = "recovering"  # returned, its effect on the meter is being verified
    HELD = "held"  # a person's wish stands before ours
    TURNED_DOWN = "turned_down"  # on, at a lower level than its owner wants
    SUSPECT = "suspect"  # did not obey
    UNAVAILABLE = "unavailable"


class Reason(StrEnum):
    """Why a load was cut or returned, or why nothing happens to it; typed so that it can be translated."""

    NONE = "none"
    # why a load goes off
    OVER_THRESHOLD = "over_threshold"  # strict profile
    DELAY_ELAPSED = "delay_elapsed"  # contract profile: above the contract for the whole delay
    PREDICTED_TRIP = "predicted_trip"
    RESERVE = "reserve"  # the next step of the house could not be survived
    STARTED_WITHOUT_ROOM = "started_without_room"
    CAME_BACK_ON = "came_back_on"  # a cut load that switched itself back on
    CIRCUIT = "circuit"  # its circuit draws more than its maximum; or would, if the load returned
    EXCLUSIVE = "exclusive"  # another load of which only one may be on is, or is wanted more
    MANUAL = "manual"  # a person or an automation asked us to
    TIMER = "timer"  # its time on, or off, is over
    TURN = "turn"  # its turn to be off has come; or to be on again
    NEEDIER = "needier"  # a room that lacks more takes its place; or it takes the place of one that lacks less
    # why a load returns
    ROOM = "room"
    RELEASED = "released"  # mode, coordinator or load taken out of service
    SHUTDOWN = "shutdown"
    # why nothing happens yet
    DELAY_BEFORE = "delay_before"
    MEASURING = "measuring"  # cut one at a time: the effect of the previous one is awaited
    MINIMUM_ON = "minimum_on"
    NO_ROOM = "no_room"
    DELAY_AFTER = "delay_after"
    MINIMUM_OFF = "minimum_off"
    BACK_OFF = "back_off"
    VERIFYING = "verifying"  # another load has just returned
    METER_SILENT = "meter_silent"
    METER_OPEN = "meter_open"
    STARTING = "starting"  # grace period after a start of Home Assistant
    IDLE = "idle"  # on, but draws nothing: cutting it would help nobody
    PROTECTED = "protected"  # in its protected hours: only a predicted trip takes it
    LONGEST_OFF = "longest_off"  # off for as long as it may; it swaps places with another if one may go
    UNWANTED = "unwanted"  # switched off by its owner
    HAND = "hand"
    DID_NOT_OBEY = "did_not_obey"
    EXCLUDED = "excluded"  # taken out of offloading for a time by a person
    CONTACTOR = "contactor"  # fed in off-peak hours only


class EventType(StrEnum):
    """What is worth telling a person or an automation."""

    OVERLOAD_STARTED = "overload_started"
    OVERLOAD_ENDED = "overload_ended"
    OFFLOADED = "offloaded"
    RESTORED = "restored"
    REFUSED = "refused"
    SUSPECT = "suspect"
    HOLD = "hold"
    RELAPSE = "relapse"
    DEGRADED = "degraded"
    LIVE_AGAIN = "live_again"
    METER_OPENED = "meter_opened"
    METER_CLOSED = "meter_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A part of the house with a maximum of its own: what its loads draw together may not pass it."""

    circuit_id: str
    name: str
    maximum_va: float
    load_ids: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the arbiter of one meter (design §5, Options)."""

    profile: Profile = Profile.CONTRACT
    adjustment_percent: float = 0.0  # added to the contract: −10 means the threshold is 90 % of it
    contract_delay_s: float = 60.0
    hand_hold_s: float = 3600.0
    trip_limit: float = 1.25  # the ratio that the meter profile works against; the meter's own is 1.30
    degraded_hold_s: float = 900.0
    start_grace_s: float = 60.0  # nothing returns earlier than this after a start
    release_within_s: float = 900.0  # loads taken out of service are back at the latest after this
    verify_s: float = 10.0  # so long, or longer where samples are rare, the meter has to show what a return does
    fixed_threshold_va: float | None = None  # instead of the contract, all phases together
    branch_breaker_a: float | None = None  # setting of the breaker beside the meter, a second limit
    mains_v: float = 230.0
    circuits: tuple[Circuit, ...] = ()
    exclusive: tuple[frozenset[str], ...] = ()  # load ids of which only one may be on at a time
    strict_order: bool = False  # no smaller load passes over one that waits for room

    @property
    def ordinary_delay_s(self) -> float:
        """Seconds above the threshold before a cut that no guard asks for."""
        return self.contract_delay_s if self.profile is Profile.CONTRACT else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDown:
    """How far a load may be turned down instead of off, in the unit of its own level (A of a car charger, % of a lamp).

    Levels between ``minimum`` and ``maximum`` in steps of ``step``. ``stop`` is the level at which it draws nothing,
    None where it is stopped otherwise. ``va_per_unit``: what one unit of level draws, None while unknown.
    """

    minimum: float
    maximum: float
    stop: float | None = None
    step: float = 1.0
    va_per_unit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """One appliance that may be offloaded.

    ``phases`` is empty while unknown; a load without a known phase is held to be on every phase when room is
    reckoned for it. ``declared_va`` is the person's figure; a measured power always goes before it.
    """

    load_id: str
    name: str
    phases: tuple[int, ...] = ()
    declared_va: float | None = None
    measured: bool = False  # a power sensor exists: until it speaks, nothing is known of the load
    delay_before_s: float = 0.0
    delay_after_s: float = 0.0
    minimum_off_s: float = 180.0
    minimum_on_s: float = 180.0
    latency_s: float = 2.0  # from the command to the state and to the meter
    obey_s: float = 10.0  # a command not obeyed after this makes the load suspect
    appliance: Appliance = Appliance.OTHER
    allowed: bool = True  # its owner lets it be offloaded
    cyclic: bool = True  # takes turns under a cascade-cyclic coordinator
    last_resort: bool = False
    protected: tuple[tuple[int, int], ...] = ()  # minutes of the local day, from – to; may wrap midnight
    longest_off_s: float | None = 3600.0
    random_after_s: float = 0.0  # added to `delay_after_s`, drawn anew for each cut
    auto_on_s: float | None = None  # switched on by itself so long after its owner or anything switched it off
    auto_off_s: float | None = None
    contactor: bool = False  # fed by a day/night contactor: dead outside off-peak hours without being disobedient
    turn_down: TurnDown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatorSettings:
    """One offload coordinator: its strategy and its loads in the order in which they are given up."""

    coordinator_id: str
    name: str
    loads: tuple[LoadSettings, ...]
    strategy: StrategyName = StrategyName.HIERARCHICAL
    rank: int = 1
    enabled: bool = True
    rotation_s: float = 300.0  # cascade-cyclic: the length of a turn


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadView:
    """What an actuator sees of a load. ``on``: it may draw power (None: cannot be told)."""

    load_id: str
    available: bool
    on: bool | None
    power_va: float | None = None  # measured, None without a sensor or while it is silent
    level: float | None = None  # its present level in the unit of its `TurnDown`
    gap_k: float | None = None  # how far its room or tank is from its target, K; positive: it needs heat, or cold
    demand: bool | None = None  # its own control asks for power


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadMemory:
    """What is known of a load from before a restart.

    ``intent``: the journal says that we cut it or were about to. ``learned_va``: its step seen on the meter.
    ``wanted_level``: the level at which its owner wants it, saved when we turned it down or cut it.
    """

    intent: bool = False
    learned_va: float | None = None
    wanted_level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An order to an actuator. An urgent one never waits for the journal (a trip is predicted)."""

    load_id: str
    action: Action
    reason: Reason
    urgent: bool
    level: float | None = None  # OFFLOAD only: stand at this level instead of off, on the way down as on the way up


@dataclass(frozen=True, slots=True, kw_only=True)
class OffloadEvent:
    """Something that happened, with the numbers that explain it; unknown figures are None."""

    type: EventType
    at: float
    load_id: str | None = None
    coordinator_id: str | None = None
    reason: Reason = Reason.NONE
    va: float | None = None
    phase: int | None = None
    trip_margin: float | None = None  # 0–1
    seconds_to_trip: float | None = None
    observed: bool = False  # observe mode: decided, not done


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer of the arbiter to one observation.

    ``intents``: the loads that must be in the journal from now on. ``next_at``: when `tick` must be called if nothing
    else happens before. ``shed_va``: what a load that was on at the last sample has just confirmed to draw no longer,
    by phase; the meter's filter is to know it (`Meter.shed`).
    """

    commands: tuple[Command, ...] = ()
    events: tuple[OffloadEvent, ...] = ()
    intents: frozenset[str] = frozenset()
    next_at: float | None = None
    shed_va: Mapping[int, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """One load for its entities."""

    load_id: str
    coordinator_id: str
    status: LoadStatus
    reason: Reason
    power_va: float | None  # what is counted on for it
    since: float  # monotonic second of the present status
    wanted: bool | None  # its owner wants it on
    held_until: float | None = None
    learned_va: float | None = None
    confidence: float = 0.0  # in `learned_va`, 0–1
    learned_phases: tuple[int, ...] = ()
    level: float | None = None  # at which we hold it, None when we do not
    wanted_level: float | None = None  # at which its owner wants it
    excluded_until: float | None = None  # inf: until it is included again
    next_at: float | None = None  # when its present wait is over, where the clock decides that
    rank: int | None = None  # 1: the next of its coordinator to be given up, 2: the one after it …
    gap_k: float | None = None
    off_today_s: float = 0.0
    withheld_vah: float = 0.0  # today, of what its own control asked for
    degree_hours: float = 0.0  # today, beyond its gap when it was cut
    switches_today: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole arbiter for the entities of the meter and of the coordinators.

    Figures are of the worst phase; ``seconds_to_trip`` is inf when the present load never trips.
    """

    mode: OffloadMode
    overload: bool | None = None
    degraded: bool = False
    threshold_va: float | None = None  # of the whole house
    headroom_va: float | None = None
    load_percent: float | None = None
    trip_margin: float | None = None
    seconds_to_trip: float | None = None
    branch_margin: float | None = None  # as the trip margin, of the breaker beside the meter; None where not given
    offloaded_va: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # by coordinator
    next_load: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))  # by coordinator
    fairness: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))  # by coordinator, 0–1
    loads: Mapping[str, LoadReport] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedLoad:
    """What would become of one load. ``level``: it would be turned down to it instead of going off."""

    load_id: str
    name: str
    reason: Reason
    va: float | None
    level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What would happen if the house drew ``va``: what goes, in order, and what stays, with the reasons.

    ``need_va``: what would have to go, 0 when nothing; None while the meter's view is too old to tell. ``missing_va``:
    what would still be too much after all that may go is gone.
    """

    va: float
    need_va: float | None
    reason: Reason = Reason.NONE
    cut: tuple[SimulatedLoad, ...] = ()
    stay: tuple[SimulatedLoad, ...] = ()
    missing_va: float = 0.0
