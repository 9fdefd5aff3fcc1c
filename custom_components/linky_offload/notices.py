"""What a person should look at: loads that do not obey, and the list of what was given back when we leave."""

from collections.abc import Mapping, Sequence

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations

from .actuators import Actuator
from .const import DOMAIN
from .offload import EventType, LoadStatus, OffloadEvent, Report


def suspect_issue_id(load_id: str) -> str:
    """The repair issue of a load that does not obey."""
    return f"load_suspect_{load_id}"


class Suspects:
    """A repair issue for each load that did not do as told, until it does."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._told: set[str] = set()

    @callback
    def note(self, event: OffloadEvent, actuators: Mapping[str, Actuator]) -> None:
        """Take an event of the arbiter."""
        if event.type is not EventType.SUSPECT or event.load_id is None:
            return
        self._told.add(event.load_id)
        actuator = actuators[event.load_id]
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            suspect_issue_id(event.load_id),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="load_suspect",
            translation_placeholders={
                "name": actuator.config.name,
                "entity": actuator.entity_id or actuator.config.entity,
            },
        )

    @callback
    def follow(self, report: Report) -> None:
        """Clear the issue of each load that is no longer suspect."""
        for load_id in tuple(self._told):
            load = report.loads.get(load_id)
            if load is None or load.status is not LoadStatus.SUSPECT:
                self.clear(load_id)

    @callback
    def clear(self, load_id: str) -> None:
        """The load obeys, or is gone."""
        self._told.discard(load_id)
        ir.async_delete_issue(self._hass, DOMAIN, suspect_issue_id(load_id))


async def async_tell_released(
    hass: HomeAssistant, entry_id: str, title: str, released: Sequence[str], missed: Sequence[str]
) -> None:
    """List in a notification the loads that were given back because the entry is leaving, and those that could not."""
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    prefix = f"component.{DOMAIN}.common."
    lists = {"released_message": released, "missed_message": missed}
    persistent_notification.async_create(
        hass,
        "\n\n".join(
            texts[f"{prefix}{key}"].format(name=title, loads="\n".join(f"- {name}" for name in names))
            for key, names in lists.items()
            if names
        ),
        title=texts[f"{prefix}{'missed_title' if missed else 'released_title'}"],
        notification_id=f"{DOMAIN}_released_{entry_id}",
    )
