"""The loop closed over whole households: the breaker never opens while there is something to cut."""

from itertools import pairwise

import pytest

from custom_components.linky_offload.offload import Action, OffloadMode, Profile, Reason

from .households import household

SECONDS = 1500.0
HOUSES = [(3000, 1), (6000, 1), (12000, 3)]


@pytest.mark.parametrize("limit_ratio", [1.27, 1.3], ids=["a severe meter", "the published meter"])
@pytest.mark.parametrize("cadence_s", [1.5, 10.0, 60.0], ids=["1.5 s", "10 s", "60 s"])
@pytest.mark.parametrize(("contract_va", "phases"), HOUSES, ids=["3 kVA", "6 kVA", "12 kVA on three phases"])
def test_the_meter_never_opens(cadence_s: float, contract_va: int, phases: int, limit_ratio: float) -> None:
    """One command in a hundred is lost on its way."""
    for seed, profile in enumerate((Profile.METER, Profile.CONTRACT, Profile.METER, Profile.METER)):
        bench = household(
            seed,
            cadence_s=cadence_s,
            contract_va=contract_va,
            phases=phases,
            profile=profile,
            limit_ratio=limit_ratio,
            lost=0.01,
            seconds=SECONDS,
        ).run(SECONDS)
        assert bench.trips == 0, f"household {seed} tripped"
        assert all(later - earlier > 0 for earlier, later in pairwise(bench.ticks))


def test_the_same_households_would_open_it_by_themselves() -> None:
    """What the test above proves is not empty."""
    trips = 0
    for seed in range(4):
        bench = household(
            seed,
            cadence_s=1.5,
            contract_va=3000,
            phases=1,
            profile=Profile.METER,
            limit_ratio=1.3,
            lost=0.0,
            seconds=SECONDS,
        )
        bench.take(bench.arbiter.set_mode(OffloadMode.OFF, 0.0))
        trips += bench.run(SECONDS).trips
    assert trips >= 2


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("seed", range(4))
def test_everything_is_back_when_the_load_falls(seed: int, profile: Profile) -> None:
    bench = household(
        seed,
        cadence_s=1.5,
        contract_va=6000,
        phases=1,
        profile=profile,
        limit_ratio=1.3,
        lost=0.01,
        seconds=SECONDS,
    ).run(SECONDS)
    bench.base = lambda _now: (50.0,)
    for one in bench.plugs.values():
        one.va = min(one.va, 5500 / len(bench.plugs))
    bench.run(SECONDS + 4500)
    assert bench.off() == []
    assert bench.intents[-1][1] == frozenset()


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("seed", range(4))
def test_minimum_times_are_kept_except_near_a_trip(seed: int, profile: Profile) -> None:
    """A load that someone else starts is not ours to keep on; here nobody does."""
    bench = household(
        seed, cadence_s=1.5, contract_va=3000, phases=1, profile=profile, limit_ratio=1.3, lost=0.0, seconds=SECONDS
    ).run(SECONDS)
    exempt = (Reason.STARTED_WITHOUT_ROOM, Reason.CAME_BACK_ON)
    for one in bench.plugs.values():
        orders = [(at, command) for at, command in bench.commands if command.load_id == one.load_id]
        for (earlier, _), (later, order) in pairwise(orders):
            if order.action is Action.RESTORE:
                assert later - earlier >= one.settings.minimum_off_s
            elif not order.urgent and order.reason not in exempt:
                assert later - earlier >= one.settings.minimum_on_s
