"""Appliances: what each draws at a moment. The thermal ones are in rooms and tank, the programmed ones in programs."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
import math
import random
from typing import override

from simulator.plug import Plug
from simulator.power import DARK, Power, of_motor


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages."""

    en: str
    fr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The surroundings of one step of `dt_s`: local time, outdoor °C, the meter's dry contact, mains there or not."""

    now: datetime
    dt_s: float
    outdoor_c: float
    contact_closed: bool
    mains: bool

    @property
    def day_s(self) -> float:
        """Seconds since local midnight, on the clock."""
        return self.now.hour * 3600.0 + self.now.minute * 60 + self.now.second


class Appliance(ABC):
    """Something on one phase (1…3) of the house, on a plug that may be switched or wired directly.

    `rated_w` is what it draws when it works at full power.
    """

    kind = "appliance"

    def __init__(
        self, appliance_id: str, name: Name, *, rated_w: float, phase: int = 1, plug: Plug | None = None
    ) -> None:
        self.id = appliance_id
        self.name = name
        self.rated_w = rated_w
        self.phase = phase
        self.plug = plug
        self.power = DARK

    @property
    def plug_on(self) -> bool:
        """Whether its plug lets current through; always for one without a plug."""
        return self.plug is None or self.plug.on

    @property
    def running(self) -> bool:
        """Whether it draws its working power."""
        return self.power.s_va > 0

    def step(self, moment: Moment) -> Power:
        """Live through one step and return the power drawn in it."""
        if self.plug is not None:
            self.plug.step(moment.dt_s)
        self.power = self.draw(moment, supplied=moment.mains and self.plug_on)
        return self.power

    @abstractmethod
    def draw(self, moment: Moment, *, supplied: bool) -> Power:
        """Return the power of this step: `DARK` without supply, while time goes on inside."""


class BaseLoad(Appliance):
    """Lights, electronics, ventilation: a daily shape with seeded noise, some of it distorted current."""

    kind = "base"

    def __init__(
        self,
        appliance_id: str,
        name: Name,
        *,
        rated_w: float,
        seed: int,
        phase: int = 1,
        noise: float = 0.2,
        evening: float = 1.6,
    ) -> None:
        super().__init__(appliance_id, name, rated_w=rated_w, phase=phase)
        self._random = random.Random(f"base {seed} {appliance_id}")
        self._noise = noise
        self._evening = evening
        self._drift = 0.0

    @override
    def draw(self, moment: Moment, *, supplied: bool) -> Power:
        # A noise that remembers a few minutes: people move from room to room.
        self._drift += (self._random.gauss(0, self._noise) * math.sqrt(2 / 120) - self._drift / 120) * moment.dt_s
        if not supplied:
            return DARK
        evening = math.exp(-(((moment.day_s / 3600 - 20) / 2) ** 2)) * (self._evening - 1)
        p_w = self.rated_w * min(max(1 + evening + self._drift, 0.4), 2 * self._evening)
        return Power(p_w, 0.15 * p_w, 0.3 * p_w)


class Fridge(Appliance):
    """A compressor that keeps the inside cold: inductive, with hysteresis, and warmer while it is not supplied."""

    kind = "fridge"

    def __init__(
        self, appliance_id: str, name: Name, *, rated_w: float = 95.0, phase: int = 1, plug: Plug | None = None
    ) -> None:
        super().__init__(appliance_id, name, rated_w=rated_w, phase=phase, plug=plug)
        self.inside_c = 4.5
        self.target_c = 4.5
        self._cooling = False

    @override
    def draw(self, moment: Moment, *, supplied: bool) -> Power:
        if self.inside_c > self.target_c + 1:
            self._cooling = True
        elif self.inside_c < self.target_c - 1:
            self._cooling = False
        works = supplied and self._cooling
        # Some 45 min to warm by 2 °C, 20 min to cool by as much.
        self.inside_c += moment.dt_s * ((20 - self.inside_c) / 21000 - (2.4e-3 if works else 0.0))
        return of_motor(self.rated_w, 0.65) if works else DARK
