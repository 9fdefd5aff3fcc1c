"""Whether a load asks that tells nothing itself, told by the steps of the meter (design §6.7)."""

import pytest

from custom_components.linky_offload.offload import Profile, Reason, StrategyName
from custom_components.linky_offload.offload.appetite import Appetite, Levels, share_of
from custom_components.linky_offload.offload.ledger import Ledger, asks

from .common import Bench, coordinator, plug, steps
from .rooms import track

OWN = 2000.0
HOUR = 3600.0


# One load -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moved", "before", "expected"),
    [
        pytest.param(2000, None, True, id="its own step: it draws"),
        pytest.param(1300, False, True, id="most of it: something else fell meanwhile"),
        pytest.param(0, True, False, id="no step: it rests"),
        pytest.param(-1500, None, False, id="a step the other way: it rests, and something else moved"),
        pytest.param(900, True, True, id="in between, nothing new is known"),
        pytest.param(900, None, None, id="in between, nothing is known"),
    ],
)
def test_an_order_tells_whether_the_load_draws(moved: float, before: bool | None, expected: bool | None) -> None:
    appetite = Appetite(draws=before)
    appetite.switched(moved, OWN, 0.0)
    assert appetite.draws is expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param((-2000,), False, id="a fall of its size: served"),
        pytest.param((-2000, 2000), True, id="a rise of its size: it asks again"),
        pytest.param((-1000,), True, id="the step of another size is another's"),
        pytest.param((-2100,), False, id="the mains voltage moves its size a little"),
        pytest.param((2000, -2000), True, id="a kettle of its size came and went"),
        pytest.param((2000, -2000, -2000), False, id="a kettle came and went, then it was served"),
    ],
)
def test_steps_between_two_orders(seen: tuple[float, ...], expected: bool) -> None:
    appetite = Appetite()
    appetite.switched(OWN, OWN, 0.0)
    for second, step in enumerate(seen, 1):
        appetite.stepped(step, OWN, float(second))
    assert appetite.draws is expected


def test_a_kettle_whose_end_was_not_seen_is_not_awaited_forever() -> None:
    appetite = Appetite(draws=True)
    appetite.stepped(OWN, OWN, 0.0)
    appetite.stepped(-OWN, OWN, 2 * HOUR)
    assert appetite.draws is False


@pytest.mark.parametrize(
    ("unexplained", "expected"),
    [
        pytest.param([300.0] * 11, False, id="for long, less than it draws: it rests"),
        pytest.param([300.0] * 5, True, id="a moment proves nothing: others tell late"),
        pytest.param([*[300.0] * 5, 2300.0, *[300.0] * 5], True, id="not for long at a time"),
        pytest.param([2300.0] * 11, True, id="enough for it to draw"),
    ],
)
def test_too_little_is_left_for_it(unexplained: list[float], expected: bool) -> None:
    appetite = Appetite(draws=True)
    for index, va in enumerate(unexplained):
        appetite.weigh(va, OWN, 10.0 * index)
    assert appetite.draws is expected


@pytest.mark.parametrize(
    ("unexplained", "expected"),
    [
        pytest.param([300.0] * 3 + [2300.0] * 11, True, id="for long, as much more as it draws: it started unseen"),
        pytest.param([300.0] * 3 + [2300.0] * 5 + [300.0] * 6, False, id="a kettle"),
        pytest.param([300.0] * 3 + [1300.0] * 11, False, id="something smaller"),
        pytest.param([300.0 + 20 * index for index in range(100)], False, id="an evening begins, little by little"),
    ],
)
def test_so_much_more_that_it_must_have_started(unexplained: list[float], expected: bool) -> None:
    appetite = Appetite(draws=False)
    for index, va in enumerate(unexplained):
        appetite.weigh(va, OWN, 10.0 * index)
    assert appetite.draws is expected


@pytest.mark.parametrize(
    ("unseen", "waits_s", "expected"),
    [
        pytest.param(True, HOUR, None, id="off, or with rare samples: not believed for long"),
        pytest.param(True, 600.0, False, id="for a while it is"),
        pytest.param(False, HOUR, False, id="where a start would show it is believed"),
    ],
)
def test_how_long_rest_is_believed(*, unseen: bool, waits_s: float, expected: bool | None) -> None:
    appetite = Appetite()
    appetite.switched(0.0, OWN, 0.0)
    appetite.pass_time(dead=False, unseen=unseen, now=waits_s)
    assert appetite.draws is expected


def test_behind_an_open_contactor_nothing_is_asked_for() -> None:
    load = track("tank")
    load.appetite.switched(0.0, OWN, 0.0)
    load.appetite.pass_time(dead=True, unseen=False, now=1.0)
    assert not asks(load)
    load.appetite.pass_time(dead=False, unseen=False, now=2.0)
    assert asks(load), "what it wants now is not known"


# The meter ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("powers", "expected"),
    [
        pytest.param([500, 500, 2500, 2500], [2000], id="a clean step"),
        pytest.param([500, 500, 1700, 2500, 2500], [2000], id="a step that two samples share"),
        pytest.param([500, 500, 550, 600, 650, 700, 750, 800, 850], [], id="a drift"),
        pytest.param([500, 500, 2500, 500, 500], [], id="gone before it came to rest"),
        pytest.param([2500, 2500, 500, 500], [-2000], id="a fall"),
        pytest.param([500, 2500, 2500], [], id="from a level that is not known"),
    ],
)
def test_levels(powers: list[float], expected: list[float]) -> None:
    levels = Levels()
    told = [levels.steps({1: va}, 1.5 * index) for index, va in enumerate(powers, 1)]
    assert [step[1] for step in told if step] == expected


def test_our_own_orders_are_no_steps_and_what_comes_with_them_is_one() -> None:
    """A cut of 1200 VA, and while it is under way a tank of 2000 VA starts."""
    levels = Levels()
    for index in (1, 2):
        levels.steps({1: 5000.0}, 1.5 * index)
    assert levels.steps({1: 7000.0}, 4.5, moving=True) == {}
    levels.expect({1: 1200.0}, -1.0)
    assert levels.steps({1: 5800.0}, 6.0) == {}
    assert levels.steps({1: 5800.0}, 7.5) == {1: 2000.0}


def test_samples_far_apart_tell_no_steps() -> None:
    levels = Levels()
    told = [levels.steps({1: va}, 60.0 * index) for index, va in enumerate((500.0, 500.0, 2500.0, 2500.0), 1)]
    assert told == [{}] * 4
    assert levels.blind


@pytest.mark.parametrize(
    ("made", "own", "expected"),
    [
        pytest.param({1: 2000.0}, (1,), 2000, id="its phase"),
        pytest.param({2: 2000.0}, (1,), 0, id="another phase"),
        pytest.param({1: 700.0, 2: 700.0, 3: 700.0}, (1, 2, 3), 2100, id="all three of its phases"),
        pytest.param({1: 2000.0}, (1, 2, 3), 0, id="one of its three phases"),
        pytest.param({1: 2000.0}, (), 0, id="its phase is unknown"),
    ],
)
def test_what_the_phases_of_a_load_moved(made: dict[int, float], own: tuple[int, ...], expected: float) -> None:
    assert share_of(made, own) == expected


# The house ------------------------------------------------------------------------------------------------------------


def test_a_tank_that_tells_nothing_is_charged_for_what_it_asked() -> None:
    """It asks for two hours of ten, between heaters that tell; nobody says when, the meter shows it."""

    def heats(now: float) -> bool:
        return 4 * HOUR <= now < 6 * HOUR

    loads = [
        plug("tank", 2000, asks=heats),
        *(plug(name, 1200, measured=True) for name in ("a", "b", "c")),
    ]
    bench = Bench(
        *loads,
        coordinators=[coordinator(*loads, strategy=StrategyName.CASCADE_CYCLIC)],
        base=steps((0, 2000), (50, 3100)),
        profile=Profile.STRICT,
    ).run(10 * HOUR)
    account = Ledger(0.0, bench.arbiter.ledger(bench.now)).total("tank")
    assert account.demanded_s == pytest.approx(2 * HOUR, rel=0.1)
    assert account.withheld_s > 0
    rested = [at for at in bench.cuts("tank") if not heats(at)]
    assert len(rested) <= 1, "what rests takes no turn once that is known"
    turns = [command.load_id for _, command in bench.commands if command.reason is Reason.TURN]
    assert set(turns) == {"tank", "a", "b", "c"}


def test_a_step_above_what_the_phase_may_give_is_not_the_loads_own() -> None:
    """At each cut a hob on its phase of 4 kVA stops as well: it would be taken for 4.3 kVA and stay off."""
    load = plug("a", 1250, declared=None)
    powers = steps(*((60.0 + 600 * n + after, va) for n in range(8) for after, va in ((0, 3200.0), (3, 150.0))))
    bench = Bench(load, base=powers, contract_va=4000, profile=Profile.STRICT).run(5400)
    assert len(bench.cuts("a")) >= 2
    learned = bench.report("a").learned_va
    assert learned is None or learned < 2000
    assert bench.off() == []
