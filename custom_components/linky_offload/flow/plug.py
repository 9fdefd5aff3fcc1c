"""Adding and changing a Tasmota plug that offloads by itself: choose one that is heard, or give its topic by hand."""

import asyncio
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import TextSelector
import probatio

from ..bridges.offload_plug import ASK, OffloadPlug, tells_of_offload
from ..bridges.payload import PayloadReader
from ..bridges.plug_topics import CMND, PREFIX, STAT, TELE, PlugTopics
from ..broker import Heard, async_say, has_broker
from ..const import CONF_FULL_TOPIC, DOMAIN, SUBENTRY_PLUG
from ..mirror import own_topic
from .fields import named_choice
from .text import load_texts

LISTEN_S: Final = 8.0
ANSWER_S: Final = 4.0
CONF_PLUG: Final = "plug"
BY_HAND: Final = "by_hand"

_MOST: Final = 64


class PlugFlow(ConfigSubentryFlow):
    """Each Tasmota device that is there is asked once for its state, which changes nothing in it."""

    def __init__(self) -> None:
        self._listening: asyncio.Task[None] | None = None
        self._plugs: dict[str, OffloadPlug] = {}
        self._asked: set[str] = set()

    @property
    def _known(self) -> ConfigSubentry | None:
        """The plug that is being changed; None while one is being added."""
        return self._get_reconfigure_subentry() if self.source == SOURCE_RECONFIGURE else None

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change the topic of a plug, or its name."""
        return await self.async_step_by_hand()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Listen, where there is a broker to listen to."""
        if not has_broker(self.hass):
            return self.async_abort(reason="no_broker")
        self._listening = self.hass.async_create_task(self._async_listen(LISTEN_S), eager_start=False)
        return await self.async_step_listen()

    async def async_step_listen(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait while the plugs answer."""
        assert self._listening is not None
        if not self._listening.done():
            return self.async_show_progress(step_id="listen", progress_action="listen", progress_task=self._listening)
        self._listening.result()
        return self.async_show_progress_done(next_step_id="pick" if self._plugs else "by_hand")

    async def async_step_pick(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose one of those that were found."""
        texts = await load_texts(self.hass, "plug")
        if user_input is not None:
            if user_input[CONF_PLUG] == BY_HAND:
                return await self.async_step_by_hand()
            topics = PlugTopics(user_input[CONF_PLUG])
            if topics.full_topic in self._taken:
                return self.async_abort(reason="already_configured")
            return self._save(topics, (user_input.get(CONF_NAME) or "").strip())
        options = {
            full_topic: texts("found", name=plug.topics.name, version=str(plug.generation))
            for full_topic, plug in sorted(self._plugs.items())
        }
        options[BY_HAND] = texts(BY_HAND)
        return self.async_show_form(
            step_id="pick",
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_PLUG, default=next(iter(options))): named_choice(options),
                    probatio.Optional(CONF_NAME): TextSelector(),
                }
            ),
            description_placeholders={"count": str(len(self._plugs))},
        )

    async def async_step_by_hand(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the full topic; the plug must answer on it, unless it is as before."""
        known, errors = self._known, dict[str, str]()
        if user_input is not None:
            topics = PlugTopics.parse(user_input[CONF_FULL_TOPIC])
            name = (user_input.get(CONF_NAME) or "").strip()
            if topics is None:
                errors[CONF_FULL_TOPIC] = "full_topic_invalid"
            elif topics.full_topic in self._taken:
                errors[CONF_FULL_TOPIC] = "plug_known"
            elif known is not None and topics.full_topic == known.data[CONF_FULL_TOPIC]:
                return self._save(topics, name)
            elif not has_broker(self.hass):
                return self.async_abort(reason="no_broker")
            else:
                self._plugs = {}
                await self._async_listen(ANSWER_S, topics)
                if topics.full_topic in self._plugs:
                    return self._save(topics, name)
                errors[CONF_FULL_TOPIC] = "plug_silent"
        fields = {probatio.Required(CONF_FULL_TOPIC): TextSelector(), probatio.Optional(CONF_NAME): TextSelector()}
        shown = {} if known is None else {**known.data, CONF_NAME: known.title}
        return self.async_show_form(
            step_id="by_hand",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or shown),
            errors=errors,
            description_placeholders={"prefix": PREFIX},
        )

    def _save(self, topics: PlugTopics, name: str) -> SubentryFlowResult:
        """Keep the plug, which is in nobody's list yet."""
        settings = {CONF_FULL_TOPIC: topics.full_topic}
        if (known := self._known) is None:
            return self.async_create_entry(title=name or topics.name, data=settings, unique_id=topics.full_topic)
        return self.async_update_and_abort(
            self._get_entry(), known, title=name or topics.name, data=settings, unique_id=topics.full_topic
        )

    @property
    def _taken(self) -> set[str]:
        """The other plugs that some meter has already."""
        own = None if self._known is None else self._known.subentry_id
        return {
            subentry.data[CONF_FULL_TOPIC]
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
            if subentry.subentry_id != own
        }

    async def _async_listen(self, for_s: float, only: PlugTopics | None = None) -> None:
        """Hear the broker, and ask whoever is there."""
        from homeassistant.components import mqtt  # it is there by now

        taken = self._taken
        ours = [topic for entry in self._loaded if (topic := own_topic(entry)) is not None]

        @callback
        def heard(message: mqtt.ReceiveMessage) -> None:
            topics = PlugTopics.of(message.topic)
            if topics is None or topics.full_topic in taken or (only is not None and topics != only):
                return
            if any(message.topic.startswith(f"{topic}/") for topic in ours):
                return
            payload = message.payload.encode() if isinstance(message.payload, str) else bytes(message.payload)
            self._heard(topics, Heard(message.topic, payload, message.retain))

        levels = "/".join
        filters = (
            [only.topic(TELE, "+"), only.topic(STAT, "+")]
            if only is not None
            else [levels((*("+",) * place, word, "#")) for place in range(3) for word in (TELE, STAT)]
        )
        self._asked = set()
        stops = []
        try:
            for topic_filter in filters:
                stops.append(await mqtt.async_subscribe(self.hass, topic_filter, heard, encoding=None))  # noqa: PERF401
            if only is not None:
                self._ask(only)
            await asyncio.sleep(for_s)
        except HomeAssistantError:
            return  # the broker went, or refuses to be listened to: nothing is found
        finally:
            for stop in stops:
                stop()

    @property
    def _loaded(self) -> list[Any]:
        entries = self.hass.config_entries.async_entries(DOMAIN)
        return [entry for entry in entries if entry.state is ConfigEntryState.LOADED]

    def _heard(self, topics: PlugTopics, message: Heard) -> None:
        name = message.topic.rpartition("/")[2]
        if name == "LWT" and message.payload == b"Online":
            self._ask(topics)
        body = PayloadReader(OffloadPlug(topics).counts).json(message.payload)
        if body is None or not tells_of_offload(body) or len(self._plugs) >= _MOST:
            return
        plug = self._plugs.setdefault(topics.full_topic, OffloadPlug(topics))
        plug.take(message.topic, message.payload, retained=message.retained)

    def _ask(self, topics: PlugTopics) -> None:
        """Ask a device for its sensors, once."""
        if topics.full_topic in self._asked or len(self._asked) >= _MOST:
            return
        self._asked.add(topics.full_topic)
        command, payload = ASK
        self.hass.async_create_task(async_say(self.hass, topics.topic(CMND, command), payload))
