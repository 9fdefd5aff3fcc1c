"""The action `record`: what a line says, byte by byte, in a file that can be played back."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload import capture
from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.tic import Decoder, Group
from simulator.replay import Replay

from .common import OTHER_ADDRESS, PtyMeter, hear, meter_entry, set_up

type Record = Callable[..., Coroutine[Any, Any, Any]]


@pytest.fixture
def entry(pty_meter: PtyMeter) -> MockConfigEntry:
    return meter_entry(pty_meter.port)


@pytest.fixture
async def record(hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry) -> Record:
    """Call the action on a meter that is read."""
    await hear(hass, pty_meter, await set_up(hass, entry), 690)

    async def call(seconds: float = 1, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN, "record", {"duration": {"seconds": seconds}, **data}, blocking=True, return_response=True
        )

    return call


async def speak(meter: PtyMeter, recording: asyncio.Task[Any]) -> None:
    """Let the meter speak as long as it is recorded."""
    va = 1000
    while not recording.done():
        meter.standard(va)
        va += 1
        await asyncio.sleep(0.05)


def groups(data: bytes) -> list[Group]:
    """What a decoder makes of bytes."""
    return Decoder().feed(data)


async def test_the_file_holds_the_bytes_of_the_line(
    hass: HomeAssistant, pty_meter: PtyMeter, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = b""
    write = pty_meter.write

    def note(data: bytes) -> None:
        nonlocal sent
        sent += data
        write(data)

    monkeypatch.setattr(pty_meter, "write", note)
    recording = hass.async_create_task(record())
    await speak(pty_meter, recording)
    answer = recording.result()
    path = Path(answer["path"])
    written = await hass.async_add_executor_job(path.read_bytes)
    assert path.parent == Path(hass.config.config_dir) / "linky_offload"
    assert path.name.startswith("linky-")
    assert path.suffix == ".tic"
    assert answer["bytes"] == len(written) > 1000
    assert written in sent
    # Played back, it says the same.
    played = b""
    for chunk in Replay(written):
        played += chunk.data
        if len(played) >= len(written):
            break
    assert groups(played) == groups(written)
    assert {"SINSTS", "EAST", "ADSC"} <= {group.label for group in groups(written)}


async def test_the_meter_goes_on_being_read_and_is_not_recorded_afterwards(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, record: Record
) -> None:
    recording = hass.async_create_task(record())
    await speak(pty_meter, recording)
    await hear(hass, pty_meter, entry.runtime_data, 2222)
    assert entry.runtime_data.connection.feed.tap is None


async def test_a_name_that_is_no_file_name_is_made_one(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, record: Record
) -> None:
    hass.config_entries.async_update_entry(entry, title="../Chez Zoé / garage")
    recording = hass.async_create_task(record())
    await speak(pty_meter, recording)
    path = Path(recording.result()["path"])
    assert path.parent == Path(hass.config.config_dir) / "linky_offload"
    assert path.name.startswith("chez_zoe_garage-")


async def test_it_ends_when_there_is_too_much(
    hass: HomeAssistant, pty_meter: PtyMeter, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "LIMIT_BYTES", 500)
    recording = hass.async_create_task(record(600))
    await speak(pty_meter, recording)
    assert recording.result()["bytes"] == 500


async def test_it_ends_with_what_was_heard_when_the_meter_is_unloaded(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, record: Record
) -> None:
    recording = hass.async_create_task(record(600))
    for va in range(20):
        pty_meter.standard(va)
        await asyncio.sleep(0.02)
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await recording)["bytes"] > 0


async def test_only_one_line_is_recorded_at_a_time(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, record: Record, tmp_path: Path
) -> None:
    other = PtyMeter(tmp_path / "ttyOther", address=OTHER_ADDRESS)
    second = meter_entry(other.port, internal_id="meter2", address=OTHER_ADDRESS)
    second.add_to_hass(hass)
    assert await hass.config_entries.async_setup(second.entry_id)
    recording = hass.async_create_task(record(config_entry_id=entry.entry_id))
    await asyncio.sleep(0)
    with pytest.raises(ServiceValidationError) as refused:
        await record(config_entry_id=second.entry_id)
    assert refused.value.translation_key == "record_busy"
    await speak(pty_meter, recording)
    other.standard(800)
    again = hass.async_create_task(record(config_entry_id=second.entry_id))
    await speak(other, again)
    assert again.result()["bytes"] > 0
    await hass.config_entries.async_unload(second.entry_id)
    other.close()


async def test_a_silent_line_leaves_no_file(hass: HomeAssistant, record: Record) -> None:
    with pytest.raises(HomeAssistantError) as refused:
        await record()
    assert refused.value.translation_key == "record_nothing"
    assert not (Path(hass.config.config_dir) / "linky_offload").exists()


async def test_a_folder_that_cannot_be_written_is_told(
    hass: HomeAssistant, pty_meter: PtyMeter, record: Record
) -> None:
    (Path(hass.config.config_dir) / "linky_offload").touch()
    recording = hass.async_create_task(record())
    await speak(pty_meter, recording)
    with pytest.raises(HomeAssistantError) as refused:
        await recording
    assert refused.value.translation_key == "record_not_written"


async def test_a_meter_without_a_line_has_nothing_to_record(
    record: Record, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry.runtime_data.connection, "feed", object())
    with pytest.raises(ServiceValidationError) as refused:
        await record()
    assert refused.value.translation_key == "record_no_line"
    monkeypatch.undo()
