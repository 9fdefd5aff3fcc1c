"""The pages of the options that are for MQTT: who may ask for a LinkyTop's delay, and our states told to others."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio
from yarl import URL

from ..bridges.plug_topics import PREFIX, PlugTopics
from ..broker import has_broker
from ..const import CONF_DELAY_SERVICE, CONF_OWN_STATES, CONF_OWN_TOPIC
from ..delay_service import PATH, Credentials
from ..mirror import DEFAULT_OWN_TOPIC

CONF_SERVE: Final = "serve"
DEFAULT_HOST: Final = URL.build(scheme="http", host="homeassistant.local", port=8123)


class MqttPages(OptionsFlow, ABC):
    """Two pages; new credentials are shown once, and kept only when they have been seen."""

    def __init__(self) -> None:
        self._fresh: tuple[Credentials, str] | None = None

    @property
    @abstractmethod
    def _options(self) -> dict[str, Any]:
        """The options as they are."""

    @abstractmethod
    def _keep(self, changes: Mapping[str, Any]) -> ConfigFlowResult:
        """End with the other options as they are; None takes an option away."""

    async def async_step_delay_service(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Whether a LinkyTop is answered; each yes makes new credentials."""
        if user_input is not None:
            if not user_input[CONF_SERVE]:
                return self._keep({CONF_DELAY_SERVICE: None})
            self._fresh = Credentials.make()
            return await self.async_step_delay_credentials()
        return self.async_show_form(
            step_id="delay_service",
            data_schema=probatio.Schema({probatio.Required(CONF_SERVE, default=True): BooleanSelector()}),
        )

    async def async_step_delay_credentials(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the new credentials, this once."""
        assert self._fresh is not None
        credentials, password = self._fresh
        if user_input is not None:
            return self._keep({CONF_DELAY_SERVICE: credentials.data})
        url = self._base_url.with_user(credentials.user).with_password(password).with_path(PATH)
        return self.async_show_form(
            step_id="delay_credentials",
            data_schema=probatio.Schema({}),
            description_placeholders={"user": credentials.user, "password": password, "url": str(url)},
        )

    @property
    def _base_url(self) -> URL:
        """Where the box finds this Home Assistant; it speaks plain HTTP only."""
        try:
            found = URL(get_url(self.hass, allow_external=False, allow_cloud=False))
        except NoURLAvailableError:
            return DEFAULT_HOST
        return found.with_scheme("http")

    async def async_step_own_states(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Whether the states of our appliances are published, and where."""
        errors: dict[str, str] = {}
        if user_input is not None:
            topic = (user_input.get(CONF_OWN_TOPIC) or DEFAULT_OWN_TOPIC).strip().strip("/")
            if not user_input[CONF_OWN_STATES]:
                return self._keep({CONF_OWN_STATES: None, CONF_OWN_TOPIC: None})
            if PlugTopics.parse(f"{topic}/{PREFIX}") is None or topic.startswith("$"):
                errors[CONF_OWN_TOPIC] = "topic_invalid"
            elif not has_broker(self.hass):
                errors[CONF_OWN_STATES] = "no_broker"
            else:
                return self._keep({CONF_OWN_STATES: True, CONF_OWN_TOPIC: topic})
        fields = {
            probatio.Required(CONF_OWN_STATES, default=False): BooleanSelector(),
            probatio.Optional(CONF_OWN_TOPIC): TextSelector(),
        }
        values = user_input or {CONF_OWN_TOPIC: DEFAULT_OWN_TOPIC} | self._options
        return self.async_show_form(
            step_id="own_states",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), values),
            errors=errors,
        )
