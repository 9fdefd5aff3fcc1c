"""Giving back when nobody will decide any more: what is only turned down, and what cannot be reached."""

from homeassistant.core import HomeAssistant, ServiceCall
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_get_persistent_notifications

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


MISSED = {
    "en": ("Some appliances may still be off", "Switch them on yourself:\n- Tank"),
    "fr": (
        "Des appareils sont peut-être encore délestés",
        "Remettez-les en marche vous-même\N{NO-BREAK SPACE}:\n- Tank",
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("tank", ["unavailable", "unknown", None])
async def test_a_load_that_cannot_be_reached_is_not_told_as_given_back(
    hass: HomeAssistant, tank: str | None, language: str
) -> None:
    hass.config.language = language
    calls: list[ServiceCall] = []
    hass.services.async_register("switch", "turn_on", calls.append)
    hass.states.async_set("switch.heater", "off")
    if tank is not None:
        hass.states.async_set("switch.tank", tank)
    journal = Journal(hass, "entry")
    for name in ("tank", "heater"):
        journal.put(Intent.now(LoadConfig(load_id=name, name=name.title(), entity=f"switch.{name}"), {}))

    await async_release_all(hass, MockConfigEntry(domain=DOMAIN, title="Linky"), journal)

    assert [call.data["entity_id"] for call in calls] == ["switch.heater"]
    [notification] = async_get_persistent_notifications(hass).values()
    given_back, missed = notification["message"].split("\n\n")
    assert given_back.endswith(":\n- Heater")
    title, ending = MISSED[language]
    assert notification["title"] == title
    assert missed.endswith(ending)
    # Should the entry come back, the load is ours to return.
    assert list(journal.intents) == ["tank"]
