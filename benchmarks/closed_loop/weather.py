"""The outdoor temperature of a seeded day."""

from dataclasses import dataclass
from enum import StrEnum
import math
import random


class Season(StrEnum):
    """The time of the year, which sets the weather and the hours spent at home."""

    WINTER = "winter"
    MID = "mid-season"
    SUMMER = "summer"


_MEANS_C = {Season.WINTER: (-3.0, 4.0), Season.MID: (7.0, 12.0), Season.SUMMER: (19.0, 25.0)}
DESIGN_C = 0.0
"""Outdoor temperature for which the duty of heaters is given."""


@dataclass(frozen=True, slots=True)
class Weather:
    """A daily swing around a mean that drifts from day to day, coldest at five in the morning, °C."""

    mean_c: float
    swing_c: float
    drift_c: float  # from one day to the next

    def at(self, second: int) -> float:
        """Return the outdoor temperature."""
        days = second / 86_400
        return self.mean_c + self.drift_c * days - self.swing_c * math.cos(2 * math.pi * (days - 5 / 24))


def weather_of(season: Season, rng: random.Random, *, colder_c: float = 0.0) -> Weather:
    """Draw the weather of a season."""
    low, high = _MEANS_C[season]
    return Weather(rng.uniform(low, high) - colder_c, rng.uniform(2.0, 5.0), rng.uniform(-0.5, 0.5))
