"""The house as a whole, and the demand script that overloads it."""

import pytest

from simulator.home import Home
from simulator.house import House, Outdoor
from simulator.meter import SimulatedMeter
from simulator.tariff import Calendar, TariffKind
from tests.simulator.samples import paris

SIZES = [(phases, kva) for phases in (1, 3) for kva in (3, 6, 9, 12)]
BOTH = ("water_heater", "bedroom_heater")


def demo(phases: int = 1, kva: int = 6, *, seed: int = 1, script: bool = True) -> Home:
    home = Home(
        House.demo(phases=phases, contract_kva=kva, seed=seed, script=script),
        SimulatedMeter(phases=phases, contract_kva=kva, seed=seed),
    )
    home.settle()
    return home


def ratios(home: Home, seconds: int) -> list[float]:
    """Return the load of phase 1 each second, in multiples of its share of the contract."""
    loads = []
    for _ in range(seconds):
        home.step()
        loads.append(home.meter.powers[0].s_va / home.meter.breaker.share_va)
    return loads


def cut(home: Home, appliances: tuple[str, ...], *, on: bool = False) -> None:
    for appliance in appliances:
        plug = home.house.appliances[appliance].plug
        assert plug is not None
        plug.command(on=on)


@pytest.mark.parametrize(("phases", "kva"), SIZES)
class TestScript:
    def test_left_alone_it_opens_the_meter_about_two_minutes_after_the_oven(self, phases: int, kva: int) -> None:
        (trip,) = demo(phases, kva).run(600)
        assert trip.phase == 1
        assert 150 <= trip.elapsed_s <= 210

    @pytest.mark.parametrize(
        "taken",
        [
            pytest.param(BOTH, id="water heater and bedroom"),
            pytest.param(("water_heater", "living_room_heater"), id="water heater and living room"),
            pytest.param(("water_heater",), id="water heater"),
        ],
    )
    def test_with_plugs_cut_a_minute_after_the_overload_began_it_does_not(
        self, phases: int, kva: int, taken: tuple[str, ...]
    ) -> None:
        home = demo(phases, kva)
        home.run(120)
        cut(home, taken)
        assert home.run(600) == []

    def test_it_steps_from_below_the_contract_to_one_and_a_half_times_and_back(self, phases: int, kva: int) -> None:
        home = demo(phases, kva)
        # A meter that never opens shows the whole script.
        home.meter.breaker.set_cutoff(1e9)
        home.meter.breaker.share_va = 1000 * kva / phases
        loads = ratios(home, 600)
        assert 0.78 <= min(loads[:40]) <= max(loads[:40]) <= 0.9
        assert 1.08 <= min(loads[40:60]) <= max(loads[40:60]) <= 1.2
        assert 1.45 <= min(loads[60:300]) <= max(loads[60:300]) <= 1.6
        assert max(loads[300:]) <= 0.9

    def test_without_its_script_the_demo_house_rests_below_its_contract(self, phases: int, kva: int) -> None:
        home = demo(phases, kva, script=False)
        assert max(ratios(home, 900)) < 1
        assert home.house.script is None


@pytest.mark.parametrize("seed", range(8))
def test_the_promises_of_the_script_hold_for_every_seed(seed: int) -> None:
    assert len(demo(seed=seed).run(300)) == 1
    saved = demo(seed=seed)
    saved.run(120)
    cut(saved, BOTH)
    assert saved.run(480) == []


def test_after_the_script_there_is_room_to_give_the_plugs_back() -> None:
    home = demo()
    home.run(120)
    cut(home, BOTH)
    home.run(181)
    cut(home, BOTH, on=True)
    assert max(ratios(home, 300)) < 1


def test_the_script_may_be_started_again_when_the_house_is_warm() -> None:
    home = demo(script=False)
    for heater in home.house.heaters:
        heater.room.temperature_c = 23
    for tank in home.house.tanks:
        tank.set_temperature(65)
    assert max(ratios(home, 60)) < 0.2
    home.house.start_overload()
    assert max(ratios(home, 100)) > 1.4


def test_a_cancelled_script_stops_what_it_started() -> None:
    home = demo()
    home.run(70)
    assert home.house.script is not None
    home.house.script.cancel()
    assert not home.house.script.running
    assert max(ratios(home, 60)) < 1


def test_an_open_meter_leaves_the_house_dark_and_closing_it_brings_the_heat_back() -> None:
    home = demo()
    home.run(200)
    assert home.meter.breaker.is_open
    assert not any(appliance.running for appliance in home.house.appliances.values())
    assert ratios(home, 30) == [0] * 30
    home.meter.reclose()
    loads = ratios(home, 120)
    assert 0.78 <= loads[0] <= 0.9
    assert not home.meter.breaker.is_open


def test_one_seed_one_history() -> None:
    def history(seed: int) -> list[float]:
        home = Home(House(seed=seed, phases=3, contract_kva=12), SimulatedMeter(phases=3, contract_kva=12, seed=seed))
        home.run(1800)
        return [power.p_w for power in home.meter.powers] + [home.meter.indexes().import_wh]

    assert history(3) == history(3) != history(4)


def test_a_family_lives_a_day_within_reason() -> None:
    meter = SimulatedMeter(contract_kva=9, start=paris("2026-01-15 00:00:00"))
    home = Home(House(seed=2, contract_kva=9, outdoor=Outdoor(mean_c=3)), meter)
    ran: set[str] = set()
    for _ in range(24 * 3600 // 10):
        home.meter.elapsed_s += 9
        home.house.step(9, meter.now)
        home.step()
        ran |= {appliance.id for appliance in home.house.appliances.values() if appliance.running}
    assert {"water_heater", "living_room_heater", "fridge", "base"} <= ran
    assert all(15 < heater.room.temperature_c < 25 for heater in home.house.heaters)
    assert all(30 < tank.temperature_c < 65 for tank in home.house.tanks)


def test_a_plant_makes_the_house_export_at_noon() -> None:
    meter = SimulatedMeter(producer=True, start=paris("2026-06-21 13:30:00"))
    home = Home(House(seed=1, pv_w=6000, outdoor=Outdoor(mean_c=25)), meter)
    home.house.appliances["water_heater"].plug.command(on=False)  # type: ignore[union-attr]
    exported = 0
    for _ in range(1800):
        home.step()
        exported += meter.exporting
    assert exported > 300
    assert meter.indexes().export_wh > 0


def test_the_outdoor_temperature_is_lowest_before_dawn() -> None:
    outdoor = Outdoor(mean_c=5, swing_c=3)
    assert outdoor.at(paris("2026-01-15 05:00:00")) == pytest.approx(2)
    assert outdoor.at(paris("2026-01-15 17:00:00")) == pytest.approx(8)


def test_the_water_heater_on_a_contactor_follows_the_meter_of_its_home() -> None:
    meter = SimulatedMeter(calendar=Calendar(kind=TariffKind.HC), start=paris("2026-01-15 22:19:50"))
    home = Home(House.demo(script=False), meter)
    tank = next(home.house.tanks)
    tank.contactor = True
    home.run(10)
    assert not tank.running
    home.run(1)
    assert tank.running


@pytest.mark.parametrize(
    ("house_phases", "meter_phases"), [pytest.param(3, 1, id="3 and 1"), pytest.param(1, 3, id="1 and 3")]
)
def test_a_house_needs_a_meter_of_its_phases(house_phases: int, meter_phases: int) -> None:
    with pytest.raises(ValueError):
        Home(House(phases=house_phases), SimulatedMeter(phases=meter_phases))


def test_an_appliance_needs_a_phase_of_the_house() -> None:
    three = House(phases=3).appliances.values()
    with pytest.raises(ValueError):
        House(phases=1, appliances=list(three))


def test_a_house_without_kettle_has_no_overload_script() -> None:
    with pytest.raises(KeyError):
        House(appliances=[]).start_overload()
