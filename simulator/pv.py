"""A photovoltaic plant: the sun of the place and date, seeded clouds, an inverter."""

from datetime import UTC
import math
import random
from typing import override

from simulator.loads import Appliance, Moment, Name
from simulator.power import DARK, Power

_LATITUDE = math.radians(46.5)
_LONGITUDE_DEG = 2.5
_PERFORMANCE = 0.85


class Clouds:
    """A sky that passes between clear and covered, in minutes; `cover` is the mean share of the time under a cloud."""

    def __init__(self, seed: int, *, cover: float = 0.4) -> None:
        self._random = random.Random(f"clouds {seed}")
        self._cover = cover
        self._left_s = 0.0
        self._clear = True
        self._goal = 1.0
        self._transmission = 1.0

    def step(self, dt_s: float) -> float:
        """Return the share of the clear-sky light that arrives, 0…1."""
        self._left_s -= dt_s
        if self._left_s <= 0:
            self._clear = not self._clear if 0 < self._cover < 1 else self._cover <= 0
            mean_s = 400 * (1 - self._cover if self._clear else self._cover) + 30
            self._left_s = self._random.expovariate(1 / mean_s)
            self._goal = 1.0 if self._clear else self._random.uniform(0.15, 0.5)
        # The edge of a cloud takes some 15 s to pass over a roof.
        self._transmission += (self._goal - self._transmission) * min(dt_s / 15, 1.0)
        return self._transmission


class SolarPlant(Appliance):
    """Inverters that put their power into one phase; the rated power is what they give at best. P is negative."""

    kind = "pv"

    def __init__(self, *, peak_w: float, seed: int, phase: int = 1, cover: float = 0.4) -> None:
        super().__init__("pv", Name("Solar panels", "Panneaux solaires"), rated_w=peak_w, phase=phase)
        self._clouds = Clouds(seed, cover=cover)

    @override
    def draw(self, moment: Moment, *, supplied: bool) -> Power:
        light = self._clouds.step(moment.dt_s) * _clear_sky(_sun_height(moment)) * _PERFORMANCE
        # An inverter needs the mains to follow, and some light to start.
        if not supplied or light < 0.01:
            return DARK
        p_w = self.rated_w * min(light, 1.0)
        return Power(-p_w, 0.03 * self.rated_w, 0.02 * self.rated_w)


def _clear_sky(height: float) -> float:
    """Return the light of a clear sky, kW/m², for the sine of the sun's elevation (Haurwitz)."""
    return 1.098 * height * math.exp(-0.059 / height) if height > 0 else 0.0


def _sun_height(moment: Moment) -> float:
    """Return the sine of the sun's elevation (equation of time left out: it is minutes)."""
    utc = moment.now.astimezone(UTC)
    solar_h = utc.hour + utc.minute / 60 + utc.second / 3600 + _LONGITUDE_DEG / 15
    declination = math.radians(-23.44) * math.cos(2 * math.pi * (utc.timetuple().tm_yday + 10) / 365)
    return math.sin(_LATITUDE) * math.sin(declination) + math.cos(_LATITUDE) * math.cos(declination) * math.cos(
        math.pi * (solar_h - 12) / 12
    )
