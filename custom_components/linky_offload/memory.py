"""What an entry keeps over restarts besides the journal: its mode, and what the arbiter has learned and was asked."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .actuators import Actuator
from .const import DOMAIN
from .offload import Arbiter, LoadMemory, OffloadMode

_VERSION = 1
_SAVE_DELAY_S = 60.0


def cut_before(intents: Iterable[str], actuators: Mapping[str, Actuator]) -> dict[str, LoadMemory]:
    """The loads that the journal holds, each with the level at which its owner wants it by what was saved then."""
    return {load_id: LoadMemory(intent=True, wanted_level=actuators[load_id].wanted_level) for load_id in intents}


class _Kept(TypedDict):
    mode: str
    arbiter: dict[str, Any]
    latencies_s: dict[str, float]


class Memory:
    """The stored memory of one entry; read once at the start, written some time after a change."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store: Store[_Kept] = Store(hass, _VERSION, f"{DOMAIN}.{entry_id}")
        self._now = hass.loop.time
        self._kept = _Kept(mode=OffloadMode.AUTOMATIC, arbiter={}, latencies_s={})

    async def async_load(self) -> None:
        """Read what an earlier run left."""
        if (kept := await self._store.async_load()) is not None:
            self._kept = _Kept(
                mode=kept["mode"], arbiter=kept.get("arbiter", {}), latencies_s=dict(kept.get("latencies_s", {}))
            )

    @property
    def mode(self) -> OffloadMode:
        """The mode in which the arbiter was left."""
        return OffloadMode(self._kept["mode"])

    @property
    def state(self) -> Mapping[str, Any]:
        """What the arbiter was left with."""
        return self._kept["arbiter"]

    @property
    def latencies_s(self) -> Mapping[str, float]:
        """How long the loads that were tried take to obey, by load id."""
        return self._kept["latencies_s"]

    @callback
    def note_latency(self, load_id: str, latency_s: float) -> None:
        """A load was tried; it is written with the next `keep`."""
        self._kept["latencies_s"][load_id] = latency_s

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
        state = arbiter.state(self._now())
        latencies_s = {load_id: one for load_id, one in self.latencies_s.items() if load_id in state["loads"]}
        return _Kept(mode=mode, arbiter=state, latencies_s=latencies_s)
