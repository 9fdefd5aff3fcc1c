"""What a person would click, sent through the real forms of Home Assistant."""

from collections.abc import Sequence
from dataclasses import dataclass

from .client import OPTIONS_FLOWS, SUBENTRY_FLOWS, Client, Flow
from .simulation import Simulation

SHORTEST_TURN_MIN = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """An appliance and what is answered about it; None leaves what the form proposes. Times in seconds."""

    entity_id: str
    kind: str | None = None
    declared_va: int | None = None
    power_sensor: str | None = None
    phase: str | None = None
    minimum_off_s: int | None = None
    minimum_on_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A configured meter: its entry, and the form for appliances that opens by itself after it."""

    entry_id: str
    next_form: Flow | None


async def add_house(client: Client, simulation: Simulation) -> None:
    """Make devices of the simulated appliances."""
    flow = await client.flow({"handler": "linky_demo_house"})
    flow.expect("form", "user")
    await flow.answer({"control": str(simulation.control)})
    flow.expect("create_entry")


async def add_meter(client: Client, port: str, *, name: str = "Linky", contract_kva: float | None = None) -> Meter:
    """Let the integration find the meter on ``port`` and accept what it found.

    ``contract_kva`` answers the question that is only asked when the meter does not tell it.
    """
    flow = await client.flow({"handler": "linky_offload"})
    flow.expect("menu", "user")
    await flow.choose("serial")
    flow.expect("form", "serial")
    await flow.answer({"port": port})
    flow.expect("form", "confirm")
    answer: dict[str, str | float] = {"name": name}
    if contract_kva is not None and "contract_power" in flow.fields:
        answer["contract_power"] = contract_kva
    await flow.answer(answer)
    flow.expect("create_entry")
    entry_id = flow.step["result"]["entry_id"]
    if not (chained := flow.step.get("next_flow")):
        return Meter(entry_id=entry_id, next_form=None)
    return Meter(entry_id=entry_id, next_form=await client.resume(SUBENTRY_FLOWS, chained[1]))


async def house_loads(client: Client) -> list[Load]:
    """Every plug of the demo house that heats something, the one that is missed least first."""
    house = await client.entity_ids("linky_demo_house")
    heating = ["water_heater_plug", *sorted(key for key in house if key.endswith("_heater_plug"))]
    return [Load(entity_id=house[key], phase="1") for key in dict.fromkeys(heating)]


async def pretended_loads(client: Client, names: Sequence[str]) -> list[Load]:
    """Switches that switch nothing, for a real meter without real plugs."""
    created = [await client.command("input_boolean/create", name=name) for name in names]
    helpers = await client.entity_ids("input_boolean")
    loads = [Load(entity_id=helpers[helper["id"]], declared_va=1500) for helper in created]
    for load in loads:
        await client.call("input_boolean", "turn_on", load.entity_id)
    return loads


async def change_options(client: Client, entry_id: str, **changes: str | float) -> None:
    """Fill in the protection page of the options: what is not named stays as the form proposes it.

    The profile is named by default: the form proposes one by the pace of the meter, which a young line may not tell.
    """
    flow = await client.flow({"handler": entry_id}, OPTIONS_FLOWS)
    flow.expect("menu", "init")
    await flow.choose("protection")
    await flow.answer({**flow.proposed, "profile": "contract", **changes})
    flow.expect("create_entry")


async def add_coordinator(
    client: Client, meter: Meter, name: str, loads: Sequence[Load], *, strategy: str | None = None
) -> None:
    """Put appliances, the first to be cut first, under a new offload coordinator that acts at once.

    ``strategy`` None leaves the one that the form proposes. A turn is the shortest that the form takes.
    """
    flow = meter.next_form or await client.flow({"handler": [meter.entry_id, "offload_coordinator"]}, SUBENTRY_FLOWS)
    flow.expect("form", "user")
    await flow.answer({"name": name, "loads": [load.entity_id for load in loads]})
    while flow.step.get("step_id") == "loads":
        flow.expect("form")
        shown = flow.proposed
        for key, section in shown.items():
            load = loads[int(key.removeprefix("load_")) - 1]
            if load.kind is not None:
                section["kind"] = load.kind
            if load.declared_va is not None:
                section |= {"power_source": "declared", "declared_va": load.declared_va}
            if load.power_sensor is not None:
                section |= {"power_source": "measured", "power_sensor": load.power_sensor}
            if load.phase is not None and "phase" in section:
                section["phase"] = load.phase
        await flow.answer(shown)
    flow.expect("menu", "finish")
    if any(load.minimum_off_s is not None or load.minimum_on_s is not None for load in loads):
        await _shorten(flow, loads)
    if strategy is not None:
        await _choose_strategy(flow, strategy)
    await flow.choose("automatic")
    flow.expect("create_entry")


async def change_strategy(client: Client, entry_id: str, strategy: str) -> None:
    """Fill in the forms of the only offload coordinator of a meter again, with another strategy."""
    [subentry] = await client.command("config_entries/subentries/list", entry_id=entry_id)
    handler = [entry_id, "offload_coordinator"]
    flow = await client.flow({"handler": handler, "subentry_id": subentry["subentry_id"]}, SUBENTRY_FLOWS)
    while flow.step["type"] == "form":
        flow.expect("form")
        await flow.answer(flow.proposed)
    flow.expect("menu", "finish")
    await _choose_strategy(flow, strategy)
    await flow.choose("save")
    flow.expect("abort")


async def _choose_strategy(flow: Flow, strategy: str) -> None:
    await flow.choose("strategy")
    flow.expect("form", "strategy")
    await flow.answer({**flow.proposed, "strategy": strategy, "rotation": SHORTEST_TURN_MIN})
    flow.expect("menu", "finish")


async def _shorten(flow: Flow, loads: Sequence[Load]) -> None:
    """Fill in the form of delays and minimum times, which is in minutes."""
    await flow.choose("times")
    flow.expect("form", "times")
    shown = flow.proposed
    for key, section in shown.items():
        load = loads[int(key.removeprefix("load_")) - 1]
        for field, seconds in (("minimum_off", load.minimum_off_s), ("minimum_on", load.minimum_on_s)):
            if seconds is not None:
                section[field] = seconds / 60
    await flow.answer(shown)
    flow.expect("menu", "finish")
