"""When to act, asked beside the first appliances: who never opens the settings of the protection has chosen it too."""

from abc import ABC, abstractmethod
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import SelectSelectorMode
import probatio

from ..const import CONF_BRANCH_BREAKER, CONF_PROFILE, DEFAULT_PROFILE
from ..offload.model import Profile
from ..runtime import LinkyConfigEntry
from ..writing import async_write_option
from .fields import choice
from .known import async_needed_breaker, async_pace, meter_of
from .protection import Meter, suggested_profile
from .text import load_texts
from .threshold import breaker_refusals, breaker_schema


class WhenPage(ConfigSubentryFlow, ABC):
    """``_when`` are the options chosen here, None for one taken away; empty until somebody has opened the page."""

    def __init__(self) -> None:
        self._when: dict[str, Any] = {}

    @property
    def _entry(self) -> LinkyConfigEntry:
        return self._get_entry()

    @abstractmethod
    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go back to the last page."""

    @property
    def _asks_when(self) -> bool:
        """Whether the page is offered: what was once chosen has its place in the settings of the protection."""
        return CONF_PROFILE not in self._entry.options

    @property
    def _met(self) -> Meter:
        return meter_of(self._entry, self._entry.options)

    @property
    def _profile(self) -> Profile:
        """What is in force once the page is left: the one chosen; for a new coordinator, what suits this meter."""
        options = {**self._entry.options, **self._when}
        if CONF_PROFILE in options:
            return Profile(options[CONF_PROFILE])
        return suggested_profile(self._met, options) if self.source == SOURCE_USER else Profile(DEFAULT_PROFILE)

    async def _async_when(self) -> str:
        """The profile in words."""
        return (await load_texts(self.hass, "coordinator"))(f"when_{self._profile.value}")

    async def async_step_when(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the profile, and for the breaker on which it depends."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = breaker_refusals(user_input)
            if not errors:
                self._when = {CONF_BRANCH_BREAKER: None, **user_input}  # a field that was emptied is not sent
                return await self.async_step_finish()
        schema = probatio.Schema(
            {
                probatio.Required(CONF_PROFILE): choice(CONF_PROFILE, Profile, SelectSelectorMode.LIST),
                **breaker_schema().schema,
            }
        )
        breaker = {**self._entry.options, **self._when}.get(CONF_BRANCH_BREAKER)
        values = user_input or {CONF_PROFILE: self._profile, CONF_BRANCH_BREAKER: breaker}
        profiles = await load_texts(self.hass, "profile")
        return self.async_show_form(
            step_id="when",
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={
                "pace": await async_pace(self.hass, self._met),
                "suggested": profiles(suggested_profile(self._met, self._entry.options)),
                "needed": await async_needed_breaker(self.hass, self._met, self._entry.options),
            },
            last_step=False,
        )

    def _write_when(self) -> None:
        """Keep what was chosen, or what the last page of a new coordinator said on the strength of a known pace."""
        proposed = self._asks_when and self.source == SOURCE_USER and self._met.cadence_s is not None
        for key, value in {**({CONF_PROFILE: str(self._profile)} if proposed else {}), **self._when}.items():
            async_write_option(self.hass, self._entry, key, value)
