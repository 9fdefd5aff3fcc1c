"""Settings written to a plug with Plug Offload, in the commands of its generation (reference-systems §1.3, §1.10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .offload_plug import Generation, OffloadPlug, PlugState

TYPES: Final = (
    *("misc", "light", "fridge", "washing_machine", "dish_washer", "drier", "cumulus", "iron", "bathroom_heater"),
    *("office_heater", "living_room_heater", "bedroom_heater", "kitchen_heater"),
)
"""The types of appliance, in the order of their numbers from 3.2 on."""

_TYPES_V2: Final = tuple(name for name in TYPES if name != "light")
_DELAYS_V2: Final = (
    *((0, 15), (0, 5), (8, 20), (4, 30), (4, 25), (0, 35), (4, 10), (0, 50), (0, 60), (0, 90), (0, 120), (0, 150)),
)
"""Seconds before and after that a type brings along in 2.2 to 3.0: the only trace that it leaves in what they tell."""

_MOST_VA: Final = 10_000  # above it, firmware from 3.2 on takes 0: the protection would be off without a word
_MOST_EARLIER: Final = 65_000
_LONGEST_TEXT: Final = 63


class Why(StrEnum):
    """Why a setting cannot be written to a plug."""

    NO_COMMAND = "no_command"  # its firmware has none
    OUT_OF_RANGE = "out_of_range"  # its firmware would ignore it, or take another value
    WHOLE_KVA = "whole_kva"  # its firmware keeps thousands only
    FIVE_SECONDS = "five_seconds"  # its firmware keeps steps of 5 s only
    UNKNOWN_FIRMWARE = "unknown_firmware"  # it has not told yet in what shape it speaks


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugSettings:
    """What is to be written; None is left alone.

    ``device_va`` counts as W in generations that know W only. ``adjust_percent`` is added to 100 %. ``auto_on_s`` and
    ``auto_off_s``: 0 for never.
    """

    contract_va: int | None = None
    adjust_percent: int | None = None
    device_va: int | None = None
    priority: int | None = None
    appliance: str | None = None
    topic: str | None = None
    key_instant: str | None = None
    key_contract: str | None = None
    auto_on_s: int | None = None
    auto_off_s: int | None = None

    def given(self) -> Iterator[tuple[str, int | str]]:
        """The settings that are to be written, in the order in which they must be.

        The contract comes first, for firmware from 3.2 on keeps it only when something else is written after it; the
        priority before the type, which works the delays out of it.
        """
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None:
                yield name, value


class Refusal(Exception):  # noqa: N818 - what is refused is a setting
    """A setting that this plug cannot take."""

    def __init__(self, setting: str, why: Why) -> None:
        super().__init__(f"{setting}: {why}")
        self.setting = setting
        self.why = why


@dataclass(frozen=True, slots=True)
class Order:
    """One command. ``wanted``: what the plug is to answer, in its own figures."""

    setting: str
    command: str
    payload: str
    wanted: int | str | tuple[int, int]


_COMMANDS: Final[dict[Generation, dict[str, str]]] = {
    Generation.V1: {"contract_va": "contract", "device_va": "device", "topic": "ptopic", "key_instant": "pkey"},
    Generation.V2: {
        "contract_va": "contract",
        "adjust_percent": "adjust",
        "device_va": "device",
        "appliance": "type",
    },
    Generation.V3: {
        "contract_va": "off_contract",
        "adjust_percent": "off_adjust",
        "device_va": "off_power",
        "priority": "off_priority",
        "appliance": "off_type",
        "topic": "off_topic",
        "key_instant": "off_kinst",
        "key_contract": "off_kmax",
    },
    Generation.V9: {
        "contract_va": "ol_max",
        "adjust_percent": "ol_adj",
        "device_va": "ol_power",
        "priority": "ol_prio",
        "appliance": "ol_type",
        "topic": "ol_topic",
        "key_instant": "ol_kinst",
        "key_contract": "ol_kmax",
        "auto_on_s": "ol_rearm",
    },
}
_COMMANDS[Generation.V10] = _COMMANDS[Generation.V9] | {"auto_on_s": "ol_on", "auto_off_s": "ol_off"}

_TOLD: Final = {
    "contract_va": "contract_va",
    "adjust_percent": "adjust_percent",
    "device_va": "device_power",
    "topic": "topic",
    "key_instant": "key_instant",
}
"""Where a plug that answers no command shows what it has taken."""


def orders(generation: Generation | None, settings: PlugSettings) -> list[Order]:
    """The commands that write ``settings``. Raises Refusal for the first that the plug cannot take."""
    found: list[Order] = []
    for setting, value in settings.given():
        if generation is None:
            raise Refusal(setting, Why.UNKNOWN_FIRMWARE)
        command = _COMMANDS[generation].get(setting)
        if command is None:
            raise Refusal(setting, Why.NO_COMMAND)
        found.append(_order(generation, setting, command, value))
    return found


def _order(generation: Generation, setting: str, command: str, value: int | str) -> Order:
    later = generation not in {Generation.V1, Generation.V2}
    if isinstance(value, str) and setting != "appliance":
        if not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
            raise Refusal(setting, Why.OUT_OF_RANGE)
        return Order(setting, command, value, value)
    wanted: tuple[int, int] | None = None
    if isinstance(value, str):
        types = TYPES if later else _TYPES_V2
        if value not in types:
            raise Refusal(setting, Why.OUT_OF_RANGE)
        number, lowest, highest = types.index(value), 0, len(types) - 1
        wanted = None if later else _DELAYS_V2[number]
    elif setting in {"contract_va", "device_va"}:
        number, lowest, highest = value, 1, _MOST_VA if later else _MOST_EARLIER
    elif setting == "adjust_percent":
        number, lowest, highest = (value + 100, 1, 200) if generation is Generation.V10 else (value, -99, 100)
    elif setting == "priority":
        number, lowest, highest = value, 1, 10
    else:
        number, lowest, highest = value, 0, 1200 if generation is Generation.V10 else _MOST_EARLIER
    if not lowest <= number <= highest:
        raise Refusal(setting, Why.OUT_OF_RANGE)
    if generation is Generation.V10:
        if setting == "contract_va" and number % 1000:
            raise Refusal(setting, Why.WHOLE_KVA)
        if setting in {"auto_on_s", "auto_off_s"} and number % 5:
            raise Refusal(setting, Why.FIVE_SECONDS)
        if setting == "device_va":
            number = min(_MOST_VA, -(-number // 50) * 50)  # it keeps steps of 50 VA: rather too much than too little
    return Order(setting, command, str(number), number if wanted is None else wanted)


def answers_commands(generation: Generation | None) -> bool:
    """Whether the plug answers each command with its value; earlier ones only show it in what they tell."""
    return generation not in {None, Generation.V1, Generation.V2}


def confirmed(order: Order, plug: OffloadPlug) -> bool:
    """Whether the plug has said that it took an order."""
    if answers_commands(plug.generation):
        return _same(plug.answers.get(order.command), order.wanted)
    return _same(_shown(order.setting, plug.state), order.wanted)


def _shown(setting: str, state: PlugState) -> object:
    if setting == "appliance":
        return state.before, state.after
    return getattr(state, _TOLD[setting])


def _same(said: object, wanted: object) -> bool:
    return said == wanted or (isinstance(said, str) and said == str(wanted))
