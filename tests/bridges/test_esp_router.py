"""ESP-Router-PV: what its seven figures mean, in the units of whatever version, and what of it is not believed."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.bridges import Bridge, Format, LineCutter, Oddity, RoutedUnit, RouterSettings
from custom_components.linky_offload.bridges.esp_router import crc8, is_routing, parse_line
from custom_components.linky_offload.bridges.recognise import recognise
from custom_components.linky_offload.meter import Delivery, Quantity
from simulator.esp_router import SimulatedRouter, Version
from tests.bridges.kit import data, measures

EXAMPLE = b"EIB>2092.77;REE>-90.43;MPC>37.50;POR>784.76;FID>4187;SPL>57;VO2>0;$80"
FIGURES = {"EIB": 500, "REE": -1900, "MPC": 300, "POR": 50, "FID": 5000, "SPL": 57, "VO2": 0}
ONE = RouterSettings(power_factor=1.0)


class Router:
    """A bridge that hears one router, a message a second."""

    def __init__(self, settings: RouterSettings = ONE) -> None:
        self.bridge = Bridge(Format.ESP_ROUTER, router=settings)
        self.now = 0.0

    def hear(self, payload: bytes) -> Delivery | None:
        self.now += 1
        return self.bridge.take("pv/router", payload, retained=False, now=self.now)

    def figures(self, **figures: Any) -> Delivery | None:
        return self.hear(json.dumps(FIGURES | figures).encode())


@pytest.mark.parametrize(
    ("text", "crc"),
    [(b"", 0), (b"123456789", 161), (EXAMPLE.partition(b"$")[0], 80)],
    ids=["nothing", "digits", "line"],
)
def test_the_crc_is_that_of_dallas(text: bytes, crc: int) -> None:
    assert crc8(text) == crc


def test_the_example_of_its_author() -> None:
    delivery = Router().hear(EXAMPLE)
    assert data(delivery) == {"SINSTS": "00090", "SINSTI": "00000"}
    assert measures(delivery) == {
        Quantity.ACTIVE_POWER: 90,
        Quantity.ROUTER_FIRE_DELAY: 4187,
        Quantity.ROUTER_BUCKET: 2093,
        Quantity.ROUTER_LEVEL: 58.1,
        Quantity.ROUTER_MINIMUM_POWER: 37.5,
        Quantity.ROUTER_SAMPLES: 57,
        Quantity.ROUTER_SECOND_LEVEL: 0,
    }


@pytest.mark.parametrize(
    ("ree", "factor", "expected", "watts"),
    [
        pytest.param(-1900, 1.0, {"SINSTS": "01900", "SINSTI": "00000"}, 1900, id="import is negative"),
        pytest.param(700, 1.0, {"SINSTS": "00000", "SINSTI": "00700"}, -700, id="export is positive"),
        pytest.param(-1900, 0.95, {"SINSTS": "02000", "SINSTI": "00000"}, 1900, id="W become VA by the power factor"),
        pytest.param("-1900.4", 1.0, {"SINSTS": "01900", "SINSTI": "00000"}, 1900, id="a number as text"),
    ],
)
def test_what_crosses_the_meter(ree: Any, factor: float, expected: dict[str, str], watts: int) -> None:
    delivery = Router(RouterSettings(power_factor=factor)).figures(REE=ree)
    assert (data(delivery), measures(delivery)[Quantity.ACTIVE_POWER]) == (expected, watts)
    assert delivery is not None
    assert delivery.phases == 1


@pytest.mark.parametrize(
    ("figures", "settings", "watts"),
    [
        pytest.param({"POR": 50, "MPC": 300}, ONE, 1000, id="V6 counts percent, of the heater that MPC tells"),
        pytest.param({"POR": 675, "MPC": 37.5}, ONE, 675, id="V7 counts W"),
        pytest.param({"POR": 50}, RouterSettings(heater_w=1500), 750, id="percent of a heater given by hand"),
        pytest.param({"POR": 50}, RouterSettings(routed=RoutedUnit.WATT), 50, id="the unit given by hand"),
        pytest.param({"POR": 50, "MPC": 0}, ONE, None, id="percent of a heater that nobody tells"),
        pytest.param({"FID": 10_000, "POR": 0}, ONE, 0, id="nothing is 0 in any unit"),
        pytest.param({"FID": 99_999, "POR": -12_149.87}, ONE, 0, id="never fired: V7 writes a large delay"),
    ],
)
def test_the_unit_of_the_routed_power_is_found_out(
    figures: dict[str, float], settings: RouterSettings, watts: int | None
) -> None:
    router = Router(settings)
    for turn in range(2):
        router.figures(**figures, REE=turn)
    assert measures(router.figures(**figures, REE=2)).get(Quantity.ROUTER_POWER) == watts


def test_one_odd_second_does_not_change_the_unit() -> None:
    router = Router()
    for turn in range(3):
        router.figures(POR=50, REE=turn)
    router.figures(POR=900, REE=9)
    assert measures(router.figures(POR=50, REE=10))[Quantity.ROUTER_POWER] == 1000


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("form", ["line", "body"])
def test_both_versions_by_both_ways(version: Version, form: str) -> None:
    router = SimulatedRouter(version, heater_w=1500, bucket_j=600)
    heard = Router()

    def second(grid_w: float) -> Delivery | None:
        router.grid_w = grid_w
        return heard.hear(getattr(router, form)())

    for turn in range(3):
        second(-300 - turn)
    told = measures(second(-303))
    share = 1 - router.fire_delay_us / 10_000
    assert told[Quantity.ACTIVE_POWER] == 303
    assert told[Quantity.ROUTER_LEVEL] == pytest.approx(100 * share, abs=0.1)
    assert told[Quantity.ROUTER_POWER] == pytest.approx(1500 * share, abs=1)
    assert dict(heard.bridge.counts) == {}


def test_a_router_that_has_not_heard_its_controller_yet_says_nothing_nor_does_its_first_line() -> None:
    router = Router()
    assert router.hear(SimulatedRouter(started=False).body()) is None
    assert router.figures(REE=-5700) is None, "three seconds summed up as one"
    assert data(router.figures(REE=-1900))["SINSTS"] == "01900"
    assert router.bridge.counts[Oddity.NOT_KNOWN_YET] == 2


def test_figures_that_stay_the_same_to_the_last_digit_are_no_news() -> None:
    router = Router()
    assert router.figures() is not None
    assert router.figures() is None
    assert router.bridge.counts[Oddity.SAME_AGAIN] == 1
    assert router.figures(REE=-1900.01) is not None


@pytest.mark.parametrize(
    ("payload", "oddity"),
    [
        pytest.param(EXAMPLE[:-1] + b"1", Oddity.DAMAGED_LINE, id="a wrong CRC"),
        pytest.param(EXAMPLE.replace(b"-90", b"-80"), Oddity.DAMAGED_LINE, id="a wrong digit"),
        pytest.param(EXAMPLE.partition(b"$")[0], Oddity.DAMAGED_LINE, id="no CRC"),
        pytest.param(b"{", Oddity.BROKEN_JSON, id="half an answer"),
        pytest.param(b'{"VO2": 20}', Oddity.UNKNOWN_LABEL, id="the answer of a client, not of the router"),
        pytest.param(json.dumps(FIGURES | {"REE": None}).encode(), Oddity.NULL, id="null"),
        pytest.param(json.dumps(FIGURES | {"REE": 80_000}).encode(), Oddity.OUT_OF_RANGE, id="an impossible power"),
        pytest.param(json.dumps(FIGURES | {"FID": 299_997}).encode(), Oddity.OUT_OF_RANGE, id="an impossible delay"),
        pytest.param(b'{"REE": NaN, "EIB": 1, "FID": 1}', Oddity.NOT_FINITE, id="no number"),
        pytest.param(b'{"REE": true, "EIB": 1, "FID": 1}', Oddity.WRONG_TYPE, id="a yes"),
        pytest.param(b"{" + b" " * 5000 + b"}", Oddity.TOO_LARGE, id="far too much"),
    ],
)
def test_what_is_wrong_is_counted_and_not_believed(payload: bytes, oddity: Oddity) -> None:
    router = Router()
    assert router.hear(payload) is None
    assert router.bridge.counts[oddity] == 1


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (EXAMPLE, Format.ESP_ROUTER),
        (EXAMPLE + b"\r\n", Format.ESP_ROUTER),
        (SimulatedRouter().body(), Format.ESP_ROUTER),
        (EXAMPLE[:-1] + b"1", None),
        (b'{"VO2": 20}', None),
    ],
    ids=["line", "line with its end", "JSON", "damaged", "client"],
)
def test_it_is_recognised_by_what_it_says(payload: bytes, expected: Format | None) -> None:
    assert recognise("anything/at/all", payload) is expected


@pytest.mark.parametrize(
    ("figures", "routes"),
    [({}, True), ({"FID": 10_000}, False), ({"FID": 99_999}, False), ({"FID": 10_000, "VO2": 20}, True)],
    ids=["first channel", "nothing", "never", "second channel"],
)
def test_a_router_at_work(figures: dict[str, int], routes: bool) -> None:
    delivery = Router().figures(**figures)
    assert delivery is not None
    assert is_routing(delivery) is routes


# A cable --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-9000, 9000), min_size=1, max_size=5), st.randoms(), st.booleans())
def test_a_line_is_the_same_in_whatever_pieces_it_comes(powers: list[float], random: Any, ended: bool) -> None:
    lines = [SimulatedRouter(grid_w=power).line() for power in powers]
    stream = b"".join(line if ended else line.strip() for line in lines)
    cutter, found = LineCutter(), []
    while stream:
        size = random.randint(1, len(stream))
        found += cutter.feed(stream[:size])
        stream = stream[size:]
    assert [parse_line(line) for line in found] == [parse_line(line) for line in lines]
    assert None not in [parse_line(line) for line in found]


@given(st.binary(max_size=600), st.lists(st.binary(max_size=300), max_size=6))
def test_no_noise_is_believed_nor_kept_for_ever(begin: bytes, noise: list[bytes]) -> None:
    router, cutter = Router(), LineCutter()
    for piece in (begin, *noise):
        for line in cutter.feed(piece):
            router.hear(line)
    assert len(cutter._kept) <= 512
    heard = [line for line in cutter.feed(b"\r\n$0\r\n" + EXAMPLE + b"\r\n") if router.hear(line) is not None]
    assert [line.strip() for line in heard] == [EXAMPLE]


@given(st.integers(0, len(EXAMPLE) * 8 - 1))
def test_no_single_wrong_bit_of_a_line_is_believed(place: int) -> None:
    damaged = bytearray(EXAMPLE)
    damaged[place // 8] ^= 1 << place % 8
    fields = parse_line(bytes(damaged))
    assert fields is None or fields == parse_line(EXAMPLE)


def test_a_cable_that_is_plugged_anew_begins_anew() -> None:
    cutter = LineCutter()
    cutter.feed(EXAMPLE[:30])
    cutter.reset()
    assert cutter.feed(EXAMPLE) == [EXAMPLE]
