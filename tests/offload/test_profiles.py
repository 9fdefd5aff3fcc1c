"""When a cut is due: the three profiles, and the two guards that stand before every delay (design §6.2)."""

import pytest

from custom_components.linky_offload.offload import Action, Profile, Reason
from custom_components.linky_offload.offload.guard import PhaseLoad, ceiling_va, horizon_s, need_of, trip_predicted
from custom_components.linky_offload.offload.model import Settings

from .common import LEAD_S, Bench, plug, steps

STEP_AT = 100.0
SEEN_AT = 101.5
"""The first sample of a 1.5 s cadence with 1 s of lag that holds the step."""


def overloaded(house_va: float, **options: object) -> Bench:
    """A 6 kVA house that steps from 3 kVA to ``house_va``; 2 kVA of it are the heater that may be cut."""
    base = steps((0, 1000), (STEP_AT, house_va - 2000))
    return Bench(plug("heater", 2000, measured=True), base=base, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "house_va", "cut_at", "reason"),
    [
        pytest.param(
            {"profile": Profile.STRICT},
            6050,
            SEEN_AT,
            Reason.OVER_THRESHOLD,
            id="strict cuts on the first sample above",
        ),
        pytest.param({"profile": Profile.STRICT}, 6000, None, None, id="strict leaves a house at its contract alone"),
        pytest.param(
            {"profile": Profile.STRICT, "adjustment_percent": -10},
            5500,
            SEEN_AT,
            Reason.OVER_THRESHOLD,
            id="a lowered threshold is the one that counts",
        ),
        pytest.param(
            {"profile": Profile.STRICT, "adjustment_percent": 10},
            6500,
            None,
            None,
            id="a raised threshold is the one that counts",
        ),
        pytest.param(
            {},
            6500,
            SEEN_AT + 60 - LEAD_S,
            Reason.DELAY_ELAPSED,
            id="contract cuts in time for the end of its delay, and not before",
        ),
        pytest.param(
            {"contract_delay_s": 20},
            6500,
            SEEN_AT + 20 - LEAD_S,
            Reason.DELAY_ELAPSED,
            id="contract follows the delay that was set",
        ),
        pytest.param({}, 6000, None, None, id="contract leaves a house at its contract alone"),
        pytest.param(
            {"profile": Profile.METER}, 7380, None, None, id="meter leaves 1.23 times a small contract alone for ever"
        ),
        pytest.param(
            {"profile": Profile.METER, "contract_va": 12000},
            14990,
            None,
            None,
            id="meter never cuts below 1.25 where a usual step is a small part of the contract",
        ),
    ],
)
def test_the_moment_of_the_cut(
    options: dict[str, object], house_va: float, cut_at: float | None, reason: Reason | None
) -> None:
    bench = overloaded(house_va, **options).run(900)
    assert [at for at, _ in bench.commands] == ([] if cut_at is None else [cut_at])
    assert bench.reasons() == ([] if reason is None else [("heater", Action.OFFLOAD, reason)])


def test_contract_forgives_an_overload_shorter_than_its_delay() -> None:
    base = steps((0, 1000), (100, 4500), (150, 1000), (200, 4500), (250, 1000))
    assert Bench(plug("heater", 2000, measured=True), base=base).run(400).commands == []


def test_when_the_first_load_frees_nothing_another_follows_before_the_delay_is_over() -> None:
    empty = plug("tank", 2000, declared=2000, asks=lambda now: False)
    heater = plug("heater", 2000, declared=2000)
    bench = Bench(empty, heater, base=steps((0, 1000), (STEP_AT, 4500))).run(STEP_AT + 100)
    assert [load_id for load_id, *_ in bench.reasons()] == ["tank", "heater"]
    assert bench.cuts("tank") == [SEEN_AT + 60 - LEAD_S]
    assert bench.cuts("heater")[0] <= SEEN_AT + 60


def test_meter_uses_what_the_filter_allows() -> None:
    """At 1.4 times the contract after half of it, the meter would open 188 s after the step (tic.md §9.3: r0 = 0.5)."""
    bench = overloaded(8400, profile=Profile.METER).run(600)
    (cut,) = bench.cuts()
    assert 60 < cut - STEP_AT < 188
    assert bench.trips == 0


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("cadence_s", [1.5, 10.0, 60.0], ids=["1.5 s", "10 s", "60 s"])
@pytest.mark.parametrize("limit", [1.27, 1.3], ids=["a severe meter", "the published meter"])
def test_no_delay_stands_before_a_guard(profile: Profile, cadence_s: float, limit: float) -> None:
    """A 3 kVA step on a house at its contract is survived at every cadence, whatever the delays."""
    heater = plug("heater", 3000, delay_before_s=600, asks=lambda now: now >= 125)
    bench = Bench(
        heater,
        plug("boiler", 2000, delay_before_s=600),
        base=steps((0, 4000)),
        cadence_s=cadence_s,
        profile=profile,
        limit_ratio=limit,
        contract_delay_s=3600,
    ).run(900)
    assert bench.trips == 0
    assert bench.commands
    assert bench.commands[0][1].reason in (Reason.PREDICTED_TRIP, Reason.RESERVE)


@pytest.mark.parametrize(
    ("cadence_s", "borne", "too_much"),
    [
        pytest.param(1.5, 1.23, 1.25, id="a serial line: silent below 1.23"),
        pytest.param(10.0, 1.19, 1.22, id="10 s: silent below 1.19"),
        pytest.param(60.0, 1.03, 1.06, id="60 s: silent below 1.03"),
    ],
)
def test_the_reserve_follows_the_cadence(cadence_s: float, borne: float, too_much: float) -> None:
    """What a 6 kVA house may hold for ever, while a step of 3 kVA must still be survived."""

    def cuts(ratio: float) -> list[tuple[str, Action, Reason]]:
        bench = Bench(
            plug("heater", 1000),
            base=steps((0, 6000 * ratio - 1000)),
            cadence_s=cadence_s,
            profile=Profile.METER,
        )
        return bench.run(900).reasons()

    assert cuts(borne) == []
    assert cuts(too_much)[:1] == [("heater", Action.OFFLOAD, Reason.RESERVE)]


@pytest.mark.parametrize("profile", list(Profile))
def test_an_ordinary_day_at_a_serial_cadence_never_wakes_a_guard(profile: Profile) -> None:
    """Steps of up to 3 kVA below the contract are nobody's business."""
    hob = steps(*((60.0 * index, 3000.0 * (index % 2)) for index in range(20)))
    bench = Bench(plug("heater", 1500), plug("boiler", 1400), base=hob, profile=profile).run(1200)
    assert bench.commands == []


def test_a_predicted_trip_is_urgent_and_the_reserve_is_not() -> None:
    def first_command(**options: float) -> tuple[Reason, bool]:
        heater = plug("heater", 9000, on=False, **options)
        bench = Bench(heater, base=steps((0, 3000)), profile=Profile.METER)
        bench.at(50, lambda: bench.wish("heater", on=True, by_hand=False))
        bench.run(200)
        assert bench.trips == 0
        command = bench.commands[0][1]
        return command.reason, command.urgent

    assert first_command() == (Reason.RESERVE, False)
    assert first_command(minimum_on_s=3600) == (Reason.PREDICTED_TRIP, True)


def phase(power_va: float, trip_y: float, *, doubtful_va: float = 0.0) -> PhaseLoad:
    """One phase of a 6 kVA contract, over its threshold since second 0."""
    return PhaseLoad(
        phase=1,
        power_va=power_va,
        raw_va=power_va + doubtful_va,
        doubtful_va=doubtful_va,
        trip_y=trip_y,
        share_va=6000,
        threshold_va=6000,
        step_va=3000,
        over_since=0.0,
    )


def test_the_horizon_covers_a_sample_its_age_and_two_orders() -> None:
    assert horizon_s(1.5, 2.0) == pytest.approx(7.5)
    assert horizon_s(60.0, 1.0) == pytest.approx(64.0)


@pytest.mark.parametrize(
    ("load", "predicted"),
    [
        pytest.param(phase(7500, 1.60), False, id="below the limit the filter only falls"),
        pytest.param(phase(7500, 1.65), False, id="even from above the guard's own limit"),
        pytest.param(phase(9000, 1.00), False, id="a hundred seconds are left"),
        pytest.param(phase(9000, 1.60), True, id="two seconds are left"),
        pytest.param(phase(7000, 1.60, doubtful_va=2000), True, id="an order that may be lost is not counted on"),
    ],
)
def test_a_trip_is_predicted(load: PhaseLoad, *, predicted: bool) -> None:
    assert trip_predicted(load, 7.5) is predicted


def test_the_amount_covers_every_limit_passed() -> None:
    """Over the contract and near a trip: the larger of both is asked for, under the more pressing name."""
    need = need_of(phase(9000, 1.60), Settings(profile=Profile.STRICT), 7.5, 100.0)
    assert need is not None
    assert need.reason is Reason.PREDICTED_TRIP
    assert need.va >= 3000


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("trip_y", [0.2, 1.0, 1.5, 1.65])
def test_what_may_be_filled_again_needs_no_cut(profile: Profile, trip_y: float) -> None:
    settings = Settings(profile=profile, contract_delay_s=0)
    full = ceiling_va(phase(0, trip_y), settings, 7.5)
    assert need_of(phase(full - 1, trip_y), settings, 7.5, 100.0) is None
