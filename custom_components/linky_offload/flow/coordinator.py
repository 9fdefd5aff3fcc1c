"""Adding and changing an offload coordinator: three forms for up to six appliances.

The list of appliances in the order in which they are given up, then all of them in one form, then a page that says what
will happen. Delays and minimum times follow from the type of appliance and have a form of their own, asked for only by
who wants it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import BooleanSelector
import probatio

from ..const import CONF_LOADS, CONF_NAME, CONF_PHASES, POWER_MEASURED
from .forms import (
    PAGE,
    coordinator_refusals,
    coordinator_schema,
    loads_refusals,
    loads_schema,
    loads_values,
    section_key,
    take_loads,
    take_times,
    times_refusals,
    times_schema,
    times_values,
)
from .house import friendly_name, present_id, thermostats
from .last_page import LastPage
from .load import LoadDraft
from .text import load_texts

CONF_USE_THERMOSTAT: Final = "use_thermostat"


class CoordinatorFlow(LastPage):
    """``_chosen`` are the entities of the list, ``_driven`` those of them that a thermostat drives."""

    def __init__(self) -> None:
        super().__init__()
        self._driven: dict[str, str] = {}
        self._chosen: list[str] = []
        self._page = 0

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a coordinator: the same forms, filled in."""
        self._subentry = self._get_reconfigure_subentry()
        self._name = self._subentry.title
        self._drafts = [LoadDraft.restore(self.hass, load) for load in self._subentry.data[CONF_LOADS]]
        return await self.async_step_user()

    # The list of appliances ------------------------------------------------------------------------------------------

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the name and the appliances in order."""
        if user_input is not None:
            self._name = user_input[CONF_NAME].strip()
            chosen = dict.fromkeys(present_id(self.hass, entity) for entity in user_input[CONF_LOADS])
            return await self._async_choose(list(chosen), offer_thermostats=True)
        suggested = {
            CONF_NAME: self._name or await self._async_new_name(),
            CONF_LOADS: [draft.entity_id for draft in self._drafts],
        }
        return self._show_user(suggested, {}, {})

    def _show_user(
        self, suggested: Mapping[str, Any], errors: dict[str, str], figures: Mapping[str, str]
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(coordinator_schema(self.hass), suggested),
            errors=errors,
            description_placeholders=figures,
            last_step=False,
        )

    async def _async_new_name(self) -> str:
        texts = await load_texts(self.hass, "coordinator")
        used = len(self._others)
        return texts("name") if not used else texts("numbered_name", number=str(used + 1))

    async def _async_choose(self, chosen: list[str], *, offer_thermostats: bool) -> SubentryFlowResult:
        """Check the list and go on with its appliances; those that stay keep their settings."""
        errors, figures = coordinator_refusals(
            self.hass,
            self._name,
            chosen,
            [subentry.title for subentry in self._others],
            None if self._subentry is None else self._subentry.subentry_id,
        )
        if errors:
            return self._show_user({CONF_NAME: self._name, CONF_LOADS: chosen}, errors, figures)
        self._chosen = chosen
        driven = thermostats(self.hass)
        known = {draft.entity_id: draft for draft in self._drafts}
        self._driven = {entity: driven[entity] for entity in chosen if entity in driven and entity not in known}
        if self._driven and offer_thermostats:
            return await self.async_step_thermostat()
        self._drafts = [known.get(entity) or LoadDraft.propose(self.hass, entity) for entity in chosen]
        self._page = 0
        return await self.async_step_loads()

    async def async_step_thermostat(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Propose the thermostat in the place of the switch that it drives: it would switch it on again."""
        if user_input is not None:
            chosen = self._chosen
            if user_input[CONF_USE_THERMOSTAT]:
                chosen = list(dict.fromkeys(self._driven.get(entity, entity) for entity in chosen))
            return await self._async_choose(chosen, offer_thermostats=False)
        return self.async_show_form(
            step_id="thermostat",
            data_schema=probatio.Schema({probatio.Required(CONF_USE_THERMOSTAT, default=True): BooleanSelector()}),
            description_placeholders={
                "pairs": "\n".join(
                    f"- {friendly_name(self.hass, switch)} → {friendly_name(self.hass, climate)}"
                    for switch, climate in self._driven.items()
                )
            },
            last_step=False,
        )

    # Their settings --------------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> list[LoadDraft]:
        """The appliances of the present page."""
        return self._drafts[self._page * PAGE : (self._page + 1) * PAGE]

    async def async_step_loads(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """What each appliance is, and how its power is known."""
        shown = self._shown
        errors: dict[str, str] = {}
        if user_input is not None:
            elsewhere = [
                draft.power_sensor
                for draft in self._drafts
                if draft not in shown and draft.power_sensor is not None and draft.power_source == POWER_MEASURED
            ]
            errors = loads_refusals(self.hass, user_input, elsewhere)
            if not errors:
                take_loads(self.hass, shown, user_input)
                return await self._async_turn_page(self.async_step_loads)
        return self._show_page(
            "loads",
            loads_schema(self.hass, shown, three_phase=self._entry.data[CONF_PHASES] == 3, errors=errors),
            user_input or loads_values(shown),
            errors,
        )

    async def async_step_times(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Delays, minimum times and power factors."""
        shown = self._shown
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = times_refusals(user_input)
            if not errors:
                take_times(shown, user_input)
                return await self._async_turn_page(self.async_step_times)
        return self._show_page("times", times_schema(shown, errors), user_input or times_values(shown), errors)

    def _show_page(
        self, step_id: str, schema: probatio.Schema, values: Mapping[str, Any], errors: dict[str, str]
    ) -> SubentryFlowResult:
        first = self._page * PAGE
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={
                section_key(place): f"{first + place + 1}. {draft.name}" for place, draft in enumerate(self._shown)
            },
            last_step=False,
        )

    async def _async_turn_page(self, step: Callable[[], Awaitable[SubentryFlowResult]]) -> SubentryFlowResult:
        """Show the next appliances in the same form, or the last page after them."""
        self._page += 1
        if self._shown:
            return await step()
        self._page = 0
        return await self.async_step_finish()
