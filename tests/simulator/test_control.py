"""The control protocol: what a request does, and what it answers."""

import json
from typing import Any

import pytest

from simulator.control import Controller
from simulator.home import Home
from simulator.house import House
from simulator.meter import SimulatedMeter
from simulator.tic import Mode


@pytest.fixture
def home() -> Home:
    made = Home(House.demo(script=False), SimulatedMeter())
    made.settle()
    return made


@pytest.fixture
def controller(home: Home) -> Controller:
    return Controller(home)


def ask(controller: Controller, **request: Any) -> dict[str, Any]:
    answer = controller.handle(request)
    assert answer["ok"], answer
    return answer


def appliance(controller: Controller, name: str) -> dict[str, Any]:
    return next(entry for entry in controller.state()["appliances"] if entry["id"] == name)


def test_the_state_is_json_and_tells_the_whole_house(controller: Controller, home: Home) -> None:
    home.step()
    state = json.loads(json.dumps(ask(controller, cmd="state")["state"]))
    assert state["breaker"]["open"] is False
    assert state["breaker"]["margin"] == pytest.approx(1 - (0.84 / 1.3) ** 2, abs=0.03)
    assert state["power"]["phases"][0]["s_va"] == state["power"]["import_va"] == state["power"]["s_va"]
    assert [room["id"] for room in state["rooms"]] == ["living_room", "bedroom"]
    assert state["tanks"][0]["heating"] is True
    assert {entry["id"] for entry in state["appliances"] if entry["pluggable"]} == {
        "water_heater",
        "living_room_heater",
        "bedroom_heater",
    }
    assert appliance(controller, "kettle")["name"] == {"en": "Kettle", "fr": "Bouilloire"}
    assert state["script"] is None


def test_a_plug_is_switched_off_and_on(controller: Controller, home: Home) -> None:
    ask(controller, cmd="plug", id="water_heater", on=False)
    home.step()
    assert (appliance(controller, "water_heater")["plug_on"], appliance(controller, "water_heater")["p_w"]) == (
        False,
        0,
    )
    ask(controller, cmd="plug", id="water_heater", on=True)
    home.step()
    assert appliance(controller, "water_heater")["running"] is True


def test_a_deaf_plug_stays_on(controller: Controller) -> None:
    ask(controller, cmd="fault", id="water_heater", kind="gone")
    ask(controller, cmd="plug", id="water_heater", on=False)
    assert appliance(controller, "water_heater")["plug_on"] is True
    assert appliance(controller, "water_heater")["plug_available"] is False
    ask(controller, cmd="fault", id="water_heater", kind="none")
    ask(controller, cmd="plug", id="water_heater", on=False)
    assert appliance(controller, "water_heater")["plug_on"] is False


@pytest.mark.parametrize("name", ["living_room", "living_room_heater"])
def test_a_thermostat_goes_by_its_room_or_its_heater(controller: Controller, home: Home, name: str) -> None:
    ask(controller, cmd="setpoint", id=name, value=18.5)
    room = controller.state()["rooms"][0]
    assert (room["target_c"], room["mode"]) == (18.5, "heat")
    ask(controller, cmd="setpoint", id=name, mode="off")
    home.step()
    room = controller.state()["rooms"][0]
    assert (room["target_c"], room["mode"], room["heating"]) == (18.5, "off", False)


def test_the_tank_has_a_set_point_and_a_level(controller: Controller, home: Home) -> None:
    ask(controller, cmd="setpoint", id="water_heater", value=55)
    ask(controller, cmd="level", id="water_heater", value=0.25)
    home.step()
    tank = appliance(controller, "water_heater")
    assert controller.state()["tanks"][0]["target_c"] == 55
    assert (tank["level"], tank["p_w"], tank["s_va"]) == (0.25, 550, 1100)


def test_the_script_starts_and_ends(controller: Controller, home: Home) -> None:
    ask(controller, cmd="script", name="overload")
    home.run(45)
    assert controller.state()["script"] == {"name": "overload", "running": True, "elapsed_s": 45, "step": "kettle"}
    ask(controller, cmd="script", name="none")
    assert controller.state()["script"]["running"] is False
    home.step()
    assert appliance(controller, "kettle")["running"] is False


def test_a_tripped_meter_is_closed_again(controller: Controller, home: Home) -> None:
    ask(controller, cmd="script", name="overload")
    home.run(200)
    breaker = controller.state()["breaker"]
    assert (breaker["open"], breaker["cause"], breaker["trips"][0]["phase"]) == (True, 1, 1)
    assert controller.state()["power"]["s_va"] == 0
    ask(controller, cmd="reclose")
    assert controller.state()["breaker"]["open"] is False


def test_pulse_appliances_start_and_stop_by_hand(controller: Controller, home: Home) -> None:
    ask(controller, cmd="start", id="oven")
    home.step()
    assert appliance(controller, "oven")["running"] is True
    ask(controller, cmd="stop", id="oven")
    home.step()
    assert appliance(controller, "oven")["running"] is False


def test_the_meter_is_silenced_and_changes_its_mode_contract_message_and_weather(
    controller: Controller, home: Home
) -> None:
    ask(controller, cmd="silence", on=True)
    ask(controller, cmd="mode", value="historic")
    ask(controller, cmd="contract", value=9)
    ask(controller, cmd="outdoor", value=-4)
    ask(controller, cmd="message", long="TRAVAUX", short="COUPURE")
    assert home.silent
    assert home.meter.mode is Mode.HISTORIC
    assert controller.state()["contract_kva"] == 9
    assert home.house.outdoor.mean_c == -4
    assert home.meter.state().message == "TRAVAUX"


def test_an_answer_repeats_the_number_of_its_request(controller: Controller) -> None:
    assert ask(controller, cmd="reclose", seq=12)["seq"] == 12
    assert controller.handle({"cmd": "nonsense", "seq": 13})["seq"] == 13


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param([1, 2], id="no object"),
        pytest.param({}, id="no command"),
        pytest.param({"cmd": "explode"}, id="unknown command"),
        pytest.param({"cmd": "plug", "id": "toaster", "on": False}, id="unknown appliance"),
        pytest.param({"cmd": "plug", "id": "kettle", "on": False}, id="appliance without plug"),
        pytest.param({"cmd": "fault", "id": "kettle", "kind": "deaf"}, id="fault of an appliance without plug"),
        pytest.param({"cmd": "plug", "id": "water_heater", "on": "no"}, id="plug state is no boolean"),
        pytest.param({"cmd": "fault", "id": "water_heater", "kind": "burnt"}, id="unknown fault"),
        pytest.param({"cmd": "setpoint", "id": "cellar", "value": 12}, id="unknown room"),
        pytest.param({"cmd": "setpoint", "id": "bedroom", "value": "warm"}, id="set-point is no number"),
        pytest.param({"cmd": "setpoint", "id": "bedroom", "value": float("nan")}, id="set-point is not finite"),
        pytest.param({"cmd": "setpoint", "id": "bedroom", "mode": "cool"}, id="unknown thermostat mode"),
        pytest.param({"cmd": "level", "id": "oven", "value": 0.5}, id="appliance without dimmer"),
        pytest.param({"cmd": "level", "id": "water_heater", "value": 1.5}, id="level out of range"),
        pytest.param({"cmd": "start", "id": "fridge"}, id="appliance without programme"),
        pytest.param({"cmd": "script", "name": "earthquake"}, id="unknown script"),
        pytest.param({"cmd": "silence"}, id="no flag"),
        pytest.param({"cmd": "mode", "value": "morse"}, id="unknown TIC mode"),
        pytest.param({"cmd": "contract", "value": 6.5}, id="contract is no whole kVA"),
        pytest.param({"cmd": "message", "long": "élan"}, id="text is not ASCII"),
    ],
)
def test_a_wrong_request_is_answered_with_its_reason_and_changes_nothing(
    controller: Controller, request_: object
) -> None:
    before = controller.state()
    answer = controller.handle(request_)
    assert answer["ok"] is False
    assert answer["error"]
    assert controller.state() == before
