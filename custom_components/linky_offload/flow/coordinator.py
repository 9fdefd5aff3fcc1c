"""Adding and changing an offload coordinator: three forms for up to six appliances.

The list of appliances in the order in which they are given up, then all of them in one form, then a page that says what
will happen. Delays and minimum times follow from the type of appliance and have a form of their own, asked for only by
who wants it; so have the strategy, and the rare settings of a single appliance.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import BooleanSelector
import probatio

from ..const import (
    CONF_LOAD_ID,
    CONF_LOADS,
    CONF_NAME,
    CONF_PHASES,
    CONF_RANK,
    CONF_ROTATION,
    CONF_STRATEGY,
    DEFAULT_RANK,
    DEFAULT_ROTATION,
    DEFAULT_STRATEGY,
    POWER_MEASURED,
)
from .details import detail_refusals, detail_schema, detail_values, take_detail
from .fields import named_choice
from .forms import coordinator_refusals, coordinator_schema, loads_refusals, loads_schema, loads_values, take_loads
from .house import friendly_name, present_id, thermostats
from .last_page import LastPage
from .load import LoadDraft
from .sections import PAGE, section_key
from .strategy import strategy_refusals, strategy_schema
from .text import load_texts
from .times import take_times, times_refusals, times_schema, times_values

CONF_USE_THERMOSTAT: Final = "use_thermostat"


class CoordinatorFlow(LastPage):
    """``_chosen`` are the entities of the list, ``_driven`` those of them that a thermostat drives."""

    def __init__(self) -> None:
        super().__init__()
        self._driven: dict[str, str] = {}
        self._chosen: list[str] = []
        self._page = 0
        self._detailed = ""

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a coordinator: the same forms, filled in."""
        self._subentry = self._get_reconfigure_subentry()
        self._name = self._subentry.title
        self._drafts = [LoadDraft.restore(self.hass, load) for load in self._subentry.data[CONF_LOADS]]
        self._strategy = self._subentry.data.get(CONF_STRATEGY, DEFAULT_STRATEGY)
        self._chosen_rank = self._subentry.data.get(CONF_RANK, DEFAULT_RANK)
        self._rotation_s = self._subentry.data.get(CONF_ROTATION, DEFAULT_ROTATION)
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

    # What hardly anybody changes -------------------------------------------------------------------------------------

    async def async_step_strategy(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """How it picks among its appliances, and when it is its turn among the coordinators."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = strategy_refusals(user_input, self._drafts)
            if not errors:
                self._strategy = user_input[CONF_STRATEGY]
                self._chosen_rank = round(user_input[CONF_RANK])
                self._rotation_s = round(60 * user_input[CONF_ROTATION])
                return await self.async_step_finish()
        values = {CONF_STRATEGY: self._strategy, CONF_RANK: self._rank, CONF_ROTATION: self._rotation_s / 60}
        return self.async_show_form(
            step_id="strategy",
            data_schema=self.add_suggested_values_to_schema(strategy_schema(), user_input or values),
            errors=errors,
            last_step=False,
        )

    async def async_step_details(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose the appliance whose rare settings are shown."""
        if user_input is not None or len(self._drafts) == 1:
            self._detailed = self._drafts[0].load_id if user_input is None else user_input[CONF_LOAD_ID]
            return await self.async_step_detail()
        names = {draft.load_id: draft.name for draft in self._drafts}
        return self.async_show_form(
            step_id="details",
            data_schema=probatio.Schema({probatio.Required(CONF_LOAD_ID): named_choice(names)}),
            last_step=False,
        )

    async def async_step_detail(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """When it may be cut, how it is taken off, how far it may be turned down."""
        draft = next(draft for draft in self._drafts if draft.load_id == self._detailed)
        errors: dict[str, str] = {}
        if user_input is not None:
            others = [other for other in self._drafts if other is not draft]
            errors = detail_refusals(self.hass, draft, user_input, others)
            if not errors:
                take_detail(self.hass, draft, user_input)
                return await self.async_step_finish()
        return self.async_show_form(
            step_id="detail",
            data_schema=self.add_suggested_values_to_schema(
                detail_schema(self.hass, draft, errors), user_input or detail_values(self.hass, draft)
            ),
            errors=errors,
            description_placeholders={"load": draft.name},
            last_step=False,
        )
