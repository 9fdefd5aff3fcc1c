"""Sensors that a real Home Assistant already has become a meter, without touching their set-up."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from demo.client import Client, until
from demo.homeassistant import INTEGRATION
from demo.lookup import look_up
from demo.stage import BARE_CONFIGURATION, open_home_assistant

pytestmark = pytest.mark.e2e

# What a Shelly EM shows on a home that also injects: signed watts.
CONFIGURATION = (
    BARE_CONFIGURATION
    + """
input_number:
  watts:
    min: -9000
    max: 9000
    initial: 950
input_boolean:
  reachable:
    initial: true
template:
  - sensor:
      - name: Grid
        unique_id: grid
        unit_of_measurement: W
        device_class: power
        state: "{{ states('input_number.watts') }}"
        availability: "{{ is_state('input_boolean.reachable', 'on') }}"
"""
)


async def set_watts(client: Client, watts: float) -> None:
    await client.call("input_number", "set_value", "input_number.watts", value=watts)


async def test_a_signed_power_sensor_shows_a_meter_and_never_zero_for_unknown() -> None:
    with TemporaryDirectory(prefix="linky-offload-") as name:
        opened = open_home_assistant(Path(name), {"linky_offload": INTEGRATION}, configuration=CONFIGURATION)
        async with opened as (_, client):
            flow = await client.flow({"handler": "linky_offload"})
            await flow.choose("entities")
            flow.expect("form", "entities")
            await flow.answer({"phases": "1", "contract_power": 6, "measure": "power"})
            flow.expect("form", "entities_power")
            await flow.answer({**flow.proposed, "power": "sensor.grid"})
            flow.expect("form", "confirm")
            await flow.answer({"name": "Grid meter"})
            flow.expect("create_entry")

            async def shows(key: str, wanted: str) -> bool:
                lookup = await look_up(client)
                return key in lookup.meter and await client.state(lookup.meter[key]) == wanted

            await set_watts(client, 1900)
            await until(lambda: shows("apparent_power", "2000"), 10, "W by the power factor")
            await until(lambda: shows("contract_power", "6.0"), 10, "the contract")
            await set_watts(client, -800)
            await until(lambda: shows("apparent_power", "0"), 20, "no import")
            await until(lambda: shows("apparent_power_export", "842"), 20, "the export")
            await client.call("input_boolean", "turn_off", "input_boolean.reachable")
            await until(lambda: shows("apparent_power", "unavailable"), 10, "unknown, not zero")
            await client.call("input_boolean", "turn_on", "input_boolean.reachable")
            await set_watts(client, 475)
            await until(lambda: shows("apparent_power", "500"), 20, "the power again")
