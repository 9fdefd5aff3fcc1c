"""The parts of the demo that need no program to run."""

from typing import Any

import pytest

from demo.check import opening_left_alone_s, seconds_until_opening
from demo.dashboard import dashboard
from demo.lookup import NEEDED, Lookup
from demo.options import parse
from demo.simulation import HouseOptions
from demo.texts import ENGLISH, FRENCH, Texts
from simulator.control import Controller
from simulator.run import build_home, parse as parse_house


def state_of(options: HouseOptions) -> dict[str, Any]:
    return Controller(build_home(parse_house(options.arguments()))).state()


@pytest.mark.parametrize(
    ("spoken", "language"),
    [
        pytest.param("fr_FR.UTF-8", "fr", id="French"),
        pytest.param("en_GB.UTF-8", "en", id="English"),
        pytest.param("C.UTF-8", "fr", id="none: French"),
        pytest.param("de_DE.UTF-8", "fr", id="another: French"),
    ],
)
def test_the_language_is_that_of_the_terminal(spoken: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", spoken)
    assert parse([]).language == language


@pytest.mark.parametrize(
    ("arguments", "kva"),
    [
        pytest.param([], 6, id="one phase"),
        pytest.param(["--phases", "3"], 12, id="three phases"),
        pytest.param(["--phases", "3", "--contract", "18"], 18, id="as asked"),
    ],
)
def test_the_contract_suits_the_phases(arguments: list[str], kva: int) -> None:
    assert parse(arguments).contract_kva == kva


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--check", "--serial", "/dev/ttyUSB0"], id="a check of a real meter"),
        pytest.param(["--check", "--speed", "2"], id="a check in a hurry"),
        pytest.param(["--speed", "0"], id="a house that stands still"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(arguments)
    assert "usage: scripts/demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(HouseOptions(), id="one phase"),
        pytest.param(HouseOptions(phases=3, contract_kva=12), id="three phases"),
        pytest.param(HouseOptions(contract_kva=9), id="9 kVA"),
    ],
)
def test_the_overload_of_the_demo_opens_the_meter_when_nobody_offloads(options: HouseOptions) -> None:
    assert 120 <= opening_left_alone_s(options) <= 240


def test_the_seconds_until_an_opening_follow_the_load() -> None:
    state = state_of(HouseOptions())
    assert seconds_until_opening(state) is None
    [phase] = state["power"]["phases"]
    phase["s_va"] = 9000
    soon = seconds_until_opening(state)
    phase["s_va"] = 18000
    sooner = seconds_until_opening(state)
    assert soon is not None
    assert sooner is not None
    assert 0 < sooner < soon


def lookup(house: dict[str, Any]) -> Lookup:
    """Entities as they are in a French Home Assistant: their ids are of no known form."""
    keys = [*NEEDED, "overload"]
    plugs = [f"{item['id']}_plug" for item in house["appliances"] if item["pluggable"]]
    heaters = [f"{room['heater']}_thermostat" for room in house["rooms"]]
    others = ["meter_start_overload", "meter_reclose", "meter_breaker_open", "meter_openings"]
    powers = [f"{item['id']}_power" for item in house["appliances"]]
    tanks = [f"{tank['id']}_temperature" for tank in house["tanks"]]
    return Lookup(
        meter={key: f"sensor.compteur_{number}" for number, key in enumerate(keys)},
        coordinators=({"offloaded_power": "sensor.c1", "next_load": "sensor.c2"},),
        loads={"Chauffe-eau": {"status": "sensor.l1", "reason": "sensor.l2"}},
        house={
            key: f"switch.maison_{number}"
            for number, key in enumerate([*plugs, *heaters, *others, *powers, *tanks, "kettle_program", "oven_program"])
        },
    )


def entities_in(card: Any) -> set[str]:
    if isinstance(card, dict):
        named = {value for key, value in card.items() if key == "entity" and isinstance(value, str)}
        return named.union(*map(entities_in, card.values()))
    return set().union(*map(entities_in, card)) if isinstance(card, list) else set()


@pytest.mark.parametrize("texts", [pytest.param(ENGLISH, id="English"), pytest.param(FRENCH, id="French")])
def test_the_dashboard_shows_the_entities_that_were_looked_up(texts: Texts) -> None:
    house = state_of(HouseOptions())
    found = lookup(house)
    shown = entities_in(dashboard(found, house, texts))
    assert set(found.meter.values()) <= shown
    assert {*found.loads["Chauffe-eau"].values(), *found.coordinators[0].values()} <= shown
    assert {found.house["water_heater_plug"], found.house["oven_program"], found.house["meter_reclose"]} <= shown


def test_the_dashboard_of_a_real_meter_has_no_simulated_house() -> None:
    found = lookup(state_of(HouseOptions()))
    assert not entities_in(dashboard(found, None, ENGLISH)) & set(found.house.values())
