"""What was withheld today, by room: the areas in which the appliances stand, and the house as a whole."""

from collections.abc import Callable, Mapping

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

from .offload import Report
from .settings import LoadConfig, load_configs

type ByRoom = dict[str, float]
"""A figure by the name of the area; what stands in none is left out."""


@callback
def async_rooms(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, str | None]:
    """The name of the area of each appliance, by load id; None where it stands in none."""
    return {load_id: _area_of(hass, config) for load_id, config in load_configs(entry).items()}


def withheld(report: Report, rooms: Mapping[str, str | None]) -> tuple[float, ByRoom]:
    """VAh of the house and of each room: those of all appliances."""
    return _totals({load_id: load.withheld_vah for load_id, load in report.loads.items()}, rooms, sum)


def degree_hours(report: Report, rooms: Mapping[str, str | None]) -> tuple[float, ByRoom]:
    """Degree-hours of the house and of each room: two heaters of one room lack the same degrees, so the most counts."""
    return _totals({load_id: load.degree_hours for load_id, load in report.loads.items()}, rooms, max)


def _totals(
    figures: Mapping[str, float], rooms: Mapping[str, str | None], join: Callable[[list[float]], float]
) -> tuple[float, ByRoom]:
    by_room: dict[str, list[float]] = {}
    total = 0.0
    for load_id, figure in figures.items():
        if (room := rooms.get(load_id)) is None:
            total += figure
        else:
            by_room.setdefault(room, []).append(figure)
    joined = {room: join(all_of_it) for room, all_of_it in sorted(by_room.items())}
    return total + sum(joined.values()), joined


def _area_of(hass: HomeAssistant, config: LoadConfig) -> str | None:
    """Of the thermostat whose room it heats, else of its own entity."""
    registry = er.async_get(hass)
    for reference in (config.climate, config.entity):
        if reference is None or (entity_id := er.async_resolve_entity_id(registry, reference)) is None:
            continue
        if (entity := registry.async_get(entity_id)) is None:
            continue
        device = dr.async_get(hass).async_get(entity.device_id) if entity.device_id else None
        area_id = entity.area_id or (device.area_id if device else None)
        if area_id is not None and (area := ar.async_get(hass).async_get_area(area_id)) is not None:
            return area.name
    return None
