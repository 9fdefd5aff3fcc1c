"""Our states told to others, in the shape in which a plug with Plug Offload tells its own; off unless it is wanted.

Each appliance is a device under a topic of ours: the short object at every change and five times after it, the whole
every five minutes, and whether we are there, which the broker keeps.
"""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util, slugify

from .announcer import Update
from .bridges.offload_plug import Stage
from .bridges.plug_shape import REPEAT_S, REPEATS, TELEMETRY_S, OwnState, brief, full
from .bridges.plug_topics import TELE
from .broker import async_say, has_broker
from .const import CONF_ADJUSTMENT, CONF_OWN_STATES, CONF_OWN_TOPIC, DEFAULT_ADJUSTMENT, DOMAIN
from .offload import LoadSettings, LoadStatus, Reason, Report
from .runtime import LinkyConfigEntry
from .settings import coordinator_settings

DEFAULT_OWN_TOPIC: Final = DOMAIN
_ROUNDS: Final = round(TELEMETRY_S / REPEAT_S)

_WAITS_TO_RETURN: Final = frozenset({Reason.DELAY_AFTER, Reason.VERIFYING})


def own_topic(entry: LinkyConfigEntry) -> str | None:
    """The topic under which an entry publishes; None while it does not."""
    if not entry.options.get(CONF_OWN_STATES):
        return None
    topic: str = entry.options.get(CONF_OWN_TOPIC, DEFAULT_OWN_TOPIC)
    return topic


def stage_of(status: LoadStatus, reason: Reason) -> Stage:
    """Where an appliance of ours stands, in the words of a plug."""
    match status:
        case LoadStatus.WAITING:
            return Stage.BEFORE
        case LoadStatus.OFFLOADED:
            return Stage.AFTER if reason in _WAITS_TO_RETURN else Stage.ACTIVE
        case _:
            return Stage.NONE


class Mirror:
    """Publishes one entry while its option says so."""

    def __init__(self, hass: HomeAssistant, entry: LinkyConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._told: dict[str, Stage] = {}  # by topic of the appliance, while it is told of
        self._repeats: dict[str, int] = {}
        self._topics: dict[str, str] = {}  # by load id
        self._picture: tuple[object, ...] | None = None
        self._round = 0
        self._stop: CALLBACK_TYPE | None = None
        self._ended = False

    @callback
    def async_start(self) -> None:
        """Follow the entry until it is unloaded."""
        self._entry.async_on_unload(self._entry.runtime_data.subscribe(self._updated))
        self._entry.async_on_unload(self._async_stop)
        # A stop of Home Assistant unloads nothing, and MQTT is still there when these are run.
        job = HassJob(self._async_shut_down, "linky_offload says that it goes")
        self._entry.async_on_unload(self._hass.async_add_shutdown_job(job))
        self._follow(self._entry.runtime_data.report)

    @callback
    def _updated(self, update: Update) -> None:
        self._follow(update.report)

    @callback
    def _follow(self, report: Report) -> None:
        base = own_topic(self._entry)
        if base is None or self._ended:
            self._async_stop()
            return
        picture = (base, *((load.load_id, load.name) for load in self._loads()))
        if picture != self._picture:
            self._picture, topics = picture, self._named(base)
            for topic in set(self._topics.values()) - set(topics.values()):
                self._leave(topic)
            self._topics = topics
        if self._stop is None:
            self._stop = async_track_time_interval(
                self._hass, self._tick, timedelta(seconds=REPEAT_S), name="Linky Offload states over MQTT"
            )
        self._tell_changes(report)

    def _named(self, base: str) -> dict[str, str]:
        """The topic of each load: its name in plain letters, numbered where two would share one."""
        topics: dict[str, str] = {}
        used: set[str] = set()
        for settings in self._loads():
            name = slugify(settings.name) or settings.load_id
            topic = f"{base}/{name}"
            number = 2
            while topic in used:
                topic = f"{base}/{name}_{number}"
                number += 1
            used.add(topic)
            topics[settings.load_id] = topic
        return topics

    def _loads(self) -> list[LoadSettings]:
        return [load for coordinator in coordinator_settings(self._entry) for load in coordinator.loads]

    def _tell_changes(self, report: Report) -> None:
        if not has_broker(self._hass):
            return
        for load_id, topic in self._topics.items():
            load = report.loads.get(load_id)
            if load is None:
                continue
            stage = stage_of(load.status, load.reason)
            known = self._told.get(topic)
            if stage is known:
                continue
            self._told[topic] = stage
            if known is None:
                self._say(f"{topic}/{TELE}/LWT", b"Online", retained=True)
                self._say_full(load_id, report)
            else:
                self._say(f"{topic}/{TELE}/SENSOR", brief(OwnState(stage=stage)))
                self._repeats[topic] = REPEATS

    @callback
    def _tick(self, _: datetime) -> None:
        report = self._entry.runtime_data.report
        self._tell_changes(report)
        self._round += 1
        for load_id, topic in self._topics.items():
            if topic not in self._told:
                continue
            if self._round % _ROUNDS == 0:
                self._say_full(load_id, report)
            elif self._repeats.get(topic, 0) > 0:
                self._repeats[topic] -= 1
                self._say(f"{topic}/{TELE}/SENSOR", brief(OwnState(stage=self._told[topic])))

    def _say_full(self, load_id: str, report: Report) -> None:
        load = report.loads.get(load_id)
        if load is None:
            return
        reading = self._entry.runtime_data.reading
        settings = next(found for found in self._loads() if found.load_id == load_id)
        phases = settings.phases or load.learned_phases
        state = OwnState(
            stage=stage_of(load.status, load.reason),
            phase=phases[0] if len(phases) == 1 else None,
            before_s=round(settings.delay_before_s),
            after_s=round(settings.delay_after_s),
            device_va=None if load.power_va is None else round(load.power_va),
            max_va=None if report.threshold_va is None else round(report.threshold_va),
            contract_va=None if reading is None else reading.contract_va,
            adjust_percent=round(self._entry.options.get(CONF_ADJUSTMENT, DEFAULT_ADJUSTMENT)),
        )
        now = dt_util.now().replace(tzinfo=None).isoformat(timespec="seconds")
        self._say(f"{self._topics[load_id]}/{TELE}/SENSOR", full(state, now))

    async def _async_shut_down(self) -> None:
        self._ended = True
        topics = tuple(self._told)
        self._told.clear()
        self._async_stop()
        for topic in topics:
            await async_say(self._hass, f"{topic}/{TELE}/LWT", b"Offline", retained=True)

    def _leave(self, topic: str) -> None:
        self._repeats.pop(topic, None)
        if self._told.pop(topic, None) is not None:
            self._say(f"{topic}/{TELE}/LWT", b"Offline", retained=True)

    def _say(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        self._hass.async_create_task(async_say(self._hass, topic, payload, retained=retained))

    @callback
    def _async_stop(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None
        for topic in tuple(self._told):
            self._leave(topic)
        self._topics, self._picture = {}, None
