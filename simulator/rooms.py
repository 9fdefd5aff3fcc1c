"""Rooms as one resistance and one capacity each, and the thermostats and heaters that keep them warm."""

from enum import StrEnum
from typing import override

from simulator.loads import Appliance, Moment, Name
from simulator.plug import Plug
from simulator.power import DARK, Power


class HvacMode(StrEnum):
    """What a thermostat may do."""

    HEAT = "heat"
    OFF = "off"


class Thermostat:
    """A set-point (°C) with hysteresis: asks for heat under set-point − h, until set-point + h."""

    def __init__(self, target_c: float, *, hysteresis_c: float) -> None:
        self.target_c = target_c
        self.mode = HvacMode.HEAT
        self.heating = False
        self._hysteresis_c = hysteresis_c

    def update(self, temperature_c: float) -> bool:
        """Return whether heat is asked for at this temperature."""
        if self.mode is HvacMode.OFF:
            self.heating = False
        elif temperature_c <= self.target_c - self._hysteresis_c:
            self.heating = True
        elif temperature_c >= self.target_c + self._hysteresis_c:
            self.heating = False
        return self.heating


class Room:
    """A room of heat capacity `capacity_j_k` that loses `loss_w_k` to the outside, with free gains of `gains_w`."""

    def __init__(
        self,
        room_id: str,
        name: Name,
        *,
        loss_w_k: float,
        capacity_j_k: float,
        temperature_c: float = 19.0,
        gains_w: float = 40.0,
    ) -> None:
        self.id = room_id
        self.name = name
        self.temperature_c = temperature_c
        self._loss_w_k = loss_w_k
        self._capacity_j_k = capacity_j_k
        self._gains_w = gains_w

    def step(self, heat_w: float, outdoor_c: float, dt_s: float) -> None:
        """Take `heat_w` for `dt_s` seconds."""
        flow_w = heat_w + self._gains_w - self._loss_w_k * (self.temperature_c - outdoor_c)
        self.temperature_c += flow_w * dt_s / self._capacity_j_k


class RoomHeater(Appliance):
    """A resistive heater in a room, behind the room's thermostat."""

    kind = "heater"

    def __init__(
        self,
        appliance_id: str,
        name: Name,
        room: Room,
        *,
        rated_w: float,
        target_c: float = 20.0,
        phase: int = 1,
        plug: Plug | None = None,
    ) -> None:
        super().__init__(appliance_id, name, rated_w=rated_w, phase=phase, plug=plug)
        self.room = room
        self.thermostat = Thermostat(target_c, hysteresis_c=0.3)

    @override
    def draw(self, moment: Moment, *, supplied: bool) -> Power:
        wanted = self.thermostat.update(self.room.temperature_c)
        power = Power(self.rated_w) if wanted and supplied else DARK
        self.room.step(power.p_w, moment.outdoor_c, moment.dt_s)
        return power
