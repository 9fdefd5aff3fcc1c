"""What is derived from the readings of one meter (`meter/derivation.py`), with the time of day and a memory."""

from typing import Any, Final, TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .meter import Derivation, Derived, Reading

_VERSION: Final = 1
_SAVE_DELAY_S: Final = 60.0


class _Kept(TypedDict):
    derivation: dict[str, Any]


class Insight:
    """Follows the readings; what it learned (power factors, hours of the tariff) outlives a restart."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Bind to the file of an entry; `async_load` reads it."""
        self._store: Store[_Kept] = Store(hass, _VERSION, f"{DOMAIN}.{entry_id}.derived")
        self._derivation = Derivation(dt_util.get_default_time_zone())

    async def async_load(self) -> None:
        """Read what an earlier run left."""
        if (kept := await self._store.async_load()) is not None:
            self._derivation.restore(kept["derivation"])

    @property
    def derived(self) -> Derived:
        """What is derived from the latest reading."""
        return self._derivation.derived

    @callback
    def observe(self, reading: Reading) -> Derived:
        """Derive from a reading that has just been made."""
        derived = self._derivation.observe(reading, dt_util.utcnow())
        if self._derivation.learned:
            self._derivation.learned = False
            self._store.async_delay_save(self._picture, _SAVE_DELAY_S)
        return derived

    @callback
    def interrupt(self) -> None:
        """The meter was not heard for a while."""
        self._derivation.interrupt()

    async def async_keep_now(self) -> None:
        """Write: the entry is being unloaded."""
        await self._store.async_save(self._picture())

    async def async_remove(self) -> None:
        """Delete the file: the entry is gone."""
        await self._store.async_remove()

    def _picture(self) -> _Kept:
        return _Kept(derivation=self._derivation.dump())
