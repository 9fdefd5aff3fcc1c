"""What an entry keeps over restarts besides the journal."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from custom_components.linky_offload.memory import Memory
from custom_components.linky_offload.offload import Arbiter, HourlyLoad, LoadMemory, OffloadMode, Settings
from custom_components.linky_offload.settings import coordinator_settings

from .common import load, meter_entry


def arbiter(memory: Memory, intents: dict[str, Any], habits: HourlyLoad | None = None) -> Arbiter:
    """An arbiter that starts from a memory."""
    entry = meter_entry("/dev/tic", [load("heater", "switch.heater"), load("boiler", "switch.boiler")])
    return Arbiter(
        Settings(),
        coordinator_settings(entry),
        mode=memory.mode,
        now=0,
        memory=memory.loads(intents),
        state=memory.state,
        habits=habits,
    )


async def test_a_new_entry_is_automatic_and_knows_nothing(hass: HomeAssistant) -> None:
    memory = Memory(hass, "entry")
    await memory.async_load()
    assert memory.mode is OffloadMode.AUTOMATIC
    assert memory.loads({}) == {}
    assert memory.state == {}


async def test_the_mode_and_all_that_the_arbiter_knows_come_back(hass: HomeAssistant) -> None:
    habits = HourlyLoad()
    habits.note(18, 1200)
    first = arbiter(Memory(hass, "entry"), {}, habits)
    first.exclude("heater", 600, 0)
    await Memory(hass, "entry").async_keep_now(first, OffloadMode.OBSERVE)

    memory = Memory(hass, "entry")
    await memory.async_load()

    assert memory.mode is OffloadMode.OBSERVE
    second = arbiter(memory, {})
    assert second.habits.dump() == habits.dump()
    assert second.report(0).loads["heater"].excluded_until is not None
    assert second.report(0).loads["boiler"].excluded_until is None


async def test_the_intents_are_those_of_the_journal(hass: HomeAssistant) -> None:
    memory = Memory(hass, "entry")
    await memory.async_load()
    assert memory.loads({"heater": ...}) == {"heater": LoadMemory(intent=True)}
    started = arbiter(memory, {"heater": ...})
    assert started.memory()["heater"].intent
    assert not started.memory()["boiler"].intent


async def test_what_an_older_version_kept_is_no_obstacle(hass: HomeAssistant) -> None:
    await Store[dict[str, Any]](hass, 1, "linky_offload.entry").async_save(
        {"mode": "off", "learned_va": {"heater": 900.0}, "habits": {}}
    )
    memory = Memory(hass, "entry")
    await memory.async_load()
    assert memory.mode is OffloadMode.OFF
    assert memory.state == {}
