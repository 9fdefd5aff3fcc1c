"""The line to the meter: lost, silent, of another speed, or to another meter."""

import asyncio
from http import HTTPStatus

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.linky_offload import identity
from custom_components.linky_offload.announcer import UpdateCause
from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.link import LinkState, issue_id
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.sources import LinkError, SerialSource, line, serial, silence
from custom_components.linky_offload.tic import Mode

from .common import ADDRESS, OTHER_ADDRESS, WAIT_S, PtyMeter, flow, hear, line_of, meter_entry, set_up, until


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is degraded after 0.2 s and silent after 0.4 s."""
    monkeypatch.setattr(silence, "DEGRADED_MIN_S", 0.2)
    monkeypatch.setattr(silence, "DEGRADED_MAX_S", 0.2)
    monkeypatch.setattr(silence, "UNAVAILABLE_MIN_S", 0.4)
    monkeypatch.setattr(serial, "FIRST_RETRY_S", 0.05)
    monkeypatch.setattr(identity, "CERTAIN_AFTER_S", 0.2)


@pytest.fixture
async def entry(hass: HomeAssistant, pty_meter: PtyMeter) -> MockConfigEntry:
    """An entry whose meter has spoken."""
    entry = meter_entry(pty_meter.port)
    await hear(hass, pty_meter, await set_up(hass, entry), 800)
    return entry


@pytest.fixture
def runtime(entry: MockConfigEntry) -> LinkyRuntime:
    runtime: LinkyRuntime = entry.runtime_data
    return runtime


def told(hass: HomeAssistant, entry: MockConfigEntry) -> str | None:
    """The text of the issue of a meter that is not heard."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id(entry))
    return None if issue is None else issue.translation_key


def state(runtime: LinkyRuntime) -> tuple[bool, bool, bool]:
    """Connected, available, degraded."""
    return runtime.link.connected, runtime.link.available, runtime.link.degraded


async def test_a_silent_meter_is_degraded_then_unavailable_and_told_until_it_speaks(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, runtime: LinkyRuntime
) -> None:
    states: list[LinkState] = []
    runtime.subscribe(lambda update: states.append(runtime.link) if update.cause is UpdateCause.LINK else None)

    await until(hass, lambda: not runtime.link.available, "unavailable")
    assert [(state.available, state.degraded) for state in states] == [(True, True), (False, True)]
    assert state(runtime) == (True, False, True)
    assert told(hass, entry) == "meter_silent"

    await hear(hass, pty_meter, runtime, 900)
    assert state(runtime) == (True, True, False)
    assert not runtime.report.degraded
    assert told(hass, entry) is None


async def test_the_log_tells_of_a_silence_once_and_of_its_end_once(
    hass: HomeAssistant,
    pty_meter: PtyMeter,
    entry: MockConfigEntry,
    runtime: LinkyRuntime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lost, back = "Linky is not heard any more", "Linky is heard again"
    assert back not in caplog.messages, "it had never been lost"
    await until(hass, lambda: not runtime.link.available, "unavailable")
    await asyncio.sleep(0.5)
    assert (caplog.messages.count(lost), caplog.messages.count(back)) == (1, 0)
    await hear(hass, pty_meter, runtime, 900)
    await hear(hass, pty_meter, runtime, 901)
    assert (caplog.messages.count(lost), caplog.messages.count(back)) == (1, 1)


async def test_an_adapter_pulled_out_makes_the_meter_unavailable_at_once_and_is_found_again(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, runtime: LinkyRuntime
) -> None:
    pty_meter.unplug()
    await until(hass, lambda: not runtime.link.connected, "the loss")
    assert state(runtime) == (False, False, True)
    assert runtime.link.error in {LinkError.LOST, LinkError.MISSING}
    await until(hass, lambda: told(hass, entry) is not None, "the issue")
    assert told(hass, entry) in {"port_lost", "port_missing"}

    pty_meter.plug()
    await until(hass, lambda: runtime.link.connected, "the return")
    await hear(hass, pty_meter, runtime, 900)
    assert state(runtime) == (True, True, False)
    assert told(hass, entry) is None


async def test_the_operator_changes_the_mode_of_the_meter(
    hass: HomeAssistant, pty_meter: PtyMeter, entry: MockConfigEntry, runtime: LinkyRuntime
) -> None:
    """A pseudo-terminal has no speed: the change of mode alone is followed."""

    async def speak() -> None:
        while runtime.decoder.mode is not Mode.HISTORIC:
            pty_meter.historic(1000)
            await asyncio.sleep(0.02)

    await asyncio.wait_for(speak(), WAIT_S)
    await until(hass, lambda: entry.data["mode"] == "historic", "remembered")

    assert entry.runtime_data is runtime, "the line was not opened anew"


async def test_the_other_speed_is_tried_when_nothing_is_understood(
    hass: HomeAssistant,
    pty_meter: PtyMeter,
    entry: MockConfigEntry,
    runtime: LinkyRuntime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line, "HUNT_AFTER_S", 0.3)
    monkeypatch.setattr(line, "HUNT_LONGEST_S", 0.3)
    line_of(runtime)._hunt_wait = 0.3
    speeds: list[int] = []
    change = SerialSource.async_set_baudrate

    async def note(source: SerialSource, baudrate: int) -> None:
        speeds.append(baudrate)
        await change(source, baudrate)

    monkeypatch.setattr(SerialSource, "async_set_baudrate", note)
    # Framed as it is, it means nothing at this speed.
    pty_meter.write(b"\x02\x7f\x13\x02\x0a\x0d" * 20)
    await until(hass, lambda: speeds == [1200, 9600, 1200], "both speeds in turns")

    # Now the meter is understood: the speed at which it was is kept.
    await flow(hass, pty_meter, 900, lambda: entry.data["baudrate"] == 1200, "remembered")
    assert entry.runtime_data is runtime


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        pytest.param("unplug", "port_missing", id="not plugged in"),
        pytest.param("hold", "port_busy", id="held by another program"),
    ],
)
async def test_a_port_that_cannot_be_opened_is_tried_again_by_home_assistant(
    hass: HomeAssistant, pty_meter: PtyMeter, break_it: str, reason: str
) -> None:
    other = SerialSource(pty_meter.port, 9600, on_data=lambda _: None, on_link=lambda _: None)
    if break_it == "unplug":
        pty_meter.unplug()
    else:
        await other.async_open()
    entry = meter_entry(pty_meter.port)
    entry.add_to_hass(hass)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == reason
    assert pty_meter.port in (entry.reason or "")
    await other.async_close()


# Identity -------------------------------------------------------------------------------------------------------------


async def test_the_address_of_the_meter_is_learnt(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port, address=None)
    runtime = await set_up(hass, entry)
    await flow(hass, pty_meter, 800, lambda: entry.data["address"] == ADDRESS, "learnt")
    assert entry.unique_id == ADDRESS
    assert entry.runtime_data is runtime


async def test_an_address_without_its_first_zero_is_of_the_same_meter(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, pty_meter: PtyMeter
) -> None:
    entry = meter_entry(pty_meter.port, address=ADDRESS[1:])
    await set_up(hass, entry)
    await flow(hass, pty_meter, 800, lambda: entry.data["address"] == ADDRESS, "completed")
    assert issue_registry.async_get_issue(DOMAIN, identity.issue_id(entry.entry_id)) is None
    assert entry.unique_id == ADDRESS


async def test_another_meter_asks_whether_it_was_replaced(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
    pty_meter: PtyMeter,
    entry: MockConfigEntry,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    issue = identity.issue_id(entry.entry_id)
    pty_meter.address = OTHER_ADDRESS

    def asked() -> bool:
        return issue_registry.async_get_issue(DOMAIN, issue) is not None

    await flow(hass, pty_meter, 800, asked, "the question")
    assert entry.data["address"] == ADDRESS

    client = await hass_client()
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue})
    assert response.status == HTTPStatus.OK
    step = await response.json()
    assert step.get("step_id") == "confirm", step
    response = await client.post(f"/api/repairs/issues/fix/{step['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    assert entry.data["address"] == entry.unique_id == OTHER_ADDRESS
    assert not asked()


async def test_the_question_goes_when_the_known_meter_speaks_again(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, pty_meter: PtyMeter, entry: MockConfigEntry
) -> None:
    def asked() -> bool:
        return issue_registry.async_get_issue(DOMAIN, identity.issue_id(entry.entry_id)) is not None

    pty_meter.address = OTHER_ADDRESS
    await flow(hass, pty_meter, 800, asked, "the question")
    pty_meter.address = ADDRESS
    await flow(hass, pty_meter, 800, lambda: not asked(), "the end of the question")
