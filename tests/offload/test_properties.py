"""What holds whatever happens: found by throwing everything at the arbiter (hypothesis)."""

from collections.abc import Callable, Sequence
from typing import override

from hypothesis import given, settings, strategies as st

from custom_components.linky_offload.meter.trip import TRIP_RATIO
from custom_components.linky_offload.offload import (
    Action,
    Arbiter,
    Cause,
    Decision,
    LoadMemory,
    LoadView,
    OffloadMode,
    Profile,
    Reason,
    Settings,
)

from .common import Bench, Plug, coordinator, plug, reading, steps

POWERS = st.integers(100, 3000)
PROFILES = st.sampled_from(Profile)


def seated(loads: Sequence[Plug], profile: Profile, contract_delay_s: float = 60) -> Arbiter:
    """An arbiter that has seen its loads, all as they are."""
    arbiter = Arbiter(
        Settings(profile=profile, start_grace_s=0, contract_delay_s=contract_delay_s),
        [coordinator(*loads)],
        mode=OffloadMode.AUTOMATIC,
        now=0.0,
        memory={one.load_id: LoadMemory(intent=not one.on) for one in loads},
    )
    for one in loads:
        arbiter.see_load(LoadView(load_id=one.load_id, available=True, on=one.on), Cause.FIRST, 0.0)
    return arbiter


# One sample -----------------------------------------------------------------------------------------------------------


@given(
    house=st.lists(st.integers(0, 6000), min_size=1, max_size=20),
    powers=st.lists(POWERS, min_size=1, max_size=6),
    profile=PROFILES,
)
def test_below_the_threshold_nothing_is_cut(house: list[int], powers: list[int], profile: Profile) -> None:
    """A serial line, a filter that follows the house: no guard has a word to say below the contract."""
    arbiter = seated([plug(str(index), va) for index, va in enumerate(powers)], profile)
    for index, va in enumerate(house):
        now = 1.0 + 1.5 * index
        assert arbiter.observe(reading(now, [va], trip_y=[min(1.0, (va / 6000) ** 2)]), now).commands == ()


@given(over=st.integers(1, 4000), powers=st.lists(POWERS, min_size=1, max_size=8))
def test_a_cut_is_enough_and_no_load_of_it_is_needless(over: int, powers: list[int]) -> None:
    arbiter = seated([plug(str(index), va) for index, va in enumerate(powers)], Profile.STRICT)
    decision = arbiter.observe(reading(1.0, [6000 + over], trip_y=[0.5]), 1.0)
    cut = [powers[int(command.load_id)] for command in decision.commands]
    if sum(powers) >= over:
        assert sum(cut) >= over
        assert all(sum(cut) - va < over for va in cut)
    else:
        assert len(cut) == len(powers)


@given(
    missing=st.sampled_from([(None, 500.0, 500.0), (500.0, None, 500.0), (9000.0, 9000.0, None), (None, None, None)]),
    trip_y=st.floats(0, TRIP_RATIO**2),
    profile=PROFILES,
)
def test_a_missing_power_moves_nothing(missing: Sequence[float | None], trip_y: float, profile: Profile) -> None:
    loads = [plug("on", 1000), plug("off", 1000, on=False)]
    arbiter = seated(loads, profile, contract_delay_s=0)
    for index in range(20):
        now = 1.0 + 1.5 * index
        decision = arbiter.observe(reading(now, missing, contract_va=12000, trip_y=[trip_y] * 3), now)
        assert decision.commands == ()


@given(
    powers=st.lists(POWERS, min_size=1, max_size=8),
    house=st.integers(0, 6500),
    trip_y=st.floats(0, TRIP_RATIO**2),
    profile=PROFILES,
)
def test_a_clean_stop_grants_each_va_once(powers: list[int], house: int, trip_y: float, profile: Profile) -> None:
    arbiter = seated([plug(str(index), va, on=False) for index, va in enumerate(powers)], profile)
    first = arbiter.observe(reading(1.0, [house], trip_y=[trip_y]), 1.0)
    granted = [*first.commands, *arbiter.shutdown(1.0).commands]
    total = house + sum(powers[int(command.load_id)] for command in granted)
    limit = 6000 - 200 if profile is not Profile.METER else 1.25 * 6000
    assert not granted or total <= limit
    assert len({command.load_id for command in granted}) == len(granted)


# Everything at once ---------------------------------------------------------------------------------------------------


class Watched(Bench):
    """A bench that looks at every decision."""

    @override
    def take(self, decision: Decision) -> None:
        """Refuse a decision that grants the same room twice, or that forgets what is cut."""
        super().take(decision)
        if any(command.reason is Reason.ROOM for command in decision.commands) and not self.muted:
            desk = self.arbiter._desk  # the corrected powers are nowhere else to be had
            for load in desk.house.loads(desk.settings, desk.flights, self.now):
                assert load.power_va <= load.threshold_va * (1.25 if self.settings.profile is Profile.METER else 1)
        cut = {command.load_id for command in decision.commands if command.action is Action.OFFLOAD}
        assert cut <= decision.intents
        assert len({command.load_id for command in decision.commands}) == len(decision.commands)


Deed = Callable[[Bench], None]
IDS = st.sampled_from("abc")


def deeds() -> st.SearchStrategy[Deed]:
    """Anything that may happen to a house."""

    def deed(name: str, *arguments: object, **options: object) -> Deed:
        return lambda bench: getattr(bench, name)(*arguments, **options)

    def spoil(load_id: str, quality: str, value: object) -> Deed:
        return lambda bench: setattr(bench.plugs[load_id], quality, value)

    def enter(mode: OffloadMode) -> Deed:
        return lambda bench: bench.take(bench.arbiter.set_mode(mode, bench.now))

    def draw(va: float) -> Deed:
        return lambda bench: setattr(bench, "base", steps((0, va)))

    return st.one_of(
        st.builds(draw, st.integers(0, 8000)),
        st.builds(
            lambda load_id, on, hand: deed("wish", load_id, on=on, by_hand=hand), IDS, st.booleans(), st.booleans()
        ),
        st.builds(
            lambda load_id, on, cause: deed("switch", load_id, on=on, cause=cause),
            IDS,
            st.booleans(),
            st.sampled_from([Cause.HAND, Cause.ORDER]),
        ),
        st.builds(lambda load_id: deed("lose", load_id), IDS),
        st.builds(lambda load_id, on: deed("find", load_id, on=on), IDS, st.booleans()),
        st.builds(lambda load_id, value: spoil(load_id, "deaf", value), IDS, st.booleans()),
        st.builds(lambda load_id, value: spoil(load_id, "latency_s", value), IDS, st.floats(0, 20)),
        st.builds(lambda muted: deed("mute", muted=muted), st.booleans()),
        st.builds(enter, st.sampled_from(OffloadMode)),
    )


def live(story: list[tuple[float, Deed]], profile: Profile, *, measured: bool) -> Bench:
    """Let all of it happen, each after a pause."""
    loads = [plug(name, va, measured=measured, minimum_off_s=30) for name, va in (("a", 1500), ("b", 2000), ("c", 800))]
    bench = Watched(*loads, base=steps((0, 1000)), profile=profile)
    for pause, deed in story:
        bench.run(bench.now + pause)
        deed(bench)
    return bench


STORIES = st.lists(st.tuples(st.floats(0.1, 90), deeds()), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(story=STORIES, profile=PROFILES, measured=st.booleans())
def test_in_the_end_every_load_is_as_its_owner_wants_it(
    story: list[tuple[float, Deed]], profile: Profile, *, measured: bool
) -> None:
    """However it came: once the meter speaks, plugs answer and the house is quiet, nothing that is wanted stays off."""
    bench = live(story, profile, measured=measured)
    bench.breaker.reclose()
    bench.base = steps((0, 200))
    bench.mute(muted=False)
    for one in bench.plugs.values():
        one.deaf, one.latency_s = False, 1.0
        if not one.available:
            bench.find(one.load_id, on=one.on)
    bench.run(bench.now + 5000)
    for one in bench.plugs.values():
        assert one.on or bench.report(one.load_id).wanted is False
    assert bench.intents[-1][1] == frozenset()


@settings(max_examples=20, deadline=None)
@given(story=STORIES, profile=PROFILES)
def test_what_a_person_switched_off_stays_off(story: list[tuple[float, Deed]], profile: Profile) -> None:
    bench = live(story, profile, measured=False)
    bench.run(bench.now + 30)  # no order of ours is on its way any more
    one = bench.plugs["b"]
    one.deaf = False
    if not one.available:
        bench.find("b", on=one.on)
    bench.wish("b", on=False, by_hand=True)
    asked = len(bench.returns("b"))
    bench.base = steps((0, 200))
    bench.run(bench.now + 2000)
    assert len(bench.returns("b")) == asked
