"""Adding, changing and calibrating an Open Source Smart Plug."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio
from yarl import URL

from ..const import CONF_ENABLED, CONF_NAME, DOMAIN, SUBENTRY_OSSP
from ..ossp.client import PlugClient, PlugError
from ..ossp.gauge import Measures
from ..ossp.hub import async_ossp
from ..ossp.settings import CALIBRATED, CONF_HOST, CONF_OUTPUTS, GAINS, OFFSETS, correction_of, gain_key, offset_key
from ..runtime import LinkyConfigEntry
from .fields import number_box, within
from .text import decimal, load_texts

LEAST: Final = {"voltage": 20.0, "current": 0.1, "power": 20.0}
"""What a plug must show before it can be compared with another instrument."""

DIGITS: Final = {"voltage": 1, "current": 2, "power": 0}
"""Decimals with which a measure of the plug is shown beside that of another instrument."""


def host_of(text: str) -> str | None:
    """Host and port out of what a person typed; None where that is no address."""
    text = text.strip()
    try:
        url = URL(text if "://" in text else f"http://{text}")
        if not url.host or " " in text or url.user is not None or url.scheme not in ("http", "ws"):
            return None
        return url.host_port_subcomponent if url.explicit_port is not None else url.host_subcomponent
    except ValueError:
        return None


class OsspFlow(ConfigSubentryFlow):
    """A plug is looked at before it is taken: its outputs are counted, its measures shown."""

    @property
    def _entry(self) -> LinkyConfigEntry:
        return self._get_entry()

    @property
    def _known(self) -> ConfigSubentry | None:
        """The plug that is being changed; None while one is being added."""
        return self._get_reconfigure_subentry() if self.source == "reconfigure" else None

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change its address, or compare it with another instrument."""
        return self.async_show_menu(step_id="reconfigure", menu_options=["user", "calibrate", "corrections"])

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the name and the address, and try it."""
        known, errors = self._known, {}
        if user_input is not None:
            host = host_of(user_input[CONF_HOST])
            if host is None:
                errors[CONF_HOST] = "host_invalid"
            elif host in self._taken_hosts():
                errors[CONF_HOST] = "host_taken"
            else:
                outputs = [] if known is None else known.data[CONF_OUTPUTS]
                if user_input[CONF_ENABLED] or not outputs:
                    try:
                        outputs = await self._async_outputs(host)
                    except PlugError as err:
                        errors[CONF_HOST] = str(err.refusal)
                if not errors:
                    name = user_input[CONF_NAME].strip() or host
                    return self._save(
                        name, {CONF_HOST: host, CONF_OUTPUTS: outputs, CONF_ENABLED: user_input[CONF_ENABLED]}
                    )
        suggested: dict[str, Any] = {CONF_ENABLED: True}
        if known is None:
            texts = await load_texts(self.hass, "ossp")
            suggested[CONF_NAME] = texts("name")
        else:
            suggested |= {CONF_NAME: known.title, **known.data}
        fields = {
            probatio.Required(CONF_NAME): TextSelector(),
            probatio.Required(CONF_HOST): TextSelector(),
            probatio.Required(CONF_ENABLED): BooleanSelector(),
        }
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=errors,
        )

    async def async_step_calibrate(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what another instrument shows, and reckon the gains."""
        known = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        shown = self._measures(known)
        if user_input is not None:
            gains: dict[str, Any] = {}
            for measure, reference in user_input.items():
                value = getattr(shown, measure)
                correction = correction_of(known.data, measure)
                raw = None if value is None else (value - correction.offset) / correction.gain
                if raw is None or abs(raw) < LEAST[measure]:
                    errors[measure] = "nothing_to_compare"
                elif not within(gain := (reference - correction.offset) / raw, GAINS):
                    errors[measure] = "too_far_off"
                else:
                    gains[gain_key(measure)] = round(gain, 3)
            if not errors:
                return self._save(known.title, gains)
        fields = {probatio.Optional(measure): number_box(unit, 0.01) for measure, unit in CALIBRATED.items()}
        return self.async_show_form(
            step_id="calibrate",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or {}),
            errors=errors,
            description_placeholders={
                measure: "–"
                if (value := getattr(shown, measure)) is None
                else f"{decimal(self.hass, value, DIGITS[measure])} {unit}"
                for measure, unit in CALIBRATED.items()
            },
        )

    async def async_step_corrections(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show gains and offsets as they are."""
        known = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            for measure in CALIBRATED:
                if not within(user_input[gain_key(measure)], GAINS):
                    errors[gain_key(measure)] = "gain_out_of_range"
                if not within(abs(user_input[offset_key(measure)]), (0, OFFSETS[measure])):
                    errors[offset_key(measure)] = "offset_out_of_range"
            if not errors:
                return self._save(known.title, user_input)
        fields: dict[probatio.Marker, object] = {}
        suggested: dict[str, Any] = {}
        for measure, unit in CALIBRATED.items():
            correction = correction_of(known.data, measure)
            fields[probatio.Required(gain_key(measure))] = number_box("", 0.001)
            fields[probatio.Required(offset_key(measure))] = number_box(unit, 0.01)
            suggested |= {gain_key(measure): correction.gain, offset_key(measure): correction.offset}
        return self.async_show_form(
            step_id="corrections",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=errors,
            description_placeholders={
                **{f"{measure}_most": f"{OFFSETS[measure]:g} {unit}" for measure, unit in CALIBRATED.items()},
                "least_gain": decimal(self.hass, GAINS[0], 1),
                "most_gain": f"{GAINS[1]:g}",
            },
        )

    def _save(self, title: str, data: Mapping[str, Any]) -> SubentryFlowResult:
        known = self._known
        if known is None:
            return self.async_create_entry(title=title, data=dict(data))
        if data.get(CONF_OUTPUTS, known.data[CONF_OUTPUTS]) != known.data[CONF_OUTPUTS]:
            # Switches of outputs that were not there before are made at the start only.
            self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return self.async_update_and_abort(self._entry, known, title=title, data={**known.data, **data})

    def _taken_hosts(self) -> set[str]:
        """The addresses of the other plugs, of whatever meter."""
        own = None if self._known is None else self._known.subentry_id
        return {
            subentry.data[CONF_HOST]
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_OSSP)
            if subentry.subentry_id != own
        }

    async def _async_outputs(self, host: str) -> list[int]:
        """The numbers of the outputs of a plug. Raises PlugError."""
        client = PlugClient(self.hass, host, on_state=lambda _state, _now: None, on_link=lambda _there: None)
        return sorted((await client.async_first_state()).outputs)

    def _measures(self, known: ConfigSubentry) -> Measures:
        """What the plug shows now; nothing where it is not connected."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return Measures()
        plug = async_ossp(self.hass, self._entry).plugs.get(known.subentry_id)
        return Measures() if plug is None else plug.gauge.now
