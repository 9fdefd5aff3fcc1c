"""The demo without a person: one overload from its beginning to the return of what was cut."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import re
import time

from simulator.breaker import Breaker
from simulator.run import build_home, parse

from .client import Json, until
from .lookup import Lookup
from .simulation import HouseOptions
from .stage import Stage

TOLERANCE = 0.03
SETTLED_S = 4.0
LONGEST_FORESIGHT_S = 900
SURVIVED_S = 40
# Shortened through the real forms, so that the whole check fits in two minutes.
CHECK_CONTRACT_DELAY_S = 20
CHECK_MINIMUM_OFF_S = 20


ERROR_LINE = re.compile(r" (ERROR|CRITICAL) \(|^Traceback")


class CheckError(AssertionError):
    """One thing is not as it should be."""


@dataclass(slots=True)
class Overload:
    """What was seen of one overload, in seconds after its script began."""

    cut_s: float = 0.0
    cut: str = ""
    lowest_margin: float = 1.0


class Check:
    """Goes through the demo as a visitor would, and compares what is shown with what the simulator knows."""

    def __init__(self, stage: Stage, lookup: Lookup) -> None:
        self._stage = stage
        self._lookup = lookup
        self._plugs: dict[str, str] = {}

    async def run(self) -> bool:
        """Do every step, one line each; False at the first that fails."""
        overload = Overload()
        steps: tuple[tuple[str, Callable[[Overload], Awaitable[str]]], ...] = (
            ("the sensors tell what the meter measures", self._sensors),
            ("every appliance of the coordinator is ready", self._ready),
            ("an overload makes a plug go off", self._cut),
            ("the meter did not open", self._survived),
            ("what was cut comes back once there is room", self._returned),
            ("Home Assistant's log holds no error", self._clean_log),
        )
        for name, step in steps:
            began = time.monotonic()
            try:
                detail = await step(overload)
            except (CheckError, TimeoutError) as error:
                print(f"FAILED  {name}: {error}  ({time.monotonic() - began:.1f} s)", flush=True)
                return False
            print(f"ok      {name}: {detail}  ({time.monotonic() - began:.1f} s)", flush=True)
        return True

    async def _sensors(self, _: Overload) -> str:
        """Values that Home Assistant shows lie among those that the simulator had in the last seconds."""
        seen: list[Json] = []
        shown: dict[str, str] = {}

        async def agree() -> bool:
            seen.append((await self._stage.control.state())["power"])
            del seen[: -round(SETTLED_S / 0.2)]
            for key in ("apparent_power", "headroom", "trip_margin"):
                shown[key] = await self._stage.client.state(self._lookup.meter[key])
            powers = [power["import_va"] for power in seen]
            try:
                power = float(shown["apparent_power"])
                headroom, margin = float(shown["headroom"]), float(shown["trip_margin"])
            except ValueError:
                return False
            close = min(powers) * (1 - TOLERANCE) <= power <= max(powers) * (1 + TOLERANCE)
            return close and headroom > 0 and 0 < margin <= 100

        await until(agree, 40, "plausible values", every_s=0.2, why=lambda: f"shown {shown}, simulated {seen[-1]}")
        return f"{shown['apparent_power']} VA, {shown['headroom']} VA of headroom, trip margin {shown['trip_margin']} %"

    async def _ready(self, _: Overload) -> str:
        statuses: dict[str, str] = {}

        async def normal() -> bool:
            for name, load in self._lookup.loads.items():
                statuses[name] = await self._stage.client.state(load["status"])
            return bool(statuses) and set(statuses.values()) == {"normal"}

        await until(normal, 30, "loads in normal state", every_s=0.2, why=lambda: str(statuses))
        self._plugs = await self._plug_states()
        if set(self._plugs.values()) != {"on"}:
            raise CheckError(f"plugs are {self._plugs}")
        return ", ".join(statuses)

    async def _cut(self, overload: Overload) -> str:
        await self._stage.client.call("button", "press", self._lookup.house["meter_start_overload"])

        async def gone() -> bool:
            state = await self._stage.control.state()
            overload.lowest_margin = min(overload.lowest_margin, state["breaker"]["margin"])
            if state["breaker"]["open"]:
                raise CheckError("the meter opened before anything was cut")
            off = [appliance["id"] for appliance in state["appliances"] if not appliance["plug_on"]]
            if off:
                overload.cut_s, overload.cut = state["script"]["elapsed_s"], ", ".join(off)
            return bool(off)

        await until(gone, 150, "a plug off", every_s=0.1)
        left_alone_s = opening_left_alone_s(self._stage.simulation.options)
        return (
            f"{overload.cut} {overload.cut_s:.0f} s after the script began; left alone, the meter opens after "
            f"{left_alone_s} s, {left_alone_s - overload.cut_s:.0f} s later"
        )

    async def _survived(self, overload: Overload) -> str:
        # Long enough for the oven to start too, and for the meter to open had too little been cut.
        for _ in range(round(SURVIVED_S / 0.2)):
            state = await self._stage.control.state()
            overload.lowest_margin = min(overload.lowest_margin, state["breaker"]["margin"])
            if state["breaker"]["trips"]:
                raise CheckError(f"it opened: {state['breaker']}")
            await asyncio.sleep(0.2)
        left_s = seconds_until_opening(await self._stage.control.state())
        if left_s is not None:
            raise CheckError(f"it would still open in {left_s} s")
        return f"its lowest trip margin was {overload.lowest_margin * 100:.0f} %"

    async def _returned(self, _: Overload) -> str:
        await self._stage.control.request("script", name="none")

        async def all_on() -> bool:
            return set((await self._plug_states()).values()) == {"on"}

        waited = await until(all_on, 120, "every plug on again", every_s=0.2)
        state = await self._stage.control.state()
        if state["breaker"]["trips"]:
            raise CheckError("the meter opened in the meantime")
        return f"all on {waited:.0f} s after kettle and oven went off"

    async def _clean_log(self, _: Overload) -> str:
        lines = self._stage.ha.program.text().splitlines()
        errors = [line for line in lines if ERROR_LINE.search(line)]
        if errors:
            raise CheckError("; ".join(errors))
        return f"{len(lines)} lines"

    async def _plug_states(self) -> dict[str, str]:
        ids = [entity_id for key, entity_id in self._lookup.house.items() if key.endswith("_plug")]
        states = await self._stage.client.states()
        return {entity_id: states[entity_id]["state"] for entity_id in ids}


def opening_left_alone_s(options: HouseOptions) -> int:
    """Seconds after the beginning of the script at which the same house opens its meter when nobody offloads."""
    home = build_home(parse(options.arguments()))
    home.house.start_overload()
    trips = home.run(LONGEST_FORESIGHT_S)
    if not trips:
        raise CheckError("this house does not open its meter: the overload proves nothing")
    return trips[0].elapsed_s


def seconds_until_opening(state: Json) -> int | None:
    """Seconds after which the simulated meter would open if its present load lasted; None when it never would."""
    breaker = Breaker(cutoff_va=state["contract_kva"] * 1000, phases=state["phases"])
    for phase, shown in zip(breaker.filters, state["breaker"]["phases"], strict=True):
        phase.settle(shown["filtered_va"])
    load = [max(0, phase["s_va"]) if phase["p_w"] >= 0 else 0 for phase in state["power"]["phases"]]
    for second in range(1, LONGEST_FORESIGHT_S + 1):
        if breaker.step(load) is not None:
            return second
    return None
