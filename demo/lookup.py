"""Which entity is which: ids follow the language, so they are looked up by what never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .client import Client, until

type Keys = Mapping[str, str]
"""Entity ids by the last part of their unique id: `trip_margin`, `status`, …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The enabled entities of the integration and of the demo house.

    ``loads`` goes by the name of the load; ``house`` by the unique id of the entity.
    """

    meter: Keys
    coordinators: tuple[Keys, ...]
    loads: Mapping[str, Keys]
    house: Keys


async def look_up(client: Client, entry_id: str | None = None) -> Lookup:
    """Read the registries; ``entry_id`` tells which meter is meant where there are several."""
    # First the entities: their devices are older than they are.
    entities = await client.entities("linky_offload")
    names = {
        device["id"]: device["name_by_user"] or device["name"]
        for device in await client.command("config/device_registry/list")
    }
    meter: dict[str, str] = {}
    coordinators: dict[str, dict[str, str]] = {}
    loads: dict[str, dict[str, str]] = {}
    for entity in entities:
        if entity["disabled_by"] or entry_id not in {None, entity["config_entry_id"]}:
            continue
        owner, key = entity["unique_id"].split("_", 1)
        subentry = entity["config_subentry_id"]
        if subentry is None:
            keys = meter
        elif owner == subentry:
            keys = coordinators.setdefault(owner, {})
        else:
            keys = loads.setdefault(names[entity["device_id"]], {})
        keys[key] = entity["entity_id"]
    return Lookup(
        meter=meter,
        coordinators=tuple(coordinators.values()),
        loads=loads,
        house=await client.entity_ids("linky_demo_house"),
    )


# Created with the first reading of the meter.
NEEDED = (
    "apparent_power",
    "trip_margin",
    "headroom",
    "load_percent",
    "seconds_to_trip",
    "threshold",
    "mode",
    "decision",
)


async def settled_lookup(client: Client, loads: Sequence[str], entry_id: str | None = None) -> Lookup:
    """The registries, as soon as the meter has been read and every load has its entities.

    ``loads``: the entities that were put under coordinators, in the order in which they are cut. ``entry_id``: see
    `look_up`.
    """
    names = [(await client.get(f"states/{entity_id}"))["attributes"]["friendly_name"] for entity_id in loads]
    found: list[Lookup] = []

    async def complete() -> bool:
        found[:] = [await look_up(client, entry_id)]
        return found[0].loads.keys() == set(names) and all(key in found[0].meter for key in NEEDED)

    await until(complete, 30, "entities of the meter and its loads", why=lambda: str(found))
    return replace(found[0], loads={name: found[0].loads[name] for name in names})
