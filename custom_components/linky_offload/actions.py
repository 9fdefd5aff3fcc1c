"""The actions (services) of the integration: what a person or an automation may ask of the arbiter by name."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.selector import ConfigEntrySelector
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import probatio

from .aims import Targets
from .capture import LONGEST_S, async_capture
from .const import CONF_STRATEGY, DEFAULT_STRATEGY, DOMAIN, SUBENTRY_COORDINATOR
from .figures import whole
from .history import HISTORY_SIZE, local
from .offload import Decision, EventType, OffloadMode, Reason, StrategyName
from .offload.model import SimulatedLoad
from .plug_actions import async_setup_plug_actions
from .runtime import LinkyConfigEntry
from .settings import load_configs

ATTR_DURATION: Final = "duration"
ATTR_LIMIT: Final = "limit"
ATTR_POWER: Final = "power"
ATTR_SINCE: Final = "since"

HIGHEST_POWER_VA: Final = 100_000
LONGEST: Final = timedelta(days=7)
DEFAULT_RECORDING: Final = timedelta(minutes=1)

_METER: Final = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): ConfigEntrySelector({"integration": DOMAIN})}
_DURATION: Final = probatio.All(cv.positive_time_period, probatio.Range(min=timedelta(seconds=1), max=LONGEST))

_ON_LOADS: Final = probatio.Schema({**cv.TARGET_SERVICE_FIELDS})
_ON_LOADS_FOR_A_WHILE: Final = _ON_LOADS.extend({probatio.Optional(ATTR_DURATION): _DURATION})
_HOLD: Final = _ON_LOADS.extend({probatio.Required(ATTR_DURATION): _DURATION})
_ON_LOADS_OR_METER: Final = _ON_LOADS.extend(_METER)
_SIMULATE: Final = probatio.Schema(
    {
        **_METER,
        probatio.Required(ATTR_POWER): probatio.All(
            probatio.Coerce(float), probatio.Range(min=0, max=HIGHEST_POWER_VA)
        ),
    }
)
_RECORD: Final = probatio.Schema(
    {
        **_METER,
        probatio.Optional(ATTR_DURATION, default=DEFAULT_RECORDING): probatio.All(
            cv.positive_time_period, probatio.Range(min=timedelta(seconds=1), max=timedelta(seconds=LONGEST_S))
        ),
    }
)
_GET_HISTORY: Final = _ON_LOADS_OR_METER.extend(
    {
        probatio.Optional(ATTR_SINCE): cv.datetime,
        probatio.Optional(ATTR_LIMIT, default=HISTORY_SIZE): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=HISTORY_SIZE)
        ),
    }
)

_NOT_RETURNED: Final = {
    Reason.MANUAL: "restore_unavailable",
    Reason.METER_OPEN: "restore_meter_open",
    Reason.PREDICTED_TRIP: "restore_trip",
}


@callback
def async_setup_actions(hass: HomeAssistant) -> None:
    """Register every action, once a run of Home Assistant and whatever entries are loaded."""
    for name, handler, schema in (
        ("offload", _offload, _ON_LOADS_FOR_A_WHILE),
        ("restore", _restore, _ON_LOADS),
        ("restore_all", _restore_all, probatio.Schema(_METER)),
        ("hold", _hold, _HOLD),
        ("exclude", _exclude, _ON_LOADS_FOR_A_WHILE),
        ("include", _include, _ON_LOADS_OR_METER),
        ("rotate", _rotate, _ON_LOADS_OR_METER),
    ):
        hass.services.async_register(DOMAIN, name, handler, schema)
    for name, teller, schema in (("simulate", _simulate, _SIMULATE), ("get_history", _get_history, _GET_HISTORY)):
        hass.services.async_register(DOMAIN, name, teller, schema, SupportsResponse.ONLY)
    hass.services.async_register(DOMAIN, "record", _async_record, _RECORD, SupportsResponse.OPTIONAL)
    async_setup_plug_actions(hass)


# Asked of appliances -------------------------------------------------------------------------------------------------


@callback
def _offload(call: ServiceCall) -> None:
    """Cut the appliances now, for a while or until they are asked back."""
    for_s = _seconds(call)

    def cut(entry: LinkyConfigEntry, load_id: str) -> None:
        _refuse_when_off(entry)
        decision = entry.runtime_data.ask(lambda arbiter, now: arbiter.offload(load_id, now, for_s))
        _raise_refusal(entry, load_id, decision, {Reason.MANUAL: "offload_refused"})

    _each_load(call, cut)


@callback
def _restore(call: ServiceCall) -> None:
    """Return the appliances now, whatever room there is; not where the meter would open by it."""

    def give_back(entry: LinkyConfigEntry, load_id: str) -> None:
        _refuse_when_off(entry)
        decision = entry.runtime_data.ask(lambda arbiter, now: arbiter.restore(load_id, now))
        _raise_refusal(entry, load_id, decision, _NOT_RETURNED)

    _each_load(call, give_back)


@callback
def _restore_all(call: ServiceCall) -> None:
    """Return everything: at once what fits, the rest as room appears."""
    entry = _meter(call)
    _refuse_when_off(entry)
    entry.runtime_data.ask(lambda arbiter, now: arbiter.restore(None, now))


@callback
def _hold(call: ServiceCall) -> None:
    """Leave the appliances as they are for a while."""
    for_s = _seconds(call) or 0.0
    _each_load(
        call,
        lambda entry, load_id: entry.runtime_data.ask(lambda arbiter, now: arbiter.hold(load_id, for_s, now)),
    )


@callback
def _exclude(call: ServiceCall) -> None:
    """Take the appliances out of offloading, for a while or until they are included again."""
    for_s = _seconds(call)
    _each_load(
        call,
        lambda entry, load_id: entry.runtime_data.ask(lambda arbiter, now: arbiter.exclude(load_id, for_s, now)),
    )


@callback
def _include(call: ServiceCall) -> None:
    """Offload the appliances again when needed; all those of the meter where none is named."""
    if Targets(call.hass, call).given:
        _each_load(
            call,
            lambda entry, load_id: entry.runtime_data.ask(lambda arbiter, now: arbiter.include(load_id, now)),
        )
    else:
        _meter(call).runtime_data.ask(lambda arbiter, now: arbiter.include(None, now))


@callback
def _rotate(call: ServiceCall) -> None:
    """Pass the turn on in coordinators that take turns; in all those of the meter where none is named."""
    targets = Targets(call.hass, call)
    if targets.given:
        chosen = targets.async_coordinators()
    else:
        entry = _meter(call)
        chosen = [(entry, subentry) for subentry in entry.get_subentries_of_type(SUBENTRY_COORDINATOR)]
    turning = [
        (entry, subentry.subentry_id)
        for entry, subentry in chosen
        if subentry.data.get(CONF_STRATEGY, DEFAULT_STRATEGY) == StrategyName.CASCADE_CYCLIC
    ]
    if not turning:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_takes_turns")
    for entry, coordinator_id in turning:
        _refuse_when_off(entry)
        _turn(entry, coordinator_id)


def _turn(entry: LinkyConfigEntry, coordinator_id: str) -> None:
    entry.runtime_data.ask(lambda arbiter, now: arbiter.rotate(coordinator_id, now))


# Asked of a meter ----------------------------------------------------------------------------------------------------


@callback
def _simulate(call: ServiceCall) -> ServiceResponse:
    """What would happen if the house drew so much; nothing is touched."""
    found = _meter(call).runtime_data.arbiter.simulate(call.data[ATTR_POWER], call.hass.loop.time())
    if found.need_va is None:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="meter_unknown")
    return {
        "power": whole(found.va),
        "need": whole(found.need_va),
        "reason": str(found.reason),
        "offloaded": [_simulated(load) for load in found.cut],
        "kept": [_simulated(load) for load in found.stay],
        "missing": whole(found.missing_va),
    }


def _simulated(load: SimulatedLoad) -> dict[str, JsonValueType]:
    """One appliance of a simulation; ``level`` only where it would be turned down instead of off."""
    told: dict[str, JsonValueType] = {
        "load": load.name,
        "load_id": load.load_id,
        "reason": str(load.reason),
        "va": whole(load.va),
    }
    return told if load.level is None else told | {"level": load.level}


@callback
def _get_history(call: ServiceCall) -> ServiceResponse:
    """The last events of a meter, the oldest first."""
    entry = _meter(call)
    targets = Targets(call.hass, call)
    events = entry.runtime_data.history.events()
    if targets.given:
        wanted = {load_id for owner, load_id in targets.async_loads() if owner is entry}
        events = [event for event in events if event["load_id"] in wanted]
    if (since := call.data.get(ATTR_SINCE)) is not None:
        # A time without a zone is meant in the zone of the home.
        first = dt_util.as_utc(since)
        events = [event for event in events if dt_util.parse_datetime(event["time"], raise_on_error=True) >= first]
    return {"events": [local(event) for event in events[-call.data[ATTR_LIMIT] :]]}


async def _async_record(call: ServiceCall) -> ServiceResponse:
    """Write down what the line of a meter says."""
    return await async_capture(call.hass, _meter(call), _seconds(call) or 0.0)


# Shared --------------------------------------------------------------------------------------------------------------


def _meter(call: ServiceCall) -> LinkyConfigEntry:
    """The meter that is named, or the only one; refused in words by Home Assistant when it is not there."""
    entry: LinkyConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID))
    return entry


def _each_load(call: ServiceCall, act: Callable[[LinkyConfigEntry, str], object]) -> None:
    """Act on every appliance that is meant; what one of them refuses does not spare the others."""
    refused: HomeAssistantError | None = None
    for entry, load_id in Targets(call.hass, call).async_loads():
        try:
            act(entry, load_id)
        except HomeAssistantError as error:
            refused = refused or error
    if refused is not None:
        raise refused


def _seconds(call: ServiceCall) -> float | None:
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    return None if duration is None else duration.total_seconds()


def _refuse_when_off(entry: LinkyConfigEntry) -> None:
    """While the mode is off nothing is touched."""
    if entry.runtime_data.mode is OffloadMode.OFF:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="mode_is_off", translation_placeholders={"meter": entry.title}
        )


def _raise_refusal(entry: LinkyConfigEntry, load_id: str, decision: Decision, texts: Mapping[Reason, str]) -> None:
    """Say what the arbiter said: it refused what was asked for this very appliance."""
    for event in decision.events:
        if event.type is EventType.REFUSED and event.load_id == load_id and event.reason in texts:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=texts[event.reason],
                translation_placeholders={"name": load_configs(entry)[load_id].name},
            )
