"""The life of an entry: set up, unload, stop, disable, remove. What was cut is never forgotten."""

import asyncio
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_get_persistent_notifications,
)

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.journal import Intent, Journal
from custom_components.linky_offload.missing import missing_issue_id
from custom_components.linky_offload.offload import LoadStatus
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.settings import LoadConfig

from .common import PtyMeter, flow, hear, load, meter_entry, set_up, state_of, until

HEATER, BOILER = "input_boolean.heater", "input_boolean.boiler"
LOADS = [
    load("heater", HEATER, power_source="declared", declared_va=2000),
    load("boiler", BOILER, power_source="declared", declared_va=2000),
]


@pytest.fixture(autouse=True)
async def plugs(hass: HomeAssistant) -> None:
    """Two plugs, both on."""
    switches = {"heater": {"initial": True}, "boiler": {"initial": True}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})


@pytest.fixture
def entry(pty_meter: PtyMeter) -> MockConfigEntry:
    return meter_entry(pty_meter.port, LOADS)


@pytest.fixture
async def cut(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> LinkyRuntime:
    """Both loads are cut, by a meter that shows it soon."""
    monkeypatch.setattr("custom_components.linky_offload.offload.overload.SOURCE_LAG_S", 0.1)
    runtime = await set_up(hass, entry)
    await hear(hass, pty_meter, runtime, 5000)
    pty_meter.standard(9500)
    await until(hass, lambda: state_of(hass, HEATER) == state_of(hass, BOILER) == "off", "both are cut")
    return runtime


def files_of(hass: HomeAssistant) -> list[str]:
    return sorted(path.name for path in Path(hass.config.path(".storage")).iterdir() if DOMAIN in path.name)


async def test_an_entry_reads_its_meter(hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry) -> None:
    runtime = await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert not runtime.quantities, "a silent line still sets up"

    await hear(hass, pty_meter, runtime, 800)

    assert runtime.link.available
    assert runtime.report.threshold_va == 6000
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not hasattr(entry, "runtime_data")


async def test_the_journal_is_on_disk_before_the_cut_and_still_there_after_an_unload(
    hass: HomeAssistant, entry: MockConfigEntry, cut: LinkyRuntime
) -> None:
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert calls == [], "nothing is switched"

    journal = Journal(hass, entry.entry_id)
    await journal.async_load()
    assert set(journal.intents) == {"heater", "boiler"}


async def test_after_a_crash_a_load_that_is_off_with_an_intent_is_ours_to_return(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    journal = Journal(hass, entry.entry_id)
    for config in LOADS:
        journal.put(Intent.now(LoadConfig(load_id=config["load_id"], name=config["name"], entity=config["entity"]), {}))
    await journal.async_written()
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": HEATER}, blocking=True)

    runtime = await set_up(hass, entry)

    assert runtime.report.loads["heater"].wanted is True
    assert list(runtime.journal.intents) == ["heater"], "the boiler is on: its intent was not carried out"


async def test_a_dead_adapter_does_not_keep_cut_loads_off(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    journal = Journal(hass, entry.entry_id)
    journal.put(Intent.now(LoadConfig(load_id="heater", name="Heater", entity=HEATER), {}))
    await journal.async_written()
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": HEATER}, blocking=True)
    pty_meter.unplug()

    runtime = await set_up(hass, entry)

    assert entry.state is ConfigEntryState.LOADED, "somebody must look after the heater"
    await until(hass, lambda: runtime.link.degraded, "the meter is known to be silent")
    assert runtime.report.loads["heater"].status is LoadStatus.OFFLOADED


async def flow_for(hass: HomeAssistant, meter: PtyMeter, va: int, seconds: float) -> None:
    """Let the meter say the same for a while."""
    end = hass.loop.time() + seconds
    await flow(hass, meter, va, lambda: hass.loop.time() >= end, "the end of a while")


async def test_a_clean_stop_returns_what_fits(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, cut: LinkyRuntime
) -> None:
    await flow_for(hass, pty_meter, 400, 0.5)
    await hass.async_stop(force=True)
    assert state_of(hass, HEATER) == "on"


async def test_a_clean_stop_leaves_what_does_not_fit_to_the_next_start(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, cut: LinkyRuntime
) -> None:
    await flow_for(hass, pty_meter, 5900, 0.5)
    await hass.async_stop(force=True)
    assert state_of(hass, HEATER) == "off"
    journal = Journal(hass, entry.entry_id)
    await journal.async_load()
    assert "heater" in journal.intents


@pytest.mark.parametrize(
    ("va", "ends"),
    [
        pytest.param(400, ["Heater, Boiler"], id="everything fits"),
        pytest.param(2500, [], id="one stays off"),
    ],
)
async def test_a_clean_stop_is_the_end_of_an_offload_only_when_all_of_it_fits(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, cut: LinkyRuntime, va: int, ends: list[str]
) -> None:
    told: list[str] = []

    async def notify(call: ServiceCall) -> None:
        await asyncio.sleep(0.05)  # as a message that takes its way
        told.append(call.data["message"])

    hass.services.async_register("notify", "me", notify)
    actions = [{"action": "notify.me", "data": {"message": "{{ loads | join(', ') }}"}}]
    hass.config_entries.async_update_entry(entry, options={**entry.options, "actions_end": actions})
    await flow_for(hass, pty_meter, va, 0.5)
    await hass.async_stop(force=True)
    assert told == ends


@pytest.mark.parametrize(
    ("language", "title"),
    [
        pytest.param("en", "Offloaded appliances are back", id="English"),
        pytest.param("fr", "Les appareils délestés sont rétablis", id="French"),
    ],
)
@pytest.mark.parametrize("leave", ["disable", "remove"])
async def test_leaving_gives_everything_back_and_says_so(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    cut: LinkyRuntime,
    monkeypatch: pytest.MonkeyPatch,
    leave: str,
    language: str,
    title: str,
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    hass.config.language = language

    if leave == "disable":
        await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    else:
        await hass.config_entries.async_remove(entry.entry_id)
    monkeypatch.undo()
    await hass.async_block_till_done()

    assert state_of(hass, HEATER) == state_of(hass, BOILER) == "on"
    assert waits == [2.0], "two seconds apart"
    [notification] = async_get_persistent_notifications(hass).values()
    assert notification["title"] == title
    assert "- Heater" in notification["message"]
    assert "- Boiler" in notification["message"]
    journal = Journal(hass, entry.entry_id)
    await journal.async_load()
    assert journal.intents == {}


async def test_leaving_with_nothing_cut_says_nothing(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert async_get_persistent_notifications(hass) == {}


async def test_nothing_is_left_of_a_removed_entry(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    pty_meter: PtyMeter,
    issue_registry: ir.IssueRegistry,
) -> None:
    entry = meter_entry(pty_meter.port, [load("gone", "0123456789abcdef0123456789abcdef")])
    await set_up(hass, entry)
    assert issue_registry.async_get_issue(DOMAIN, missing_issue_id("gone"))

    await hass.config_entries.async_remove(entry.entry_id)

    assert files_of(hass) == []
    assert not [key for key in hass_storage if DOMAIN in key]
    assert not [issue for domain, issue in issue_registry.issues if domain == DOMAIN]


async def test_another_port_reads_the_line_anew(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, tmp_path: Path
) -> None:
    runtime = await set_up(hass, entry)
    other = PtyMeter(tmp_path / "other")
    hass.config_entries.async_update_entry(entry, data={**entry.data, "port": other.port})
    await until(hass, lambda: getattr(entry, "runtime_data", runtime) is not runtime, "the reload")
    await hear(hass, other, entry.runtime_data, 700)
    assert await hass.config_entries.async_unload(entry.entry_id)
    other.close()
