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
    UNWANTED = "unwanted"  # switched off by its owner
    HAND = "hand"
    DID_NOT_OBEY = "did_not_obey"


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
    verify_s: float = 10.0  # at least this long, the effect of a return is watched

    @property
    def ordinary_delay_s(self) -> float:
        """Seconds above the threshold before a cut that no guard asks for."""
        return self.contract_delay_s if self.profile is Profile.CONTRACT else 0.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatorSettings:
    """One offload coordinator: its strategy and its loads in the order in which they are given up."""

    coordinator_id: str
    name: str
    loads: tuple[LoadSettings, ...]
    strategy: StrategyName = StrategyName.HIERARCHICAL
    rank: int = 1
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadView:
    """What an actuator sees of a load. ``on``: it may draw power (None: cannot be told)."""

    load_id: str
    available: bool
    on: bool | None
    power_va: float | None = None  # measured, None without a sensor or while it is silent


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadMemory:
    """What is known of a load from before a restart.

    ``intent``: the journal says that we cut it or were about to. ``learned_va``: its step seen on the meter.
    """

    intent: bool = False
    learned_va: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An order to an actuator. An urgent one never waits for the journal (a trip is predicted)."""

    load_id: str
    action: Action
    reason: Reason
    urgent: bool


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
    else happens before.
    """

    commands: tuple[Command, ...] = ()
    events: tuple[OffloadEvent, ...] = ()
    intents: frozenset[str] = frozenset()
    next_at: float | None = None


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
    offloaded_va: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # by coordinator
    next_load: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))  # by coordinator
    loads: Mapping[str, LoadReport] = field(default_factory=lambda: MappingProxyType({}))
