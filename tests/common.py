"""A meter on a pseudo-terminal, an entry that reads it, and loads: what the tests of the integration share."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
import contextlib
import os
from pathlib import Path
import tty
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.const import DOMAIN, SUBENTRY_COORDINATOR
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.sources import LineFeed
from simulator.tic import Group, Mode, frame

ADDRESS = "041961999999"
OTHER_ADDRESS = "041961888888"
COORDINATOR_ID = "01JCOORDINATOR0000000000AA"
WAIT_S = 30.0
"""Patience with a machine that has much else to do: what is waited for comes in a fraction of it."""


class PtyMeter:
    """Frames on a pseudo-terminal, behind a link whose name stays when the adapter is unplugged and plugged again."""

    def __init__(self, path: Path, *, address: str = ADDRESS, contract_kva: int = 6) -> None:
        self.path = path
        self.address = address
        self.contract_kva = contract_kva
        self._master: int | None = None
        self._slave: int | None = None
        self.plug()

    @property
    def port(self) -> str:
        """What the person enters as port."""
        return str(self.path)

    def plug(self) -> None:
        """Plug the adapter in."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Pull the adapter out: the device is gone, and who reads it is told."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Close both ends."""
        for descriptor in (self._master, self._slave):
            if descriptor is not None:
                os.close(descriptor)
        self._master = self._slave = None

    def write(self, data: bytes) -> None:
        """Put bytes on the line; a full line swallows them, as a real one would."""
        assert self._master is not None
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def standard(self, va: int, *, extra: Sequence[Group] = ()) -> None:
        """Send one frame of the standard mode with this import."""
        self.write(standard_frame(va, self.address, self.contract_kva, extra))

    def historic(self, va: int) -> None:
        """Send one long frame of the historic mode with this import."""
        self.write(historic_frame(va, self.address, self.contract_kva))


def standard_frame(va: int, address: str = ADDRESS, contract_kva: int = 6, extra: Sequence[Group] = ()) -> bytes:
    """A frame of a single-phase meter in standard mode."""
    return frame(
        [
            Group("ADSC", address),
            Group("VTIC", "02"),
            Group("DATE", "", "H251120120000"),
            Group("NGTF", "      BASE      "),
            Group("LTARF", "      BASE      "),
            Group("EAST", "012345678"),
            Group("IRMS1", f"{round(va / 230):03}"),
            Group("URMS1", "230"),
            Group("PREF", f"{contract_kva:02}"),
            Group("PCOUP", f"{contract_kva:02}"),
            Group("SINSTS", f"{va:05}"),
            Group("STGE", "003A0001"),
            Group("NTARF", "01"),
            *extra,
        ],
        Mode.STANDARD,
    )


def historic_frame(va: int, address: str = ADDRESS, contract_kva: int = 6) -> bytes:
    """A long frame of a single-phase meter in historic mode."""
    return frame(
        [
            Group("ADCO", address),
            Group("OPTARIF", "BASE"),
            Group("ISOUSC", f"{contract_kva * 5:02}"),
            Group("BASE", "012345678"),
            Group("PTEC", "TH.."),
            Group("IINST", f"{round(va / 230):03}"),
            Group("IMAX", "090"),
            Group("PAPP", f"{va:05}"),
            Group("HHPHC", "A"),
            Group("MOTDETAT", "000000"),
        ],
        Mode.HISTORIC,
    )


def load(load_id: str, entity: str, **details: Any) -> dict[str, Any]:
    """One load as the forms store it."""
    return {"load_id": load_id, "entity": entity, "name": load_id.title(), "phase": "unknown"} | details


def coordinator(
    loads: Sequence[Mapping[str, Any]], *, subentry_id: str = COORDINATOR_ID, **details: Any
) -> ConfigSubentryDataWithId:
    """A subentry with these loads."""
    return ConfigSubentryDataWithId(
        data={"strategy": "hierarchical", "rank": 1, "enabled": True, "loads": list(loads)} | details,
        subentry_id=subentry_id,
        subentry_type=SUBENTRY_COORDINATOR,
        title="Home",
        unique_id=None,
    )


def new_subentry(loads: Sequence[Mapping[str, Any]], title: str = "Second") -> ConfigSubentry:
    """A coordinator to add to a loaded entry."""
    return ConfigSubentry(
        data=MappingProxyType({"strategy": "hierarchical", "rank": 2, "enabled": True, "loads": list(loads)}),
        subentry_type=SUBENTRY_COORDINATOR,
        title=title,
        unique_id=None,
    )


def meter_entry(
    port: str, loads: Sequence[Mapping[str, Any]] = (), *, options: Mapping[str, Any] | None = None, **data: Any
) -> MockConfigEntry:
    """An entry that reads ``port``, with one coordinator if there are loads. It acts on the first sample."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Linky",
        unique_id=ADDRESS,
        data={
            "internal_id": "meter1",
            "source": "serial",
            "port": port,
            "baudrate": 9600,
            "address": ADDRESS,
            "mode": "standard",
            "phases": 1,
            "contract_va": 6000,
            "tariff": "base",
        }
        | data,
        options={"profile": "strict"} if options is None else dict(options),
        subentries_data=[coordinator(loads)] if loads else [],
    )


def heard_entry(
    source: str,
    connection: Mapping[str, Any],
    loads: Sequence[Mapping[str, Any]] = (),
    *,
    options: Mapping[str, Any] | None = None,
    **data: Any,
) -> MockConfigEntry:
    """An entry whose meter is heard by another source than a line. It acts on the first sample."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Linky",
        unique_id="meter1",
        data={
            "internal_id": "meter1",
            "source": source,
            source if source == "entities" else "bridge": dict(connection),
            "address": None,
            "mode": None,
            "phases": 1,
            "contract_va": 6000,
            "tariff": None,
        }
        | data,
        options={"profile": "strict"} if options is None else dict(options),
        subentries_data=[coordinator(loads)] if loads else [],
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> LinkyRuntime:
    """Load the entry and return its runtime."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    runtime: LinkyRuntime = entry.runtime_data
    return runtime


def line_of(runtime: LinkyRuntime) -> LineFeed:
    """The line that a meter is read from."""
    feed = runtime.connection.feed
    assert isinstance(feed, LineFeed)
    return feed


async def until(hass: HomeAssistant, reached: Callable[[], object], what: str, *, settle: bool = True) -> None:
    """Let Home Assistant work until something is reached, and then to the end of what it does."""
    try:
        async with asyncio.timeout(WAIT_S):
            while not reached():  # noqa: ASYNC110 - anything may make it true
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not reached in {WAIT_S} s: {what}") from None
    if settle:
        await hass.async_block_till_done()


async def flow(hass: HomeAssistant, meter: PtyMeter, va: int, reached: Callable[[], object], what: str) -> None:
    """Send standard frames with this import until something is reached."""
    try:
        async with asyncio.timeout(WAIT_S):
            while not reached():
                meter.standard(va)
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not reached in {WAIT_S} s: {what}") from None
    await hass.async_block_till_done()


async def hear(hass: HomeAssistant, meter: PtyMeter, runtime: LinkyRuntime, va: int) -> None:
    """Send frames until the arbiter can decide on this power."""

    def known() -> bool:
        reading = runtime.reading
        return (
            reading is not None
            and reading.power_va == va
            and reading.contract_va is not None
            and bool(reading.phases)
            and reading.phases[0].power_va == va
        )

    await flow(hass, meter, va, known, f"{va} VA")


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """The state of an entity that must exist."""
    state = hass.states.get(entity_id)
    assert isinstance(state, State), entity_id
    return state.state
