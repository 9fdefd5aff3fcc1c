"""What an entry keeps over restarts besides the journal."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.linky_offload.memory import Memory
from custom_components.linky_offload.offload import Arbiter, HourlyLoad, LoadMemory, OffloadMode, Settings
from custom_components.linky_offload.settings import coordinator_settings

from .common import load, meter_entry


def arbiter(memory: Memory, intents: dict[str, Any]) -> Arbiter:
    """An arbiter that starts from a memory."""
    entry = meter_entry("/dev/tic", [load("heater", "switch.heater"), load("boiler", "switch.boiler")])
    return Arbiter(
        Settings(),
        coordinator_settings(entry),
        mode=memory.mode,
        now=0,
        memory=memory.loads(intents),
        habits=memory.habits,
    )


async def test_a_new_entry_is_automatic_and_knows_nothing(hass: HomeAssistant) -> None:
    memory = Memory(hass, "entry")
    await memory.async_load()
    assert memory.mode is OffloadMode.AUTOMATIC
    assert memory.loads({}) == {}
    assert memory.habits.dump() == {}


async def test_mode_learned_powers_and_habits_come_back(hass: HomeAssistant) -> None:
    habits = HourlyLoad()
    habits.note(18, 1200)
    first = Arbiter(
        Settings(),
        coordinator_settings(meter_entry("/dev/tic", [load("heater", "switch.heater")])),
        mode=OffloadMode.OBSERVE,
        now=0,
        memory={"heater": LoadMemory(learned_va=1900)},
        habits=habits,
    )
    await Memory(hass, "entry").async_keep_now(first, OffloadMode.OBSERVE)

    memory = Memory(hass, "entry")
    await memory.async_load()

    assert memory.mode is OffloadMode.OBSERVE
    assert memory.habits.dump() == habits.dump()
    # The intents are the journal's, even of loads of which nothing was learned.
    assert memory.loads({"heater": ..., "boiler": ...}) == {
        "heater": LoadMemory(intent=True, learned_va=1900),
        "boiler": LoadMemory(intent=True),
    }
    assert memory.loads({}) == {"heater": LoadMemory(learned_va=1900)}


async def test_an_arbiter_starts_from_it(hass: HomeAssistant) -> None:
    memory = Memory(hass, "entry")
    await memory.async_load()
    started = arbiter(memory, {"heater": ...})
    assert started.memory()["heater"].intent
    assert not started.memory()["boiler"].intent
