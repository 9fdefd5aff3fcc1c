"""A dongle that is plugged in, and a line that an ESPHome device lends."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any, Unpack, override
from unittest.mock import patch

from homeassistant.components.usb.models import USBDevice
from homeassistant.components.usb.utils import usb_device_matches_matcher
from homeassistant.config_entries import SOURCE_USB, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.usb import UsbServiceInfo
import pytest
import serialx
from serialx.common import ConnectKwargs
from serialx.platforms.serial_linux import LinuxSerial, LinuxSerialTransport
from yarl import URL

from custom_components.linky_offload.const import DOMAIN
from simulator.tic import add_parity
from tests.common import ADDRESS, OTHER_ADDRESS, PtyMeter, flow, meter_entry, set_up, standard_frame, until

from .conftest import Talk
from .steps import Result, choose_port, confirm, open_dialog

MANIFEST = Path(__file__).parents[2] / "custom_components" / DOMAIN / "manifest.json"


def dongle(
    vid: str, pid: str, serial_number: str | None, manufacturer: str | None, description: str | None
) -> USBDevice:
    """A USB device as Home Assistant sees it."""
    return USBDevice(
        device="/dev/ttyUSB0",
        vid=vid,
        pid=pid,
        serial_number=serial_number,
        manufacturer=manufacturer,
        description=description,
    )


@pytest.mark.parametrize(
    ("device", "offered"),
    [
        pytest.param(dongle("0403", "6015", "TINFO-1036", "FTDI", "FT230X Basic UART"), True, id="a µTeleinfo"),
        pytest.param(
            dongle("0403", "6015", "DA33DTBE", "Cartelectronic", "Interface USB 1 TIC"),
            True,
            id="one meter, Cartelectronic",
        ),
        pytest.param(
            dongle("0403", "6001", "C10593", "Cartelectronic", "Interface USB -> 2 Compteur"),
            True,
            id="two meters, Cartelectronic",
        ),
        pytest.param(dongle("10C4", "EA60", "0001", "Maker", "USB Teleinfo"), True, id="a dongle that says what it is"),
        pytest.param(dongle("0403", "6015", "DN04T0HA", "FTDI", "FT230X Basic UART"), False, id="a plain converter"),
        pytest.param(dongle("10C4", "EA60", "0001", "Silicon Labs", "CP2102N"), False, id="another plain converter"),
        pytest.param(dongle("0403", "6015", "A1XSV19D", "RFXCOM", "RFXtrx433"), False, id="a radio"),
        pytest.param(dongle("1A86", "7523", None, None, None), False, id="a converter that says nothing"),
    ],
)
def test_only_dongles_made_for_a_meter_are_looked_at(device: USBDevice, offered: bool) -> None:
    matchers = json.loads(MANIFEST.read_text(encoding="utf-8"))["usb"]
    assert any(usb_device_matches_matcher(device, matcher) for matcher in matchers) is offered


async def discover(hass: HomeAssistant, meter: PtyMeter, serial_number: str = "TINFO-1036") -> Result:
    """Home Assistant notices a dongle."""
    info = UsbServiceInfo(
        device=meter.port,
        vid="0403",
        pid="6015",
        serial_number=serial_number,
        manufacturer="FTDI",
        description="FT230X Basic UART",
    )
    result: Result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USB}, data=info)
    return result


async def test_a_dongle_is_offered_with_the_meter_that_is_heard_on_it(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk
) -> None:
    async with talk(pty_meter, add_parity(standard_frame(690))):
        result = await discover(hass, pty_meter)
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "confirm")
        [progress] = hass.config_entries.flow.async_progress()
        assert progress["context"]["unique_id"] == ADDRESS
        assert progress["context"]["title_placeholders"] == {"name": "Linky G3 60 A"}
        assert result["description_placeholders"]["contract"] == "6 kVA"
        result = await confirm(hass, result["flow_id"], name="Linky")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["port"] == pty_meter.port
    assert result["result"].unique_id == ADDRESS
    assert result["result"].state is ConfigEntryState.LOADED


async def test_a_dongle_without_a_meter_disturbs_nobody(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    result = await discover(hass, pty_meter)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_meter_on_dongle")
    assert hass.config_entries.flow.async_progress() == []


async def test_a_port_that_a_meter_uses_is_not_opened(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    entry = meter_entry(pty_meter.port)
    await set_up(hass, entry)
    with patch("custom_components.linky_offload.flow.source_serial.detect") as detect:
        result = await discover(hass, pty_meter)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert not detect.called


async def test_two_searches_on_one_dongle_are_one(hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk) -> None:
    async with talk(pty_meter, add_parity(standard_frame(690))):
        first = await discover(hass, pty_meter)
        second = await discover(hass, pty_meter, "TINFO-1037")
    assert first["type"] is FlowResultType.FORM
    assert (second["type"], second["reason"]) == (FlowResultType.ABORT, "already_in_progress")


async def test_a_meter_whose_dongle_moved_is_read_where_it_is_now(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, tmp_path: Path
) -> None:
    entry = meter_entry(str(tmp_path / "gone"))
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    async with talk(pty_meter, add_parity(standard_frame(690))):
        result = await discover(hass, pty_meter)
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
        await until(hass, lambda: entry.state is ConfigEntryState.LOADED, "the meter is read again")
    assert entry.data["port"] == pty_meter.port
    assert entry.data["internal_id"] == "meter1"


async def test_a_meter_that_is_heard_elsewhere_keeps_its_port(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, tmp_path: Path
) -> None:
    first = PtyMeter(tmp_path / "ttyFirst")
    entry = meter_entry(first.port)
    runtime = await set_up(hass, entry)
    await flow(hass, first, 690, lambda: runtime.link.available, "the meter is heard")
    async with talk(pty_meter, add_parity(standard_frame(690))):
        result = await discover(hass, pty_meter)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data["port"] == first.port
    await hass.config_entries.async_unload(entry.entry_id)
    first.close()


async def test_a_second_meter_is_offered_beside_the_first(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, tmp_path: Path
) -> None:
    first = PtyMeter(tmp_path / "ttyFirst", address=OTHER_ADDRESS)
    entry = meter_entry(first.port, address=OTHER_ADDRESS, internal_id="other")
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, unique_id=OTHER_ADDRESS)
    assert await hass.config_entries.async_setup(entry.entry_id)
    async with talk(pty_meter, add_parity(standard_frame(690))):
        result = await discover(hass, pty_meter)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "confirm")
    await hass.config_entries.async_unload(entry.entry_id)
    first.close()


# A serial line that an ESPHome device lends ---------------------------------------------------------------------------

PROXY = "esphome-hass://esphome/01JPROXY00000000000000000A?port_name=TIC"


@pytest.fixture
def proxy(pty_meter: PtyMeter) -> Iterator[None]:
    """Stands for the ESPHome integration: lends the pseudo-terminal under the address of a proxied port."""

    class ProxyTransport(LinuxSerialTransport):
        @override
        async def _connect(self, *, path: str, **kwargs: Unpack[ConnectKwargs]) -> None:  # type: ignore[override]
            assert URL(path).query["port_name"] == "TIC"
            await super()._connect(path=pty_meter.port, **kwargs)

    forget = serialx.register_uri_handler(
        scheme="esphome-hass://",
        unique_scheme="esphome-hass-stand-in://",
        sync_cls=LinuxSerial,
        async_transport_cls=ProxyTransport,
        weight=9,
    )
    yield
    forget()


async def test_a_meter_behind_an_esphome_proxy_is_found_and_read(
    hass: HomeAssistant, pty_meter: PtyMeter, talk: Talk, proxy: None
) -> None:
    dialog = await open_dialog(hass)
    async with talk(pty_meter, add_parity(standard_frame(690)), baudrate=9600):
        result = await choose_port(hass, dialog["flow_id"], PROXY)
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "confirm")
        result = await confirm(hass, dialog["flow_id"], name="Linky")
        assert result["type"] is FlowResultType.CREATE_ENTRY
        entry = result["result"]
        assert entry.data["port"] == PROXY
        runtime: Any = entry.runtime_data
        await until(hass, lambda: runtime.link.available, "the meter is heard through the proxy")


async def test_a_proxy_that_is_not_there_yet_is_waited_for(hass: HomeAssistant) -> None:
    """Home Assistant itself answers so while its ESPHome integration has not loaded."""
    entry = meter_entry(PROXY)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "port_unreachable"
