"""At which of our loads' entities a service call is aimed."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant, split_entity_id
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids


def aimed_at(hass: HomeAssistant, entity_ids: Iterable[str], domain: str, data: Mapping[str, Any]) -> set[str]:
    """Those of ``entity_ids`` at which a call of this domain is aimed, by name, device, area, floor or label."""
    ours = {entity_id for entity_id in entity_ids if domain in (HOMEASSISTANT_DOMAIN, split_entity_id(entity_id)[0])}
    if not ours:
        return ours
    named = data.get(ATTR_ENTITY_ID)
    if named == ENTITY_MATCH_ALL:
        return ours
    if isinstance(named, str):
        data = {**data, ATTR_ENTITY_ID: [name.strip().lower() for name in named.split(",")]}
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(dict(data)))
    return ours & (selected.referenced | selected.indirectly_referenced)
