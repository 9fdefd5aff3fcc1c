"""A plug with the Tasmota firmware modified for Plug Offload, as it tells of itself (reference-systems §1.10).

Each generation of the firmware writes its ``Offload`` object in a shape of its own. The full one comes with the
telemetry, a short one whenever the stage changes: what a message lacks stays as it was.
"""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from .availability import availability
from .oddity import Oddity
from .payload import Json, PayloadReader, section
from .plug_topics import TELE, PlugTopics

OFFLOAD: Final = "Offload"
STATUS: Final = "StatusSNS"  # in which a plug wraps its sensors when it is asked for them
ASK: Final = ("STATUS", "10")  # the command that asks a Tasmota device for its sensors; it changes nothing
ANSWERS: Final = frozenset({"STATUS8", "STATUS10"})


class Generation(StrEnum):
    """The shapes of the ``Offload`` object, named by a version that writes them."""

    V1 = "1.1"  # State, Before, After, Power, Contract, Topic, Key; delays counted in messages of the meter
    V2 = "3.0"  # 1.2 to 3.0: State as a word, Stage, Device …; often State and Stage alone
    V3 = "3.2"  # State as a digit, Stage, Device
    V9 = "9.2"  # the same with DeviceVA
    V10 = "10.4"  # the same with Power


class Stage(StrEnum):
    """Where the plug stands, in the order of its digits."""

    NONE = "none"
    BEFORE = "before"  # the house draws too much; it waits
    ACTIVE = "active"  # cut
    AFTER = "after"  # there is room; it waits


_STAGES: Final = tuple(Stage)
_WORDS: Final = {"ON": True, "OFF": False}
_MOST: Final = 65_535
_NUMBERS: Final[dict[str, tuple[str, int, int]]] = {
    "Phase": ("phase", 1, 3),
    "Before": ("before", 0, _MOST),
    "After": ("after", 0, _MOST),
    "Device": ("device_power", 0, _MOST),
    "DeviceVA": ("device_power", 0, _MOST),
    "Power": ("device_power", 0, _MOST),
    "Max": ("max_va", 0, 2 * _MOST),
    "Contract": ("contract_va", 0, _MOST),
    "Adjust": ("adjust_percent", -99, 200),
}
_TEXTS: Final = {"Topic": "topic", "KeyInst": "key_instant", "Key": "key_instant", "KeyMax": "key_contract"}
_ABOUT: Final = {"IP": "ip", "MAC": "mac"}
_LONGEST: Final = 128
_COMMANDS: Final = ("off_", "ol_")  # how the commands begin that are answered


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugState:
    """What a plug has told; None while it has not.

    ``offloaded``: it has cut its load. ``before`` and ``after``: seconds, of V1 messages of the meter, without the
    random part. ``device_power``: W of V1 and V2, VA of later ones; 0: not set, the plug rests. ``topic`` and the two
    keys: where it reads the meter. ``relay``: its switch is on.
    """

    offloaded: bool | None = None
    stage: Stage | None = None
    relay: bool | None = None
    phase: int | None = None
    before: int | None = None
    after: int | None = None
    device_power: int | None = None
    max_va: int | None = None
    contract_va: int | None = None
    adjust_percent: int | None = None
    topic: str | None = None
    key_instant: str | None = None
    key_contract: str | None = None
    ip: str | None = None
    mac: str | None = None


class OffloadPlug:
    """Reads the messages of one plug. No payload makes it fail.

    ``answers``: the latest answer to each command, by its name in lower case. ``online``: its last will, or that it
    spoke; None while neither is known.
    """

    def __init__(self, topics: PlugTopics) -> None:
        self.topics = topics
        self.state = PlugState()
        self.generation: Generation | None = None
        self.online: bool | None = None
        self.counts: Counter[Oddity] = Counter()
        self.answers: dict[str, object] = {}
        self.reports = 0  # live Offload objects so far
        self._payloads = PayloadReader(self.counts)

    @property
    def measured_in_va(self) -> bool:
        """Whether the power of its load is in VA rather than W."""
        return self.generation not in {None, Generation.V1, Generation.V2}

    def take(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Take one message; whether anything about the plug changed.

        What the broker had kept tells the settings of the plug, never its stage: that may be long past.
        """
        heard = self.topics.heard(topic)
        if heard is None:
            return False
        before = (self.state, self.online, self.generation)
        prefix, name = heard
        if name == "LWT":
            self._hear_will(topic, payload)
        elif name == "POWER" and not retained:
            self._hear_relay(self._payloads.text(payload))
        elif (prefix == TELE and name in {"SENSOR", "STATE"}) or prefix != TELE:
            self._hear_json(name, payload, retained=retained)
        return (self.state, self.online, self.generation) != before

    def _hear_will(self, topic: str, payload: bytes) -> None:
        there = availability(topic, payload)
        if there is None:
            self.counts[Oddity.BAD_VALUE] += 1
            return
        self.online = there
        if not there:
            # Whatever it does when it is back, it starts anew.
            self.state = replace(self.state, offloaded=None, stage=None, relay=None)

    def _hear_relay(self, word: object) -> None:
        if isinstance(word, str) and word in _WORDS:
            self.online = True
            self.state = replace(self.state, relay=_WORDS[word])
        else:
            self.counts[Oddity.BAD_VALUE] += 1

    def _hear_json(self, name: str, payload: bytes, *, retained: bool) -> None:
        body = self._payloads.json(payload)
        if body is None:
            return
        if retained:
            self.counts[Oddity.RETAINED] += 1
        else:
            self.online = True
            if "POWER" in body:
                self._hear_relay(body["POWER"])
        if name in ANSWERS:
            body = section(body, STATUS)
        elif name not in {"SENSOR", "STATE"}:
            self.answers |= {key.lower(): value for key, value in body.items() if key.lower().startswith(_COMMANDS)}
            return
        self._hear_offload(body, retained=retained)

    def _hear_offload(self, body: Json, *, retained: bool) -> None:
        told = body.get(OFFLOAD)
        if told is None:
            return
        if not isinstance(told, dict):
            self.counts[Oddity.WRONG_TYPE] += 1
            return
        self.generation = generation_of(told) or self.generation
        found: dict[str, object] = {}
        for key, (field, lowest, highest) in _NUMBERS.items():
            if key in told and (number := self._number(told[key], lowest, highest)) is not None:
                found[field] = number
        for key, field in _TEXTS.items():
            if key in told and (text := self._text_of(told[key])) is not None:
                found[field] = text
        for key, field in _ABOUT.items():
            if key in body and (text := self._text_of(body[key])) is not None:
                found[field] = text
        if not retained:
            self.reports += 1
            found |= self._stage(told)
        self.state = replace(self.state, **found)  # type: ignore[arg-type]

    def _stage(self, told: Json) -> dict[str, object]:
        """Stage and state; where they contradict each other the stage counts, for the state follows from it."""
        stage = self._number(told["Stage"], 0, len(_STAGES) - 1) if "Stage" in told else None
        said = offloaded_of(told.get("State"))
        if stage is None:
            if said is None:
                self.counts[Oddity.BAD_VALUE] += 1
                return {}
            return {"offloaded": said}
        if said is not None and said is not (stage >= 2):
            self.counts[Oddity.BAD_VALUE] += 1
        return {"stage": _STAGES[stage], "offloaded": stage >= 2}

    def _number(self, value: object, lowest: int, highest: int) -> int | None:
        if value is None:
            self.counts[Oddity.NULL] += 1
        elif isinstance(value, bool) or not isinstance(value, int | str):
            self.counts[Oddity.WRONG_TYPE] += 1
        else:
            try:
                number = int(value)
            except ValueError:
                self.counts[Oddity.BAD_VALUE] += 1
            else:
                if lowest <= number <= highest:
                    return number
                self.counts[Oddity.OUT_OF_RANGE] += 1
        return None

    def _text_of(self, value: object) -> str | None:
        if not isinstance(value, str):
            self.counts[Oddity.NULL if value is None else Oddity.WRONG_TYPE] += 1
        elif len(value) > _LONGEST or not value.isprintable():
            self.counts[Oddity.BAD_VALUE] += 1
        else:
            return value
        return None


def offloaded_of(state: object) -> bool | None:
    """``State`` as the generations write it: a word, or a digit."""
    if isinstance(state, str):
        return _WORDS.get(state.upper())
    return bool(state) if isinstance(state, int) and state in {0, 1} else None


def generation_of(told: Json) -> Generation | None:
    """The generation by the keys of an ``Offload`` object; None where they leave it open."""
    if "DeviceVA" in told:
        return Generation.V9
    if "Stage" not in told:
        return Generation.V1 if "State" in told and not told.keys().isdisjoint({"Key", "Power"}) else None
    if isinstance(told.get("State"), str):
        return Generation.V2
    if "Power" in told:
        return Generation.V10
    return Generation.V3 if "Device" in told else None


def tells_of_offload(body: Json) -> bool:
    """Whether a telemetry, or an answer to the question for it, is that of such a plug."""
    told = section(section(body, STATUS) or body, OFFLOAD)
    return generation_of(told) is not None and offloaded_of(told.get("State")) is not None
