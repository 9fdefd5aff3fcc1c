"""What bridges say on a pretended broker while a form listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message

from tests.common import ADDRESS

from .steps import Result, go_on

type Said = tuple[str, str, bool]


def flat(va: int = 1500, address: str = ADDRESS, topic: str = "teleinfo/linky") -> Said:
    body = {"ADSC": address, "PREF": "06", "SINSTS": f"{va:05}", "IRMS1": "006", "NGTF": "      BASE      "}
    return topic, json.dumps(body), False


@asynccontextmanager
async def speaking(hass: HomeAssistant, *messages: Said) -> AsyncIterator[None]:
    """Repeat messages on the broker."""

    async def speak() -> None:
        while True:
            for topic, payload, retain in messages:
                async_fire_mqtt_message(hass, topic, payload, retain=retain)
            await asyncio.sleep(0.05)

    task = hass.loop.create_task(speak())
    try:
        yield
    finally:
        task.cancel()


async def heard(hass: HomeAssistant, result: Result) -> Result:
    """Wait for the end of the listening."""
    assert (result["type"], result["step_id"]) == (FlowResultType.SHOW_PROGRESS, "mqtt_listen")
    await hass.async_block_till_done()
    return await go_on(hass, result["flow_id"])


def offered(result: Result) -> list[str]:
    """The lines of the list, without the two that are always there."""
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "mqtt_pick")
    (field,) = (value for key, value in result["data_schema"].schema.items() if key == "found")
    labels = [option["label"] for option in field.config["options"]]
    assert labels[-2:] == ["Listen again", "Say by hand where the power is"]
    return labels[:-2]
