"""The delay service of LinkyTop: what it answers, to whom, and what it does with everybody else."""

import base64
from http import HTTPStatus

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, MqttMockHAClient

from custom_components.linky_offload.delay_service import (
    RIGHT_BURST,
    WRONG_BURST,
    WRONG_EVERY_S,
    Asked,
    Credentials,
    DelayService,
    Served,
)

from .common import heard_entry, set_up

BOX = {"format": "linkytop", "topics": ["HCHC", "HCHP", "PTEC", "IINST", "PAPP"], "root": "HCHC"}


def header(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


WRONG = {"Authorization": header("linkytop", "wrong")}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Served1:
    """A service with one box."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.service = DelayService(self.clock)
        self.credentials: Credentials | None
        self.credentials, self.password = Credentials.make()
        self.stop = self.service.async_serve("meter", Served(lambda: self.credentials, lambda: "slow;30"))

    @property
    def right(self) -> str:
        return header("linkytop", self.password)


def test_the_right_credentials_are_answered() -> None:
    served = Served1()
    assert served.service.respond(served.right) == (HTTPStatus.OK, "slow;30")
    assert served.service.counts == {Asked.ANSWERED: 1}


@pytest.mark.parametrize(
    ("authorization", "counted"),
    [
        pytest.param(None, Asked.NO_CREDENTIALS, id="no credentials"),
        pytest.param("Bearer abc", Asked.MALFORMED, id="a token of Home Assistant"),
        pytest.param("Basic", Asked.WRONG, id="nothing in it"),
        pytest.param("Basic !!!", Asked.MALFORMED, id="no base64"),
        pytest.param("Basic é", Asked.MALFORMED, id="no ASCII"),
        pytest.param("Basic " + "A" * 600, Asked.MALFORMED, id="endless"),
        pytest.param(header("linkytop", ""), Asked.WRONG, id="no password"),
        pytest.param(header("linkytop", "0" * 32), Asked.WRONG, id="another password"),
        pytest.param(header("admin", "admin"), Asked.WRONG, id="another user"),
    ],
)
def test_everybody_else_is_refused_without_a_word_and_counted(authorization: str | None, counted: Asked) -> None:
    served = Served1()
    status, text = served.service.respond(authorization)
    assert (status, text) == (HTTPStatus.UNAUTHORIZED, "")
    assert served.service.counts == {counted: 1}


@given(st.none() | st.text() | st.binary().map(lambda raw: "Basic " + base64.b64encode(raw).decode()))
def test_no_request_makes_it_fail(authorization: str | None) -> None:
    status, _ = Served1().service.respond(authorization)
    assert status is HTTPStatus.UNAUTHORIZED


def test_wrong_requests_are_answered_less_and_less_and_never_lock_the_box_out() -> None:
    served = Served1()
    statuses = [served.service.respond(header("linkytop", "x"))[0] for _ in range(20)]
    assert statuses == [HTTPStatus.UNAUTHORIZED] * WRONG_BURST + [HTTPStatus.TOO_MANY_REQUESTS] * (20 - WRONG_BURST)
    assert served.service.counts[Asked.WRONG] == 20
    assert served.service.respond(served.right)[0] is HTTPStatus.OK
    served.clock.now += WRONG_EVERY_S
    assert served.service.respond(None)[0] is HTTPStatus.UNAUTHORIZED


def test_the_box_itself_may_not_ask_without_end() -> None:
    served = Served1()
    statuses = [served.service.respond(served.right)[0] for _ in range(RIGHT_BURST + 1)]
    assert statuses == [HTTPStatus.OK] * RIGHT_BURST + [HTTPStatus.TOO_MANY_REQUESTS]
    served.clock.now += 1
    assert served.service.respond(served.right)[0] is HTTPStatus.OK


def test_new_credentials_end_the_former_ones() -> None:
    served = Served1()
    former = served.right
    served.credentials, served.password = Credentials.make()
    assert served.service.respond(former)[0] is HTTPStatus.UNAUTHORIZED
    assert served.service.respond(served.right)[0] is HTTPStatus.OK


def test_only_a_digest_of_them_is_kept() -> None:
    credentials, password = Credentials.make()
    assert password not in str(credentials.data)
    assert Credentials.read(credentials.data) == credentials
    assert Credentials.make()[1] != password
    assert len(password) == 32


@pytest.mark.parametrize("gone", ["no credentials", "no box"])
def test_without_a_box_or_credentials_there_is_no_such_path(gone: str) -> None:
    served = Served1()
    if gone == "no box":
        served.stop()
    else:
        served.credentials = None
    assert served.service.respond(served.right)[0] is HTTPStatus.NOT_FOUND
    assert served.service.counts.total() == 0


# Behind Home Assistant's own door -------------------------------------------------------------------------------------


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The pretended broker leaves one behind."""
    return True


async def served_entry(hass: HomeAssistant) -> tuple[MockConfigEntry, dict[str, str]]:
    credentials, password = Credentials.make()
    entry = heard_entry("mqtt", BOX, options={"profile": "strict", "delay_service": credentials.data})
    await set_up(hass, entry)
    return entry, {"Authorization": header("linkytop", password)}


async def test_the_path_is_the_box_s_and_stands_while_its_meter_is_loaded(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "api", {})
    entry, right = await served_entry(hass)
    client = await hass_client_no_auth()
    response = await client.get("/delay", headers=right)
    assert (response.status, await response.text(), response.content_type) == (HTTPStatus.OK, "slow;30", "text/plain")
    assert response.headers["Cache-Control"] == "no-store"
    refused = await client.get("/delay", headers=WRONG)
    assert (refused.status, await refused.text()) == (HTTPStatus.UNAUTHORIZED, "")
    assert refused.headers["WWW-Authenticate"].startswith("Basic")
    assert (await client.post("/delay", headers=right)).status == HTTPStatus.METHOD_NOT_ALLOWED
    # They open nothing of Home Assistant's own.
    assert (await client.get("/api/config", headers=right)).status == HTTPStatus.UNAUTHORIZED
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get("/delay", headers=right)).status == HTTPStatus.NOT_FOUND


async def test_wrong_credentials_ban_nobody_s_address(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, hass_client_no_auth: ClientSessionGenerator
) -> None:
    _, right = await served_entry(hass)
    client = await hass_client_no_auth()
    for _ in range(WRONG_BURST + 3):
        await client.get("/delay", headers=WRONG)
    assert (await client.get("/delay", headers=right)).status == HTTPStatus.OK
    assert hass.states.async_entity_ids("persistent_notification") == []


@pytest.mark.parametrize("bridge", [{"format": "flat", "topics": ["teleinfo/linky"], "root": "teleinfo/linky"}])
async def test_a_meter_that_is_heard_otherwise_opens_no_path(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    hass_client_no_auth: ClientSessionGenerator,
    bridge: dict[str, object],
) -> None:
    credentials, password = Credentials.make()
    await set_up(hass, heard_entry("mqtt", bridge, options={"delay_service": credentials.data}))
    client = await hass_client_no_auth()
    assert (
        await client.get("/delay", headers={"Authorization": header("linkytop", password)})
    ).status == HTTPStatus.NOT_FOUND
