"""What the person wants done when an offload begins, and when the last appliance is back (options, action selector).

The beginning is the first load cut while none was; the end is the moment at which none is off or turned down any
longer. Loads that were already cut before a restart have had their beginning, and get their end. Nothing is run in
observe mode, where nothing is cut. When Home Assistant stops and everything fits, that is the end, too, and the stop
waits a little for its actions. The orders of the arbiter have always left before an action runs, and what goes
wrong in an action is told in the log and stops nothing but itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script, async_validate_actions_config
import probatio

from .announcer import Announcer, Update
from .commander import JOURNAL_WAIT_S
from .const import CONF_ACTIONS_BEGIN, CONF_ACTIONS_END, DOMAIN, LOGGER
from .offload import EventType, LoadStatus, OffloadEvent, Report
from .settings import load_configs
from .telling import told

_AWAY: Final = frozenset({LoadStatus.OFFLOADED, LoadStatus.TURNED_DOWN})

BEGIN_AFTER_S: Final = JOURNAL_WAIT_S + 0.05
"""By then every order of the decision has left, and all its loads are known."""

END_WAIT_S: Final = 5.0
"""Home Assistant is not held up longer than this by the actions of the end when it stops."""

_WHY: Final = ("reason", "va", "phase", "trip_margin", "seconds_to_trip")


class Sequences:
    """Runs the two sequences of one entry, as they are in its options at that moment."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Rest until `async_follow`."""
        self._hass = hass
        self._entry = entry
        self._active = False
        self._loads: dict[str, str] = {}  # those of this episode with their names
        self._why: dict[str, Any] = {}  # why the first of them was cut
        self._began_at = 0.0
        self._beginning: CALLBACK_TYPE | None = None

    @callback
    def async_follow(self, announcer: Announcer) -> CALLBACK_TYPE:
        """Listen to the arbiter until the returned function is called."""
        stops = (announcer.subscribe_events(self._happened), announcer.subscribe(self._updated), self._rest)

        @callback
        def stop() -> None:
            for one in stops:
                one()

        return stop

    @callback
    def _happened(self, event: OffloadEvent) -> None:
        if event.type is not EventType.OFFLOADED or event.observed:
            return
        what = told(self._entry, event)
        self._loads[what["load_id"]] = what["load"]
        if not self._active:
            self._active = True
            self._began_at = event.at
            self._why = {key: what[key] for key in _WHY}
            self._beginning = self._hass.loop.call_later(BEGIN_AFTER_S, self._begin).cancel

    async def async_finish(self, report: Report) -> None:
        """Home Assistant stops, ``report`` is the last one: where it is the end, run its actions before all is gone."""
        if (variables := self._ended(report)) is None or not (sequence := self._entry.options.get(CONF_ACTIONS_END)):
            return
        try:
            async with asyncio.timeout(END_WAIT_S):
                await self._async_run(CONF_ACTIONS_END, sequence, variables)
        except TimeoutError:
            LOGGER.warning("The actions of %s (%s) were cut short by the stop", self._entry.title, CONF_ACTIONS_END)

    @callback
    def _updated(self, update: Update) -> None:
        away = _away(update.report)
        if away and not self._active:  # cut before this start
            self._active = True
            self._began_at = self._hass.loop.time()
            configs = load_configs(self._entry)
            self._loads = {load_id: configs[load_id].name for load_id in away if load_id in configs}
        elif (variables := self._ended(update.report)) is not None:
            self._run(CONF_ACTIONS_END, variables)

    def _ended(self, report: Report) -> dict[str, Any] | None:
        """What the actions of the end may use, once, at the moment of the end."""
        if not self._active or self._beginning is not None or _away(report):
            return None
        variables = self._variables() | {"duration": round(self._hass.loop.time() - self._began_at)}
        self._active = False
        self._loads, self._why = {}, {}
        return variables

    @callback
    def _begin(self) -> None:
        self._beginning = None
        self._run(CONF_ACTIONS_BEGIN, self._variables())

    @callback
    def _rest(self) -> None:
        if self._beginning is not None:
            self._beginning()
            self._beginning = None

    def _variables(self) -> dict[str, Any]:
        """What the actions may use."""
        return {
            "meter": self._entry.title,
            "loads": list(self._loads.values()),
            "load_ids": list(self._loads),
            **{key: self._why.get(key) for key in _WHY},
        }

    def _run(self, key: str, variables: Mapping[str, Any]) -> None:
        if sequence := self._entry.options.get(key):
            # Not awaited by a start or a stop of Home Assistant: a sequence may wait for hours.
            self._entry.async_create_background_task(
                self._hass, self._async_run(key, sequence, variables), f"linky_offload {key}"
            )

    async def _async_run(self, key: str, sequence: Sequence[Any], variables: Mapping[str, Any]) -> None:
        try:
            checked = await async_check(self._hass, sequence)
        except (HomeAssistantError, probatio.Invalid) as error:
            LOGGER.warning("The actions of %s (%s) cannot be run: %s", self._entry.title, key, error)
            return
        script = Script(self._hass, checked, f"{self._entry.title} {key}", DOMAIN, running_description=key)
        try:
            await script.async_run(dict(variables), context=Context())
        except HomeAssistantError, probatio.Invalid:  # the script has told of it in the log
            LOGGER.debug("The actions of %s (%s) stopped early", self._entry.title, key)
        finally:
            await script.async_unload()


def _away(report: Report) -> list[str]:
    """The loads that are off or turned down."""
    return [load.load_id for load in report.loads.values() if load.status in _AWAY]


async def async_check(hass: HomeAssistant, sequence: Sequence[Any]) -> list[dict[str, Any]]:
    """A sequence as the action selector gives it, made ready to run.

    Raises probatio.Invalid or HomeAssistantError when it makes no sense.
    """
    return await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(list(sequence)))
