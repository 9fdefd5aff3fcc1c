"""“Try it”: a load is off for five seconds, to see that it obeys, how fast, and what it draws."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from homeassistant.const import ATTR_ASSUMED_STATE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event

from .const import DOMAIN
from .offload import CoordinatorSettings, LoadStatus

if TYPE_CHECKING:
    from .actuators import Actuator
    from .commander import Commander
    from .runtime import LinkyRuntime

OFF_S: Final = 5.0
ANSWER_S: Final = 10.0
LEAST_STEP_VA: Final = 30.0
SAFE_MARGIN: Final = 0.3
"""No trials while the filter of the meter is warmer than this."""

LEAST_LATENCY_S: Final = 1.0
"""No load is reckoned with as faster than this: its state may run ahead of its relay."""

_SLOWER: Final = 1.5
_OBEY: Final = 2.0
"""One trial is no worst case, and a load is not suspected at the first moment that it could have obeyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryResult:
    """``latency_s``: from the order to the state of the load. ``va``: its step on the meter, None if none was seen.

    ``assumed``: the load does not tell its state, Home Assistant shows what was ordered.
    """

    latency_s: float
    va: float | None
    assumed: bool = False

    @property
    def reckoned_s(self) -> float | None:
        """The latency to count on from now; None where the trial proved none."""
        return None if self.assumed else max(LEAST_LATENCY_S, _SLOWER * self.latency_s)


def as_tried(
    coordinators: Iterable[CoordinatorSettings], latencies_s: Mapping[str, float]
) -> tuple[CoordinatorSettings, ...]:
    """The coordinators, with the latency of each load that was tried."""
    return tuple(
        replace(
            coordinator,
            loads=tuple(
                load
                if (latency_s := latencies_s.get(load.load_id)) is None
                else replace(load, latency_s=latency_s, obey_s=max(load.obey_s, _OBEY * latency_s))
                for load in coordinator.loads
            ),
        )
        for coordinator in coordinators
    )


async def async_try(hass: HomeAssistant, runtime: LinkyRuntime, commander: Commander, load_id: str) -> TryResult:
    """Try a load. Raises HomeAssistantError when it must not be switched now, or does not answer."""
    actuator = runtime.actuators.get(load_id)
    if actuator is None:
        raise _refusal("try_gone", load_id)
    _check(runtime, actuator)
    unmute = runtime.watch.mute(load_id)
    commander.pin(load_id)
    began = hass.loop.time()
    before_va = runtime.reading.power_va if runtime.reading is not None else None
    try:
        await commander.async_switch(actuator, on=False)
        answered = await _until(hass, actuator, on=False)
        latency = hass.loop.time() - began
        if answered:
            await asyncio.sleep(max(0.0, OFF_S - latency))
        reading = runtime.reading
        after_va = reading.power_va if reading is not None and reading.now > began + latency else None
    finally:
        # An overload that began meanwhile keeps it off.
        if not _is_cut(runtime, load_id):
            await commander.async_switch(actuator, on=True)
            await _until(hass, actuator, on=True)
        commander.unpin(load_id, still_cut=_is_cut(runtime, load_id))
        unmute()
    if not answered:
        raise _refusal("try_no_answer", actuator.config.name)
    step = None if before_va is None or after_va is None else before_va - after_va
    state = actuator.state
    return TryResult(
        latency_s=latency,
        va=step if step is not None and step >= LEAST_STEP_VA else None,
        assumed=state is not None and bool(state.attributes.get(ATTR_ASSUMED_STATE)),
    )


def _check(runtime: LinkyRuntime, actuator: Actuator) -> None:
    name, view, report = actuator.config.name, actuator.view(), runtime.report
    if runtime.watch.is_muted(actuator.load_id) or _is_cut(runtime, actuator.load_id):
        raise _refusal("try_busy", name)
    if not view.available:
        raise _refusal("try_unavailable", name)
    if not view.on:
        raise _refusal("try_off", name)
    if report.overload or (report.trip_margin is not None and report.trip_margin < SAFE_MARGIN):
        raise _refusal("try_overload", name)


def _is_cut(runtime: LinkyRuntime, load_id: str) -> bool:
    load = runtime.report.loads.get(load_id)
    return load is not None and load.status is LoadStatus.OFFLOADED


async def _until(hass: HomeAssistant, actuator: Actuator, *, on: bool) -> bool:
    """Wait until the load is seen on or off; False when it is not in time."""
    reached = asyncio.Event()

    @callback
    def look(_event: Event[EventStateChangedData] | None = None) -> None:
        if actuator.view().on is on:
            reached.set()

    stop_looking = async_track_state_change_event(hass, actuator.entity_id or (), look)
    look()
    try:
        async with asyncio.timeout(ANSWER_S):
            await reached.wait()
    except TimeoutError:
        return False
    finally:
        stop_looking()
    return True


def _refusal(key: str, name: str) -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key, translation_placeholders={"name": name})
