"""The settings of the protection, a page for each matter: all of them have a default that suits a normal home."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import ActionSelector, SelectSelectorMode
import probatio

from ..caps import When
from ..const import (
    CONF_ACTIONS_BEGIN,
    CONF_ACTIONS_END,
    CONF_ADJUSTMENT,
    CONF_BRANCH_BREAKER,
    CONF_DECLARED_VA,
    CONF_LOAD_ID,
    CONF_LOADS,
    CONF_NAME,
    CONF_POWER_SOURCE,
    CONF_PUBLISHING,
    CONF_SOFT_LIMITS,
    CONF_WHEN,
    DEFAULT_ADJUSTMENT,
    POWER_DECLARED,
    SUBENTRY_COORDINATOR,
)
from ..linkytop import is_linkytop
from ..pace import Publishing
from ..runtime import LinkyConfigEntry
from ..sequences import async_check
from ..settings import fixed_threshold_va
from .fields import choice
from .known import async_needed_breaker, async_pace, meter_of, reading_of
from .mqtt_pages import MqttPages
from .protection import (
    Meter,
    protection_changes,
    protection_refusals,
    protection_schema,
    protection_values,
    suggested_profile,
)
from .rows import (
    KnownLoad,
    Words,
    circuits_changes,
    circuits_meant,
    circuits_refusals,
    circuits_said,
    circuits_schema,
    circuits_values,
    soft_limits_refusals,
    soft_limits_rows,
    soft_limits_schema,
    soft_limits_values,
    too_small,
)
from .text import kva, load_texts
from .threshold import (
    breaker_refusals,
    breaker_schema,
    threshold_changes,
    threshold_refusals,
    threshold_schema,
    threshold_values,
)

PAGES: Final = ["protection", "threshold", "breaker", "soft_limits", "circuits", "actions", "publishing", "own_states"]


class LinkyOptionsFlow(MqttPages):
    """A menu of pages. Each is refused with the reason beside the field, and kept by itself."""

    config_entry: LinkyConfigEntry

    def __init__(self) -> None:
        super().__init__()
        self._circuits: dict[str, Any] = {}
        self._names: Words | None = None

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the pages."""
        pages = [*PAGES, "delay_service"] if is_linkytop(self.config_entry) else PAGES
        return self.async_show_menu(step_id="init", menu_options=pages)

    async def async_step_protection(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """When to act."""
        errors: dict[str, str] = {}
        figures: dict[str, str] = {}
        if user_input is not None:
            errors, figures = protection_refusals(self._meter(self._options | user_input), self._options, user_input)
            if not errors:
                return self._keep(protection_changes(user_input))
        values = user_input or protection_values(self._meter(self._options), self._options)
        return self._show("protection", protection_schema(), values, errors, await self._async_pace() | figures)

    async def async_step_threshold(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Another threshold than the contract."""
        meter, errors = self._meter(self._options), dict[str, str]()
        figures = {"phases": str(meter.phase_count)}
        if user_input is not None:
            errors, found = threshold_refusals(meter, user_input)
            if not errors:
                return self._keep(threshold_changes(user_input))
            figures |= found
        values = user_input or threshold_values(self._options, reading_of(self.config_entry))
        return self._show("threshold", threshold_schema(), values, errors, figures)

    async def async_step_breaker(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The breaker beside the meter."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = breaker_refusals(user_input)
            if not errors:
                return self._keep({CONF_BRANCH_BREAKER: user_input.get(CONF_BRANCH_BREAKER)})
        needed = await async_needed_breaker(self.hass, self._meter(self._options), self._options)
        return self._show("breaker", breaker_schema(), user_input or self._options, errors, {"needed": needed})

    async def async_step_soft_limits(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Lower limits for a time."""
        errors: dict[str, str] = {}
        figures: dict[str, str] = {}
        texts = await load_texts(self.hass, "when")
        periods = Words({period: texts(period) for period in When})
        if user_input is not None:
            rows = periods.meant(user_input.get(CONF_SOFT_LIMITS, []), CONF_WHEN)
            errors, figures = soft_limits_refusals(self.hass, rows, self._threshold_va)
            if not errors:
                return self._keep({CONF_SOFT_LIMITS: soft_limits_rows(self.hass, rows) or None})
        values = user_input or soft_limits_values(self.hass, self._options, periods)
        return self._show("soft_limits", soft_limits_schema(periods), values, errors, figures)

    async def async_step_circuits(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Parts of the house with a maximum of their own, and appliances that exclude each other."""
        loads = self._loads
        if not loads:
            return self.async_abort(reason="no_loads")
        errors: dict[str, str] = {}
        figures: dict[str, str] = {}
        # As they were shown: an appliance may get another name while the form is open.
        names = self._names = self._names or Words({load.load_id: load.name for load in loads})
        values = self._circuits or circuits_values(self._options, loads)
        if user_input is not None:
            self._circuits = values = circuits_meant(user_input, names)
            errors, figures = circuits_refusals(values)
            if not errors and too_small(values, loads):
                return await self.async_step_small_circuit()
            if not errors:
                return await self.async_step_keep_circuits()
        return self._show("circuits", circuits_schema(names), circuits_said(values, names), errors, figures)

    async def async_step_small_circuit(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Warn of circuits on which an appliance would never be on."""
        texts = await load_texts(self.hass, "circuit")
        return self.async_show_menu(
            step_id="small_circuit",
            menu_options=["circuits", "keep_circuits"],
            description_placeholders={
                "circuits": "\n".join(
                    texts("too_small", circuit=name, maximum=f"{maximum:.0f}", load=load.name, va=f"{load.va:.0f}")
                    for name, maximum, load in too_small(self._circuits, self._loads)
                )
            },
        )

    async def async_step_keep_circuits(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Keep the circuits as they were entered."""
        return self._keep(circuits_changes(self._circuits, self._options))

    async def async_step_actions(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """What is done when an offload begins and when it ends."""
        keys = (CONF_ACTIONS_BEGIN, CONF_ACTIONS_END)
        errors: dict[str, str] = {}
        figures: dict[str, str] = {}
        if user_input is not None:
            for key in keys:
                try:
                    await async_check(self.hass, user_input.get(key) or [])
                except (HomeAssistantError, probatio.Invalid) as err:
                    errors[key], figures["detail"] = "actions_invalid", str(err)
            if not errors:
                return self._keep({key: user_input.get(key) or None for key in keys})
        schema = probatio.Schema({probatio.Optional(key): ActionSelector() for key in keys})
        return self._show("actions", schema, user_input or self._options, errors, figures)

    async def async_step_publishing(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """How much is told to Home Assistant and its recorder."""
        if user_input is not None:
            return self._keep({CONF_PUBLISHING: user_input[CONF_PUBLISHING]})
        schema = probatio.Schema(
            {
                probatio.Required(CONF_PUBLISHING, default=Publishing.BALANCED): choice(
                    "publishing", Publishing, SelectSelectorMode.LIST
                )
            }
        )
        return self._show("publishing", schema, self._options, {}, {})

    def _show(
        self,
        step_id: str,
        schema: probatio.Schema,
        values: Mapping[str, Any],
        errors: dict[str, str],
        figures: Mapping[str, str],
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders=figures,
        )

    @override
    def _keep(self, changes: Mapping[str, Any]) -> ConfigFlowResult:
        """End with the other options as they are; None takes an option away."""
        merged = {**self._options, **changes}
        return self.async_create_entry(data={key: value for key, value in merged.items() if value is not None})

    # What the pages must know ----------------------------------------------------------------------------------------

    @property
    @override
    def _options(self) -> dict[str, Any]:
        return dict(self.config_entry.options)

    def _meter(self, options: Mapping[str, Any]) -> Meter:
        """The meter, with these options."""
        return meter_of(self.config_entry, options)

    @property
    def _threshold_va(self) -> float | None:
        """What the house is held under at ordinary times, VA."""
        meter = self._meter(self._options)
        if (fixed := fixed_threshold_va(self._options, meter.phase_count)) is not None:
            return fixed
        ratio = 1 + self._options.get(CONF_ADJUSTMENT, DEFAULT_ADJUSTMENT) / 100
        return None if meter.contract_va is None else meter.contract_va * ratio

    @property
    def _loads(self) -> list[KnownLoad]:
        """The appliances of every coordinator, with the power that the arbiter or their owner knows."""
        loaded = self.config_entry.state is ConfigEntryState.LOADED
        reports = self.config_entry.runtime_data.report.loads if loaded else {}
        found: list[KnownLoad] = []
        for subentry in self.config_entry.get_subentries_of_type(SUBENTRY_COORDINATOR):
            for load in subentry.data[CONF_LOADS]:
                declared = load.get(CONF_DECLARED_VA) if load.get(CONF_POWER_SOURCE) == POWER_DECLARED else None
                report = reports.get(load[CONF_LOAD_ID])
                va = declared if declared is not None or report is None else report.power_va
                found.append(KnownLoad(load[CONF_LOAD_ID], load[CONF_NAME], va))
        return found

    async def _async_pace(self) -> dict[str, str]:
        """The contract and the pace of the meter, on which the choice of a profile depends."""
        meter, profiles = self._meter(self._options), await load_texts(self.hass, "profile")
        texts = await load_texts(self.hass, "pace")
        return {
            "contract": texts("no_contract") if meter.contract_va is None else kva(self.hass, meter.contract_va),
            "pace": await async_pace(self.hass, meter),
            "suggested": profiles(suggested_profile(meter, self._options)),
        }
