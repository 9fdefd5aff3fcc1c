"""Loads that do not obey are told until they do."""

from types import MappingProxyType

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.linky_offload.actuators import make_actuator
from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.notices import Suspects, suspect_issue_id
from custom_components.linky_offload.offload import (
    EventType,
    LoadReport,
    LoadStatus,
    OffloadEvent,
    OffloadMode,
    Reason,
    Report,
)
from custom_components.linky_offload.settings import LoadConfig


def report(status: LoadStatus | None) -> Report:
    """A report on the load, or without it."""
    if status is None:
        return Report(mode=OffloadMode.AUTOMATIC)
    load = LoadReport(
        load_id="plug", coordinator_id="home", status=status, reason=Reason.NONE, power_va=None, since=0, wanted=True
    )
    return Report(mode=OffloadMode.AUTOMATIC, loads=MappingProxyType({"plug": load}))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        pytest.param(LoadStatus.SUSPECT, True, id="still suspect"),
        pytest.param(LoadStatus.OFFLOADED, False, id="it obeyed late"),
        pytest.param(LoadStatus.NORMAL, False, id="it is trusted again"),
        pytest.param(None, False, id="it left the configuration"),
    ],
)
async def test_a_suspect_is_told_until_it_is_none(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, status: LoadStatus | None, told: bool
) -> None:
    suspects = Suspects(hass)
    actuators = {"plug": make_actuator(hass, LoadConfig(load_id="plug", name="Plug", entity="switch.plug"))}
    suspects.note(OffloadEvent(type=EventType.SUSPECT, at=0, load_id="plug"), actuators)
    issue = issue_registry.async_get_issue(DOMAIN, suspect_issue_id("plug"))
    assert issue is not None
    assert issue.translation_placeholders == {"name": "Plug", "entity": "switch.plug"}

    suspects.follow(report(status))

    assert (issue_registry.async_get_issue(DOMAIN, suspect_issue_id("plug")) is not None) is told


async def test_other_events_are_no_issue(hass: HomeAssistant, issue_registry: ir.IssueRegistry) -> None:
    Suspects(hass).note(OffloadEvent(type=EventType.OFFLOADED, at=0, load_id="plug"), {})
    assert not issue_registry.issues
