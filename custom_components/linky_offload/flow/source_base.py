"""What the dialogs of all sources share: where a search leads, and how a refused meter leads back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigFlow, ConfigFlowResult

from ..const import CONF_ADDRESS, CONF_SOURCE, DOMAIN
from ..identity import same_meter
from .found import Found

type Back = Callable[[], Coroutine[Any, Any, ConfigFlowResult]]


class SourceSteps(ConfigFlow, ABC):
    """The way from a source to the meter behind it.

    ``errors`` and ``figures`` are what the form of the source shows when it is opened again.
    """

    def __init__(self) -> None:
        self._found: Found | None = None
        self._errors: dict[str, str] = {}
        self._figures: dict[str, str] = {}
        self._back: dict[str, tuple[str, str, Back]] = {}

    def _leads_back(self, source: str, step_id: str, field: str, back: Back) -> None:
        """A meter of ``source`` that is refused leads back to its step, where the reason stands under ``field``."""
        self._back[source] = (step_id, field, back)

    @property
    def _reconfigured(self) -> ConfigEntry | None:
        """The entry that is being changed; None while one is being made."""
        return self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None

    @property
    def _next_step(self) -> str:
        """Where a found meter is shown."""
        return "compare" if self.source == SOURCE_RECONFIGURE else "confirm"

    async def _async_found(self, found: Found) -> ConfigFlowResult:
        """Go on with a meter that was found."""
        self._found = found
        return await (self.async_step_compare() if self._next_step == "compare" else self.async_step_confirm())

    def _source_step(self, found: Found) -> str:
        """The step at which another source may be chosen."""
        return self._back[found.connection[CONF_SOURCE]][0]

    async def _async_refuse(self, found: Found, reason: str, **figures: str) -> ConfigFlowResult:
        """Back to the source of a meter that cannot be taken, with the reason."""
        _, field, back = self._back[found.connection[CONF_SOURCE]]
        self._errors = {field: reason}
        self._figures = figures
        return await back()

    def _entry_of(self, address: str | None) -> ConfigEntry | None:
        """The entry of the meter of this address."""
        if address is None:
            return None
        entries = self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        return next((entry for entry in entries if same_meter(address, entry.data.get(CONF_ADDRESS))), None) or (
            self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, address)
        )

    @abstractmethod
    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what was found, and ask for what could not be."""

    @abstractmethod
    async def async_step_compare(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make sure that the meter found is the one of the entry."""
