"""What appliances draw, and how rooms, tank and sun behave."""

from datetime import datetime, timedelta

import pytest

from simulator.loads import Appliance, BaseLoad, Fridge, Moment, Name
from simulator.plug import Plug, PlugFault
from simulator.power import DARK
from simulator.programs import ProgramAppliance, Segment, hob, kettle, washing_machine
from simulator.pv import SolarPlant
from simulator.rooms import HvacMode, Room, RoomHeater
from simulator.tank import HOUSEHOLD_DRAWS, WaterHeater
from tests.simulator.samples import paris

NAME = Name("Thing", "Chose")
NOON = paris("2026-06-21 14:00:00")


def moment(
    now: datetime = NOON, *, dt_s: float = 1, mains: bool = True, contact: bool = False, outdoor_c: float = 5
) -> Moment:
    return Moment(now=now, dt_s=dt_s, outdoor_c=outdoor_c, contact_closed=contact, mains=mains)


def live(
    appliance: Appliance, seconds: int, *, start: datetime = NOON, step_s: int = 1, mains: bool = True
) -> list[float]:
    """Return the W of each step."""
    return [
        appliance.step(moment(start + timedelta(seconds=at), dt_s=step_s, mains=mains)).p_w
        for at in range(0, seconds, step_s)
    ]


def room_heater(temperature_c: float = 17, plug: Plug | None = None) -> RoomHeater:
    room = Room("room", NAME, loss_w_k=40, capacity_j_k=1e6, temperature_c=temperature_c)
    return RoomHeater("heater", NAME, room, rated_w=1500, target_c=20, plug=plug)


class TestPlug:
    def test_follows_a_command_at_once(self) -> None:
        plug = Plug()
        plug.command(on=False)
        assert not plug.on

    def test_follows_after_its_latency_and_forgets_a_replaced_command(self) -> None:
        plug = Plug(latency_s=2)
        plug.command(on=False)
        plug.step(1)
        plug.command(on=True)
        plug.step(1)
        assert plug.on
        plug.command(on=False)
        plug.step(2)
        assert not plug.on

    @pytest.mark.parametrize(("fault", "available"), [(PlugFault.DEAF, True), (PlugFault.GONE, False)])
    def test_a_faulty_plug_hears_nothing(self, fault: PlugFault, available: bool) -> None:
        plug = Plug()
        plug.fault = fault
        plug.command(on=False)
        assert plug.on
        assert plug.available is available


class TestRoom:
    def test_the_heater_works_until_the_set_point_is_passed_then_waits(self) -> None:
        heater = room_heater()
        watts = live(heater, 4 * 3600, step_s=10)
        assert watts[0] == 1500
        assert 0.0 in watts
        assert 19.5 <= heater.room.temperature_c <= 20.5

    def test_without_current_the_room_cools_while_its_thermostat_asks(self) -> None:
        plug = Plug()
        heater = room_heater(plug=plug)
        plug.command(on=False)
        assert max(live(heater, 3600, step_s=10)) == 0
        assert heater.room.temperature_c < 17
        assert heater.thermostat.heating

    def test_off_asks_for_nothing(self) -> None:
        heater = room_heater()
        heater.thermostat.mode = HvacMode.OFF
        assert max(live(heater, 60)) == 0

    def test_a_lower_set_point_stops_it(self) -> None:
        heater = room_heater(temperature_c=18)
        live(heater, 5)
        heater.thermostat.target_c = 15
        assert live(heater, 2) == [0, 0]

    def test_a_room_settles_where_heat_and_losses_balance(self) -> None:
        room = Room("room", NAME, loss_w_k=50, capacity_j_k=1e5, gains_w=0)
        for _ in range(2000):
            room.step(1000, 5, 60)
        assert room.temperature_c == pytest.approx(25)


class TestTank:
    def test_heat_goes_into_the_water(self) -> None:
        tank = WaterHeater("tank", NAME, rated_w=2000, litres=200, temperature_c=18, loss_w_k=0)
        live(tank, 3600)
        assert tank.temperature_c == pytest.approx(18 + 2000 * 3600 / (200 * 4186), abs=0.01)

    def test_its_thermostat_stops_it(self) -> None:
        tank = WaterHeater("tank", NAME, temperature_c=59)
        watts = live(tank, 6 * 3600, step_s=10)
        assert watts[-1] == 0
        assert tank.temperature_c == pytest.approx(61, abs=1.5)

    def test_a_draw_cools_the_bottom_first_and_the_top_stays_hot(self) -> None:
        tank = WaterHeater("tank", NAME, temperature_c=60)
        tank.thermostat.mode = HvacMode.OFF
        for _ in range(400):
            tank.take_water(0.1)
        assert tank.top_c > 59
        assert tank.layers_c[0] < 45
        assert tank.layers_c == sorted(tank.layers_c)

    def test_it_loses_heat(self) -> None:
        tank = WaterHeater("tank", NAME, temperature_c=60)
        tank.thermostat.mode = HvacMode.OFF
        live(tank, 24 * 3600, step_s=60)
        assert 50 < tank.temperature_c < 59

    def test_water_never_lies_upside_down(self) -> None:
        tank = WaterHeater("tank", NAME, temperature_c=60, habits=HOUSEHOLD_DRAWS, seed=3)
        for hour in range(48):
            live(tank, 3600, start=NOON + timedelta(hours=hour), step_s=10)
            assert all(low <= high + 1e-6 for low, high in zip(tank.layers_c, tank.layers_c[1:], strict=False))

    def test_a_contactor_waits_for_the_meter(self) -> None:
        tank = WaterHeater("tank", NAME, temperature_c=20, contactor=True)
        assert tank.step(moment()).p_w == 0
        assert tank.step(moment(contact=True)).p_w == tank.rated_w

    def test_a_dimmer_adds_distortion(self) -> None:
        tank = WaterHeater("tank", NAME, rated_w=2400, temperature_c=20)
        tank.level = 0.5
        power = tank.step(moment())
        assert (power.p_w, power.d_va) == (1200, 1200)
        tank.level = 0
        assert tank.step(moment()) == DARK

    def test_a_household_draws_water_by_its_seed(self) -> None:
        def after_a_day(seed: int) -> float:
            tank = WaterHeater("tank", NAME, temperature_c=60, habits=HOUSEHOLD_DRAWS, seed=seed)
            tank.thermostat.mode = HvacMode.OFF
            live(tank, 24 * 3600, start=paris("2026-01-15 00:00:00"), step_s=10)
            return tank.temperature_c

        assert after_a_day(1) == after_a_day(1)
        assert len({after_a_day(seed) for seed in range(5)}) > 1
        assert max(after_a_day(seed) for seed in range(5)) < 55


class TestPrograms:
    def test_a_kettle_boils_for_some_minutes_then_stops(self) -> None:
        appliance = kettle(1)
        appliance.start()
        watts = live(appliance, 300)
        assert (watts[0], watts[189], watts[190]) == (2000, 2000, 0)
        assert not appliance.started

    def test_a_hob_pulses_within_ten_to_thirty_seconds(self) -> None:
        appliance = hob(1)
        appliance.start()
        watts = live(appliance, 1200)[300:]
        edges = [at for at in range(1, len(watts)) if (watts[at] > 0) != (watts[at - 1] > 0)]
        periods = [b - a for a, b in zip(edges, edges[2:], strict=False)]
        assert periods
        assert all(10 <= period <= 30 for period in periods)

    def test_a_cut_kettle_is_over_and_a_cut_washing_machine_goes_on_later(self) -> None:
        plug = Plug()
        machine = washing_machine(1, plug=plug)
        pot = kettle(1)
        machine.start()
        pot.start()
        live(machine, 600)
        live(pot, 60)
        plug.command(on=False)
        live(machine, 1800)
        live(pot, 1, mains=False)
        assert (machine.started, pot.started) == (True, False)
        plug.command(on=True)
        assert live(machine, 1) == [2100]

    def test_stop_ends_a_programme(self) -> None:
        appliance = ProgramAppliance("thing", NAME, [Segment(duration_s=100, p_w=500)])
        appliance.start()
        live(appliance, 5)
        appliance.stop()
        assert live(appliance, 1) == [0]

    def test_habits_are_seeded_times_of_the_day(self) -> None:
        def starts(seed: int) -> list[int]:
            watts = live(kettle(seed), 24 * 3600, start=paris("2026-01-15 00:00:00"), step_s=5)
            return [at * 5 for at in range(1, len(watts)) if watts[at] > 0 and watts[at - 1] == 0]

        assert starts(7) == starts(7)
        days = [starts(seed) for seed in range(6)]
        assert len({tuple(day) for day in days}) > 1
        assert all(5 * 3600 < at < 24 * 3600 for day in days for at in day)


class TestOthers:
    def test_a_fridge_cycles_with_an_inductive_power(self) -> None:
        fridge = Fridge("fridge", NAME)
        watts = live(fridge, 6 * 3600, step_s=10)
        share = sum(power > 0 for power in watts) / len(watts)
        assert 0.15 < share < 0.6
        assert 3 < fridge.inside_c < 6
        fridge.inside_c = 8
        power = fridge.step(moment())
        assert power.p_w / power.s_va == pytest.approx(0.65)

    def test_a_fridge_warms_without_current(self) -> None:
        fridge = Fridge("fridge", NAME)
        live(fridge, 4 * 3600, step_s=10, mains=False)
        assert fridge.inside_c > 7

    def test_the_base_load_wanders_around_its_mean_by_its_seed(self) -> None:
        def day(seed: int) -> list[float]:
            return live(BaseLoad("base", NAME, rated_w=200, seed=seed), 4 * 3600, step_s=2)

        watts = day(1)
        assert sum(watts) / len(watts) == pytest.approx(200, rel=0.25)
        assert max(watts) > min(watts) > 0
        assert watts == day(1) != day(2)

    def test_the_sun_shines_by_day_and_season_and_clouds_pass(self) -> None:
        def day_wh(day: str, cover: float, seed: int = 1) -> float:
            plant = SolarPlant(peak_w=3000, seed=seed, cover=cover)
            return -sum(live(plant, 24 * 3600, start=paris(f"{day} 00:00:00"), step_s=30)) / 120

        june, december = day_wh("2026-06-21", 0), day_wh("2026-12-21", 0)
        assert 18000 < june < 28000
        assert 3000 < december < 9000
        cloudy = day_wh("2026-06-21", 0.5)
        assert 0.4 * june < cloudy < 0.9 * june
        assert cloudy == day_wh("2026-06-21", 0.5) != day_wh("2026-06-21", 0.5, seed=2)

    def test_a_plant_gives_nothing_at_night_nor_into_a_dead_grid(self) -> None:
        plant = SolarPlant(peak_w=3000, seed=1, cover=0)
        assert live(plant, 1, start=paris("2026-06-21 02:00:00")) == [0]
        assert live(plant, 1, mains=False) == [0]
        assert live(plant, 1)[0] < -2000
