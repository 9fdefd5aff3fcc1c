"""What an entry keeps over restarts besides the journal: its mode, and what was learned of the loads and the house."""

from collections.abc import Mapping
from typing import Any, TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .offload import Arbiter, HourlyLoad, LoadMemory, OffloadMode

_VERSION = 1
_SAVE_DELAY_S = 60.0


class _Kept(TypedDict):
    mode: str
    learned_va: dict[str, float]
    habits: dict[str, list[int]]


class Memory:
    """The stored memory of one entry; read once at the start, written some time after a change."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store: Store[_Kept] = Store(hass, _VERSION, f"{DOMAIN}.{entry_id}")
        self._kept = _Kept(mode=OffloadMode.AUTOMATIC, learned_va={}, habits={})

    async def async_load(self) -> None:
        """Read what an earlier run left."""
        if (kept := await self._store.async_load()) is not None:
            self._kept = kept

    @property
    def mode(self) -> OffloadMode:
        """The mode in which the arbiter was left."""
        return OffloadMode(self._kept["mode"])

    @property
    def habits(self) -> HourlyLoad:
        """What the house draws by itself."""
        return HourlyLoad(self._kept["habits"])

    def loads(self, intents: Mapping[str, Any]) -> dict[str, LoadMemory]:
        """The loads of which something is known, with the intents that the journal holds."""
        learned = self._kept["learned_va"]
        return {
            load_id: LoadMemory(intent=load_id in intents, learned_va=learned.get(load_id))
            for load_id in {*learned, *intents}
        }

    @callback
    def keep(self, arbiter: Arbiter, mode: OffloadMode) -> None:
        """Write the present memory of the arbiter before long."""
        self._store.async_delay_save(lambda: self._picture(arbiter, mode), _SAVE_DELAY_S)

    async def async_keep_now(self, arbiter: Arbiter, mode: OffloadMode) -> None:
        """Write the present memory of the arbiter: the entry is being unloaded."""
        await self._store.async_save(self._picture(arbiter, mode))

    async def async_remove(self) -> None:
        """Delete the file: the entry is gone."""
        await self._store.async_remove()

    def _picture(self, arbiter: Arbiter, mode: OffloadMode) -> _Kept:
        learned = {
            load_id: memory.learned_va for load_id, memory in arbiter.memory().items() if memory.learned_va is not None
        }
        return _Kept(mode=mode, learned_va=learned, habits=arbiter.habits.dump())
