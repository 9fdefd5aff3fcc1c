"""Adding a meter: what is found on a line, what is refused, and that every error leads back to the form."""

import asyncio
from collections.abc import Callable
import errno
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import serialx

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.flow import probe
from custom_components.linky_offload.flow.probe import ProbeError, detect
from custom_components.linky_offload.tic import Mode
from simulator.meter import SimulatedMeter
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Group, Mode as WireMode, add_parity, frame
from tests.common import ADDRESS, PtyMeter, historic_frame, meter_entry, standard_frame

from .conftest import Talk
from .steps import choose_port, confirm, go_on, open_dialog

OPEN = "custom_components.linky_offload.sources.serial.serialx.create_serial_connection"


async def test_a_standard_meter_is_found_confirmed_and_its_appliances_asked_for(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    dialog = await open_dialog(hass)
    async with talk(pty_meter, add_parity(standard_frame(690))):
        result = await choose_port(hass, dialog["flow_id"], f" {pty_meter.port} ")
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "confirm")
        assert result["description_placeholders"] == {
            "model": "Landis+Gyr Linky G3 60 A (2019)",
            "address": "041961••••99",
            "mode": "standard",
            "phases": "1",
            "contract": "6 kVA",
            "tariff": "BASE",
            "source": f"{pty_meter.port}, 9600 baud",
            "port": pty_meter.port,
            "hint": "",
        }
        assert [str(field) for field in result["data_schema"].schema] == ["name"]
        result = await confirm(hass, dialog["flow_id"], name=" Maison ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Maison"
    assert result["data"] == {
        "internal_id": ADDRESS,
        "source": "serial",
        "port": pty_meter.port,
        "baudrate": 9600,
        "address": ADDRESS,
        "mode": "standard",
        "phases": 1,
        "contract_va": 6000,
        "tariff": "BASE",
    }
    assert result["options"] == {}
    assert result["result"].unique_id == ADDRESS
    assert result["result"].state is ConfigEntryState.LOADED
    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    assert hass.config_entries.subentries.async_get(flow_id)["step_id"] == "user"


TEMPO = SimulatedMeter(
    phases=3, contract_kva=9, mode=WireMode.HISTORIC, calendar=Calendar(kind=TariffKind.TEMPO)
).frame()

LINES: dict[str, tuple[bytes, int, dict[str, Any]]] = {
    "historic, 1200 baud": (
        historic_frame(690),
        1200,
        {"mode": "historic", "baudrate": 1200, "phases": 1, "contract_va": 6000, "tariff": "base"},
    ),
    "historic re-emitted at 9600 baud by a dongle": (
        historic_frame(690),
        9600,
        {"mode": "historic", "baudrate": 9600, "phases": 1, "contract_va": 6000},
    ),
    "historic, three phases, Tempo": (
        SimulatedMeter(
            phases=3, contract_kva=9, mode=WireMode.HISTORIC, calendar=Calendar(kind=TariffKind.TEMPO)
        ).frame(),
        1200,
        {"mode": "historic", "phases": 3, "contract_va": 9000, "tariff": "tempo"},
    ),
    "standard, three phases": (
        SimulatedMeter(phases=3, contract_kva=12).frame(),
        9600,
        {"mode": "standard", "phases": 3, "contract_va": 12000},
    ),
}


@pytest.mark.parametrize(("data", "baudrate", "expected"), LINES.values(), ids=LINES.keys())
async def test_what_is_found_on_a_line(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, data: bytes, baudrate: int, expected: dict[str, Any]
) -> None:
    dialog = await open_dialog(hass)
    async with talk(pty_meter, data, baudrate=baudrate):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
        assert result["step_id"] == "confirm"
        result = await confirm(hass, dialog["flow_id"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Linky"
    assert result["data"].items() >= expected.items()


async def test_a_contract_that_the_meter_does_not_tell_exactly_is_asked_for(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    groups = [
        Group("ADCO", "041976999999"),
        Group("OPTARIF", "BASE"),
        Group("ISOUSC", "17"),
        Group("BASE", "012345678"),
        Group("PTEC", "TH.."),
        *(Group(f"IINST{phase}", "002") for phase in (1, 2, 3)),
        *(Group(f"IMAX{phase}", "060") for phase in (1, 2, 3)),
        Group("PAPP", "01380"),
    ]
    dialog = await open_dialog(hass)
    async with talk(pty_meter, frame(groups, WireMode.HISTORIC)):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
        assert result["description_placeholders"]["contract"] == "10 kVA"
        for refused in (0, 37, -6):
            result = await confirm(hass, dialog["flow_id"], contract_power=refused)
            assert result["errors"] == {"contract_power": "contract_out_of_range"}
        result = await confirm(hass, dialog["flow_id"], contract_power=11)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["contract_va"] == 10_000
    assert result["options"] == {"contract_power": 11}


async def test_a_meter_without_contract_nor_address_is_told_apart_by_an_id_of_its_own(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    groups = [Group("BASE", "012345678"), Group("PTEC", "TH.."), Group("IINST", "002"), Group("PAPP", "00460")]
    dialog = await open_dialog(hass)
    async with talk(pty_meter, frame(groups, WireMode.HISTORIC)):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
        described = result["description_placeholders"]
        assert [described[key] for key in ("model", "address", "contract", "tariff")] == ["not told"] * 4
        result = await confirm(hass, dialog["flow_id"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["address"] is None
    assert len(result["data"]["internal_id"]) == 32
    assert result["result"].unique_id == result["data"]["internal_id"]


OPEN_ERRORS: dict[str, tuple[Exception, str]] = {
    "no such device": (FileNotFoundError(), "port_missing"),
    "device just unplugged": (OSError(errno.ENODEV, ""), "port_missing"),
    "no access": (PermissionError(), "port_denied"),
    "held by another program": (OSError(errno.EBUSY, ""), "port_busy"),
    "not a terminal": (OSError(errno.ENOTTY, ""), "port_not_serial"),
    "bridge refuses": (ConnectionRefusedError(), "port_unreachable"),
    "bridge does not answer": (TimeoutError(), "port_unreachable"),
    "unknown host": (OSError(-2, "Name or service not known"), "port_unreachable"),
    "ESPHome not loaded": (ConfigEntryNotReady(), "port_unreachable"),
    "setting refused": (serialx.UnsupportedSetting(), "port_not_serial"),
}


@pytest.mark.parametrize(("error", "reason"), OPEN_ERRORS.values(), ids=OPEN_ERRORS.keys())
async def test_a_port_that_cannot_be_opened_says_why_and_may_be_tried_again(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, error: Exception, reason: str
) -> None:
    dialog = await open_dialog(hass)
    with patch(OPEN, side_effect=error):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "serial")
    assert result["errors"] == {"port": reason}
    (field,) = result["data_schema"].schema
    assert field.description == {"suggested_value": pty_meter.port}
    await _recovers(hass, dialog["flow_id"], pty_meter, talk)


async def _recovers(hass: HomeAssistant, flow_id: str, meter: PtyMeter, talk: Talk) -> None:
    async with talk(meter, standard_frame(690)):
        result = await choose_port(hass, flow_id, meter.port)
        assert result["step_id"] == "confirm"
        result = await confirm(hass, flow_id)
    assert result["type"] is FlowResultType.CREATE_ENTRY


def _folder(tmp_path: Path) -> str:
    return str(tmp_path)


def _file(tmp_path: Path) -> str:
    (tmp_path / "notes.txt").write_text("not a port")
    return str(tmp_path / "notes.txt")


WRONG_PORTS: dict[str, tuple[Callable[[Path], str], str]] = {
    "a path that does not exist": (lambda tmp_path: str(tmp_path / "ttyUSB7"), "port_missing"),
    "a folder": (_folder, "port_not_serial"),
    "a file": (_file, "port_not_serial"),
    "an address of no known kind": (lambda _: "carrier-pigeon://roof:1", "bad_url"),
    "an address without a port": (lambda _: "socket://bridge", "bad_url"),
}


@pytest.mark.parametrize(("port", "reason"), WRONG_PORTS.values(), ids=WRONG_PORTS.keys())
async def test_a_wrong_port_is_really_refused(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, tmp_path: Path, port: Callable[[Path], str], reason: str
) -> None:
    dialog = await open_dialog(hass)
    result = await choose_port(hass, dialog["flow_id"], port(tmp_path))
    assert result["errors"] == {"port": reason}
    await _recovers(hass, dialog["flow_id"], pty_meter, talk)


HEARD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "nothing_received"),
    "noise": (b"\x00\xff\x15garbage\r\n" * 4, "no_tic"),
    "a meter in standby": (frame([Group("ADCO", ADDRESS)], WireMode.HISTORIC), "standby"),
    "indexes without any power": (
        frame([Group("ADCO", ADDRESS), Group("BASE", "012345678"), Group("PTEC", "TH..")], WireMode.HISTORIC),
        "no_power",
    ),
}


@pytest.mark.parametrize(("data", "reason"), HEARD.values(), ids=HEARD.keys())
async def test_a_line_without_a_usable_meter_says_why(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, data: bytes, reason: str
) -> None:
    dialog = await open_dialog(hass)
    async with talk(pty_meter, data):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
    assert result["errors"] == {"port": reason}
    if reason == "no_tic":
        assert int(result["description_placeholders"]["bytes"]) > 0
        assert int(result["description_placeholders"]["damaged"]) > 0
    await _recovers(hass, dialog["flow_id"], pty_meter, talk)


async def test_an_adapter_pulled_out_during_the_search(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LISTEN_S", {9600: 30.0, 1200: 30.0})
    dialog = await open_dialog(hass)
    await go_on(hass, dialog["flow_id"], {"port": pty_meter.port})
    hass.loop.call_later(0.1, pty_meter.unplug)
    await hass.async_block_till_done()
    result = await go_on(hass, dialog["flow_id"])
    assert result["errors"] == {"port": "port_lost"}
    pty_meter.plug()
    await _recovers(hass, dialog["flow_id"], pty_meter, talk)


async def test_a_port_held_by_another_integration_names_it(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    MockConfigEntry(domain="hue", data={"host": "192.0.2.1"}).add_to_hass(hass)
    other = MockConfigEntry(domain="teleinfo", title="Old meter reader", data={"serial_port": pty_meter.port})
    other.add_to_hass(hass)
    dialog = await open_dialog(hass)
    with patch(OPEN, side_effect=OSError(errno.EBUSY, "")):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
    assert result["errors"] == {"port": "port_used_by"}
    assert result["description_placeholders"]["owner"] == "Old meter reader"
    await _recovers(hass, dialog["flow_id"], pty_meter, talk)


async def test_the_same_meter_is_not_added_twice(hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk) -> None:
    meter_entry("/dev/elsewhere").add_to_hass(hass)
    dialog = await open_dialog(hass)
    async with talk(pty_meter, standard_frame(690)):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_port_that_is_configured_is_not_added_for_another_meter(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    meter_entry(pty_meter.port).add_to_hass(hass)
    dialog = await open_dialog(hass)
    async with talk(pty_meter, standard_frame(690, "041961888888")):
        result = await choose_port(hass, dialog["flow_id"], pty_meter.port)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_two_dialogs_on_the_same_port_make_one_entry(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    first, second = await open_dialog(hass), await open_dialog(hass)
    async with talk(pty_meter, standard_frame(690)):
        for dialog in (first, second):
            await go_on(hass, dialog["flow_id"], {"port": pty_meter.port})
        await hass.async_block_till_done()
        results = [await go_on(hass, dialog["flow_id"]) for dialog in (first, second)]
        # The line is locked: one of them was first, the other is told so, and then that the meter is being added.
        late, found = sorted(results, key=lambda result: result["step_id"] == "confirm")
        assert (late["errors"], found["step_id"]) == ({"port": "port_busy"}, "confirm")
        again = await choose_port(hass, late["flow_id"], pty_meter.port)
        assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_in_progress")
        result = await confirm(hass, found["flow_id"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_a_closed_dialog_gives_the_port_back(
    hass: HomeAssistant, pty_meter: PtyMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LISTEN_S", {9600: 30.0, 1200: 30.0})
    dialog = await open_dialog(hass)
    await go_on(hass, dialog["flow_id"], {"port": pty_meter.port})
    await asyncio.sleep(0.1)
    assert await _is_held(hass, pty_meter.port)
    hass.config_entries.flow.async_abort(dialog["flow_id"])
    for _ in range(100):
        if not await _is_held(hass, pty_meter.port):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the port is still held")


async def _is_held(hass: HomeAssistant, port: str) -> bool:
    """Whether somebody else has the port open."""
    try:
        transport, _ = await serialx.create_serial_connection(hass.loop, asyncio.Protocol, port, baudrate=9600)
    except OSError:
        return True
    transport.abort()
    await transport.wait_closed()
    return False


async def test_a_meter_that_cannot_be_started_brings_no_form_for_appliances(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    dialog = await open_dialog(hass)
    async with talk(pty_meter, standard_frame(690)):
        await choose_port(hass, dialog["flow_id"], pty_meter.port)
    with patch(OPEN, side_effect=FileNotFoundError):
        result = await confirm(hass, dialog["flow_id"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].state is ConfigEntryState.SETUP_RETRY
    assert "next_flow" not in result


async def test_the_progress_of_a_search_rises_to_its_end(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    shares: list[float] = []
    with pytest.raises(ProbeError, match="nothing_received"):
        await detect(pty_meter.port, dt_util.get_default_time_zone(), shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1


@pytest.mark.usefixtures("socket_enabled")
async def test_a_meter_behind_a_bridge_on_the_network(hass: HomeAssistant) -> None:
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(historic_frame(690) * 4)
        await reader.read()
        writer.close()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        found = await detect(f"socket://127.0.0.1:{port}", dt_util.get_default_time_zone(), lambda _: None)
        await gone.wait()
    assert (found.mode, found.address, found.contract_va) == (Mode.HISTORIC, ADDRESS, 6000)
