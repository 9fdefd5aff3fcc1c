"""Sensors of Home Assistant read as a meter: units, signs, phases, and never a 0 for what is unknown."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.link import issue_id
from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.runtime import LinkyRuntime
from custom_components.linky_offload.sources import LinkError, silence
from tests.common import heard_entry, load, set_up, state_of, until

MAIN = "sensor.main"
PHASES = ["sensor.l1", "sensor.l2", "sensor.l3"]


async def report(hass: HomeAssistant, entity_id: str, value: object, unit: str = "VA") -> None:
    hass.states.async_set(entity_id, str(value), {"unit_of_measurement": unit})
    await hass.async_block_till_done()


async def start(hass: HomeAssistant, entities: dict[str, Any], *, phases: int = 1) -> LinkyRuntime:
    return await set_up(hass, heard_entry("entities", entities, phases=phases))


def value(runtime: LinkyRuntime, quantity: Quantity) -> object:
    assert runtime.reading is not None
    measured = runtime.reading.values.get(quantity)
    return None if measured is None else measured.value


@pytest.mark.parametrize(
    ("settings", "shown", "unit", "import_va", "export_va", "active_w"),
    [
        pytest.param({}, 1500, "VA", 1500, None, None, id="VA as it is"),
        pytest.param({}, 1.5, "kVA", 1500, None, None, id="kVA"),
        pytest.param({}, 1900, "W", 2000, None, 1900, id="W by the usual power factor"),
        pytest.param({"power_factor": 1.0}, 1.5, "kW", 1500, None, 1500, id="kW by a power factor of one"),
        pytest.param({}, -800, "VA", 0, 800, None, id="an export below zero"),
        pytest.param({"sign": "import_negative"}, -1500, "VA", 1500, None, None, id="negative while drawing"),
        pytest.param({"sign": "import_negative"}, 800, "VA", 0, 800, None, id="positive while injecting"),
    ],
)
async def test_a_power_is_read_in_its_unit_and_with_its_sign(
    hass: HomeAssistant,
    settings: dict[str, Any],
    shown: float,
    unit: str,
    import_va: int,
    export_va: int | None,
    active_w: int | None,
) -> None:
    runtime = await start(hass, {"power": [MAIN], **settings})
    await report(hass, MAIN, shown, unit)
    assert value(runtime, Quantity.APPARENT_POWER) == import_va
    assert value(runtime, Quantity.APPARENT_POWER_EXPORT) == export_va
    assert value(runtime, Quantity.ACTIVE_POWER) == active_w
    assert runtime.reading is not None
    assert [phase.power_va for phase in runtime.reading.phases] == [import_va]
    assert runtime.reading.contract_va == 6000
    assert runtime.reading.phases[0].trip_y is not None


async def test_an_export_of_its_own_sensor(hass: HomeAssistant) -> None:
    runtime = await start(hass, {"power": [MAIN], "export": "sensor.export"})
    await report(hass, "sensor.export", 0)
    await report(hass, MAIN, 300)
    await report(hass, "sensor.export", 950, "W")
    assert value(runtime, Quantity.APPARENT_POWER_EXPORT) == 1000
    await report(hass, "sensor.export", "unavailable")
    await report(hass, MAIN, 310)
    assert value(runtime, Quantity.APPARENT_POWER) == 310


@pytest.mark.parametrize(
    ("settings", "volts", "va"),
    [
        pytest.param({"voltage_v": 230.0}, None, 2300, id="given voltage"),
        pytest.param({"voltage": "sensor.volts"}, 240, 2400, id="measured voltage"),
        pytest.param({"voltage": "sensor.volts"}, "unknown", None, id="unknown voltage"),
    ],
)
async def test_a_current_is_worth_its_voltage(
    hass: HomeAssistant, settings: dict[str, Any], volts: object, va: int | None
) -> None:
    runtime = await start(hass, {"current": [MAIN], **settings})
    if volts is not None:
        await report(hass, "sensor.volts", volts, "V")
    await report(hass, MAIN, 10, "A")
    assert (None if runtime.reading is None else value(runtime, Quantity.APPARENT_POWER)) == va


async def test_an_overload_told_by_a_sensor_is_cut(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}})
    heater = load("heater", "input_boolean.heater", power_source="declared", declared_va=2000, minimum_on=0)
    await set_up(hass, heard_entry("entities", {"power": [MAIN]}, [heater]))
    await report(hass, MAIN, 1500)
    await report(hass, MAIN, "unavailable")
    await report(hass, MAIN, 7500)
    await until(hass, lambda: state_of(hass, "input_boolean.heater") == "off", "the cut")


async def test_three_phases_each_by_its_own_sensor(hass: HomeAssistant) -> None:
    for place, entity in enumerate(PHASES, 1):
        await report(hass, entity, place * 1000)
    runtime = await start(hass, {"power": PHASES}, phases=3)
    for place, entity in enumerate(PHASES, 1):
        await report(hass, entity, place * 1000 + 100)
    assert runtime.reading is not None
    assert [phase.power_va for phase in runtime.reading.phases] == [1100, 2100, 3100]
    assert runtime.reading.power_va == 6300
    before = [phase.at for phase in runtime.reading.phases]
    await report(hass, PHASES[1], 2500)
    after = [phase.at for phase in runtime.reading.phases]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True], "an age of its own"


@pytest.mark.parametrize("word", ["unavailable", "unknown", "", "nan", "inf", "on"])
async def test_what_tells_no_number_makes_the_power_unknown_never_zero(hass: HomeAssistant, word: str) -> None:
    runtime = await start(hass, {"power": [MAIN]})
    await report(hass, MAIN, 1500)
    assert (runtime.link.connected, runtime.link.available) == (True, True)
    await report(hass, MAIN, word)
    assert (runtime.link.error, runtime.link.available, runtime.link.degraded) == (LinkError.ENTITIES, False, True)
    assert value(runtime, Quantity.APPARENT_POWER) == 1500, "and its age tells"
    await report(hass, MAIN, 1600)
    assert (runtime.link.error, runtime.link.available) == (None, True)


async def test_one_phase_gone_is_no_home_without_it(hass: HomeAssistant) -> None:
    for entity in PHASES:
        await report(hass, entity, 1000)
    runtime = await start(hass, {"power": PHASES}, phases=3)
    await report(hass, PHASES[2], "unavailable")
    await report(hass, PHASES[0], 1500)
    assert runtime.link.error is LinkError.ENTITIES
    assert runtime.reading is None


async def test_the_same_value_again_is_a_sign_of_life(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "DEGRADED_MIN_S", 0.3)
    monkeypatch.setattr(silence, "DEGRADED_MAX_S", 0.3)
    monkeypatch.setattr(silence, "UNAVAILABLE_MIN_S", 0.6)
    runtime = await start(hass, {"power": [MAIN]})
    await report(hass, MAIN, 1500)
    last = runtime.connection._silence.last
    await report(hass, MAIN, 1500)
    assert runtime.connection._silence.last > last
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    await until(hass, lambda: not runtime.link.available, "silence")
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id(entry))
    assert issue is not None
    assert issue.translation_key == "entities_silent"


async def test_the_slowest_of_the_sensors_that_matter_makes_the_pace(hass: HomeAssistant) -> None:
    for entity in PHASES:
        await report(hass, entity, 1000)
    runtime = await start(hass, {"power": PHASES}, phases=3)
    for entity in PHASES:
        await report(hass, entity, 1100)
    heard = runtime.connection._silence.last
    for _ in range(5):
        await report(hass, PHASES[0], 1200)
    assert runtime.connection._silence.last == heard


async def test_a_renamed_sensor_is_followed(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    sensor = registry.async_get_or_create("sensor", "test", "main", suggested_object_id="main")
    await report(hass, sensor.entity_id, 1000)
    runtime = await start(hass, {"power": [sensor.id]})
    registry.async_update_entity(sensor.entity_id, new_entity_id="sensor.grid")
    await hass.async_block_till_done()
    await report(hass, "sensor.grid", 1700)
    assert value(runtime, Quantity.APPARENT_POWER) == 1700
    assert runtime.connection.feed.name == "sensor.grid"
