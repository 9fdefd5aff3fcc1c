"""The messages by which MQTT bridges tell of a meter, as each of them writes them; every publisher starts anew.

``publisher(name)`` gives one of ``NAMES``; ``messages(state)`` what it sends for the meter's present state, ``birth``
and ``death`` what the broker is told when it comes and goes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.bridge_json import flat, linky_state, teleinfo2mqtt, tic2mqtt_json, tic_frame, tic_lines
from simulator.bridge_message import Message, Write, json_message
from simulator.bridge_tasmota import tasmota, tasmota_changes, tasmota_flat, tasmota_teleinfo, tasmota_teleinfo_old
from simulator.bridge_topics import (
    homie,
    linky2mqtt,
    linky_tic_mqtt,
    linkyrpi,
    linkytop,
    on_change,
    teleinfo_mqtt,
    teleinfod,
    teleinfokit_first,
    ticmeter,
)
from simulator.bridge_zigbee import first_generation, zlinky
from simulator.state import MeterState

__all__ = ["NAMES", "Message", "Publisher", "publisher"]


def _zlinky(state: MeterState) -> list[Message]:
    return [json_message("zigbee2mqtt/ZLinky", zlinky(state))]


def _zlinky_first(state: MeterState) -> list[Message]:
    return [json_message("zigbee2mqtt/ZLinky", first_generation(state))]


@dataclass(frozen=True, slots=True)
class Publisher:
    """One bridge. ``messages`` may remember what it sent before; the meter of some is in historic mode only."""

    messages: Write
    birth: Sequence[Message] = ()
    death: Sequence[Message] = ()
    historic_only: bool = False


def _there(topic: str, up: str, down: str) -> tuple[list[Message], list[Message]]:
    """What says that a bridge is there, or is not; the broker keeps both."""
    return [Message(topic, up.encode(), retained=True)], [Message(topic, down.encode(), retained=True)]


def _simple(write: Write, *, historic_only: bool = False) -> Callable[[], Publisher]:
    return lambda: Publisher(write, historic_only=historic_only)


def _announced(make: Callable[[], Write], topic: str, up: str, down: str) -> Callable[[], Publisher]:
    birth, death = _there(topic, up, down)
    return lambda: Publisher(make(), birth, death)


_PUBLISHERS: dict[str, Callable[[], Publisher]] = {
    "tasmota_teleinfo": _announced(lambda: tasmota_teleinfo, "tele/linky/LWT", "Online", "Offline"),
    "tasmota_teleinfo_old": _simple(tasmota_teleinfo_old),
    "tasmota": _announced(lambda: tasmota, "tele/linky/LWT", "Online", "Offline"),
    "tasmota_changes": _announced(tasmota_changes, "tele/linky/LWT", "Online", "Offline"),
    "tasmota_flat": _announced(lambda: tasmota_flat, "tele/linky/LWT", "Online", "Offline"),
    "teleinfo2mqtt": _announced(lambda: teleinfo2mqtt, "teleinfo/status", "up", "down"),
    "tic2mqtt_json": _simple(tic2mqtt_json),
    "zlinky": _announced(
        lambda: _zlinky, "zigbee2mqtt/ZLinky/availability", '{"state":"online"}', '{"state":"offline"}'
    ),
    "zlinky_first": _announced(lambda: _zlinky_first, "zigbee2mqtt/bridge/state", "online", "offline"),
    "ticmeter": _simple(ticmeter),
    "teleinfokit": lambda: Publisher(on_change("teleinfokit-a1b2c3/data", retained=True)()),
    "teleinfokit_1": lambda: Publisher(on_change("teleinfokit/data", retained=True)()),
    "teleinfokit_first": _simple(teleinfokit_first, historic_only=True),
    "teleinfo_mqtt": _simple(teleinfo_mqtt),
    "teleinfod": _simple(teleinfod),
    "linkytop": _simple(linkytop, historic_only=True),
    "homie": _announced(lambda: homie, "homie/linky/$state", "ready", "lost"),
    "linky2mqtt": _simple(linky2mqtt, historic_only=True),
    "linky_tic_mqtt": _simple(linky_tic_mqtt, historic_only=True),
    "linkyrpi": _simple(linkyrpi),
    "flat": _simple(flat),
    "linky_state": _announced(lambda: linky_state, "linky/status", "online", "offline"),
    "tic_frame": _simple(tic_frame),
    "tic_lines": _simple(tic_lines),
}
NAMES = tuple(_PUBLISHERS)
"""The bridges, one name for each way of writing."""


def publisher(name: str) -> Publisher:
    """A bridge that has sent nothing yet. KeyError for a name that is not one of ``NAMES``."""
    return _PUBLISHERS[name]()
