"""The control protocol: one request changes or shows a home. The wire form is told in README.md."""

from collections.abc import Callable
import math
from typing import Any

from simulator.home import Home
from simulator.loads import Appliance
from simulator.plug import PlugFault
from simulator.programs import ProgramAppliance
from simulator.rooms import HvacMode, Thermostat
from simulator.tank import WaterHeater
from simulator.tic import Mode
from simulator.view import Json, home_state


class BadRequestError(ValueError):
    """A request that cannot be met; the text says why."""


class Controller:
    """Carries out requests on a home."""

    def __init__(self, home: Home, *, speed: float = 1.0) -> None:
        self._home = home
        self._speed = speed
        self._commands: dict[str, Callable[[Json], Json | None]] = {
            "state": self._state,
            "plug": self._plug,
            "fault": self._fault,
            "setpoint": self._setpoint,
            "level": self._level,
            "start": self._start,
            "stop": self._stop,
            "script": self._script,
            "reclose": self._reclose,
            "silence": self._silence,
            "mode": self._mode,
            "contract": self._contract,
            "outdoor": self._outdoor,
            "message": self._message,
        }

    def state(self) -> Json:
        """Return the state of the home."""
        return home_state(self._home, speed=self._speed)

    def handle(self, request: object) -> Json:
        """Carry out one request and return its answer; what is wrong with a request is told in the answer."""
        if not isinstance(request, dict):
            return {"ok": False, "error": "a request is a JSON object"}
        sequence = {"seq": request["seq"]} if "seq" in request else {}
        command = self._commands.get(str(request.get("cmd")))
        if command is None:
            return {"ok": False, "error": f"unknown cmd {request.get('cmd')!r}", **sequence}
        try:
            answer = command(request)
        except BadRequestError as error:
            return {"ok": False, "error": str(error), **sequence}
        return {"ok": True, **(answer or {}), **sequence}

    def _state(self, _request: Json) -> Json:
        return {"state": self.state()}

    def _plug(self, request: Json) -> None:
        appliance = self._appliance(request)
        if appliance.plug is None:
            raise BadRequestError(f"{appliance.id} is not on a plug")
        appliance.plug.command(on=_flag(request, "on"))

    def _fault(self, request: Json) -> None:
        appliance = self._appliance(request)
        if appliance.plug is None:
            raise BadRequestError(f"{appliance.id} is not on a plug")
        appliance.plug.fault = _member(PlugFault, request.get("kind"))

    def _setpoint(self, request: Json) -> None:
        thermostat = self._thermostat(request)
        if "value" in request:
            target_c = _number(request, "value")
        else:
            target_c = thermostat.target_c
        if "mode" in request:
            thermostat.mode = _member(HvacMode, request["mode"])
        thermostat.target_c = target_c

    def _level(self, request: Json) -> None:
        appliance = self._appliance(request)
        if not isinstance(appliance, WaterHeater):
            raise BadRequestError(f"{appliance.id} cannot be dimmed")
        level = _number(request, "value")
        if not 0 <= level <= 1:
            raise BadRequestError("a level is between 0 and 1")
        appliance.level = level

    def _start(self, request: Json) -> None:
        self._programmed(request).start()

    def _stop(self, request: Json) -> None:
        self._programmed(request).stop()

    def _script(self, request: Json) -> None:
        house = self._home.house
        match request.get("name"):
            case "overload":
                house.start_overload()
            case "none":
                if house.script is not None:
                    house.script.cancel()
            case name:
                raise BadRequestError(f"unknown script {name!r}")

    def _reclose(self, _request: Json) -> None:
        self._home.meter.reclose()

    def _silence(self, request: Json) -> None:
        self._home.silent = _flag(request, "on")

    def _mode(self, request: Json) -> None:
        self._home.meter.mode = _member(Mode, request.get("value"))

    def _contract(self, request: Json) -> None:
        contract_kva = _number(request, "value")
        if contract_kva not in range(1, 37):
            raise BadRequestError("a contract is a whole number of kVA from 1 to 36")
        self._home.meter.set_contract(int(contract_kva))

    def _outdoor(self, request: Json) -> None:
        self._home.house.outdoor.mean_c = _number(request, "value")

    def _message(self, request: Json) -> None:
        self._home.meter.set_message(long=_text(request, "long"), short=_text(request, "short"))

    def _appliance(self, request: Json) -> Appliance:
        appliance = self._home.house.appliances.get(str(request.get("id")))
        if appliance is None:
            raise BadRequestError(f"no appliance {request.get('id')!r}")
        return appliance

    def _programmed(self, request: Json) -> ProgramAppliance:
        appliance = self._appliance(request)
        if not isinstance(appliance, ProgramAppliance):
            raise BadRequestError(f"{appliance.id} has no programme")
        return appliance

    def _thermostat(self, request: Json) -> Thermostat:
        wanted = request.get("id")
        for heater in self._home.house.heaters:
            if wanted in {heater.id, heater.room.id}:
                return heater.thermostat
        for tank in self._home.house.tanks:
            if wanted == tank.id:
                return tank.thermostat
        raise BadRequestError(f"no thermostat {wanted!r}")


def _flag(request: Json, key: str) -> bool:
    value = request.get(key)
    if not isinstance(value, bool):
        raise BadRequestError(f"{key!r} must be true or false")
    return value


def _number(request: Json, key: str) -> float:
    value = request.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadRequestError(f"{key!r} must be a number")
    return float(value)


def _text(request: Json, key: str) -> str | None:
    value = request.get(key)
    if value is not None and not (isinstance(value, str) and all(" " <= char <= "~" for char in value)):
        raise BadRequestError(f"{key!r} must be printable ASCII text")
    return value


def _member[E: (PlugFault, HvacMode, Mode)](kind: type[E], value: Any) -> E:
    try:
        return kind(value)
    except ValueError:
        raise BadRequestError(f"{value!r} is none of {', '.join(kind)}") from None
