"""Adding and changing a meter: choose its source, let the meter be found behind it, confirm what was found."""

from typing import Any, override
from uuid import uuid4

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import TextSelector
import probatio

from .const import (
    CONF_ADDRESS,
    CONF_BAUDRATE,
    CONF_CONTRACT_POWER,
    CONF_INTERNAL_ID,
    CONF_NAME,
    CONF_SOURCE,
    DOMAIN,
    SUBENTRY_COORDINATOR,
    SUBENTRY_OSSP,
    SUBENTRY_PLUG,
)
from .flow.coordinator import CoordinatorFlow
from .flow.fields import CONTRACT_SELECTOR, contract_error
from .flow.found import Found, masked
from .flow.options import LinkyOptionsFlow
from .flow.ossp import OsspFlow
from .flow.plug import PlugFlow
from .flow.source_entities import EntitiesSteps
from .flow.source_router import RouterSteps
from .flow.source_usb import UsbSteps
from .flow.text import kva, load_texts
from .identity import same_meter
from .sources import connection_of

DEFAULT_TITLE = "Linky"
TARIFF_NAMES = {"base": "Base", "hchp": "HP/HC", "ejp": "EJP", "tempo": "Tempo"}
SOURCES = ["serial", "mqtt_bridge", "entities", "esp_router"]


class LinkyConfigFlow(UsbSteps, RouterSteps, EntitiesSteps, domain=DOMAIN):
    """One entry is one meter."""

    VERSION = 1
    MINOR_VERSION = 1

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
        return {SUBENTRY_COORDINATOR: CoordinatorFlow, SUBENTRY_PLUG: PlugFlow, SUBENTRY_OSSP: OsspFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask by which way the meter is heard."""
        return self.async_show_menu(step_id="user", menu_options=SOURCES)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the source, or look at the meter again."""
        return self.async_show_menu(step_id="reconfigure", menu_options=SOURCES)

    @override
    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what was found, and ask for what could not be."""
        found = self._found
        assert found is not None
        if found.address is not None:
            # A meter that was only discovered is not being added: whoever adds it comes first.
            asked = {"unique_id": found.address, "source": SOURCE_USER}
            others = self.hass.config_entries.flow.async_progress_by_handler(DOMAIN, match_context=asked)
            busy = self.source != SOURCE_USER or any(other["flow_id"] != self.flow_id for other in others)
            await self.async_set_unique_id(found.address, raise_on_progress=busy)
            self._abort_if_unique_id_configured()
        if self._is_configured(found):
            return self.async_abort(reason="already_configured")
        errors: dict[str, str] = {}
        if user_input is not None:
            contract_kva = user_input.get(CONF_CONTRACT_POWER)
            if (error := contract_error(contract_kva)) is None:
                return await self._async_create(found, user_input)
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

    async def _async_create(self, found: Found, answers: dict[str, Any]) -> ConfigFlowResult:
        internal_id = found.address or uuid4().hex
        if found.address is None:
            await self.async_set_unique_id(internal_id)
        contract_kva = answers.get(CONF_CONTRACT_POWER)
        return self.async_create_entry(
            title=(answers.get(CONF_NAME) or "").strip() or DEFAULT_TITLE,
            data={CONF_INTERNAL_ID: internal_id, **found.facts},
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

    @override
    async def async_step_compare(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make sure that the meter found is the one of this entry."""
        found = self._found
        assert found is not None
        entry = self._get_reconfigure_entry()
        other = self._entry_of(found.address)
        if other is not None and other.entry_id != entry.entry_id:
            return await self._async_refuse(found, "other_meter", name=other.title)
        known = entry.data[CONF_ADDRESS]
        if known is not None and found.address is not None and not same_meter(found.address, known):
            return self.async_show_menu(
                step_id="compare",
                menu_options=["replace", self._source_step(found)],
                description_placeholders={**await self._async_describe(found), "known": masked(known)},
            )
        return await self.async_step_replace()

    async def async_step_replace(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take the new facts; the internal id, on which every entity hangs, stays."""
        found = self._found
        assert found is not None
        entry = self._get_reconfigure_entry()
        former = connection_of(entry.data)
        kept = {key: value for key, value in entry.data.items() if key not in former}
        # What the new source does not tell is as it was.
        told = {key: value for key, value in found.facts.items() if value is not None}
        result = self.async_update_and_abort(entry, unique_id=found.address or entry.unique_id, data=kept | told)
        if not entry.update_listeners:
            # An entry that is not loaded hears of no change: it would wait for its next retry.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    def _is_configured(self, found: Found) -> bool:
        """Whether the meter, or its source, is that of an entry."""
        if self._entry_of(found.address) is not None:
            return True
        ours = {key: value for key, value in found.connection.items() if key != CONF_BAUDRATE}
        entries = self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        return any(ours.items() <= dict(entry.data).items() for entry in entries)

    async def _async_describe(self, found: Found) -> dict[str, str]:
        """What was found, in words."""
        texts = await load_texts(self.hass, "found")
        model = found.model
        maker = f"{model.manufacturer} " if model is not None and model.manufacturer is not None else ""
        baudrate = found.connection.get(CONF_BAUDRATE)
        return {
            "model": texts("unknown") if model is None else f"{maker}{model.model} ({model.year})",
            "address": texts("unknown") if found.address is None else masked(found.address),
            "mode": texts("unknown") if found.mode is None else texts(found.mode.value),
            "phases": str(found.phases),
            "contract": texts("unknown") if found.contract_va is None else kva(self.hass, found.contract_va),
            "tariff": texts("unknown") if found.tariff is None else TARIFF_NAMES.get(found.tariff, found.tariff),
            "source": texts(found.connection[CONF_SOURCE], where=found.where, baudrate=str(baudrate)),
            "port": found.where,
            "hint": texts("slow") if found.slow else "",
        }
