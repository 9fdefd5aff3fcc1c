"""What an entry keeps over restarts besides the journal."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
import pytest

from custom_components.linky_offload.actuators import make_actuator
from custom_components.linky_offload.memory import Memory, cut_before
from custom_components.linky_offload.offload import Arbiter, HourlyLoad, LoadMemory, OffloadMode, Settings
from custom_components.linky_offload.settings import LoadConfig, coordinator_settings

from .common import load, meter_entry


def arbiter(memory: Memory, habits: HourlyLoad | None = None) -> Arbiter:
    """An arbiter that starts from a memory."""
    entry = meter_entry("/dev/tic", [load("heater", "switch.heater"), load("boiler", "switch.boiler")])
    return Arbiter(
        Settings(),
        coordinator_settings(entry),
        mode=memory.mode,
        now=0,
        state=memory.state,
        habits=habits,
    )


async def test_a_new_entry_is_automatic_and_knows_nothing(hass: HomeAssistant) -> None:
    memory = Memory(hass, "entry")
    await memory.async_load()
    assert memory.mode is OffloadMode.AUTOMATIC
    assert memory.state == {}
    assert memory.latencies_s == {}


async def test_the_mode_and_all_that_the_arbiter_knows_come_back(hass: HomeAssistant) -> None:
    habits = HourlyLoad()
    habits.note(18, 1200)
    first = arbiter(Memory(hass, "entry"), habits)
    first.exclude("heater", 600, 0)
    await Memory(hass, "entry").async_keep_now(first, OffloadMode.OBSERVE)

    memory = Memory(hass, "entry")
    await memory.async_load()

    assert memory.mode is OffloadMode.OBSERVE
    second = arbiter(memory)
    assert second.habits.dump() == habits.dump()
    assert second.report(0).loads["heater"].excluded_until is not None
    assert second.report(0).loads["boiler"].excluded_until is None


async def test_the_latency_of_a_load_comes_back_as_long_as_it_is_configured(hass: HomeAssistant) -> None:
    first = Memory(hass, "entry")
    first.note_latency("heater", 1.5)
    first.note_latency("gone", 4)
    await first.async_keep_now(arbiter(first), OffloadMode.AUTOMATIC)

    memory = Memory(hass, "entry")
    await memory.async_load()

    assert memory.latencies_s == {"heater": 1.5}


WANTED = [
    pytest.param("switch.plug", "on", {}, None, id="a switch has no level"),
    pytest.param("number.car", "16", {"min": 0, "max": 32, "unit_of_measurement": "A"}, 16, id="a car at 16 A"),
    pytest.param(
        "light.lamp", "on", {"brightness": 102, "supported_color_modes": ["brightness"]}, 40, id="a lamp at 40 %"
    ),
    pytest.param(
        "fan.fan", "on", {"percentage": 60, "percentage_step": 20, "supported_features": 1}, 60, id="a fan at 60 %"
    ),
    pytest.param(
        "climate.room", "heat", {"min_temp": 5, "max_temp": 30, "temperature": 21}, 3, id="a room at its own target"
    ),
]


@pytest.mark.parametrize(("entity_id", "state", "attributes", "level"), WANTED)
async def test_what_the_journal_saved_tells_the_wanted_level_even_while_the_load_tells_nothing(
    hass: HomeAssistant, entity_id: str, state: str, attributes: dict[str, Any], level: float | None
) -> None:
    config = LoadConfig(load_id="load", name="Load", entity=entity_id)
    hass.states.async_set(entity_id, state, attributes)
    before = make_actuator(hass, config)
    assert before.view().level == level
    before.save(1)
    hass.states.async_remove(entity_id)
    found = make_actuator(hass, config)
    found.resume(before.saved)

    assert cut_before({"load"}, {"load": found}) == {"load": LoadMemory(intent=True, wanted_level=level)}


async def test_what_an_older_version_kept_is_no_obstacle(hass: HomeAssistant) -> None:
    await Store[dict[str, Any]](hass, 1, "linky_offload.entry").async_save(
        {"mode": "off", "learned_va": {"heater": 900.0}, "habits": {}}
    )
    memory = Memory(hass, "entry")
    await memory.async_load()
    assert memory.mode is OffloadMode.OFF
    assert memory.state == {}
