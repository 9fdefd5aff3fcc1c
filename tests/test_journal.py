"""The journal: what is found after a crash at any moment."""

import asyncio
import json
import os
from pathlib import Path
import threading

from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_offload import journal as journal_module
from custom_components.linky_offload.journal import Intent, Journal, Saved
from custom_components.linky_offload.settings import LoadConfig, WayOff, WayOffKind

ENTRY_ID = "entry"
HEATER = LoadConfig(load_id="heater", name="Heater", entity="switch.heater", power_sensor="abc", power_factor=0.9)
BOILER = LoadConfig(load_id="boiler", name="Boiler", entity="switch.boiler")
THERMOSTAT: Saved = {"hvac_mode": "heat", "temperature": 20.5}


@pytest.fixture
def path(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(".storage", f"linky_offload.{ENTRY_ID}.journal"))


def on_disk(journal: Journal) -> bool:
    """Whether everything is written by now."""
    return journal.is_written


async def reread(hass: HomeAssistant) -> Journal:
    """The journal as the next run finds it."""
    journal = Journal(hass, ENTRY_ID)
    await journal.async_load()
    return journal


async def test_intents_come_back_with_their_settings_and_in_their_order(hass: HomeAssistant) -> None:
    journal = Journal(hass, ENTRY_ID)
    heater, boiler = Intent.now(HEATER, THERMOSTAT), Intent.now(BOILER, {})
    journal.put(heater)
    journal.put(boiler)
    assert not on_disk(journal)
    await journal.async_written()
    assert on_disk(journal)

    assert list((await reread(hass)).intents.values()) == [heater, boiler]

    journal.sort(["boiler", "unknown"])
    await journal.async_written()
    assert list((await reread(hass)).intents) == ["boiler", "heater"]

    journal.drop("boiler")
    await journal.async_written()
    assert list((await reread(hass)).intents) == ["heater"]


async def test_a_way_off_and_a_room_come_back_too(hass: HomeAssistant) -> None:
    load = LoadConfig(
        load_id="car",
        name="Car",
        entity="number.car",
        phase_count=3,
        way_off=WayOff(WayOffKind.OFF, "switch.car"),
        climate="climate.room",
    )
    journal = Journal(hass, ENTRY_ID)
    journal.put(Intent.now(load, {"value": 16.0, "level": 8.0}))
    await journal.async_written()
    [intent] = (await reread(hass)).intents.values()
    assert (intent.load, intent.saved) == (load, {"value": 16.0, "level": 8.0})


async def test_a_journal_of_before_there_were_ways_off_is_read(hass: HomeAssistant, path: Path) -> None:
    heater = {"load_id": "heater", "name": "Heater", "entity": "switch.heater"}
    sensor = {"power_sensor": "abc", "power_factor": 0.9}
    old = {"load": heater | sensor, "saved": {}, "since": "2026-01-01T00:00:00+00:00"}
    path.write_text(json.dumps({"version": 1, "intents": [old]}), encoding="utf-8")  # noqa: ASYNC240 - before anything runs
    assert [intent.load for intent in (await reread(hass)).intents.values()] == [HEATER]


async def test_an_entry_without_a_journal_has_no_intents(hass: HomeAssistant) -> None:
    assert (await reread(hass)).intents == {}


async def test_the_same_intent_again_writes_nothing_and_other_settings_do(hass: HomeAssistant) -> None:
    journal = Journal(hass, ENTRY_ID)
    journal.put(Intent.now(HEATER, THERMOSTAT))
    await journal.async_written()

    journal.put(Intent.now(HEATER, THERMOSTAT))
    assert on_disk(journal)
    journal.put(Intent.now(HEATER, {"hvac_mode": "cool"}))
    assert not on_disk(journal)
    await journal.async_written()


async def test_only_the_newest_state_is_written_while_the_disk_is_busy(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[list[str]] = []
    go_on = threading.Event()
    replace = journal_module._replace

    def slow(path: Path, text: str) -> None:
        go_on.wait(5)
        written.append([intent["load"]["load_id"] for intent in json.loads(text)["intents"]])
        replace(path, text)

    monkeypatch.setattr(journal_module, "_replace", slow)
    journal = Journal(hass, ENTRY_ID)
    journal.put(Intent.now(HEATER, {}))
    await asyncio.sleep(0)
    journal.put(Intent.now(BOILER, {}))
    journal.drop("heater")
    go_on.set()
    await journal.async_written()

    assert written == [["heater"], ["boiler"]]
    assert list((await reread(hass)).intents) == ["boiler"]


@pytest.mark.parametrize("stop_at", ["write", "fsync", "replace"])
async def test_a_crash_while_writing_leaves_the_old_state(
    hass: HomeAssistant, path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: str
) -> None:
    journal = Journal(hass, ENTRY_ID)
    journal.put(Intent.now(HEATER, {}))
    await journal.async_written()

    def crash(*_args: object, **_kwargs: object) -> None:
        raise OSError("the power failed")

    with monkeypatch.context() as broken:
        match stop_at:
            case "write":
                path.with_suffix(".new").write_text('{"version": 1, "inte', encoding="utf-8")
                broken.setattr(Path, "open", crash)
            case "fsync":
                broken.setattr(os, "fsync", crash)
            case "replace":
                broken.setattr(Path, "replace", crash)
        journal.put(Intent.now(BOILER, {}))
        await journal.async_written()
        assert not on_disk(journal)

    assert list((await reread(hass)).intents) == ["heater"]


async def test_a_refused_write_is_logged_once_and_made_up_for(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(hass, ENTRY_ID)

    def full(_path: Path, _text: str) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(journal_module, "_replace", full)
        for config in (HEATER, BOILER):
            journal.put(Intent.now(config, {}))
            await journal.async_written()
    assert caplog.text.count("no space left on device") == 1

    journal.drop("boiler")
    await journal.async_written()
    assert on_disk(journal)
    assert list((await reread(hass)).intents) == ["heater"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty, as after a crash of a file system without journal"),
        pytest.param(b'{"version": 1, "intents": [{"load"', id="cut off"),
        pytest.param(b"\x00" * 64, id="zeros"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"[]", id="something else"),
        pytest.param(b'{"version": 1, "intents": [{"load": {"colour": "red"}}]}', id="unknown fields"),
    ],
)
async def test_a_damaged_journal_is_put_aside_and_counts_as_empty(
    hass: HomeAssistant, path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    path.write_bytes(content)  # noqa: ASYNC240 - before anything runs

    journal = await reread(hass)

    assert journal.intents == {}
    assert "damaged" in caplog.text
    assert path.with_suffix(".damaged").read_bytes() == content
    journal.put(Intent.now(HEATER, {}))
    await journal.async_written()
    assert list((await reread(hass)).intents) == ["heater"]


async def test_nothing_is_left_of_a_removed_entry(hass: HomeAssistant, path: Path) -> None:
    journal = Journal(hass, ENTRY_ID)
    journal.put(Intent.now(HEATER, {}))
    path.with_suffix(".damaged").touch()
    await journal.async_remove()
    assert list(path.parent.iterdir()) == []
