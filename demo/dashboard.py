"""The dashboard of the demo: built-in cards only, so that it looks like any other page of Home Assistant."""

from collections.abc import Iterable, Sequence

from .client import Client, Json
from .lookup import Lookup
from .texts import Texts

URL_PATH = "linky-demo"
# The name of a tile: the entity's or the device's alone, where the heading already tells the rest.
ENTITY_NAME = [{"type": "entity"}]
DEVICE_NAME = [{"type": "device"}]
MARGIN_SEVERITY = {"red": 0, "yellow": 25, "green": 50}


async def show(client: Client, lookup: Lookup, house: Json | None, texts: Texts) -> None:
    """Create the dashboard and make it the first page. ``house`` is the simulator's state, None without a simulator."""
    await client.command(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title=texts.title,
        icon="mdi:transmission-tower",
        show_in_sidebar=True,
        require_admin=False,
        mode="storage",
    )
    await client.command("lovelace/config/save", url_path=URL_PATH, config=dashboard(lookup, house, texts))
    await client.command("frontend/set_system_data", key="core", value={"default_panel": URL_PATH})


def dashboard(lookup: Lookup, house: Json | None, texts: Texts) -> Json:
    """The whole page, in as many columns as the window has room for."""
    sections = [_meter(lookup, texts), _offloading(lookup, texts)]
    if house is not None:
        sections = [_try_it(lookup, texts), *sections, _house(lookup, house, texts)]
    view = {"title": texts.title, "path": "now", "type": "sections", "max_columns": 4, "sections": sections}
    return {"title": texts.title, "views": [view]}


def _try_it(lookup: Lookup, texts: Texts) -> Json:
    return _section(
        [
            _heading(texts.try_it, "mdi:hand-pointing-right"),
            {"type": "markdown", "content": texts.try_it_text},
            _pressed(lookup.house["meter_start_overload"]),
            _pressed(lookup.house["meter_reclose"]),
            _tile(lookup.house["meter_breaker_open"]),
            _tile(lookup.house["meter_openings"]),
        ]
    )


def _meter(lookup: Lookup, texts: Texts) -> Json:
    meter = lookup.meter
    phases = [key for key in ("apparent_power_1", "apparent_power_2", "apparent_power_3") if key in meter]
    return _section(
        [
            _heading(texts.meter, "mdi:transmission-tower"),
            {
                "type": "gauge",
                "entity": meter["trip_margin"],
                "min": 0,
                "max": 100,
                "needle": True,
                "severity": MARGIN_SEVERITY,
                "name": ENTITY_NAME,
                "grid_options": {"columns": 6},
            },
            {
                "type": "gauge",
                "entity": meter["load_percent"],
                "min": 0,
                "max": 200,
                "needle": True,
                "severity": {"green": 0, "yellow": 90, "red": 100},
                "name": ENTITY_NAME,
                "grid_options": {"columns": 6},
            },
            _tile(meter["apparent_power"]),
            _tile(meter["headroom"]),
            _tile(meter["seconds_to_trip"]),
            _tile(meter["overload"]),
            *(_tile(meter[key], columns=4) for key in phases),
            _heading(texts.power_and_threshold, "mdi:chart-line"),
            {
                "type": "history-graph",
                "hours_to_show": 0.1,
                "entities": [
                    {"entity": meter["apparent_power"]},
                    {"entity": meter["threshold"]},
                ],
            },
            {"type": "history-graph", "hours_to_show": 0.1, "entities": [{"entity": meter["trip_margin"]}]},
        ]
    )


def _offloading(lookup: Lookup, texts: Texts) -> Json:
    cards: list[Json] = [
        _heading(texts.offloading, "mdi:sort-descending"),
        _tile(lookup.meter["mode"], features=[{"type": "select-options"}], columns=12),
    ]
    for load in lookup.loads.values():
        cards += [_tile(load["status"], name=DEVICE_NAME), _tile(load["reason"])]
    for coordinator in lookup.coordinators:
        cards += [_tile(coordinator["offloaded_power"]), _tile(coordinator["next_load"])]
    cards += [
        _heading(texts.decisions, "mdi:comment-question-outline"),
        _tile(lookup.meter["decision"], columns=12),
        {
            "type": "logbook",
            "target": {"entity_id": [lookup.meter["decision"], *(load["status"] for load in lookup.loads.values())]},
            "hours_to_show": 1,
            "grid_options": {"columns": 12, "rows": 5},
        },
    ]
    return _section(cards)


def _house(lookup: Lookup, house: Json, texts: Texts) -> Json:
    appliances: Sequence[Json] = house["appliances"]
    ids = lookup.house
    cards = [_heading(texts.house, "mdi:power-plug")]
    for appliance in appliances:
        name = appliance["id"]
        switch = ids.get(f"{name}_plug") or ids.get(f"{name}_program")
        if switch is not None:
            cards += [_tile(switch, name=DEVICE_NAME), _tile(ids[f"{name}_power"])]
    cards.append(_heading(texts.heating, "mdi:thermometer"))
    cards += [
        _tile(
            ids[f"{room['heater']}_thermostat"], name=DEVICE_NAME, features=[{"type": "target-temperature"}], columns=12
        )
        for room in house["rooms"]
    ]
    cards += [_tile(ids[f"{tank['id']}_temperature"], name=DEVICE_NAME) for tank in house["tanks"]]
    if "pv_power" in ids:
        cards.append(_tile(ids["pv_power"], name=DEVICE_NAME))
    return _section(cards)


def _section(cards: Iterable[Json]) -> Json:
    return {"type": "grid", "cards": list(cards)}


def _heading(text: str, icon: str) -> Json:
    return {"type": "heading", "heading": text, "icon": icon}


def _tile(
    entity_id: str, *, name: Sequence[Json] = ENTITY_NAME, features: Sequence[Json] = (), columns: int = 6
) -> Json:
    tile: Json = {"type": "tile", "entity": entity_id, "name": list(name), "grid_options": {"columns": columns}}
    if features:
        tile |= {"features": list(features), "features_position": "bottom"}
    return tile


def _pressed(entity_id: str) -> Json:
    press = {"action": "perform-action", "perform_action": "button.press", "target": {"entity_id": entity_id}}
    return {**_tile(entity_id, columns=12), "tap_action": press, "icon_tap_action": press, "hide_state": True}
