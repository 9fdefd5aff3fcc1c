"""A demand script: who starts and stops what, seconds after the script's start. For demonstrations and tests."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.programs import ProgramAppliance


@dataclass(frozen=True, slots=True)
class Step:
    """At `at_s`, the appliance starts or stops."""

    at_s: float
    appliance: str
    on: bool


OVERLOAD = (
    Step(40, "kettle", on=True),
    Step(60, "oven", on=True),
    Step(300, "kettle", on=False),
    Step(300, "oven", on=False),
)


class DemandScript:
    """One run of a script over programme appliances."""

    def __init__(self, name: str, steps: Sequence[Step], appliances: dict[str, ProgramAppliance]) -> None:
        self.name = name
        self.elapsed_s = 0.0
        self.last_step = "steady"
        self._steps = tuple(steps)
        self._appliances = appliances
        self._done = 0

    @property
    def running(self) -> bool:
        """Whether steps are still to come."""
        return self._done < len(self._steps)

    def advance(self, dt_s: float) -> None:
        """Take the steps that are due at the present instant, then let `dt_s` pass."""
        while self.running and self._steps[self._done].at_s <= self.elapsed_s:
            step = self._steps[self._done]
            self._done += 1
            self.last_step = step.appliance if step.on else "end"
            if step.on:
                self._appliances[step.appliance].start()
            else:
                self._appliances[step.appliance].stop()
        self.elapsed_s += dt_s

    def cancel(self) -> None:
        """End now: what the script starts is stopped."""
        self._done = len(self._steps)
        self.last_step = "end"
        for name in {step.appliance for step in self._steps}:
            self._appliances[name].stop()
