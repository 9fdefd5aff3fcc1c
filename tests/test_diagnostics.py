"""Diagnostics tell what happens and not whose meter it is."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.linky_offload.diagnostics import port_kind, scrub
from custom_components.linky_offload.offload import EventType, OffloadEvent
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tic import Mode, add_parity, encode_group

from .common import coordinator
from .entity_house import LOADS, House


async def diagnostics(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> tuple[House, str]:
    meter = SimulatedMeter()
    meter.settle([Power(2000.0)])
    house = await House.start(hass, meter, coordinator(LOADS))
    house.lines[-1].push(add_parity(encode_group(Mode.STANDARD, "NEWLABEL", "1")))
    return house, json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, house.entry))


async def test_the_whole_of_it(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, snapshot: SnapshotAssertion
) -> None:
    _, text = await diagnostics(hass, hass_client)
    moments = props("age_s", "now", "at", "since", "cadence_s", "bytes", "trip_y", "trip_margin")
    assert json.loads(text) == snapshot(exclude=moments)


async def test_nothing_tells_whose_meter_it_is(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    house, text = await diagnostics(hass, hass_client)
    for secret in (house.meter.address, "09999999999999", "SN12345678", "Load_Tank", house.entry.unique_id):
        assert secret
        assert secret not in text


async def test_the_history_tells_what_happened_without_the_names_of_appliances(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    house, _ = await diagnostics(hass, hass_client)
    house.runtime.tell_event(OffloadEvent(type=EventType.RESTORED, at=0.0, load_id="load_tank", va=2000.0))
    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, house.entry)
    (event,) = told["history"]
    assert (event["type"], event["load_id"], event["va"]) == ("restored", "load_tank", 2000)
    assert "Load_Tank" not in json.dumps(told)


async def test_what_the_line_lost_and_what_nobody_knows_is_counted(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    _, text = await diagnostics(hass, hass_client)
    decoder = json.loads(text)["decoder"]
    assert decoder["stats"]["frames"] > 3
    assert decoder["unknown_labels"] == {"NEWLABEL": 1}


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        ("/dev/serial/by-id/usb-Maker_Dongle_SN12345678-if00-port0", "/dev/serial/by-id/**REDACTED**"),
        ("socket://192.0.2.7:5000", "socket://**REDACTED**"),
        ("/dev/ttyUSB0", "/dev/ttyUSB**REDACTED**"),
        ("COM3", "**REDACTED**"),
    ],
)
def test_of_a_port_only_its_kind_is_told(port: str, kind: str) -> None:
    assert port_kind(port) == kind


def test_a_secret_inside_a_text_or_a_key_is_taken_out() -> None:
    data = {"041961999999_x": ["port of 041961999999", 41, None]}
    assert scrub(data, ("041961999999",)) == {"**REDACTED**_x": ["port of **REDACTED**", 41, None]}
