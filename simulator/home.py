"""A house and its meter together: one second after the other."""

from simulator.breaker import Trip
from simulator.house import House
from simulator.meter import SimulatedMeter


class Home:
    """Steps the house and lets the meter measure it; an open meter leaves the house dark.

    `silent` is a meter whose output is cut: it is the feeder that heeds it.
    """

    def __init__(self, house: House, meter: SimulatedMeter) -> None:
        if house.phases != meter.phases:
            raise ValueError("the house and the meter have different phases")
        self.house = house
        self.meter = meter
        self.silent = False

    def settle(self) -> None:
        """Put the meter where hours of the house's present load lead to."""
        self.meter.settle(self.house.step(0, self.meter.now, contact_closed=self.meter.contact_closed))

    def step(self) -> Trip | None:
        """Live one second; return the trip if the meter opens in it."""
        meter = self.meter
        powers = self.house.step(1, meter.now, mains=not meter.breaker.is_open, contact_closed=meter.contact_closed)
        trip = meter.step(powers)
        if meter.breaker.is_open:
            self.house.darken()
        return trip

    def run(self, seconds: int) -> list[Trip]:
        """Live for some seconds; return the trips among them."""
        return [trip for trip in (self.step() for _ in range(seconds)) if trip is not None]
