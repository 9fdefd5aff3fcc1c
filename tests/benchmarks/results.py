"""Results as a run would leave them, for the tests of what is made of them."""

from collections.abc import Mapping, Sequence

from benchmarks.closed_loop.conditions import Conditions
from benchmarks.closed_loop.cost import SampleCost
from benchmarks.closed_loop.figures import Outcome
from benchmarks.closed_loop.plan import EXACT
from benchmarks.closed_loop.runner import Entrant, Result, Run
from benchmarks.closed_loop.score import Score
from benchmarks.closed_loop.waits import Delay, Wait


def wait(seconds: float, **aside_s: float) -> Wait:
    """Return a wait of a load that came back; ``aside_s``: its delays by their names."""
    named = {Delay[name.upper()]: value for name, value in aside_s.items()}
    return Wait(load_id="a", seconds=seconds, returned=True, aside_s=named)


def result(
    entrant: Entrant,
    *,
    seed: int = 1,
    conditions: Conditions = EXACT,
    days: float = 1.0,
    trips: int = 0,
    avoidable: int = 0,
    over_s: int = 0,
    unserved_vah: float = 0.0,
    degree_hours: float = 0.0,
    worst_room_kh: float = 0.0,
    late: int = 0,
    switches: int = 12,
    withheld: Sequence[Mapping[str, float]] = (),
    waits: tuple[Wait, ...] = (),
    overlong: int = 0,
) -> Result:
    """Return a run of ten episodes, four returns and one relapse."""
    score = Score(
        days=days,
        trips=trips,
        avoidable=avoidable,
        over_s=over_s,
        episodes=10,
        late=late,
        unserved_vah=unserved_vah,
        degree_hours=degree_hours,
        worst_room_kh=worst_room_kh,
        switches=switches,
        most_switches=6,
        withheld=dict(enumerate(withheld)),
        returns=4,
        relapses=1,
        waits=waits,
        overlong=overlong,
        still_off=0,
    )
    return Result(run=Run(entrant, seed, conditions, days), score=score)


def outcome(
    plain: Sequence[Result] = (),
    trials: Sequence[Result] = (),
    weeks: Sequence[Result] = (),
    costs: Sequence[SampleCost] = (),
    optimum_vah: Mapping[int, float] | None = None,
) -> Outcome:
    """Return what a run has measured, by default nothing."""
    return Outcome(plain=plain, trials=trials, weeks=weeks, costs=costs, optimum_vah=optimum_vah or {})
