"""A meter told by an ESP-Router-PV: its page on the network, its cable, or MQTT."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components import usb
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.helpers.selector import SelectSelectorMode, SerialPortSelector, TextSelector
import probatio
from yarl import URL

from ..bridges import Bridge, Format, LineCutter, Oddity, RoutedUnit
from ..bridges.esp_router import DEFAULT_POWER_FACTOR
from ..const import (
    CONF_BAUDRATE,
    CONF_CONTRACT_POWER,
    CONF_CONTRACT_VA,
    CONF_PHASES,
    CONF_PORT,
    CONF_POWER_FACTOR,
    CONF_ROUTER,
    CONF_SOURCE,
    DOMAIN,
    SOURCE_ROUTER,
)
from ..sources import SerialSource, SourceError
from ..sources.esp_router import (
    BAUDRATES,
    CONF_HEATER_W,
    CONF_IDLE,
    CONF_ROUTED,
    CONF_URL,
    DEFAULT_IDLE_S,
    PAGE,
    ROUTED_AUTO,
    async_ask,
)
from .fields import CONTRACT_SELECTOR, choice, contract_error, number_box, within
from .found import Found
from .source_entities import POWER_FACTORS
from .source_mqtt import MqttSteps

CONF_WAY: Final = "router_way"
WAY_PAGE: Final = "page"
WAY_CABLE: Final = "cable"
WAY_MQTT: Final = "mqtt"

IDLE_S: Final = (1, 60)
HEATER_W: Final = (100, 10_000)
CABLE_S: Final = 4.0
"""How long a cable is listened to: the controller speaks once a second."""


def page_of(text: str) -> str | None:
    """The address of the page of a router out of what a person typed; None where that is no address."""
    text = text.strip()
    try:
        url = URL(text if "://" in text else f"http://{text}")
    except ValueError:
        return None
    if url.scheme not in ("http", "https") or not url.host or " " in text or url.user is not None:
        return None
    return str(url.with_path(PAGE) if url.path in ("", "/") else url)


class RouterSteps(MqttSteps):
    """The contract and the way to the router, then that way."""

    def __init__(self) -> None:
        super().__init__()
        self._router_home: dict[str, Any] = {}
        self._leads_back(SOURCE_ROUTER, "esp_router", CONF_WAY, self.async_step_esp_router)

    @property
    def _known_router(self) -> Mapping[str, Any]:
        """The settings of the entry that is being changed."""
        entry = self._reconfigured
        if entry is None or entry.data[CONF_SOURCE] != SOURCE_ROUTER:
            return {}
        ports = {key: entry.data[key] for key in (CONF_PORT, CONF_BAUDRATE) if entry.data.get(key) is not None}
        return {**entry.data[CONF_ROUTER], **ports}

    async def async_step_esp_router(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what a router cannot tell, and how it is reached."""
        if user_input is not None:
            self._errors = {}
            if (error := contract_error(user_input.get(CONF_CONTRACT_POWER), needed=True)) is not None:
                self._errors = {CONF_CONTRACT_POWER: error}
            else:
                self._router_home = user_input
                steps = {
                    WAY_PAGE: self.async_step_esp_router_page,
                    WAY_CABLE: self.async_step_esp_router_cable,
                    # Its messages are told apart from all others by listening, as those of any bridge.
                    WAY_MQTT: self.async_step_mqtt_bridge,
                }
                return await steps[user_input[CONF_WAY]]()
        suggested: dict[str, Any] = {CONF_WAY: WAY_PAGE}
        if (entry := self._reconfigured) is not None:
            if contract_va := entry.data.get(CONF_CONTRACT_VA):
                suggested[CONF_CONTRACT_POWER] = contract_va / 1000
            if CONF_PORT in self._known_router:
                suggested[CONF_WAY] = WAY_CABLE
        fields = {
            probatio.Optional(CONF_CONTRACT_POWER): CONTRACT_SELECTOR,
            probatio.Required(CONF_WAY): choice(CONF_WAY, (WAY_PAGE, WAY_CABLE, WAY_MQTT), SelectSelectorMode.LIST),
        }
        return self.async_show_form(
            step_id="esp_router",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(fields), user_input or self._router_home or suggested
            ),
            errors=self._errors,
            description_placeholders=self._figures,
            last_step=False,
        )

    async def async_step_esp_router_page(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address of the router, and try it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = _out_of_range(user_input)
            if not within(user_input[CONF_IDLE], IDLE_S):
                errors[CONF_IDLE] = "idle_out_of_range"
            url = page_of(user_input[CONF_URL])
            if url is None:
                errors[CONF_URL] = "url_invalid"
            elif self._is_taken(CONF_URL, url):
                return self.async_abort(reason="already_configured")
            elif not errors and (error := await self._async_try_page(url)) is not None:
                errors[CONF_URL] = error
            if url is not None and not errors:
                settings = {CONF_URL: url, CONF_IDLE: user_input[CONF_IDLE], **_reading(user_input)}
                return await self._async_take_router(url, settings)
        suggested = {CONF_IDLE: DEFAULT_IDLE_S, **_DEFAULTS, **self._known_router}
        fields = {
            probatio.Required(CONF_URL): TextSelector(),
            probatio.Required(CONF_IDLE): number_box("s"),
            **_reading_fields(),
        }
        return self.async_show_form(
            step_id="esp_router_page",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or suggested),
            errors=errors,
            last_step=False,
        )

    async def async_step_esp_router_cable(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the port of the cable, and listen to it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = _out_of_range(user_input)
            port = await self.hass.async_add_executor_job(usb.get_serial_by_id, user_input[CONF_PORT].strip())
            baudrate = int(user_input[CONF_BAUDRATE])
            if self._is_taken(CONF_PORT, port):
                return self.async_abort(reason="already_configured")
            if not errors and (error := await self._async_try_cable(port, baudrate)) is not None:
                errors[CONF_PORT] = error
            if not errors:
                return await self._async_take_router(port, _reading(user_input), port=port, baudrate=baudrate)
        known = {**self._known_router}
        known[CONF_BAUDRATE] = str(known.get(CONF_BAUDRATE, BAUDRATES[0]))
        fields = {
            probatio.Required(CONF_PORT): SerialPortSelector(),
            probatio.Required(CONF_BAUDRATE): choice("router_baudrate", [str(baudrate) for baudrate in BAUDRATES]),
            **_reading_fields(),
        }
        return self.async_show_form(
            step_id="esp_router_cable",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(fields), user_input or {**_DEFAULTS, **known}
            ),
            errors=errors,
            last_step=False,
        )

    async def _async_try_page(self, url: str) -> str | None:
        """Why a page is not that of a router at work; None when it is."""
        try:
            answer = await async_ask(self.hass, url)
        except SourceError as err:
            return str(err.error)
        bridge = Bridge(Format.ESP_ROUTER)
        if bridge.take("", answer, retained=False, now=self.hass.loop.time()) is not None:
            return None
        return "router_waits" if bridge.counts[Oddity.NOT_KNOWN_YET] else "router_not_understood"

    async def _async_try_cable(self, port: str, baudrate: int) -> str | None:
        """Why no router is heard on a port; None when one is, or is being heard by us."""
        entry = self._reconfigured
        if entry is not None and self._known_router.get(CONF_PORT) == port and entry.state is ConfigEntryState.LOADED:
            return None
        cutter, bridge, heard = LineCutter(), Bridge(Format.ESP_ROUTER), asyncio.Event()

        def received(data: bytes) -> None:
            for line in cutter.feed(data):
                if bridge.take("", line, retained=False, now=self.hass.loop.time()) is not None:
                    heard.set()

        source = SerialSource(port, baudrate, on_data=received, on_link=lambda _: None)
        try:
            await source.async_open()
            async with asyncio.timeout(CABLE_S):
                await heard.wait()
        except SourceError as err:
            return str(err.error)
        except TimeoutError:
            return "no_router_line"
        finally:
            await source.async_close()
        return None

    def _is_taken(self, key: str, value: str) -> bool:
        """Whether another entry reads this router."""
        ours = self._reconfigured
        entries = self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        others = (entry for entry in entries if ours is None or entry.entry_id != ours.entry_id)
        return any({**entry.data, **(entry.data.get(CONF_ROUTER) or {})}.get(key) == value for entry in others)

    async def _async_take_router(self, where: str, settings: dict[str, Any], **line: Any) -> ConfigFlowResult:
        """Take the router for the meter."""
        return await self._async_found(
            Found(
                connection={CONF_SOURCE: SOURCE_ROUTER, CONF_ROUTER: settings, CONF_PHASES: 1, **line},
                where=where,
                mode=None,
                phases=1,
                address=None,
                contract_va=round(self._router_home[CONF_CONTRACT_POWER] * 1000),
                contract_sure=True,
                tariff=None,
            )
        )


_DEFAULTS: Final = {CONF_POWER_FACTOR: DEFAULT_POWER_FACTOR, CONF_ROUTED: ROUTED_AUTO}


def _reading_fields() -> dict[probatio.Marker, object]:
    """How the figures are to be read, whatever the way."""
    return {
        probatio.Required(CONF_POWER_FACTOR): number_box("", 0.01),
        probatio.Required(CONF_ROUTED): choice(CONF_ROUTED, (ROUTED_AUTO, *map(str, RoutedUnit))),
        probatio.Optional(CONF_HEATER_W): number_box("W"),
    }


def _out_of_range(answers: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not within(answers[CONF_POWER_FACTOR], POWER_FACTORS):
        errors[CONF_POWER_FACTOR] = "power_factor_out_of_range"
    heater_w = answers.get(CONF_HEATER_W)
    if heater_w is not None and not within(heater_w, HEATER_W):
        errors[CONF_HEATER_W] = "heater_out_of_range"
    return errors


def _reading(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the entry keeps of `_reading_fields`."""
    return {
        CONF_POWER_FACTOR: answers[CONF_POWER_FACTOR],
        CONF_ROUTED: answers[CONF_ROUTED],
        CONF_HEATER_W: answers.get(CONF_HEATER_W),
    }
