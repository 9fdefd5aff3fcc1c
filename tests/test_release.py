"""Giving back what is only turned down, when nobody will decide any more."""

from homeassistant.core import HomeAssistant, ServiceCall
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.journal import Intent, Journal, Saved
from custom_components.linky_offload.release import async_release_all
from custom_components.linky_offload.settings import LoadConfig

LAMP = "light.lamp"


@pytest.mark.parametrize(
    ("saved", "given_back"),
    [
        pytest.param({"brightness": 255, "level": 40.0}, [{"entity_id": LAMP, "brightness": 255}], id="turned down"),
        pytest.param({"brightness": 255}, [], id="on: it was never carried out"),
    ],
)
async def test_a_lamp_that_is_on(hass: HomeAssistant, saved: Saved, given_back: list[dict[str, object]]) -> None:
    calls: list[ServiceCall] = []
    hass.services.async_register("light", "turn_on", calls.append)
    hass.states.async_set(LAMP, "on", {"brightness": 102, "supported_color_modes": ["brightness"]})
    journal = Journal(hass, "entry")
    journal.put(Intent.now(LoadConfig(load_id="lamp", name="Lamp", entity=LAMP), saved))

    await async_release_all(hass, MockConfigEntry(domain=DOMAIN), journal)

    assert [call.data for call in calls] == given_back
    assert journal.intents == {}
