"""The fixed publishing pace: which values become states, and when."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.pace import POWER_DEAD_BAND_VA, SHORTEST_S, Kind, Pace


def published(kind: Kind, samples: list[tuple[float, object]], *, urgent: bool = False) -> list[object]:
    """The values out of (second, value) ``samples`` that a pace lets through."""
    pace = Pace(kind)
    return [value for now, value in samples if pace.due(value, now, urgent=urgent)]


@pytest.mark.parametrize(
    ("kind", "samples", "expected"),
    [
        pytest.param(Kind.POWER, [(0, 800)], [800], id="the first value always shows"),
        pytest.param(Kind.POWER, [(0, None), (1, 800)], [None, 800], id="a value that becomes known shows at once"),
        pytest.param(Kind.POWER, [(0, 800), (1, None)], [800, None], id="a value that becomes unknown shows at once"),
        pytest.param(Kind.POWER, [(0, 800), (4.9, 2000)], [800], id="a power waits five seconds"),
        pytest.param(Kind.POWER, [(0, 800), (4.9, 2000), (5, 2000)], [800, 2000], id="a power held back shows later"),
        pytest.param(Kind.POWER, [(0, 800), (60, 850)], [800], id="a power inside the dead band does not show"),
        pytest.param(Kind.POWER, [(0, 800), (60, 851)], [800, 851], id="a power outside the dead band shows"),
        pytest.param(
            Kind.POWER,
            [(0, 800), (10, 830), (20, 860)],
            [800, 860],
            id="the dead band is around the value shown last, so that a drift shows",
        ),
        pytest.param(Kind.POWER, [(0, 40), (10, 0)], [40, 0], id="down to zero shows inside the dead band"),
        pytest.param(Kind.MARGIN, [(0, 90), (9.9, 80)], [90], id="a margin waits ten seconds"),
        pytest.param(Kind.MARGIN, [(0, 90), (10, 80)], [90, 80], id="a margin shows after ten seconds"),
        pytest.param(Kind.INDEX, [(0, 100), (59, 101), (60, 102)], [100, 102], id="an index shows once a minute"),
        pytest.param(Kind.VALUE, [(0, 230), (9, 231), (10, 232)], [230, 232], id="a voltage shows every ten seconds"),
        pytest.param(Kind.TEXT, [(0, "hc"), (0.1, "hp")], ["hc", "hp"], id="a text shows at its change"),
        pytest.param(
            Kind.AT_ONCE, [(0, False), (0.1, True), (0.2, False)], [False, True, False], id="an overload shows at once"
        ),
        pytest.param(Kind.TEXT, [(0, "hc"), (999, "hc")], ["hc"], id="nothing shows without a change"),
    ],
)
def test_what_is_published(kind: Kind, samples: list[tuple[float, object]], expected: list[object]) -> None:
    assert published(kind, samples) == expected


def test_a_low_margin_lifts_the_interval_but_not_the_need_for_a_change() -> None:
    assert published(Kind.MARGIN, [(0, 40), (1, 38), (2, 38), (3, 35)], urgent=True) == [40, 38, 35]


def test_only_what_protects_is_looked_at_with_every_sample() -> None:
    assert {kind for kind in Kind if kind.eager} == {Kind.AT_ONCE, Kind.POWER, Kind.MARGIN}


@given(
    kind=st.sampled_from(Kind),
    steps=st.lists(st.tuples(st.floats(0, 30), st.integers(0, 9000)), min_size=1, max_size=60),
)
def test_published_values_keep_their_distance_and_the_last_one_is_never_far(
    kind: Kind, steps: list[tuple[float, int]]
) -> None:
    pace = Pace(kind)
    now, shown = 0.0, []
    for wait, value in steps:
        now += wait
        if pace.due(value, now):
            shown.append(now)
    assert all(later - earlier >= SHORTEST_S[kind] for earlier, later in pairwise(shown))
    # Asked once more after a calm minute, the pace shows the last value or one that differs by less than the band.
    pace.due(steps[-1][1], now + 60)
    band = POWER_DEAD_BAND_VA if kind is Kind.POWER else 0
    assert isinstance(pace.last, int)
    assert abs(pace.last - steps[-1][1]) <= band
