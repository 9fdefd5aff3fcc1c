"""The publishing policies: which values become states, and when."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.pace import RULES, Kind, Pace, Publishing

BALANCED = RULES[Publishing.BALANCED]
ECONOMY = RULES[Publishing.ECONOMY]


def published(
    kind: Kind,
    samples: list[tuple[float, object]],
    *,
    urgent: bool = False,
    publishing: Publishing = Publishing.BALANCED,
) -> list[object]:
    """The values out of (second, value) ``samples`` that a pace lets through."""
    pace, rule = Pace(kind), RULES[publishing][kind]
    return [value for now, value in samples if pace.due(value, now, rule, urgent=urgent)]


@pytest.mark.parametrize(
    ("kind", "samples", "expected"),
    [
        pytest.param(Kind.POWER, [(0, 800)], [800], id="the first value always shows"),
        pytest.param(Kind.POWER, [(0, None), (1, 800)], [None, 800], id="a value that becomes known shows at once"),
        pytest.param(Kind.POWER, [(0, 800), (1, None)], [800, None], id="a value that becomes unknown shows at once"),
        pytest.param(Kind.POWER, [(0, 800), (9.9, 900)], [800], id="a small change of power waits ten seconds"),
        pytest.param(Kind.POWER, [(0, 800), (9.9, 900), (10, 900)], [800, 900], id="a power held back shows later"),
        pytest.param(Kind.POWER, [(0, 800), (1, 1000)], [800, 1000], id="a step of 200 VA shows after a second"),
        pytest.param(
            Kind.POWER,
            [(0, 800), (0.4, 3800), (0.9, 2400), (1, 2400), (1.4, 800), (2, 800)],
            [800, 2400, 800],
            id="steps are a second apart, and the last of them always shows",
        ),
        pytest.param(Kind.POWER, [(0, 800), (60, 840)], [800], id="a power inside the dead band does not show"),
        pytest.param(Kind.POWER, [(0, 800), (60, 841)], [800, 841], id="a power outside the dead band shows"),
        pytest.param(Kind.POWER, [(0, 4000), (60, 4120)], [4000], id="the dead band is three percent of a high power"),
        pytest.param(Kind.POWER, [(0, 4000), (60, 4121)], [4000, 4121], id="beyond three percent a high power shows"),
        pytest.param(Kind.POWER, [(0, 800), (300, 810)], [800, 810], id="after five minutes any change shows"),
        pytest.param(
            Kind.POWER,
            [(0, 800), (20, 830), (40, 860)],
            [800, 860],
            id="the dead band is around the value shown last, so that a drift shows",
        ),
        pytest.param(Kind.POWER, [(0, 40), (10, 0)], [40, 0], id="down to zero shows inside the dead band"),
        pytest.param(Kind.MARGIN, [(0, 90), (29.9, 80)], [90], id="a margin waits half a minute"),
        pytest.param(Kind.MARGIN, [(0, 90), (30, 80)], [90, 80], id="a margin shows after half a minute"),
        pytest.param(Kind.MARGIN, [(0, 90), (2, 60)], [90, 60], id="a margin that collapses shows at once"),
        pytest.param(Kind.CURRENT, [(0, 8), (60, 9), (120, 10)], [8, 10], id="a current that flickers does not show"),
        pytest.param(Kind.VOLTAGE, [(0, 230), (60, 231), (300, 231)], [230, 231], id="a voltage at rest comes true"),
        pytest.param(Kind.INDEX, [(0, 100), (59, 101), (60, 102)], [100, 102], id="an index shows once a minute"),
        pytest.param(Kind.VALUE, [(0, 230), (59, 231), (60, 232)], [230, 232], id="other measures show once a minute"),
        pytest.param(Kind.SLOW, [(0, 1), (599, 2), (600, 3)], [1, 3], id="a counter shows every ten minutes"),
        pytest.param(Kind.VALUE, [(0, ("a", 1)), (60, ("a", 2))], [("a", 1), ("a", 2)], id="dated values have no band"),
        pytest.param(Kind.TEXT, [(0, "hc"), (0.1, "hp")], ["hc", "hp"], id="a text shows at its change"),
        pytest.param(
            Kind.AT_ONCE, [(0, False), (0.1, True), (0.2, False)], [False, True, False], id="an overload shows at once"
        ),
        pytest.param(Kind.TEXT, [(0, "hc"), (999, "hc")], ["hc"], id="nothing shows without a change"),
    ],
)
def test_what_is_published_by_default(kind: Kind, samples: list[tuple[float, object]], expected: list[object]) -> None:
    assert published(kind, samples) == expected


def test_a_low_margin_shortens_the_interval_but_does_not_lift_the_need_for_a_change() -> None:
    assert published(Kind.MARGIN, [(0, 40), (1, 39), (2, 39), (4, 39), (5, 38)], urgent=True) == [40, 39, 38]


def test_only_what_protects_is_looked_at_with_every_sample() -> None:
    assert {kind for kind in Kind if kind.eager} == {Kind.AT_ONCE, Kind.POWER, Kind.MARGIN}


@pytest.mark.parametrize("publishing", Publishing)
@pytest.mark.parametrize("kind", [Kind.AT_ONCE, Kind.TEXT])
def test_events_are_immediate_under_every_policy(publishing: Publishing, kind: Kind) -> None:
    assert published(kind, [(0, False), (0.1, True), (0.2, False)], publishing=publishing) == [False, True, False]


@pytest.mark.parametrize("kind", Kind)
def test_live_tells_every_change(kind: Kind) -> None:
    samples: list[tuple[float, object]] = [(0, 800), (0.1, 801), (0.2, 801), (0.3, 802)]
    assert published(kind, samples, publishing=Publishing.LIVE) == [800, 801, 802]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.AT_ONCE, Kind.TEXT}])
def test_economy_tells_less_than_balanced(kind: Kind) -> None:
    assert ECONOMY[kind].every_s > BALANCED[kind].every_s
    assert ECONOMY[kind].step >= BALANCED[kind].step
    assert ECONOMY[kind].hurry_s >= BALANCED[kind].hurry_s


def test_economy_still_shows_a_step_of_500_va_within_ten_seconds() -> None:
    samples: list[tuple[float, object]] = [(0, 800), (9.9, 1300), (10, 1300), (11, 1600)]
    assert published(Kind.POWER, samples, publishing=Publishing.ECONOMY) == [800, 1300]


def test_no_measure_is_written_each_second_by_default() -> None:
    """A value that flickers by a little around its mean, looked at each second for an hour."""
    for kind in set(Kind) - {Kind.AT_ONCE, Kind.TEXT}:
        samples: list[tuple[float, object]] = [(second, 500 + second * 7919 % 60) for second in range(3600)]
        assert len(published(kind, samples)) <= 3600 / 10, kind


@given(
    publishing=st.sampled_from(Publishing),
    kind=st.sampled_from(Kind),
    steps=st.lists(st.tuples(st.floats(0, 30), st.integers(0, 9000)), min_size=1, max_size=60),
)
def test_published_values_keep_their_distance_and_the_last_one_is_never_lost(
    publishing: Publishing, kind: Kind, steps: list[tuple[float, int]]
) -> None:
    pace, rule = Pace(kind), RULES[publishing][kind]
    now, shown = 0.0, list[tuple[float, int]]()
    for wait, value in steps:
        now += wait
        if pace.due(value, now, rule):
            shown.append((now, value))
    for (earlier, before), (later, after) in pairwise(shown):
        assert later - earlier >= rule.hurry_s
        assert later - earlier >= rule.every_s or abs(after - before) >= rule.step
    # Asked once more after a calm time, the pace shows the very last value.
    pace.due(steps[-1][1], now + max(rule.settle_s, rule.every_s), rule)
    assert pace.last == steps[-1][1]
