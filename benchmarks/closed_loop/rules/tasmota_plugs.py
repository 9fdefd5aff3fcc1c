"""Smart plugs that decide alone (Tasmota firmware for plug offload, 10.4): reference-systems.md §1.

Each plug reads the meter, runs the same four stages and knows nothing of the others. Different delays by type of
appliance and a random part keep them apart. The firmware looks every 250 ms; here it looks when something can change.
"""

from enum import IntEnum
import math
import random
from typing import Final, NamedTuple, Self, override

from benchmarks.closed_loop.controller import Controller, HouseFacts, LoadKind, Order, Orders, Sample
from benchmarks.closed_loop.rules.wiring import Plugs, Wired, wire

HIGHEST_PRIORITY: Final = 10
BEFORE_STEP_S: Final = 2.0  # before = 2 × (10 − priority): §1.4, delay rules of 10.4
RANDOM_SHARE: Final = 2  # the random part goes up to base ÷ 2: §1.4


class Appliance(NamedTuple):
    """A type of §1.4: 1 is kept longest, 10 is cut first; ``after_s`` is the base of the delay before return."""

    priority: int
    after_s: int


MISC: Final = Appliance(3, 10)
DRIER: Final = Appliance(5, 60)
CUMULUS: Final = Appliance(5, 120)
LIVING_ROOM: Final = Appliance(8, 240)
BEDROOM: Final = Appliance(9, 300)
TYPES: Final = {
    LoadKind.CAR: MISC,
    LoadKind.PROGRAM: DRIER,
    LoadKind.TANK: CUMULUS,
    LoadKind.HEAT_PUMP: LIVING_ROOM,
}


class Stage(IntEnum):
    """The stages of §1.5, as the firmware publishes them."""

    NONE = 0
    BEFORE = 1
    ACTIVE = 2
    AFTER = 3


class Socket:
    """One plug: a limit, a load, and the four stages. ``device_va`` is declared, and raised to the peak measured."""

    def __init__(self, load: Wired, appliance: Appliance, limit_va: float) -> None:
        self.load = load
        self.stage = Stage.NONE
        self.due = math.inf
        self.device_va = load.typed_va
        self.before_s = BEFORE_STEP_S * (HIGHEST_PRIORITY - appliance.priority)
        # Drawn once, when the owner chooses the type, and kept for good.
        draw = random.Random(f"{load.load_id} {load.facts.nameplate_va}").randint(0, appliance.after_s // RANDOM_SHARE)
        self.after_s = float(appliance.after_s + draw)
        self._limit_va = limit_va
        self._power_va = 0.0
        self._relay_on = True

    def relay(self, *, on: bool) -> None:
        """Note the position of the relay, which is to be found again after a cut."""
        if self.stage in (Stage.NONE, Stage.BEFORE):
            self._relay_on = on

    def measure(self, power_va: float) -> None:
        """Hold the peak of what the load draws."""
        self.device_va = max(self.device_va, power_va)

    def read(self, sample: Sample) -> None:
        """Note the power of its phase; the highest of them where it has several or an unknown one."""
        self._power_va = float(max(sample.phases_va[phase] for phase in self.load.phases))

    def step(self, now: float) -> bool | None:
        """Go through the stages; return the position that the relay must take, None for no change."""
        calm = self._power_va <= max(0.0, self._limit_va - self.device_va)
        if self.stage is Stage.NONE and self._power_va > self._limit_va:
            self._enter(Stage.BEFORE, now + self.before_s)
        if self.stage is Stage.BEFORE:
            if self._power_va <= self._limit_va:
                self._enter(Stage.NONE)
            elif now >= self.due:
                self._enter(Stage.ACTIVE)
                return False if self._relay_on else None
        elif self.stage is Stage.ACTIVE and calm:
            self._enter(Stage.AFTER, now + self.after_s)
        elif self.stage is Stage.AFTER:
            if not calm:
                self._enter(Stage.ACTIVE)
            elif now >= self.due:
                self._enter(Stage.NONE)
                return True if self._relay_on else None
        return None

    def _enter(self, stage: Stage, due: float = math.inf) -> None:
        self.stage, self.due = stage, due


class TasmotaPlugs(Controller):
    """One `Socket` a load, without any coordination."""

    name = "tasmota plugs"

    def __init__(self, facts: HouseFacts) -> None:
        super().__init__(facts)
        heaters = [load.load_id for load in facts.loads if load.kind is LoadKind.HEATER]
        bedrooms = set(heaters[: len(heaters) // 2])
        self._plugs = Plugs()
        self.sockets: dict[str, Socket] = {}
        for load in facts.loads:
            room = BEDROOM if load.load_id in bedrooms else LIVING_ROOM
            appliance = TYPES.get(load.kind, room)
            self.sockets[load.load_id] = Socket(wire(load, facts), appliance, facts.contract_share_va)

    @override
    def sample(self, sample: Sample, now: float) -> Orders:
        """Every plug reads the meter for itself."""
        for socket in self.sockets.values():
            socket.read(sample)
        return self._step(now)

    @override
    def plug(self, load_id: str, on: bool | None, power_va: float | None, now: float) -> Orders:
        """Follow the relay and the peak of the load."""
        socket = self.sockets[load_id]
        if on is not None:
            socket.relay(on=on)
        if power_va is not None:
            socket.measure(power_va * socket.load.share)
        return self._plugs.note(load_id, on, power_va)

    @override
    def tick(self, now: float) -> Orders:
        """A delay has run out."""
        return self._step(now)

    @override
    def restart(self, now: float) -> Self:
        """Nothing restarts but the house: the plugs go on."""
        if self.next_at is not None:
            self.next_at = max(self.next_at, now)
        return self

    def _step(self, now: float) -> list[Order]:
        orders = []
        for load_id, socket in self.sockets.items():
            if (on := socket.step(now)) is not None:
                orders.append(self._plugs.order(load_id, on=on))
        due = min((socket.due for socket in self.sockets.values()), default=math.inf)
        self.next_at = due if math.isfinite(due) else None
        return orders
