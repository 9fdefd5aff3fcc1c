"""A winter day of a family with electric heating, as its meter tells it: one frame a second, standard single-phase.

The home is the simulator's, with the noise of a real line and appliances that switch often on top.
"""

from dataclasses import dataclass
from datetime import datetime
import random

from simulator.frames import groups_of
from simulator.house import House, Outdoor
from simulator.meter import SimulatedMeter
from simulator.power import Power, total
from simulator.tariff import Calendar, TariffKind
from simulator.tic import ETX, STX, Mode, add_parity, encode_group

START = datetime.fromisoformat("2026-01-14T00:00:00+01:00")
CONTRACT_KVA = 9
HOUSE_KVA = 6  # the size of the house
OUTDOOR_C = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycling:
    """An appliance that switches often: ``power`` for ``on_s`` of every ``on_s + off_s``, from some hours on."""

    power: Power
    on_s: int
    off_s: int
    hours: tuple[float, ...]
    lasts_s: int

    def at(self, day_s: int) -> Power | None:
        """What it draws at a second of the day, None while it is off."""
        for hour in self.hours:
            since = day_s - hour * 3600
            if 0 <= since < self.lasts_s and since % (self.on_s + self.off_s) < self.on_s:
                return self.power
        return None


CYCLING = (
    Cycling(power=Power(1400), on_s=7, off_s=9, hours=(12.1, 19.2), lasts_s=1500),  # a hob that regulates
    Cycling(power=Power(2200), on_s=40, off_s=80, hours=(11.9, 18.8), lasts_s=3000),  # an oven at its temperature
    Cycling(power=Power(280, 180), on_s=12, off_s=6, hours=(9.5,), lasts_s=2400),  # the drum of a washing machine
)


class Day:
    """A winter day, second after second, as the meter tells it."""

    def __init__(self, seed: int) -> None:
        self._house = House(
            phases=1, contract_kva=HOUSE_KVA, seed=seed, outdoor=Outdoor(mean_c=OUTDOOR_C), plug_latency_s=0, pv_w=0
        )
        self._meter = SimulatedMeter(
            contract_kva=CONTRACT_KVA, calendar=Calendar(kind=TariffKind.HC), start=START, seed=seed
        )
        self._random = random.Random(f"noise {seed}")
        self._drift_w = 0.0
        self._meter.settle(self._house.step(0, self._meter.now, contact_closed=self._meter.contact_closed))

    def second(self) -> tuple[int, bytes]:
        """Live one second: the import that the frame tells, VA, and the whole frame."""
        meter = self._meter
        powers = self._house.step(1, meter.now, mains=not meter.breaker.is_open, contact_closed=meter.contact_closed)
        now = meter.now
        day_s = now.hour * 3600 + now.minute * 60 + now.second
        # Many small things: a few watts from second to second, and what swings over minutes.
        self._drift_w = 0.995 * self._drift_w + self._random.gauss(0, 4)
        noise = Power(max(0.0, 60 + self._drift_w + self._random.gauss(0, 8)))
        extra = [power for one in CYCLING if (power := one.at(day_s)) is not None]
        meter.step([total([powers[0], noise, *extra])])
        state = meter.state()
        groups = groups_of(state)
        frame = b"".join(encode_group(Mode.STANDARD, group.label, group.data, group.horodate) for group in groups)
        told = next(int(group.data) for group in groups if group.label == "SINSTS")
        self.import_wh = next(int(group.data) for group in groups if group.label == "EAST")
        return told, add_parity(STX + frame + ETX)
