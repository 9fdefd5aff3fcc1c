"""The state of a home as plain JSON values: the shape is told in README.md."""

from typing import Any

from simulator.home import Home
from simulator.house import House
from simulator.loads import Appliance
from simulator.meter import SimulatedMeter
from simulator.rooms import RoomHeater
from simulator.tank import WaterHeater

type Json = dict[str, Any]


def home_state(home: Home, *, speed: float = 1.0) -> Json:
    """Return the whole state."""
    meter = home.meter
    return {
        "time": meter.now.isoformat(),
        "elapsed_s": meter.elapsed_s,
        "speed": speed,
        "mode": str(meter.mode),
        "phases": meter.phases,
        "contract_kva": meter.contract_kva,
        "silent": home.silent,
        "tariff": _tariff(meter),
        "breaker": _breaker(meter),
        "power": _power(meter),
        "energy": {"import_wh": int(meter.indexes().import_wh), "export_wh": int(meter.indexes().export_wh)},
        "outdoor_c": round(home.house.outdoor.at(meter.now), 1),
        "appliances": [_appliance(appliance) for appliance in home.house.appliances.values()],
        "rooms": [_room(heater) for heater in home.house.heaters],
        "tanks": [_tank(tank) for tank in home.house.tanks],
        "script": _script(home.house),
    }


def _tariff(meter: SimulatedMeter) -> Json:
    period = meter.period
    return {
        "kind": str(period.kind),
        "period": period.ptec.rstrip("."),
        "index": period.index,
        "off_peak": period.off_peak,
        "today": period.today.name.lower() if period.today else None,
        "tomorrow": period.tomorrow.name.lower() if period.tomorrow else None,
    }


def _breaker(meter: SimulatedMeter) -> Json:
    breaker = meter.breaker
    margins = breaker.margins()
    phases = [
        {
            "phase": number,
            "filtered_va": round(phase.va),
            "ratio": round(phase.va / breaker.share_va, 4),
            "margin": round(margin, 4),
        }
        for number, (phase, margin) in enumerate(zip(breaker.filters, margins, strict=True), 1)
    ]
    return {
        "open": breaker.is_open,
        "cause": int(breaker.cause),
        "margin": round(min(margins), 4),
        "trips": [{"elapsed_s": trip.elapsed_s, "phase": trip.phase} for trip in breaker.trips],
        "phases": phases,
    }


def _power(meter: SimulatedMeter) -> Json:
    phases = [
        {
            "phase": index + 1,
            "p_w": round(power.p_w),
            "q_var": round(power.q_var),
            "d_va": round(power.d_va),
            "s_va": round(power.s_va),
            "voltage_v": round(meter.voltage_v(index), 1),
            "current_a": round(meter.current_a(index), 2),
        }
        for index, power in enumerate(meter.powers)
    ]
    return {
        "p_w": round(meter.house.p_w),
        "q_var": round(meter.house.q_var),
        "s_va": round(-meter.total_va if meter.exporting else meter.total_va),
        "import_va": round(meter.import_va),
        "export_va": round(meter.export_va),
        "phases": phases,
    }


def _appliance(appliance: Appliance) -> Json:
    plug = appliance.plug
    return {
        "id": appliance.id,
        "kind": appliance.kind,
        "name": {"en": appliance.name.en, "fr": appliance.name.fr},
        "phase": appliance.phase,
        "pluggable": plug is not None,
        "plug_on": appliance.plug_on,
        "plug_available": plug is None or plug.available,
        "running": appliance.running,
        "p_w": round(appliance.power.p_w),
        "s_va": round(appliance.power.s_va),
        "rated_w": round(appliance.rated_w),
        "level": appliance.level if isinstance(appliance, WaterHeater) else 1.0,
    }


def _room(heater: RoomHeater) -> Json:
    room = heater.room
    return {
        "id": room.id,
        "heater": heater.id,
        "name": {"en": room.name.en, "fr": room.name.fr},
        "temperature_c": round(room.temperature_c, 2),
        "target_c": heater.thermostat.target_c,
        "mode": str(heater.thermostat.mode),
        "heating": heater.thermostat.heating,
    }


def _tank(tank: WaterHeater) -> Json:
    return {
        "id": tank.id,
        "temperature_c": round(tank.temperature_c, 2),
        "top_c": round(tank.top_c, 2),
        "target_c": tank.thermostat.target_c,
        "mode": str(tank.thermostat.mode),
        "heating": tank.thermostat.heating,
    }


def _script(house: House) -> Json | None:
    script = house.script
    if script is None:
        return None
    return {
        "name": script.name,
        "running": script.running,
        "elapsed_s": round(script.elapsed_s),
        "step": script.last_step,
    }
