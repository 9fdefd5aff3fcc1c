"""Settings written to a Tasmota plug that offloads by itself: only on request, and only believed when it answers."""

import asyncio
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .bridges.plug_orders import Order, PlugSettings, Refusal, answers_commands, confirmed, orders
from .const import DOMAIN
from .flow.text import load_texts
from .plugs import PlugLink

ANSWER_S: Final = 5.0
"""How long a plug may take to answer one command."""


async def async_configure(hass: HomeAssistant, name: str, link: PlugLink, settings: PlugSettings) -> dict[str, str]:
    """Write settings to a plug; what it took, in its own figures.

    Raises ServiceValidationError before anything is sent where its firmware cannot take one of them, and
    HomeAssistantError, with what it did not confirm, where it answers otherwise or not at all.
    """
    try:
        wanted = orders(link.plug.generation, settings)
    except Refusal as refusal:
        settings_texts, why_texts = await load_texts(hass, "plug_setting"), await load_texts(hass, "plug_why")
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="plug_setting_refused",
            translation_placeholders={
                "name": name,
                "setting": settings_texts(refusal.setting),
                "reason": why_texts(refusal.why),
            },
        ) from refusal
    if link.plug.online is False:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="plug_away", translation_placeholders={"name": name}
        )
    missing = [order for order in wanted if not await _async_write(link, order)]
    if missing:
        texts = await load_texts(hass, "plug_setting")
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="plug_not_confirmed",
            translation_placeholders={"name": name, "settings": ", ".join(texts(order.setting) for order in missing)},
        )
    return {order.setting: order.payload for order in wanted}


async def _async_write(link: PlugLink, order: Order) -> bool:
    """Send one order and wait for the word of the plug; what it said before does not count."""
    plug = link.plug
    plug.answers.pop(order.command, None)
    reports = plug.reports
    heard = asyncio.Event()

    def listen() -> None:
        if order.command in plug.answers or (not answers_commands(plug.generation) and plug.reports > reports):
            heard.set()

    stop = link.async_listen(listen)
    try:
        if not await link.async_order(order.command, order.payload):
            return False
        if not answers_commands(plug.generation):
            link.async_ask()  # it takes the order without a word; what it tells of itself shows whether it did
        async with asyncio.timeout(ANSWER_S):
            await heard.wait()
            # The report under way may have been written before the order came.
            while not confirmed(order, plug) and not answers_commands(plug.generation):
                heard.clear()
                reports = plug.reports
                await heard.wait()
    except TimeoutError:
        return False
    finally:
        stop()
    return confirmed(order, plug)
