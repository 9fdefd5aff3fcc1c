"""Adding a meter by sensors that are there: wrong ones are refused with the reason, slow ones are said to be slow."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_offload.const import DOMAIN
from tests.common import ADDRESS, PtyMeter, hear, heard_entry, meter_entry, set_up

from .steps import Result, confirm, go_on, open_dialog, open_reconfigure, shown

SENSORS = {
    "sensor.grid": ("1500", "W"),
    "sensor.export": ("0", "W"),
    "sensor.l1": ("500", "VA"),
    "sensor.l2": ("600", "VA"),
    "sensor.l3": ("700", "VA"),
    "sensor.amps": ("6.5", "A"),
    "sensor.volts": ("232", "V"),
    "sensor.gone": ("unavailable", "W"),
    "sensor.heat": ("20", "°C"),
}


@pytest.fixture(autouse=True)
def sensors(hass: HomeAssistant) -> None:
    for entity_id, (state, unit) in SENSORS.items():
        hass.states.async_set(entity_id, state, {"unit_of_measurement": unit, "friendly_name": entity_id[7:].title()})


async def home(hass: HomeAssistant, result: Result, **answers: Any) -> Result:
    """Fill in the first page."""
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "entities")
    answers = {"phases": "1", "contract_power": 9, "measure": "power"} | answers
    return await go_on(hass, result["flow_id"], answers)


POWER = {"power": "sensor.grid", "sign": "import_positive", "power_factor": 0.95}
CURRENT = {"current": "sensor.amps", "voltage_v": 230}


async def test_a_power_sensor_makes_a_meter(hass: HomeAssistant) -> None:
    result = await home(hass, await open_dialog(hass, "entities"))
    assert result["step_id"] == "entities_power"
    assert shown(result) == {"sign": "import_positive", "power_factor": 0.95}
    result = await go_on(hass, result["flow_id"], {**POWER, "export": "sensor.export"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "confirm")
    described = result["description_placeholders"]
    assert [described[key] for key in ("model", "mode", "phases", "contract", "source", "hint")] == [
        *("not told", "not told", "1", "9 kVA", "Grid", "")
    ]
    assert [str(field) for field in result["data_schema"].schema] == ["name"]
    result = await confirm(hass, result["flow_id"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert (entry.state, entry.data["internal_id"]) == (ConfigEntryState.LOADED, entry.unique_id)
    assert {key: value for key, value in entry.data.items() if key != "internal_id"} == {
        "source": "entities",
        "entities": {
            "power": ["sensor.grid"],
            "export": "sensor.export",
            "sign": "import_positive",
            "power_factor": 0.95,
        },
        "address": None,
        "mode": None,
        "phases": 1,
        "contract_va": 9000,
        "tariff": None,
    }
    hass.states.async_set("sensor.grid", "1900", {"unit_of_measurement": "W"})
    await hass.async_block_till_done()
    reading = entry.runtime_data.reading
    assert (reading.power_va, reading.contract_va) == (2000, 9000)
    keys = {
        entity.unique_id.partition("_")[2]
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    assert "link" in keys
    assert "tic_mode" not in keys, "sensors have no mode"


async def test_three_phases_ask_for_three_sensors(hass: HomeAssistant) -> None:
    result = await home(hass, await open_dialog(hass, "entities"), phases="3")
    phases = {f"power_{phase}": f"sensor.l{phase}" for phase in (1, 2, 3)}
    result = await go_on(hass, result["flow_id"], phases | {"sign": "import_negative", "power_factor": 1})
    result = await confirm(hass, result["flow_id"])
    assert (result["data"]["phases"], result["data"]["entities"]["power"]) == (
        3,
        ["sensor.l1", "sensor.l2", "sensor.l3"],
    )


async def test_a_current_with_a_voltage(hass: HomeAssistant) -> None:
    result = await home(hass, await open_dialog(hass, "entities"), measure="current")
    assert (result["step_id"], shown(result)) == ("entities_current", {"voltage_v": 230})
    result = await go_on(hass, result["flow_id"], {**CURRENT, "voltage": "sensor.volts"})
    result = await confirm(hass, result["flow_id"])
    assert result["data"]["entities"] == {"current": ["sensor.amps"], "voltage": "sensor.volts", "voltage_v": 230}


@pytest.mark.parametrize("contract", [0, 0.5, 37, -6])
async def test_a_contract_that_none_sells_is_refused(hass: HomeAssistant, contract: float) -> None:
    result = await home(hass, await open_dialog(hass, "entities"), contract_power=contract)
    assert result["errors"] == {"contract_power": "contract_out_of_range"}
    assert (await home(hass, result))["step_id"] == "entities_power"


async def test_a_contract_is_neither_guessed_nor_left_out(hass: HomeAssistant) -> None:
    """A required number without a proposal would stand as 0 in the form."""
    result = await open_dialog(hass, "entities")
    assert shown(result) == {"phases": "1", "measure": "power"}
    result = await go_on(hass, result["flow_id"], {"phases": "1", "measure": "power"})
    assert result["errors"] == {"contract_power": "contract_missing"}
    assert (await home(hass, result))["step_id"] == "entities_power"


@pytest.mark.parametrize(
    ("measure", "answers", "errors"),
    [
        pytest.param("power", {"power": "sensor.heat"}, {"power": "not_a_power"}, id="a temperature"),
        pytest.param("power", {"power": "sensor.amps"}, {"power": "not_a_power"}, id="a current for a power"),
        pytest.param(
            "power", {"power": "sensor.gone"}, {"power": "entity_says_nothing"}, id="a sensor without a value"
        ),
        pytest.param("power", {"power": "sensor.never"}, {"power": "entity_not_there"}, id="no such sensor"),
        pytest.param("power", {"power": "sensor.ours"}, {"power": "own_entity"}, id="our own sensor"),
        pytest.param("power", {"export": "sensor.grid"}, {"export": "entity_twice"}, id="the same sensor twice"),
        pytest.param(
            "power", {"power_factor": 1.2}, {"power_factor": "power_factor_out_of_range"}, id="a power factor above one"
        ),
        pytest.param(
            "power", {"power_factor": 0.1}, {"power_factor": "power_factor_out_of_range"}, id="a power factor near zero"
        ),
        pytest.param("current", {"current": "sensor.grid"}, {"current": "not_a_current"}, id="a power for a current"),
        pytest.param(
            "current", {"voltage": "sensor.heat"}, {"voltage": "not_a_voltage"}, id="a temperature for a voltage"
        ),
        pytest.param("current", {"voltage_v": 12}, {"voltage_v": "voltage_out_of_range"}, id="a battery's voltage"),
    ],
)
async def test_wrong_answers_are_refused_with_the_reason(
    hass: HomeAssistant, measure: str, answers: dict[str, Any], errors: dict[str, str]
) -> None:
    er.async_get(hass).async_get_or_create("sensor", DOMAIN, "ours", suggested_object_id="ours")
    hass.states.async_set("sensor.ours", "100", {"unit_of_measurement": "VA"})
    result = await home(hass, await open_dialog(hass, "entities"), measure=measure)
    right = POWER if measure == "power" else CURRENT
    result = await go_on(hass, result["flow_id"], right | answers)
    assert result["errors"] == errors
    result = await go_on(hass, result["flow_id"], right)
    assert result["step_id"] == "confirm"


async def test_a_sensor_that_reports_too_rarely_is_said_to_protect_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(timedelta(seconds=130))
    result = await home(hass, await open_dialog(hass, "entities"))
    result = await go_on(hass, result["flow_id"], POWER)
    assert "too rarely" in result["description_placeholders"]["hint"]


async def test_the_same_sensors_are_not_added_twice(hass: HomeAssistant) -> None:
    entities = {"power": ["sensor.grid"], "export": None, "sign": "import_positive", "power_factor": 0.95}
    heard_entry("entities", entities).add_to_hass(hass)
    result = await home(hass, await open_dialog(hass, "entities"))
    result = await go_on(hass, result["flow_id"], POWER)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_changing_sensors_shows_the_present_ones(hass: HomeAssistant) -> None:
    registry = er.async_get(hass)
    sensor = registry.async_get_or_create("sensor", "test", "grid", suggested_object_id="house")
    hass.states.async_set(sensor.entity_id, "700", {"unit_of_measurement": "VA"})
    entry = heard_entry("entities", {"power": [sensor.id], "sign": "import_negative", "power_factor": 0.9})
    await set_up(hass, entry)
    runtime = entry.runtime_data
    result = await open_reconfigure(hass, entry, "entities")
    assert shown(result) == {"phases": "1", "contract_power": 6, "measure": "power"}
    result = await home(hass, result, contract_power=9)
    assert shown(result) == {"power": sensor.entity_id, "sign": "import_negative", "power_factor": 0.9}
    result = await go_on(hass, result["flow_id"], POWER)
    await hass.async_block_till_done()
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert (entry.data["contract_va"], entry.data["entities"]["power"]) == (9000, ["sensor.grid"])
    assert entry.runtime_data is not runtime


async def test_from_a_line_to_sensors_the_meter_stays_who_it_is(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port)
    await hear(hass, pty_meter, await set_up(hass, entry), 800)
    before = {item.unique_id for item in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)}
    result = await home(hass, await open_reconfigure(hass, entry, "entities"), contract_power=6)
    await go_on(hass, result["flow_id"], POWER)
    await hass.async_block_till_done()
    after = {item.unique_id for item in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)}
    assert before <= after
    assert (entry.unique_id, entry.data["address"], entry.data["source"]) == (ADDRESS, ADDRESS, "entities")
    assert entry.state is ConfigEntryState.LOADED
