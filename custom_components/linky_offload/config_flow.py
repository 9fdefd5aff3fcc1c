"""Adding and changing a meter: choose the port, let the meter be found on it, confirm what was found."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, override
from uuid import uuid4

from homeassistant.components import usb
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import SerialPortSelector, TextSelector
from homeassistant.util import dt as dt_util
import probatio

from .const import (
    CONF_ADDRESS,
    CONF_BAUDRATE,
    CONF_CONTRACT_POWER,
    CONF_CONTRACT_VA,
    CONF_INTERNAL_ID,
    CONF_MODE,
    CONF_NAME,
    CONF_PHASES,
    CONF_PORT,
    CONF_SOURCE,
    CONF_TARIFF,
    DOMAIN,
    SOURCE_SERIAL,
    SUBENTRY_COORDINATOR,
)
from .flow.coordinator import CoordinatorFlow
from .flow.fields import CONTRACT_SELECTOR, contract_error
from .flow.options import LinkyOptionsFlow
from .flow.probe import Detected, ProbeError, detect, detected
from .flow.text import load_texts
from .runtime import LinkyConfigEntry
from .sources import LinkError

DEFAULT_TITLE = "Linky"
TARIFF_NAMES = {"base": "Base", "hchp": "HP/HC", "ejp": "EJP", "tempo": "Tempo"}

# Keys under which integrations keep the serial port that they use.
_PORT_KEYS = (CONF_PORT, "device", "serial_port", "usb_path", "path")


def masked(address: str) -> str:
    """A meter address without its serial number: it identifies a home."""
    return f"{address[:6]}••••{address[-2:]}"


class LinkyConfigFlow(ConfigFlow, domain=DOMAIN):
    """One entry is one meter."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        self._port: str | None = None
        self._detection: asyncio.Task[Detected] | None = None
        self._found: Detected | None = None
        self._errors: dict[str, str] = {}
        self._figures: dict[str, str] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """The settings of the protection."""
        return LinkyOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """What may be added to a meter."""
        return {SUBENTRY_COORDINATOR: CoordinatorFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with the only source there is."""
        return await self.async_step_serial()

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the port; comes back with the reason when no meter was found on it."""
        if user_input is not None:
            port = user_input[CONF_PORT].strip()
            self._port = await self.hass.async_add_executor_job(usb.get_serial_by_id, port)
            self._errors = {}
            self._figures = {}
            return await self.async_step_detect()
        return self.async_show_form(
            step_id="serial",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(CONF_PORT): SerialPortSelector()}), {CONF_PORT: self._port}
            ),
            errors=self._errors,
            description_placeholders=self._figures,
            last_step=False,
        )

    async def async_step_detect(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look for the meter while a progress bar runs."""
        assert self._port is not None
        if self._detection is None:
            # Never eager: a search that failed at once would hand the form's input to the next step.
            self._detection = self.hass.async_create_task(self._async_detect(self._port), eager_start=False)
        if not self._detection.done():
            return self.async_show_progress(
                step_id="detect",
                progress_action="detect",
                progress_task=self._detection,
                description_placeholders={"port": self._port},
            )
        detection, self._detection = self._detection, None
        try:
            self._found = detection.result()
        except ProbeError as err:
            self._errors = {CONF_PORT: err.reason}
            self._figures = err.placeholders
            return self.async_show_progress_done(next_step_id="serial")
        reconfigures = self.source == SOURCE_RECONFIGURE
        return self.async_show_progress_done(next_step_id="compare" if reconfigures else "confirm")

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what was found, and ask for what could not be."""
        found = self._found
        assert found is not None
        if found.address is not None:
            await self.async_set_unique_id(found.address)
            self._abort_if_unique_id_configured()
        self._async_abort_entries_match({CONF_PORT: found.port})
        errors: dict[str, str] = {}
        if user_input is not None:
            contract_kva = user_input.get(CONF_CONTRACT_POWER)
            if (error := contract_error(contract_kva)) is None:
                return await self._async_create(found, user_input.get(CONF_NAME), contract_kva)
            errors[CONF_CONTRACT_POWER] = error
        fields: dict[probatio.Marker, object] = {probatio.Optional(CONF_NAME): TextSelector()}
        suggested: dict[str, Any] = {CONF_NAME: DEFAULT_TITLE}
        if not found.contract_sure:
            fields[probatio.Optional(CONF_CONTRACT_POWER)] = CONTRACT_SELECTOR
            if found.contract_va is not None:
                suggested[CONF_CONTRACT_POWER] = found.contract_va / 1000
        return self.async_show_form(
            step_id="confirm",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=errors,
            description_placeholders=await self._async_describe(found),
        )

    async def _async_create(self, found: Detected, name: str | None, contract_kva: float | None) -> ConfigFlowResult:
        internal_id = found.address or uuid4().hex
        if found.address is None:
            await self.async_set_unique_id(internal_id)
        return self.async_create_entry(
            title=(name or "").strip() or DEFAULT_TITLE,
            data={CONF_INTERNAL_ID: internal_id, CONF_SOURCE: SOURCE_SERIAL, **_facts(found)},
            options={} if contract_kva is None else {CONF_CONTRACT_POWER: contract_kva},
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the appliances, when the meter is being read."""
        entry = result["result"]
        if entry.state is ConfigEntryState.LOADED:
            coordinator = await self.hass.config_entries.subentries.async_init(
                (entry.entry_id, SUBENTRY_COORDINATOR), context=SubentryFlowContext(source=SOURCE_USER)
            )
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, coordinator["flow_id"])
        return result

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the port, or look at the meter again."""
        self._port = self._get_reconfigure_entry().data[CONF_PORT]
        return await self.async_step_serial()

    async def async_step_compare(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make sure that the meter found is the one of this entry."""
        found = self._found
        assert found is not None
        entry = self._get_reconfigure_entry()
        other = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, found.address or "")
        if other is not None and other.entry_id != entry.entry_id:
            self._errors = {CONF_PORT: "other_meter"}
            self._figures = {"name": other.title}
            return await self.async_step_serial()
        known = entry.data[CONF_ADDRESS]
        if known is not None and found.address not in (None, known):
            return self.async_show_menu(
                step_id="compare",
                menu_options=["replace", "serial"],
                description_placeholders={**await self._async_describe(found), "known": masked(known)},
            )
        return await self.async_step_replace()

    async def async_step_replace(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take the new facts; the internal id, on which every entity hangs, stays."""
        found = self._found
        assert found is not None
        entry = self._get_reconfigure_entry()
        facts = _facts(found)
        if found.address is None:
            del facts[CONF_ADDRESS]
        result = self.async_update_and_abort(entry, unique_id=found.address or entry.unique_id, data_updates=facts)
        if not entry.update_listeners:
            # An entry that is not loaded hears of no change: it would wait for its next retry.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    async def _async_detect(self, port: str) -> Detected:
        """Find the meter, letting our own reader off its port while we look. Raises ProbeError."""
        if self.source != SOURCE_RECONFIGURE:
            return await self._async_probe(port)
        entry: LinkyConfigEntry = self._get_reconfigure_entry()
        if not await self.hass.async_add_executor_job(_same_port, port, entry.data[CONF_PORT]):
            return await self._async_probe(port)
        runtime = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
        if runtime is not None and runtime.link.available and runtime.reading is not None:
            live = detected(runtime.reading, port=port, baudrate=entry.data[CONF_BAUDRATE])
            if live is not None:
                return live
        if not await self.hass.config_entries.async_unload(entry.entry_id):
            raise ProbeError(LinkError.BUSY)
        try:
            return await self._async_probe(port)
        finally:
            await self.hass.config_entries.async_setup(entry.entry_id)

    async def _async_probe(self, port: str) -> Detected:
        try:
            return await detect(port, dt_util.get_default_time_zone(), self.async_update_progress)
        except ProbeError as err:
            owner = None
            if err.reason == LinkError.BUSY:
                entries = self.hass.config_entries.async_entries(include_ignore=False)
                owner = await self.hass.async_add_executor_job(_owner, port, entries)
            if owner is None:
                raise
            raise ProbeError("port_used_by", owner=owner) from err

    async def _async_describe(self, found: Detected) -> dict[str, str]:
        """What was found, in words."""
        texts = await load_texts(self.hass, "found")
        model = found.model
        maker = f"{model.manufacturer} " if model is not None and model.manufacturer is not None else ""
        return {
            "model": texts("unknown") if model is None else f"{maker}{model.model} ({model.year})",
            "address": texts("unknown") if found.address is None else masked(found.address),
            "mode": texts(found.mode.value),
            "phases": str(found.phases),
            "contract": texts("unknown") if found.contract_va is None else f"{found.contract_va / 1000:g} kVA",
            "tariff": texts("unknown") if found.tariff is None else TARIFF_NAMES.get(found.tariff, found.tariff),
            "baudrate": str(found.baudrate),
            "port": found.port,
        }


def _facts(found: Detected) -> dict[str, Any]:
    """The part of the entry's data that the line tells."""
    return {
        CONF_PORT: found.port,
        CONF_BAUDRATE: found.baudrate,
        CONF_ADDRESS: found.address,
        CONF_MODE: found.mode.value,
        CONF_PHASES: found.phases,
        CONF_CONTRACT_VA: found.contract_va,
        CONF_TARIFF: found.tariff,
    }


def _same_port(one: str, other: str) -> bool:
    """Whether two names lead to the same device, links followed."""
    return one == other or ("://" not in one + other and Path(one).resolve() == Path(other).resolve())


def _owner(port: str, entries: Iterable[ConfigEntry]) -> str | None:
    """The title of the entry, ours or of another integration, that reads this port."""
    for entry in entries:
        used = [entry.data.get(key) for key in _PORT_KEYS]
        if any(isinstance(other, str) and _same_port(port, other) for other in used):
            return entry.title
    return None
