"""The house: its appliances by phase, its rooms, its weather, and the script that may overload it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
import math
from typing import Self

from simulator import programs
from simulator.loads import Appliance, BaseLoad, Fridge, Moment, Name
from simulator.plug import Plug
from simulator.power import DARK, Power, total
from simulator.programs import ProgramAppliance, Segment
from simulator.pv import SolarPlant
from simulator.rooms import Room, RoomHeater
from simulator.script import OVERLOAD, DemandScript
from simulator.tank import HOUSEHOLD_DRAWS, WaterHeater

_DEMO_STEADY_VA = 6000.0


@dataclass(slots=True)
class Outdoor:
    """Outdoor temperature: a mean and a daily swing (°C), coldest at 05:00."""

    mean_c: float = 5.0
    swing_c: float = 3.0

    def at(self, now: datetime) -> float:
        """Return the temperature at a local time."""
        hour = now.hour + now.minute / 60
        return self.mean_c - self.swing_c * math.cos(2 * math.pi * (hour - 5) / 24)


class House:
    """Appliances on one or three phases. Without `appliances` it is a family's house, living by its seed.

    `contract_kva` only sets its size. `plug_latency_s` is that of every plug. `pv_w` adds a plant on phase 1.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        phases: int = 1,
        contract_kva: float = 6,
        outdoor: Outdoor | None = None,
        plug_latency_s: float = 0.0,
        pv_w: float = 0.0,
        appliances: Sequence[Appliance] | None = None,
    ) -> None:
        self.phases = phases
        self.outdoor = outdoor or Outdoor()
        members = _family(seed, phases, contract_kva) if appliances is None else list(appliances)
        if pv_w > 0:
            members.append(SolarPlant(peak_w=pv_w, seed=seed))
        self.appliances: dict[str, Appliance] = {appliance.id: appliance for appliance in members}
        if any(not 1 <= appliance.phase <= phases for appliance in members):
            raise ValueError("an appliance hangs on a phase that the house does not have")
        for appliance in members:
            if appliance.plug is not None:
                appliance.plug.latency_s = plug_latency_s
        self.script: DemandScript | None = None

    @classmethod
    def demo(
        cls,
        *,
        phases: int = 1,
        contract_kva: float = 6,
        seed: int = 1,
        script: bool = True,
        outdoor: Outdoor | None = None,
        plug_latency_s: float = 0.0,
        pv_w: float = 0.0,
    ) -> Self:
        """Return a house scaled to its contract: a steady 0.83 of phase 1's share, which the script raises to 1.5.

        `script` starts the overload with the house. Left alone it opens the meter; without the water heater and a
        room heater from 60 s after the oven on, it does not.
        """
        scale = contract_kva * 1000 / phases / _DEMO_STEADY_VA
        house = cls(
            seed=seed,
            phases=phases,
            contract_kva=contract_kva,
            outdoor=outdoor,
            plug_latency_s=plug_latency_s,
            pv_w=pv_w,
            appliances=_demo(seed, phases, scale),
        )
        if script:
            house.start_overload()
        return house

    @property
    def heaters(self) -> Iterator[RoomHeater]:
        """The room heaters, each with its room."""
        return (appliance for appliance in self.appliances.values() if isinstance(appliance, RoomHeater))

    @property
    def tanks(self) -> Iterator[WaterHeater]:
        """The water heaters."""
        return (appliance for appliance in self.appliances.values() if isinstance(appliance, WaterHeater))

    def start_overload(self) -> None:
        """Start the overload script, and set its scene: a window was open and a bath was taken.

        Raises KeyError when the house has no kettle or no oven.
        """
        programmed = {
            name: appliance for name, appliance in self.appliances.items() if isinstance(appliance, ProgramAppliance)
        }
        if missing := {step.appliance for step in OVERLOAD} - programmed.keys():
            raise KeyError(f"the script needs {', '.join(sorted(missing))}")
        for heater in self.heaters:
            heater.room.temperature_c = min(heater.room.temperature_c, heater.thermostat.target_c - 3)
        for tank in self.tanks:
            tank.set_temperature(min(tank.temperature_c, tank.thermostat.target_c - 20))
        if self.script is not None:
            self.script.cancel()
        self.script = DemandScript("overload", OVERLOAD, programmed)

    def step(
        self, dt_s: float, now: datetime, *, mains: bool = True, contact_closed: bool = False
    ) -> tuple[Power, ...]:
        """Live for `dt_s` seconds from local time `now`; return the power of each phase in that time.

        `mains` is False while the meter is open; `contact_closed` is the meter's dry contact.
        """
        if self.script is not None:
            self.script.advance(dt_s)
        moment = Moment(now=now, dt_s=dt_s, outdoor_c=self.outdoor.at(now), contact_closed=contact_closed, mains=mains)
        drawn: list[list[Power]] = [[] for _ in range(self.phases)]
        for appliance in self.appliances.values():
            drawn[appliance.phase - 1].append(appliance.step(moment))
        return tuple(total(powers) for powers in drawn)

    def darken(self) -> None:
        """Take the power away at once: the meter has just opened."""
        for appliance in self.appliances.values():
            appliance.power = DARK


def _room(room_id: str, name: Name, heater_w: float, temperature_c: float) -> Room:
    """Return a room that its heater would keep 25 °C above the outside, with a time constant of some 18 h."""
    loss_w_k = heater_w / 25
    return Room(room_id, name, loss_w_k=loss_w_k, capacity_j_k=loss_w_k * 66000, temperature_c=temperature_c)


def _heater(room: Room, rated_w: float, *, phase: int = 1, target_c: float = 20.0) -> RoomHeater:
    name = Name(f"{room.name.en} heater", f"Radiateur {room.name.fr.lower()}")
    return RoomHeater(f"{room.id}_heater", name, room, rated_w=rated_w, target_c=target_c, phase=phase, plug=Plug())


def _demo(seed: int, phases: int, scale: float) -> list[Appliance]:
    living_w, bedroom_w = 1500 * scale, 1000 * scale
    kettle = [Segment(duration_s=280, p_w=1800 * scale)]
    oven = [Segment(duration_s=1200, p_w=2200 * scale)]
    return [
        WaterHeater(
            "water_heater",
            Name("Water heater", "Chauffe-eau"),
            rated_w=2200 * scale,
            litres=200 * scale,
            temperature_c=40,
            loss_w_k=1.6 * scale,
            seed=seed,
            plug=Plug(),
        ),
        _heater(_room("living_room", Name("Living room", "Séjour"), living_w, 17), living_w),
        _heater(_room("bedroom", Name("Bedroom", "Chambre"), bedroom_w, 17), bedroom_w),
        ProgramAppliance("kettle", Name("Kettle", "Bouilloire"), kettle),
        ProgramAppliance("oven", Name("Oven", "Four"), oven),
        Fridge("fridge", Name("Fridge", "Réfrigérateur"), rated_w=95 * scale),
        *_base_loads(seed, phases, 260 * scale, noise=0.03, evening=1.2),
    ]


def _family(seed: int, phases: int, contract_kva: float) -> list[Appliance]:
    scale = min(max(contract_kva / (6 if phases == 1 else 12), 0.5), 1.5)
    first, second, third = (1, 2, 3) if phases == 3 else (1, 1, 1)
    rooms = (
        ("living_room", Name("Living room", "Séjour"), 1500, 20.0, first),
        ("bedroom", Name("Bedroom", "Chambre"), 1000, 18.5, second),
        ("office", Name("Office", "Bureau"), 750, 19.5, third),
        ("bathroom", Name("Bathroom", "Salle de bains"), 1000, 21.0, second),
    )
    heaters = [
        _heater(_room(room_id, name, watts * scale, target_c - 0.5), watts * scale, phase=phase, target_c=target_c)
        for room_id, name, watts, target_c, phase in rooms
    ]
    return [
        WaterHeater(
            "water_heater",
            Name("Water heater", "Chauffe-eau"),
            rated_w=2200 * scale,
            habits=HOUSEHOLD_DRAWS,
            seed=seed,
            phase=third,
            plug=Plug(),
        ),
        *heaters,
        programs.kettle(seed, rated_w=2000 * scale, phase=first),
        programs.oven(seed, rated_w=2500 * scale, phase=first),
        programs.hob(seed, rated_w=3000 * scale, phase=second),
        programs.washing_machine(seed, rated_w=2100 * scale, phase=third, plug=Plug()),
        programs.dryer(seed, rated_w=2300 * scale, phase=first, plug=Plug()),
        Fridge("fridge", Name("Fridge", "Réfrigérateur"), phase=first, plug=Plug()),
        *_base_loads(seed, phases, 220, noise=0.2, evening=1.6),
    ]


def _base_loads(seed: int, phases: int, watts: float, *, noise: float, evening: float) -> list[Appliance]:
    """Return one base load a phase: `base` on the first, `base_2` and `base_3`."""
    name = Name("Lights and electronics", "Éclairage et électronique")
    return [
        BaseLoad(
            "base" if phase == 1 else f"base_{phase}",
            name,
            rated_w=watts,
            seed=seed,
            phase=phase,
            noise=noise,
            evening=evening,
        )
        for phase in range(1, phases + 1)
    ]
