"""Which meter speaks: its address is learnt once, and another one is told to the person."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_ADDRESS, CONF_PHASES, DOMAIN

CERTAIN_AFTER_S: Final = 60.0
"""A damaged address passes the checksum now and then; the one of another meter stays."""


def issue_id(entry_id: str) -> str:
    """The repair issue of another meter on the line."""
    return f"other_meter_{entry_id}"


def same_meter(one: str | None, other: str | None) -> bool:
    """Whether two addresses are of one meter: a bridge that takes it for a number loses its first zero."""
    return one is not None and other is not None and one.lstrip("0") == other.lstrip("0")


@callback
def async_adopt_address(hass: HomeAssistant, entry: ConfigEntry, address: str) -> None:
    """The entry is about the meter of this address from now on. Entities hang on the internal id and stay."""
    taken = hass.config_entries.async_entry_for_domain_unique_id(entry.domain, address)
    hass.config_entries.async_update_entry(
        entry,
        data={**entry.data, CONF_ADDRESS: address},
        unique_id=address if taken is None else entry.unique_id,
    )


class Identity:
    """Compares the address on the line with the one of the entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._other: str | None = None
        self._other_since = 0.0
        self._told = False

    @callback
    def count(self, phases: int) -> None:
        """Take the number of phases of a reading, 0 while it is unknown: a bridge may name the second one late."""
        data = self._entry.data
        if phases and phases != data.get(CONF_PHASES):
            self._hass.config_entries.async_update_entry(self._entry, data={**data, CONF_PHASES: phases})

    @callback
    def follow(self, address: str | None, now: float) -> None:
        """Take the address of a reading at ``now`` (monotonic seconds)."""
        known = self._entry.data.get(CONF_ADDRESS)
        if address is not None and same_meter(address, known) and len(address) > len(known or ""):
            async_adopt_address(self._hass, self._entry, address)
        if address is None or same_meter(address, known):
            self._other = None
            if self._told:
                self._told = False
                ir.async_delete_issue(self._hass, DOMAIN, issue_id(self._entry.entry_id))
            return
        if known is None:
            async_adopt_address(self._hass, self._entry, address)
            return
        if address != self._other:
            self._other, self._other_since = address, now
        if self._told or now - self._other_since < CERTAIN_AFTER_S:
            return
        self._told = True
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id(self._entry.entry_id),
            data={"entry_id": self._entry.entry_id, "address": address},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="other_meter",
            translation_placeholders={"name": self._entry.title, "known": known, "address": address},
        )
