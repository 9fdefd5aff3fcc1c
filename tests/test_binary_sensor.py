"""Binary sensors of the meter."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_offload.sources import LinkError
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Group, Mode, add_parity, frame

from .entity_house import House


def resting(**details: object) -> SimulatedMeter:
    """A meter under a steady, modest load."""
    meter = SimulatedMeter(**details)  # type: ignore[arg-type]
    meter.settle([Power(1500.0)] * meter.phases)
    return meter


async def test_an_overload_is_told_at_once_and_ended_at_once(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting())
    assert house.state("overload").state == STATE_OFF
    house.meter.step([Power(6500.0)])
    house.lines[-1].push(add_parity(house.meter.frame()))
    # No turn of the timer: the update itself brought it.
    assert house.state("overload").state == STATE_ON
    house.meter.step([Power(1500.0)])
    house.lines[-1].push(add_parity(house.meter.frame()))
    assert house.state("overload").state == STATE_OFF


async def test_the_meters_own_word_is_told_apart(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting())
    await house.speak(1, Power(6500.0))
    assert house.state("over_reference").state == STATE_ON


@pytest.mark.parametrize(("watts", "exporting"), [(1500.0, STATE_OFF), (-1500.0, STATE_ON)])
async def test_export_is_seen_even_without_a_producer_contract(
    hass: HomeAssistant, watts: float, exporting: str
) -> None:
    house = await House.start(hass, resting())
    await house.speak(1, Power(watts))
    assert house.state("exporting").state == exporting


async def test_adps_is_on_while_it_is_sent_and_tells_its_amperes(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting(mode=Mode.HISTORIC))
    assert house.state("warning_current_1").state == STATE_OFF
    await house.speak(1, Power(8000.0))
    warning = house.state("warning_current_1")
    assert warning.state == STATE_ON
    assert warning.attributes["current"] > 30
    # Its absence is only sure at the end of the first whole frame without it.
    await house.speak(2, Power(1500.0))
    assert house.state("warning_current_1").state == STATE_OFF


async def test_adir_belongs_to_its_phase(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting(mode=Mode.HISTORIC, phases=3, contract_kva=12))
    currents = [Group("ADIR2", "025"), Group("ADCO", house.meter.address)]
    currents += [Group(f"IINST{phase}", amperes) for phase, amperes in ((1, "006"), (2, "025"), (3, "006"))]
    house.lines[-1].push(add_parity(frame(currents, Mode.HISTORIC)))
    await house.tick()
    states = [house.state(f"warning_current_{phase}").state for phase in (1, 2, 3)]
    assert states == [STATE_OFF, STATE_ON, STATE_OFF]


async def test_a_lost_phase_is_told(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting(mode=Mode.HISTORIC, phases=3, contract_kva=12))
    groups = [Group("PPOT", "04") if group.label == "PPOT" else group for group in house.meter.groups()]
    for _ in range(3):
        house.lines[-1].push(add_parity(frame(groups, Mode.HISTORIC)))
    await house.tick()
    states = [house.state(f"phase_lost_{phase}").state for phase in (1, 2, 3)]
    assert states == [STATE_OFF, STATE_ON, STATE_OFF]


async def test_the_notice_exists_only_under_ejp(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting(mode=Mode.HISTORIC, calendar=Calendar(kind=TariffKind.EJP)))
    assert house.state("ejp_notice").state == STATE_OFF
    house.meter.mode = Mode.STANDARD
    await house.speak(6)
    assert house.state("ejp_notice").state == STATE_UNKNOWN


async def test_the_link_is_told_even_when_nothing_else_is(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting())
    assert house.state("link").state == STATE_ON
    await house.lose_line()
    assert house.state("link").state == STATE_OFF
    assert house.state("overload").state == STATE_UNAVAILABLE
    house.lines[-1].on_link(None)
    await house.speak(2)
    assert house.state("link").state == STATE_ON
    assert house.state("overload").state == STATE_OFF


async def test_the_line_may_be_dead_from_the_start(hass: HomeAssistant) -> None:
    house = await House.start(hass, resting(), frames=0)
    house.lines[-1].on_link(LinkError.MISSING)
    await house.tick()
    assert house.state("link").state == STATE_OFF
    assert house.state("overload").state == STATE_UNAVAILABLE
