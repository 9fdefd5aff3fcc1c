"""How commands are carried out: the disk, and commands that overtake each other."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
import threading

from homeassistant.core import HomeAssistant, ServiceCall, callback
import pytest

from custom_components.linky_offload import commander as commander_module, journal as journal_module
from custom_components.linky_offload.commander import Commander
from custom_components.linky_offload.journal import Journal
from custom_components.linky_offload.offload import Action, Cause, Command, Reason
from custom_components.linky_offload.settings import LoadConfig
from custom_components.linky_offload.watch import LoadWatch

PLUG = "switch.plug"
ROOM = "climate.room"
HEATING = {"min_temp": 5, "max_temp": 30, "temperature": 20}


def command(action: Action, *, urgent: bool = False, load_id: str = "plug") -> Command:
    return Command(load_id=load_id, action=action, reason=Reason.NONE, urgent=urgent)


@pytest.fixture
def journal(hass: HomeAssistant) -> Journal:
    return Journal(hass, "entry")


@pytest.fixture
def watch(hass: HomeAssistant) -> Iterator[LoadWatch]:
    hass.states.async_set(PLUG, "on")
    hass.states.async_set(ROOM, "heat", HEATING)
    watch = LoadWatch(hass, on_view=lambda *_: None, on_wish=lambda *_: None)
    watch.configure(
        [
            LoadConfig(load_id="plug", name="Plug", entity=PLUG),
            LoadConfig(load_id="room", name="Room", entity=ROOM),
        ]
    )
    yield watch
    watch.stop()


@pytest.fixture
def commander(hass: HomeAssistant, journal: Journal, watch: LoadWatch) -> Commander:
    return Commander(hass, journal, watch)


@pytest.fixture
def calls(hass: HomeAssistant) -> list[str]:
    """Services that were called, in order."""
    calls: list[str] = []
    for domain, service in (("switch", "turn_on"), ("switch", "turn_off"), ("climate", "set_temperature")):
        hass.services.async_register(domain, service, callback(lambda call: calls.append(call.service)))
    return calls


@pytest.fixture
async def slow_disk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[threading.Event]:
    """A disk that writes nothing until the event is set."""
    go_on = threading.Event()
    replace = journal_module._replace

    def slow(path: Path, text: str) -> None:
        go_on.wait(10)
        replace(path, text)

    monkeypatch.setattr(journal_module, "_replace", slow)
    yield go_on
    go_on.set()


async def test_an_order_waits_for_the_journal(
    hass: HomeAssistant, commander: Commander, calls: list[str], slow_disk: threading.Event
) -> None:
    commander.send(command(Action.OFFLOAD))
    await asyncio.sleep(0.05)
    assert calls == []
    slow_disk.set()
    await commander.async_settle()
    assert calls == ["turn_off"]


async def test_an_order_waits_a_quarter_of_a_second_at_most(
    hass: HomeAssistant, commander: Commander, calls: list[str], slow_disk: threading.Event
) -> None:
    commander.send(command(Action.OFFLOAD))
    await commander.async_settle()
    assert calls == ["turn_off"]
    assert not slow_disk.is_set()
    slow_disk.set()


@pytest.mark.usefixtures("slow_disk")
async def test_an_urgent_order_never_waits_for_the_disk(commander: Commander, calls: list[str]) -> None:
    commander.send(command(Action.OFFLOAD, urgent=True))
    assert calls == ["turn_off"]


async def test_an_order_whose_intent_is_on_disk_leaves_at_once(
    commander: Commander, journal: Journal, calls: list[str]
) -> None:
    commander.follow_intents({"plug"})
    await journal.async_written()
    commander.send(command(Action.OFFLOAD))
    assert calls == ["turn_off"]


@pytest.mark.usefixtures("slow_disk")
async def test_a_return_does_not_wait_for_the_disk(commander: Commander, journal: Journal, calls: list[str]) -> None:
    commander.follow_intents({"plug"})
    commander.send(command(Action.RESTORE))
    assert calls == ["turn_on"]


async def test_the_newest_order_wins_over_one_that_hangs(
    hass: HomeAssistant, commander: Commander, calls: list[str]
) -> None:
    cancelled: list[str] = []

    async def hang(call: ServiceCall) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(call.service)
            raise

    hass.services.async_register("switch", "turn_on", hang)
    commander.send(command(Action.RESTORE))
    commander.send(command(Action.OFFLOAD, urgent=True))
    assert calls == ["turn_off"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert cancelled == ["turn_on"]
    await commander.async_settle()


async def test_stopping_does_not_wait_for_ever(
    hass: HomeAssistant, commander: Commander, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commander_module, "STOP_WAIT_S", 0.05)
    go_on = asyncio.Event()

    async def hang(_call: ServiceCall) -> None:
        await go_on.wait()

    hass.services.async_register("switch", "turn_on", hang)
    commander.send(command(Action.RESTORE))
    await commander.async_settle()
    go_on.set()


async def test_intents_are_journalled_with_the_settings_to_put_back(
    hass: HomeAssistant, commander: Commander, journal: Journal, calls: list[str]
) -> None:
    commander.follow_intents({"room"})
    assert journal.intents["room"].saved == {"hvac_mode": "heat", "temperature": 20}

    # Changed between the intent and the cut: the newer setting is the one to put back.
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 22})
    commander.send(command(Action.OFFLOAD, load_id="room"))
    await commander.async_settle()
    assert journal.intents["room"].saved["temperature"] == 22

    # While it is off, what was saved stays.
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 7})
    commander.follow_intents(())
    commander.follow_intents({"room"})
    assert journal.intents["room"].saved["temperature"] == 22
    assert calls == ["set_temperature"], "nothing was undone: it is not off by its owner"


async def test_a_thermostat_switched_off_by_its_owner_is_let_go_with_its_own_target(
    hass: HomeAssistant, commander: Commander, journal: Journal, watch: LoadWatch, calls: list[str]
) -> None:
    commander.follow_intents({"room"})
    hass.states.async_set(ROOM, "off", HEATING | {"temperature": 7})
    commander.follow_intents(())
    await commander.async_settle()
    assert calls == ["set_temperature"]
    assert journal.intents == {}
    # Its next change is not taken for ours.
    assert watch.hands.classify("room", hass.states.get(ROOM).context, on=True, now=hass.loop.time()) is Cause.HAND  # type: ignore[union-attr]


async def test_turned_down_the_level_is_in_the_journal_before_the_order_leaves(
    commander: Commander, journal: Journal, watch: LoadWatch, calls: list[str], slow_disk: threading.Event
) -> None:
    commander.send(Command(load_id="room", action=Action.OFFLOAD, reason=Reason.NONE, urgent=False, level=1))
    assert calls == []
    slow_disk.set()
    await commander.async_settle()
    assert calls == ["set_temperature"]
    assert journal.intents["room"].saved == {"hvac_mode": "heat", "temperature": 20, "level": 1}

    # Then off, then back: the level is gone.
    commander.send(command(Action.OFFLOAD, load_id="room"))
    await commander.async_settle()
    assert journal.intents["room"].saved == {"hvac_mode": "heat", "temperature": 20}
    commander.follow_intents(())
    assert not watch.actuators["room"].ours


async def test_what_its_owner_wants_meanwhile_goes_into_the_journal(
    hass: HomeAssistant, commander: Commander, journal: Journal, watch: LoadWatch, calls: list[str]
) -> None:
    commander.send(command(Action.OFFLOAD, load_id="room"))
    await commander.async_settle()
    watch.actuators["room"].want({"hvac_mode": "heat", "temperature": 18})
    watch.on_saved("room")
    assert journal.intents["room"].saved == {"hvac_mode": "heat", "temperature": 18}
    watch.on_saved("plug")
    assert list(journal.intents) == ["room"], "not ours: nothing to put back"


async def test_a_thermostat_that_is_off_a_little_later_is_let_go_then(
    hass: HomeAssistant, commander: Commander, calls: list[str]
) -> None:
    for again in (False, True):
        hass.states.async_set(ROOM, "heat", HEATING)
        commander.send(command(Action.OFFLOAD, load_id="room"))
        await commander.async_settle()
        hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 7})
        calls.clear()
        commander.follow_intents(())
        if again:  # a newer order wins
            commander.send(command(Action.OFFLOAD, urgent=True, load_id="room"))
            calls.clear()
        hass.states.async_set(ROOM, "off", HEATING | {"temperature": 7})
        await asyncio.sleep(0.01)
        assert calls == ([] if again else ["set_temperature"])


async def test_nothing_is_kept_of_a_load_once_its_orders_are_done(
    hass: HomeAssistant, commander: Commander, calls: list[str]
) -> None:
    commander.send(command(Action.OFFLOAD, load_id="room"))
    await commander.async_settle()
    hass.states.async_set(ROOM, "heat", HEATING | {"temperature": 7})
    assert commander.follow_intents(()) == {"room"}
    assert commander._leaving, "it is waited for: its owner may just be switching it off"
    hass.states.async_set(ROOM, "off", HEATING | {"temperature": 7})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert calls == ["set_temperature", "set_temperature"]
    assert commander._leaving == {}
    assert commander._running == {}


async def test_a_load_on_trial_stays_in_the_journal(commander: Commander, journal: Journal) -> None:
    commander.pin("plug")
    commander.follow_intents(())
    assert list(journal.intents) == ["plug"]
    commander.unpin("plug", still_cut=True)
    assert list(journal.intents) == ["plug"]
    commander.unpin("plug", still_cut=False)
    assert journal.intents == {}
