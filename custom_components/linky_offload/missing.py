"""Loads whose entity is gone: told as a repair issue until it is back."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from .actuators import Actuator
from .const import DOMAIN


def missing_issue_id(load_id: str) -> str:
    """The repair issue of a load whose entity is gone."""
    return f"load_missing_{load_id}"


@callback
def check_missing(hass: HomeAssistant, actuator: Actuator) -> None:
    """Tell of a load whose entity is gone; entities without registry entry appear only while Home Assistant starts."""
    entity_id = actuator.entity_id
    registered = entity_id is not None and er.async_get(hass).async_get(entity_id) is not None
    gone = entity_id is None or (hass.is_running and not registered and hass.states.get(entity_id) is None)
    if not gone:
        forget_missing(hass, actuator.load_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        missing_issue_id(actuator.load_id),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="load_missing",
        translation_placeholders={"name": actuator.config.name, "entity": actuator.config.entity},
    )


@callback
def forget_missing(hass: HomeAssistant, load_id: str) -> None:
    """The load is no longer ours to watch."""
    ir.async_delete_issue(hass, DOMAIN, missing_issue_id(load_id))
