"""The end of the forms of an offload coordinator: what will happen, warnings, saving, and trying an appliance."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigSubentry, SubentryFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, SelectSelectorMode
from homeassistant.helpers.typing import UNDEFINED, UndefinedType
import probatio

from ..const import (
    CONF_ENABLED,
    CONF_LOAD_ID,
    CONF_LOADS,
    CONF_RANK,
    CONF_ROTATION,
    CONF_STRATEGY,
    DEFAULT_RANK,
    DEFAULT_ROTATION,
    DEFAULT_STRATEGY,
    SUBENTRY_COORDINATOR,
)
from ..offload.model import Appliance, OffloadMode, StrategyName
from ..runtime import LinkyRuntime
from .appliance import Risk, risks_of
from .house import names_of
from .load import LoadDraft
from .text import decimal, explain, load_texts
from .when_page import WhenPage

ARRIVAL_S: Final = 10.0
"""A coordinator that has just been saved is at work within this many seconds."""

_POLL_S: Final = 0.05


class LastPage(WhenPage):
    """Holds what was filled in. ``_subentry`` is what the flow changes; None until the coordinator exists."""

    def __init__(self) -> None:
        super().__init__()
        self._subentry: ConfigSubentry | None = None
        self._name = ""
        self._drafts: list[LoadDraft] = []
        self._strategy: str = DEFAULT_STRATEGY
        self._chosen_rank: int | None = None
        self._rotation_s = DEFAULT_ROTATION
        self._trial: asyncio.Task[str] | None = None
        self._tried = ""

    @property
    def _runtime(self) -> LinkyRuntime | None:
        """The meter at work, None while its entry is not loaded."""
        entry = self._entry
        return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None

    @property
    def _others(self) -> list[ConfigSubentry]:
        """The other coordinators of this meter."""
        own = None if self._subentry is None else self._subentry.subentry_id
        return [
            subentry
            for subentry in self._entry.get_subentries_of_type(SUBENTRY_COORDINATOR)
            if subentry.subentry_id != own
        ]

    @property
    def _rank(self) -> int:
        """A new coordinator comes after the others."""
        ranks = [subentry.data.get(CONF_RANK, DEFAULT_RANK) for subentry in self._others]
        return 1 + max(ranks, default=0) if self._chosen_rank is None else self._chosen_rank

    # The last page ---------------------------------------------------------------------------------------------------

    @override
    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what will happen, warn, and offer what can still be done."""
        texts = await load_texts(self.hass, "coordinator")
        runtime = self._runtime
        more = ["times", "details", "strategy", "user"]
        if self._asks_when:
            more.insert(0, "when")
        options = ["save", *more]
        mode = texts("not_running")
        if runtime is not None:
            ends = ["automatic", "observe"] if self._subentry is None else ["save"]
            options = [*ends, "try_load", *more]
            mode = texts(f"mode_{runtime.mode.value}")
        return self.async_show_menu(
            step_id="finish",
            menu_options=options,
            description_placeholders={
                "loads": "\n".join(f"{place}. {draft.name}" for place, draft in enumerate(self._drafts, 1)),
                "order": texts(f"order_{self._strategy}"),
                "mode": mode,
                "when": await self._async_when(),
                "warnings": "\n\n".join(await self._async_warnings()),
                "tried": self._tried,
            },
        )

    async def _async_warnings(self) -> list[str]:
        """What might better never be switched off, by name."""
        texts = await load_texts(self.hass, "risk")
        at_risk: dict[Risk, list[str]] = {}
        for draft in self._drafts:
            for risk in risks_of(names_of(self.hass, draft.entity_id)):
                at_risk.setdefault(risk, []).append(draft.name)
        warnings = [texts(risk.value, names=", ".join(names)) for risk, names in at_risk.items()]
        tanks = [draft for draft in self._drafts if draft.kind is Appliance.WATER_HEATER]
        if tanks and self._drafts[0] not in tanks and self._strategy == StrategyName.HIERARCHICAL:
            warnings.append(texts("tank_not_first", names=", ".join(tank.name for tank in tanks)))
        return warnings

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Keep the mode of the meter as it is."""
        self._write_when()
        if self._subentry is None:
            return self.async_create_entry(title=self._name, data=self._data)
        # A coordinator that a trial created is new to the person all the same.
        reason: str | UndefinedType = "created" if self.source == SOURCE_USER else UNDEFINED
        return self.async_update_and_abort(
            self._entry, self._subentry, title=self._name, data=self._data, reason=reason
        )

    async def async_step_automatic(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Create the coordinator and let the meter's arbiter act."""
        return await self._async_save_in(OffloadMode.AUTOMATIC)

    async def async_step_observe(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Create the coordinator and let the meter's arbiter only say what it would do."""
        return await self._async_save_in(OffloadMode.OBSERVE)

    async def _async_save_in(self, mode: OffloadMode) -> SubentryFlowResult:
        if (runtime := self._runtime) is None:
            return self.async_abort(reason="entry_not_loaded")
        if runtime.mode is not mode:
            await runtime.async_set_mode(mode)
        return await self.async_step_save()

    @property
    def _data(self) -> dict[str, Any]:
        """The subentry as it is kept."""
        kept: Mapping[str, Any] = {CONF_ENABLED: True} if self._subentry is None else self._subentry.data
        return {
            **kept,
            CONF_STRATEGY: self._strategy,
            CONF_RANK: self._rank,
            CONF_ROTATION: self._rotation_s,
            CONF_LOADS: [draft.as_data(self.hass) for draft in self._drafts],
        }

    # Try it ----------------------------------------------------------------------------------------------------------

    async def async_step_try_load(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose the appliance to try."""
        if user_input is not None:
            return await self._async_try(user_input[CONF_LOAD_ID])
        return self.async_show_form(
            step_id="try_load",
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_LOAD_ID, default=self._drafts[0].load_id): SelectSelector(
                        SelectSelectorConfig(
                            options=[SelectOptionDict(value=draft.load_id, label=draft.name) for draft in self._drafts],
                            mode=SelectSelectorMode.LIST,
                        )
                    )
                }
            ),
            last_step=False,
        )

    async def _async_try(self, load_id: str) -> SubentryFlowResult:
        """Save first: only an appliance of a coordinator at work can be switched with all the care that it takes."""
        if self._runtime is None:
            return self.async_abort(reason="entry_not_loaded")
        if self._subentry is None:
            self._subentry = ConfigSubentry(
                data=MappingProxyType(self._data), subentry_type=SUBENTRY_COORDINATOR, title=self._name, unique_id=None
            )
            self.hass.config_entries.async_add_subentry(self._entry, self._subentry)
        else:
            self.hass.config_entries.async_update_subentry(
                self._entry, self._subentry, title=self._name, data=self._data
            )
        # Never eager: a trial that ended at once would hand the form's input to the next step.
        self._trial = self.hass.async_create_task(self._async_trial(load_id), eager_start=False)
        return await self.async_step_trying()

    async def async_step_trying(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait while the appliance is off."""
        assert self._trial is not None
        if not self._trial.done():
            return self.async_show_progress(step_id="trying", progress_action="trying", progress_task=self._trial)
        self._tried = self._trial.result()
        self._trial = None
        return self.async_show_progress_done(next_step_id="finish")

    async def _async_trial(self, load_id: str) -> str:
        """Try the appliance; the result in words."""
        texts = await load_texts(self.hass, "trial")
        name = next(draft.name for draft in self._drafts if draft.load_id == load_id)
        if (runtime := await self._async_at_work(load_id)) is None:
            return texts("not_at_work", name=name)
        try:
            result = await runtime.async_try_load(load_id)
        except HomeAssistantError as err:
            return await explain(self.hass, err)
        latency = decimal(self.hass, result.latency_s, 2)
        if result.va is None:
            return texts("no_step", name=name, latency=latency)
        return texts("step", name=name, latency=latency, va=f"{result.va:.0f}")

    async def _async_at_work(self, load_id: str) -> LinkyRuntime | None:
        """The meter at work once it has taken the appliance over; None when it does not."""
        until = self.hass.loop.time() + ARRIVAL_S
        while self.hass.loop.time() < until:
            if (runtime := self._runtime) is not None and load_id in runtime.actuators:
                return runtime
            await asyncio.sleep(_POLL_S)
        return None
