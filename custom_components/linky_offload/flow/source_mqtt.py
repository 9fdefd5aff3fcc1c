"""A meter heard by MQTT: listen to the broker, choose among what was found, or say by hand where the power is."""

import asyncio
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
)
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
from homeassistant.util import dt as dt_util
import probatio

from ..bridges import Format
from ..const import CONF_BRIDGE, SOURCE_MQTT
from ..identity import same_meter
from ..tic import describe_address
from .found import masked
from .source_base import SourceSteps
from .text import kva, load_texts

if TYPE_CHECKING:
    from .listening import Candidate, Listening

LISTEN_S: Final = 15.0
_TICK_S: Final = 0.25

CONF_TOPIC: Final = "topic"
CONF_CHOICE: Final = "found"
CONF_POWER_KEY: Final = "power_key"
CONF_CONTRACT_KEY: Final = "contract_key"
CONF_TEMPLATE: Final = "template"

EVERYTHING: Final = "#"
_WILDCARDS: Final = frozenset("+#")
AGAIN: Final = "again"
BY_HAND: Final = "by_hand"


class MqttSteps(SourceSteps):
    """The broker, what speaks on it, and the rare settings by hand."""

    def __init__(self) -> None:
        super().__init__()
        self._topic = EVERYTHING
        self._by_hand: dict[str, Any] | None = None
        self._listening: asyncio.Task[Listening] | None = None
        self._candidates: list[Candidate] = []
        self._wanted_address: str | None = None
        self._leads_back(SOURCE_MQTT, "mqtt_bridge", CONF_CHOICE, self.async_step_mqtt_pick)

    @override
    async def async_step_mqtt(self, discovery_info: MqttServiceInfo) -> ConfigFlowResult:
        """A bridge that has a topic for each label has just said the address of its meter."""
        payload = discovery_info.payload
        address = (payload if isinstance(payload, str) else bytes(payload).decode("ascii", "replace")).strip().zfill(12)
        if describe_address(address) is None:
            return self.async_abort(reason="not_a_meter")
        await self.async_set_unique_id(address)
        if self._entry_of(address) is not None:
            return self.async_abort(reason="already_configured")
        self._wanted_address = address
        root = discovery_info.topic.rpartition("/")[0]
        # What tells whether the bridge is there stands beside its values.
        base = root.removesuffix("/values").removesuffix("/data")
        self._topic = f"{base}/#"
        self.context["title_placeholders"] = {"name": f"{masked(address)} (MQTT, {root})"}
        return await self.async_step_mqtt_discovered()

    async def async_step_mqtt_discovered(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask before anything is listened to."""
        assert self._wanted_address is not None
        if user_input is not None:
            return await self.async_step_mqtt_listen()
        return self.async_show_form(
            step_id="mqtt_discovered",
            data_schema=probatio.Schema({}),
            description_placeholders={"address": masked(self._wanted_address), "topic": self._topic},
            last_step=False,
        )

    async def async_step_mqtt_bridge(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Listen to everything, where there is a broker to listen to."""
        entries = self.hass.config_entries.async_entries("mqtt", include_disabled=False)
        if not any(entry.state is ConfigEntryState.LOADED for entry in entries):
            return await self.async_step_mqtt_absent()
        self._by_hand = None
        return await self.async_step_mqtt_listen()

    async def async_step_mqtt_absent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that there is no broker to listen to."""
        return self.async_show_menu(step_id="mqtt_absent", menu_options=["mqtt_bridge", "serial", "entities"])

    async def async_step_mqtt_listen(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Hear the broker while a progress bar runs."""
        if self._listening is None:
            self._errors = {}
            self._listening = self.hass.async_create_task(self._async_listen(), eager_start=False)
        if not self._listening.done():
            return self.async_show_progress(
                step_id="mqtt_listen",
                progress_action="mqtt_listen",
                progress_task=self._listening,
                description_placeholders={"topic": self._topic},
            )
        listening, self._listening = self._listening, None
        form = "mqtt_pick" if self._by_hand is None else "mqtt_manual"
        try:
            heard = listening.result()
        except HomeAssistantError:
            self._errors = {CONF_TOPIC: "topic_refused"}
            return self.async_show_progress_done(next_step_id=form)
        zone = dt_util.get_default_time_zone()
        if self._by_hand is None:
            self._candidates = heard.candidates(zone)
            if not self._candidates:
                self._errors = {CONF_CHOICE: "no_meter_heard"}
            wanted = [one for one in self._candidates if same_meter(one.found.address, self._wanted_address)]
            if len(wanted) == 1:
                self._found = wanted[0].found
                return self.async_show_progress_done(next_step_id=self._next_step)
        else:
            candidate = heard.read(self._by_hand, zone)
            if candidate is not None:
                self._found = candidate.found
                return self.async_show_progress_done(next_step_id=self._next_step)
            self._errors = {CONF_TOPIC: "no_value_heard" if heard.count else "nothing_heard"}
        return self.async_show_progress_done(next_step_id=form)

    async def _async_listen(self) -> Listening:
        from .listening import Listening  # it brings Home Assistant's MQTT, which is there by now

        heard = Listening(self.hass, self._topic)

        async def wait() -> None:
            for tick in range(1, max(1, round(LISTEN_S / _TICK_S)) + 1):
                await asyncio.sleep(min(_TICK_S, LISTEN_S))
                self.async_update_progress(min(1.0, tick * _TICK_S / LISTEN_S))

        await heard.async_listen(wait)
        return heard

    async def async_step_mqtt_pick(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """List what was found; anything else is listened to again, or said by hand."""
        if user_input is not None:
            match user_input[CONF_CHOICE]:
                case "again":
                    topic = (user_input.get(CONF_TOPIC) or EVERYTHING).strip()
                    if not _valid(topic):
                        self._errors = {CONF_TOPIC: "topic_invalid"}
                    else:
                        self._topic = topic
                        return await self.async_step_mqtt_listen()
                case "by_hand":
                    self._errors = {}
                    return await self.async_step_mqtt_manual()
                case place:
                    return await self._async_found(self._candidates[int(place)].found)
        texts = await load_texts(self.hass, "bridge")
        options = [
            SelectOptionDict(value=str(place), label=await self._async_label(candidate))
            for place, candidate in enumerate(self._candidates)
        ]
        options += [SelectOptionDict(value=key, label=texts(key)) for key in (AGAIN, BY_HAND)]
        fields = {
            probatio.Required(CONF_CHOICE): SelectSelector(
                SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
            ),
            probatio.Optional(CONF_TOPIC): TextSelector(),
        }
        suggested = {CONF_CHOICE: options[0]["value"], CONF_TOPIC: self._topic}
        return self.async_show_form(
            step_id="mqtt_pick",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=self._errors,
            description_placeholders={"count": str(len(self._candidates)), **self._figures},
            last_step=False,
        )

    async def _async_label(self, candidate: Candidate) -> str:
        """A device in one line: its topic, its format and what its meter says."""
        texts = await load_texts(self.hass, "bridge")
        found = candidate.found
        facts = [
            texts(str(candidate.settings["format"])),
            None if found.address is None else f"••••{found.address[-4:]}",
            None if candidate.power_va is None else f"{candidate.power_va:.0f} VA",
            None if found.contract_va is None else kva(self.hass, found.contract_va),
        ]
        return f"{found.where} ({', '.join(fact for fact in facts if fact)})"

    async def async_step_mqtt_manual(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the topic and for where its messages hold the power."""
        errors, self._errors = self._errors, {}
        if user_input is not None:
            errors = self._wrong(user_input)
            if not errors:
                self._topic = user_input[CONF_TOPIC].strip()
                self._by_hand = _settings(user_input)
                return await self.async_step_mqtt_listen()
        known = self._by_hand or self._known_bridge
        topics = known.get("topics") or [""]
        suggested = {CONF_TOPIC: topics[0], **known}
        fields = {
            probatio.Required(CONF_TOPIC): TextSelector(),
            probatio.Optional(CONF_POWER_KEY): TextSelector(),
            probatio.Optional(CONF_CONTRACT_KEY): TextSelector(),
            probatio.Optional(CONF_TEMPLATE): TemplateSelector(),
        }
        return self.async_show_form(
            step_id="mqtt_manual",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=errors,
            last_step=False,
        )

    @property
    def _known_bridge(self) -> dict[str, Any]:
        """How the bridge of the entry that is being changed is read."""
        entry = self._reconfigured
        return {} if entry is None else entry.data.get(CONF_BRIDGE) or {}

    @staticmethod
    def _wrong(answers: dict[str, Any]) -> dict[str, str]:
        errors: dict[str, str] = {}
        topic = answers[CONF_TOPIC].strip()
        if not _valid(topic):
            errors[CONF_TOPIC] = "topic_invalid"
        elif not _WILDCARDS.isdisjoint(topic):
            errors[CONF_TOPIC] = "topic_wildcard"
        if answers.get(CONF_POWER_KEY) and answers.get(CONF_TEMPLATE):
            errors[CONF_POWER_KEY] = "key_or_template"
        elif answers.get(CONF_CONTRACT_KEY) and not answers.get(CONF_POWER_KEY):
            errors[CONF_CONTRACT_KEY] = "key_missing"
        return errors


def _settings(answers: dict[str, Any]) -> dict[str, Any]:
    """What the person said, as the entry keeps it."""
    told = {key: answers[key].strip() for key in (CONF_POWER_KEY, CONF_CONTRACT_KEY, CONF_TEMPLATE) if answers.get(key)}
    fmt = Format.KEYED if CONF_POWER_KEY in told else Format.VALUE
    topic = answers[CONF_TOPIC].strip()
    return {"format": str(fmt), "topics": [topic], "root": topic, **told}


def _valid(topic: str) -> bool:
    """Whether a broker can be asked for a topic."""
    from homeassistant.components.mqtt import valid_subscribe_topic

    try:
        valid_subscribe_topic(topic)
    except probatio.Invalid:
        return False
    return bool(topic)
