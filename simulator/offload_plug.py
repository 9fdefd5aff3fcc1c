"""A smart plug with the Tasmota firmware modified for Plug Offload, as the broker sees it.

It decides by itself on the power of the house, tells its stage as its version writes it, and takes the commands of its
version. Figures and transitions are those of the reference description, §1.3 to §1.10; versions differ in shapes and
commands, not in the machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import json
from typing import Final

from simulator.bridge_message import Message

VERSIONS: Final = ("1.1", "3.0", "3.2", "9.2", "10.4")

NONE, BEFORE, ACTIVE, AFTER = range(4)

_REPEATS: Final = 5
_REPEAT_S: Final = 5.0
_DELAYS_3_0: Final = (
    *((0, 15), (0, 5), (8, 20), (4, 30), (4, 25), (0, 35), (4, 10), (0, 50), (0, 60), (0, 90), (0, 120), (0, 150)),
)
_MOST_VA: Final = 10_000

_NUMBERS: Final = {
    "1.1": {"device": "device", "contract": "contract", "before": "before", "after": "after"},
    "3.0": {"device": "device", "contract": "contract", "adjust": "adjust", "type": "kind"},
    "3.2": {"off_power": "device", "off_contract": "contract", "off_adjust": "adjust", "off_priority": "priority"}
    | {"off_type": "kind"},
    "9.2": {"ol_power": "device", "ol_max": "contract", "ol_adj": "adjust", "ol_prio": "priority", "ol_type": "kind"}
    | {"ol_rearm": "auto_on"},
    "10.4": {"ol_power": "device", "ol_max": "contract", "ol_adj": "adjust", "ol_prio": "priority", "ol_type": "kind"}
    | {"ol_on": "auto_on", "ol_off": "auto_off"},
}
_TEXTS: Final = {
    "1.1": {"ptopic": "topic", "pkey": "key_power"},
    "3.0": {},
    "3.2": {"off_topic": "topic", "off_kinst": "key_power", "off_kmax": "key_contract"},
    "9.2": {"ol_topic": "topic", "ol_kinst": "key_power", "ol_kmax": "key_contract"},
    "10.4": {"ol_topic": "topic", "ol_kinst": "key_power", "ol_kmax": "key_contract"},
}


@dataclass(slots=True, kw_only=True)
class OffloadPlug:
    """One plug. ``version``: one of ``VERSIONS``. Times are seconds; powers VA, W before 3.2."""

    version: str
    name: str = "delestage_A1B2C3"
    device: int = 2000
    contract: int = 6000
    adjust: int = 0
    before: int = 4
    after: int = 10
    priority: int = 3
    kind: int = 0
    auto_on: int = 0
    auto_off: int = 0
    topic: str = "compteur/tele/SENSOR"
    key_power: str = "P"
    key_contract: str = "PREF"
    relay: bool = True
    stage: int = NONE
    power: int = 0
    deaf: bool = False  # takes no command, as a plug that hangs
    _since: float = 0.0
    _was_on: bool = True
    _repeats: int = 0
    _repeat_at: float = 0.0

    def __post_init__(self) -> None:
        if self.version == "10.4" and self.adjust == 0:
            self.adjust = 100

    # Topics and messages ---------------------------------------------------------------------------------------------

    def _topic(self, prefix: str, name: str) -> str:
        return f"{self.name}/{prefix}/{name}"

    @property
    def full_topic(self) -> str:
        """As its MQTT page shows it."""
        return f"{self.name}/%prefix%/"

    @property
    def orders(self) -> str:
        """Where it listens for commands."""
        return self._topic("cmnd", "#")

    def birth(self) -> list[Message]:
        """What it says when it comes."""
        return [Message(self._topic("tele", "LWT"), b"Online", retained=True)]

    def death(self) -> Message:
        """What the broker says when it vanishes."""
        return Message(self._topic("tele", "LWT"), b"Offline", retained=True)

    @property
    def offloaded(self) -> bool:
        """Whether it has cut its load."""
        return self.stage >= ACTIVE

    @property
    def maximum(self) -> int:
        """The limit of the house."""
        percent = self.adjust if self.version == "10.4" else 100 + self.adjust
        return self.contract * percent // 100

    def _offload(self, *, whole: bool) -> dict[str, object]:
        word = "ON" if self.offloaded else "OFF"
        digit = int(self.offloaded)
        match self.version:
            case "1.1":
                body: dict[str, object] = {"State": word, "Before": self.before, "After": self.after}
                body |= {"Power": self.device, "Contract": self.contract}
                return body | {"Topic": self.topic, "Key": self.key_power}
            case "3.0":
                short: dict[str, object] = {"State": word, "Stage": self.stage}
                if not whole:
                    return short
                short |= {"Phase": 1, "Before": self.before, "After": self.after, "Device": self.device}
                short |= {"Max": self.maximum, "Contract": self.contract, "Adjust": self.adjust}
                return short | {"Topic": self.topic, "KeyInst": self.key_power, "KeyMax": self.key_contract}
            case "3.2":
                return {"State": digit, "Stage": self.stage, "Device": self.device}
            case "9.2":
                return {"State": digit, "Stage": self.stage, "DeviceVA": self.device}
            case _:
                return {"State": digit, "Stage": self.stage, "Power": self.device}

    def _sensors(self) -> dict[str, object]:
        """All that it measures; the address as its information page has it."""
        return {
            "Time": "2026-11-20T12:00:00",
            "Offload": self._offload(whole=True),
            "IP": "192.0.2.7",
            "MAC": "02:00:00:A1:B2:C3",
        }

    def telemetry(self) -> Message:
        """What it says every few minutes."""
        return _json(self._topic("tele", "SENSOR"), self._sensors())

    def _news(self) -> Message:
        return _json(self._topic("tele", "SENSOR"), {"Offload": self._offload(whole=False)})

    # The machine -----------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> list[Message]:
        """Let it decide on the power that it knows, and say what it has to say."""
        said: list[Message] = []
        before = self.stage
        if self.maximum > 0 and self.device > 0:
            said += self._decide(now)
        if self.stage != before:
            self._repeats, self._repeat_at = _REPEATS, now + _REPEAT_S
            return [*said, self._news()]
        if self.version == "3.0" and self._repeats and now >= self._repeat_at:
            self._repeats -= 1
            self._repeat_at = now + _REPEAT_S
            said.append(self._news())
        return said

    def _decide(self, now: float) -> list[Message]:
        room = max(0, self.maximum - self.device)
        match self.stage:
            case 0 if self.power > self.maximum:
                self._go(BEFORE, now)
            case 1 if self.power <= self.maximum:
                self._go(NONE, now)
            case 1 if now - self._since >= self.before:
                self._go(ACTIVE, now)
                self._was_on = self.relay
                return self._switch(on=False)
            case 2 if self.power <= room:
                self._go(AFTER, now)
            case 3 if self.power > room:
                self._go(ACTIVE, now)
            case 3 if now - self._since >= self.after:
                self._go(NONE, now)
                return self._switch(on=self._was_on)
        return []

    def _go(self, stage: int, now: float) -> None:
        self.stage, self._since = stage, now

    def _switch(self, *, on: bool) -> list[Message]:
        if on is self.relay:
            return []
        self.relay = on
        word = "ON" if on else "OFF"
        return [
            _json(self._topic("stat", "RESULT"), {"POWER": word}),
            Message(self._topic("stat", "POWER"), word.encode()),
        ]

    # Commands --------------------------------------------------------------------------------------------------------

    def order(self, topic: str, payload: bytes) -> Sequence[Message]:
        """Take a command from its topic; what it answers."""
        command = topic.rpartition("/")[2].lower()
        text = payload.decode()
        if self.deaf:
            return []
        if command == "status" and text in {"8", "10"}:
            return [_json(self._topic("stat", f"STATUS{text}"), {"StatusSNS": self._sensors()})]
        if (name := _NUMBERS[self.version].get(command)) is not None:
            self._take(name, int(text))
            answer: object = getattr(self, name)
        elif (name := _TEXTS[self.version].get(command)) is not None:
            setattr(self, name, text)
            answer = text
        else:
            return [_json(self._topic("stat", "RESULT"), {"Command": "Unknown"})]
        if self.version == "1.1":
            return [self._news()]
        return [] if self.version == "3.0" else [_json(self._topic("stat", "RESULT"), {command: answer})]

    def _take(self, name: str, value: int) -> None:
        """Take a number, or leave it, as the firmware does."""
        if self.version not in {"1.1", "3.0"} and name in {"device", "contract"} and value > _MOST_VA:
            return
        setattr(self, name, value)
        if name == "kind" and self.version == "3.0":
            self.before, self.after = _DELAYS_3_0[value]


def _json(topic: str, body: dict[str, object]) -> Message:
    return Message(topic, json.dumps(body, separators=(",", ":")).encode())
