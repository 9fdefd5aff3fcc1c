"""A switch made out of a toggle: never blind, never twice, and never believed without a word of the plug."""

import asyncio
from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_offload.ossp import client
from custom_components.linky_offload.ossp.client import PlugClient, PlugError, PlugRefusal
from custom_components.linky_offload.ossp.wire import PlugState
from simulator.ossp import SimulatedPlug
from simulator.web import WebServer
from tests.common import WAIT_S, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask often, and wait for what a slow machine is late with, unless a test is about the end of that patience."""
    for name, seconds in (("REFRESH_S", 0.05), ("SILENT_S", WAIT_S), ("ANSWER_S", WAIT_S), ("FIRST_RETRY_S", 0.05)):
        monkeypatch.setattr(client, name, seconds)


class Line:
    """A client at work, and all that it told."""

    def __init__(self, hass: HomeAssistant, host: str) -> None:
        self.states: list[PlugState] = []
        self.links: list[bool] = []
        self.client = PlugClient(
            hass, host, on_state=lambda state, _: self.states.append(state), on_link=self.links.append
        )
        self.task = hass.loop.create_task(self.client.async_run())


@pytest.fixture
def plug() -> SimulatedPlug:
    return SimulatedPlug()


@pytest.fixture
async def server(plug: SimulatedPlug, hass: HomeAssistant) -> AsyncIterator[WebServer]:
    server = plug.server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def line(hass: HomeAssistant, server: WebServer) -> AsyncIterator[Line]:
    line = Line(hass, server.address)
    await until(hass, lambda: line.client.available, "the plug", settle=False)
    yield line
    line.task.cancel()
    await asyncio.gather(line.task, return_exceptions=True)


async def test_a_plug_is_asked_as_long_as_it_says_nothing_by_itself(
    hass: HomeAssistant, plug: SimulatedPlug, line: Line
) -> None:
    await until(hass, lambda: plug.asked > 3, "questions", settle=False)
    assert line.links == [True]
    assert line.states[0].outputs == {2: False}


async def test_a_plug_that_refreshes_by_itself_is_left_alone(
    hass: HomeAssistant, plug: SimulatedPlug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "REFRESH_S", WAIT_S)
    plug.refresh_s = 0.02
    server = plug.server()
    await server.start()
    line = Line(hass, server.address)
    await until(hass, lambda: len(line.states) > 8, "states", settle=False)
    assert plug.asked == 1
    line.task.cancel()
    await asyncio.gather(line.task, return_exceptions=True)
    await server.stop()


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("wanted", [False, True])
async def test_an_order_is_a_toggle_only_where_it_is_needed(
    plug: SimulatedPlug, line: Line, before: bool, wanted: bool
) -> None:
    plug.outputs[2] = before
    await line.client.async_switch(2, on=wanted)
    assert plug.outputs == {2: wanted}
    assert plug.toggles == ([] if before is wanted else [2])


async def test_it_is_the_plug_that_is_asked_not_what_it_said_before(plug: SimulatedPlug, line: Line) -> None:
    plug.outputs[2] = True  # by its own page, and nobody was told yet
    assert line.client.state is not None
    assert line.client.state.outputs == {2: False}
    await line.client.async_switch(2, on=True)
    assert (plug.outputs, plug.toggles) == ({2: True}, [])


async def test_orders_at_the_same_moment_are_carried_out_one_after_the_other(plug: SimulatedPlug, line: Line) -> None:
    plug.slow_s = 0.05
    await asyncio.gather(*(line.client.async_switch(2, on=on) for on in (True, True, False, True)))
    assert (plug.outputs, plug.toggles) == ({2: True}, [2, 2, 2])


async def test_a_slow_relay_is_waited_for(plug: SimulatedPlug, line: Line) -> None:
    plug.slow_s, plug.refresh_s = 0.2, 0.02
    await line.client.async_switch(2, on=True)
    assert (plug.outputs, plug.toggles) == ({2: True}, [2])


async def test_a_plug_that_does_not_obey_is_told_so_and_not_toggled_twice(
    plug: SimulatedPlug, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 2.0)
    plug.deaf = True
    with pytest.raises(PlugError) as refused:
        await line.client.async_switch(2, on=True)
    assert refused.value.refusal is PlugRefusal.NOT_OBEYED
    assert plug.toggles == [2]


async def test_a_plug_that_does_not_tell_its_state_is_not_switched(
    plug: SimulatedPlug, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.3)
    plug.mute = True
    with pytest.raises(PlugError) as refused:
        await line.client.async_switch(2, on=True)
    assert (refused.value.refusal, plug.toggles) == (PlugRefusal.SILENT, [])


async def test_an_output_that_is_not_there_is_not_guessed(plug: SimulatedPlug, line: Line) -> None:
    with pytest.raises(PlugError) as refused:
        await line.client.async_switch(4, on=True)
    assert (refused.value.refusal, plug.toggles) == (PlugRefusal.NO_OUTPUT, [])


async def test_only_the_output_that_is_meant_is_switched(hass: HomeAssistant) -> None:
    plug = SimulatedPlug((2, 4, 12, 14))
    server = plug.server()
    await server.start()
    line = Line(hass, server.address)
    await until(hass, lambda: line.client.available, "the plug", settle=False)
    await line.client.async_switch(12, on=True)
    assert plug.outputs == {2: False, 4: False, 12: True, 14: False}
    line.task.cancel()
    await asyncio.gather(line.task, return_exceptions=True)
    await server.stop()


async def test_a_lost_connection_is_told_and_made_anew(
    hass: HomeAssistant, plug: SimulatedPlug, server: WebServer, line: Line
) -> None:
    plug.cut_off()
    await until(hass, lambda: line.links == [True, False, True], "its return", settle=False)
    await server.stop()
    await until(hass, lambda: not line.client.available, "its loss", settle=False)
    with pytest.raises(PlugError) as refused:
        await line.client.async_switch(2, on=True)
    assert refused.value.refusal is PlugRefusal.UNREACHABLE
    assert line.client.state is None
    await server.start()
    await until(hass, lambda: line.client.available, "its second return", settle=False)


async def test_a_plug_that_falls_silent_is_gone(
    hass: HomeAssistant, plug: SimulatedPlug, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "SILENT_S", 0.4)
    plug.mute = True
    await until(hass, lambda: not line.client.available, "its silence", settle=False)
    plug.mute = False
    await until(hass, lambda: line.client.available, "its return", settle=False)


async def test_what_is_not_understood_is_counted_and_changes_nothing(
    hass: HomeAssistant, plug: SimulatedPlug, line: Line
) -> None:
    plug.words = ("neither", "nor")
    plug.broadcast()
    await until(hass, lambda: line.client.odd > 0, "an odd message", settle=False)
    plug.words = ("off", "on")
    await line.client.async_switch(2, on=True)
    assert plug.outputs == {2: True}


async def test_a_form_asks_once_and_lets_go(
    hass: HomeAssistant, plug: SimulatedPlug, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(host: str) -> PlugClient:
        return PlugClient(hass, host, on_state=lambda _s, _n: None, on_link=lambda _: None)

    assert (await make(server.address).async_first_state()).outputs == {2: False}
    monkeypatch.setattr(client, "ANSWER_S", 2.0)  # time enough to connect
    plug.mute = True
    with pytest.raises(PlugError) as refused:
        await make(server.address).async_first_state()
    assert refused.value.refusal is PlugRefusal.SILENT
    await server.stop()
    with pytest.raises(PlugError) as refused:
        await make(server.address).async_first_state()
    assert refused.value.refusal is PlugRefusal.UNREACHABLE
