"""The loads that may be offloaded: each has its own thermostat or cycle; the plug only withholds.

A specification is frozen and belongs to the household; `live` makes the state that one run changes. Time inside a load
goes in steps of `STEP_S`: what it asks for changes at their edges, how long it was fed within one is told exactly.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Final, override

from benchmarks.closed_loop.controller import LoadFacts, LoadKind
from benchmarks.closed_loop.weather import Weather

STEP_S: Final = 10
_DAY_S: Final = 86_400
_J_PER_L_K: Final = 4186.0
_COLD_WATER_C: Final = 12.0
_AMBIENT_C: Final = 19.0


@dataclass(slots=True)
class Live(ABC):
    """A load in one run. ``va``: what it draws, over all its phases, while it asks and is fed."""

    va: float
    asks: bool = False

    @abstractmethod
    def step(self, second: int, fed_s: float) -> None:
        """Live through the `STEP_S` seconds before ``second``, ``fed_s`` of them with power; then ask or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSpec(ABC):
    """One controllable load.

    ``va``: rated, over all its phases. ``phases``: where it truly hangs. ``facts``: what its owner told of it.
    ``report_s``: seconds until its power sensor tells of a change.
    """

    facts: LoadFacts
    va: float
    phases: tuple[int, ...]
    report_s: float = 1.0

    @property
    def load_id(self) -> str:
        """Stable name of the load."""
        return self.facts.load_id

    @abstractmethod
    def live(self) -> Live:
        """Return the load as it is when the time begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaterSpec(LoadSpec):
    """A heater or heat pump and its room: one resistance, one capacity, a thermostat with a target by the hour.

    ``targets``: (second of the day, °C), the first at 0. ``heat_w``: what the room gets at the rated power.
    """

    heat_w: float
    loss_w_k: float
    capacity_j_k: float
    gains_w: float
    targets: tuple[tuple[int, float], ...]
    weather: Weather
    start_c: float
    hysteresis_k: float = 0.1

    def target_at(self, second: int) -> float:
        """Return the temperature that the room should have."""
        of_day = second % _DAY_S
        return next(target for since, target in reversed(self.targets) if since <= of_day)

    @override
    def live(self) -> Room:
        return Room(va=self.va, spec=self, temperature_c=self.start_c)


@dataclass(slots=True)
class Room(Live):
    """The room of a heater. ``deficit_kh``: degree-hours below the target so far."""

    spec: HeaterSpec = field(kw_only=True)
    temperature_c: float = field(kw_only=True)
    target_c: float = 0.0
    deficit_kh: float = 0.0
    _outdoor_c: float = 0.0
    _looked_at: int = -1

    @override
    def step(self, second: int, fed_s: float) -> None:
        spec, temperature = self.spec, self.temperature_c
        minute = second // 60
        if minute != self._looked_at:  # weather and targets change slowly
            self._looked_at = minute
            self._outdoor_c = spec.weather.at(second)
            self.target_c = spec.target_at(second)
        flow_w = spec.gains_w - spec.loss_w_k * (temperature - self._outdoor_c)
        temperature += (flow_w * STEP_S + spec.heat_w * fed_s) / spec.capacity_j_k
        gap = self.target_c - temperature
        if gap > 0:
            self.deficit_kh += gap * (STEP_S / 3600)
        if gap >= spec.hysteresis_k:
            self.asks = True
        elif gap <= -spec.hysteresis_k:
            self.asks = False
        self.temperature_c = temperature


@dataclass(frozen=True, slots=True, kw_only=True)
class TankSpec(LoadSpec):
    """A water heater, fed by the contactor of the off-peak hours. ``draws``: (second of the day, litres)."""

    litres: float
    draws: tuple[tuple[int, float], ...]
    fed_hours: tuple[tuple[float, float], ...]
    start_c: float
    target_c: float = 60.0
    loss_w_k: float = 1.6

    def has_contact(self, second: int) -> bool:
        """Tell whether the meter's dry contact is closed."""
        hour = second / 3600 % 24
        return any(begin <= hour < end for begin, end in self.fed_hours)

    @override
    def live(self) -> Tank:
        return Tank(va=self.va, spec=self, temperature_c=self.start_c)


@dataclass(slots=True)
class Tank(Live):
    """Water at one temperature behind a thermostat of ±1 K."""

    spec: TankSpec = field(kw_only=True)
    temperature_c: float = field(kw_only=True)
    _warming: bool = True

    @override
    def step(self, second: int, fed_s: float) -> None:
        spec, temperature = self.spec, self.temperature_c
        heat_capacity = spec.litres * _J_PER_L_K
        loss_w = spec.loss_w_k * (temperature - _AMBIENT_C)
        temperature += (spec.va * fed_s - loss_w * STEP_S) / heat_capacity
        of_day = second % _DAY_S
        for at, litres in spec.draws:
            if of_day - STEP_S < at <= of_day:
                temperature += (litres / spec.litres) * (_COLD_WATER_C - temperature)
        if temperature <= spec.target_c - 1:
            self._warming = True
        elif temperature >= spec.target_c + 1:
            self._warming = False
        self.asks = self._warming and spec.has_contact(second)
        self.temperature_c = temperature


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeSpec(LoadSpec):
    """Something that asks from ``arrives_s`` of each day until it was fed for ``needs_s`` seconds or ``leaves_s``.

    A car, or a programme that goes on where it was interrupted.
    """

    arrives_s: int
    needs_s: float
    leaves_s: int

    @override
    def live(self) -> Charge:
        return Charge(va=self.va, spec=self)


@dataclass(slots=True)
class Charge(Live):
    """What is left to do of a charge or of a programme."""

    spec: ChargeSpec = field(kw_only=True)
    _left_s: float = 0.0

    @override
    def step(self, second: int, fed_s: float) -> None:
        self._left_s -= fed_s
        of_day = second % _DAY_S
        if of_day - STEP_S < self.spec.arrives_s <= of_day:
            self._left_s = self.spec.needs_s
        away = self.spec.leaves_s <= of_day < self.spec.arrives_s
        self.asks = self._left_s > 0 and not away


HAS_ROOM: Final = frozenset({LoadKind.HEATER, LoadKind.HEAT_PUMP})
