"""What a reading is, when it is made, and how the filter follows the meter's words (tic.md §9.4)."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import TRIP_RATIO, Quantity, step
from custom_components.linky_offload.tic import Mode
from tests.meter.feed import HISTORIC_ONE, HISTORIC_THREE, STANDARD_ONE, STANDARD_THREE, Feed, Line, changed

NO_MAXIMUM = changed(STANDARD_ONE, SMAXSN=None)


class TestUnknown:
    def test_is_none_and_never_nothing(self) -> None:
        reading = Feed().reading
        assert reading.mode is None
        assert reading.address is None
        assert reading.contract_va is None
        assert reading.cutoff_va is None
        assert reading.phases == ()
        assert reading.over_reference is None
        assert reading.exporting is None
        assert reading.breaker is None
        assert reading.cadence_s is None
        assert reading.power_va is None
        assert not reading.values

    def test_a_phase_without_power_has_none(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_THREE, SINSTS=None, SINSTS2=None))
        assert feed.powers == [945, None, 5580]
        assert feed.reading.power_va is None

    def test_the_filter_is_unknown_while_the_contract_is(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_ONE, PREF=None, PCOUP=None))
        (phase,) = feed.reading.phases
        assert (phase.power_va, phase.trip_y, phase.share_va) == (1679, None, None)

    def test_a_silent_meter_keeps_its_last_power_with_its_age(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE)
        (before,) = feed.reading.phases
        feed.now += 3600
        (after,) = feed.reading.phases
        assert (after.power_va, after.at) == (1679, before.at)

    @given(
        case=st.sampled_from(
            [
                (Mode.STANDARD, STANDARD_ONE),
                (Mode.STANDARD, STANDARD_THREE),
                (Mode.HISTORIC, HISTORIC_ONE),
                (Mode.HISTORIC, HISTORIC_THREE),
            ]
        ),
        lost=st.lists(st.sets(st.integers(0, 16)), min_size=1, max_size=6),
    )
    def test_whatever_the_line_loses_nothing_is_made_up(
        self, case: tuple[Mode, tuple[Line, ...]], lost: list[set[int]]
    ) -> None:
        mode, frame = case
        whole, feed = Feed(mode=mode), Feed(mode=mode)
        whole.frame(frame, times=3)
        for missing in lost:
            feed.frame_number += 1
            for rank, line in enumerate(frame):
                if rank in missing:
                    feed.lose()
                else:
                    feed.group(*line)
        told = {quantity: measured.value for quantity, measured in feed.reading.values.items()}
        assert told.items() <= {quantity: measured.value for quantity, measured in whole.reading.values.items()}.items()
        assert 0 not in feed.powers
        assert all(phase.trip_y is None or 0 < phase.trip_y <= TRIP_RATIO**2 for phase in feed.reading.phases)


class TestReadings:
    @pytest.mark.parametrize(
        ("label", "same", "other"),
        [
            pytest.param("IRMS1", "007", "008", id="current"),
            pytest.param("STGE", "003AC401", "003AC481", id="overload"),
            pytest.param("STGE", "003AC401", "003AC403", id="breaker"),
            pytest.param("STGE", "003AC401", "003AC601", id="exporting"),
        ],
    )
    def test_a_change_is_seen_at_once_and_a_repetition_is_not(self, label: str, same: str, other: str) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=2)
        assert feed.group(label, same) is None
        assert feed.group(label, other) is not None

    @pytest.mark.parametrize("label", ["SINSTS", "SINSTI"])
    def test_each_power_sample_is_seen_even_unchanged(self, label: str) -> None:
        feed = Feed()
        feed.frame((*STANDARD_ONE, ("SINSTI", "00000")))
        assert feed.group(label, "00100") is not None
        assert feed.group(label, "00100") is not None

    @pytest.mark.parametrize(
        "line", [("EAST", "020240588"), ("NTARF", "01"), ("URMS1", "239"), ("DATE", "", "H260115141503")]
    )
    def test_what_nobody_waits_for_makes_no_reading(self, line: tuple[str, str]) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=2)
        assert feed.group(*line) is None

    def test_the_end_of_a_frame_makes_one(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE)
        count = len(feed.readings)
        feed.end_frame()
        assert len(feed.readings) == count + 1
        assert not feed.readings[-1].power_changed

    def test_only_a_power_of_a_phase_says_that_power_changed(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=2)
        changes = [reading.power_changed for reading in feed.readings[-3:]]
        assert changes.count(True) == 1

    def test_is_not_touched_by_what_comes_later(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE)
        reading = feed.reading
        feed.group("SINSTS", "05000")
        assert reading.power_va == 1679
        assert reading.phases[0].power_va == 1679
        with pytest.raises(TypeError):
            reading.values[Quantity.APPARENT_POWER] = feed.reading.values[Quantity.APPARENT_POWER]  # type: ignore[index]

    def test_every_value_has_the_time_it_came(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=2)
        start = feed.now
        feed.frame(STANDARD_ONE)
        assert {measured.at > start for measured in feed.reading.values.values()} == {True}


class TestFilter:
    def steady(self, power: int, seconds: int, feed: Feed | None = None) -> Feed:
        feed = feed or Feed()
        for _ in range(seconds):
            feed.frame(changed(NO_MAXIMUM, SINSTS=f"{power:05}", IRMS1="030"), wait=1 - len(NO_MAXIMUM) * feed.pace)
        return feed

    def test_follows_each_phase_against_its_share(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_THREE)
        y = [phase.trip_y for phase in feed.reading.phases]
        assert y == pytest.approx([(va / 4000) ** 2 for va in (945, 265, 5200)], rel=1e-3)

    def test_is_told_at_the_moment_of_the_reading(self) -> None:
        feed = self.steady(3000, 3)
        feed.group("SINSTS", "09000")
        feed.now += 9
        y = feed.reading.phases[0].trip_y
        assert y == pytest.approx(step(0.25, 1.5, 9), abs=1e-3)

    def test_takes_the_higher_load_for_a_silence(self) -> None:
        feed = self.steady(3000, 3)
        feed.now += 60
        feed.group("SINSTS", "07500")
        assert feed.reading.phases[0].trip_y == pytest.approx(step(0.25, 1.25, 61), abs=0.01)

    def test_takes_the_higher_load_after_a_lost_line(self) -> None:
        feed = self.steady(3000, 3)
        feed.meter.gap(feed.now)
        feed.now += 6
        feed.group("SINSTS", "07500")
        assert feed.reading.phases[0].trip_y == pytest.approx(step(0.25, 1.25, 6.3), abs=0.01)

    def test_starts_no_higher_than_the_maximum_of_today(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_ONE, SINSTS="07000", IRMS1="030"))
        assert feed.reading.phases[0].trip_y == pytest.approx((5529 / 6000) ** 2, rel=0.01)

    def test_does_not_take_the_maximum_of_yesterday_for_today(self) -> None:
        feed = Feed()
        feed.frame(
            (
                *changed(NO_MAXIMUM, SINSTS="07000", IRMS1="030"),
                ("SMAXSN", "05529", "H260114235959"),
            )
        )
        assert feed.reading.phases[0].trip_y == pytest.approx((7000 / 6000) ** 2, rel=0.01)

    @pytest.mark.parametrize("second", [pytest.param(s, id=f"DATE {s - 2:+} s") for s in (0, 1, 2, 3)])
    def test_takes_the_maximum_of_this_cycle_as_its_state(self, second: int) -> None:
        feed = Feed()
        feed.frame((*changed(NO_MAXIMUM, SINSTS="07600", IRMS1="030"), ("SMAXSN", "06900", f"H26011514150{second}")))
        assert feed.reading.phases[0].trip_y == pytest.approx((6900 / 6000) ** 2, rel=0.02)

    def test_checks_each_of_three_phases_by_its_own_maximum(self) -> None:
        feed = Feed()
        feed.frame((*STANDARD_THREE, ("SMAXSN", "06125", "E260715193002"), ("SMAXSN3", "04890", "E260715193002")))
        y = [phase.trip_y for phase in feed.reading.phases]
        assert y[2] == pytest.approx((4890 / 4000) ** 2, rel=0.02)
        assert y[0] == pytest.approx((945 / 4000) ** 2, rel=1e-3)

    def test_needs_the_clock_of_the_meter(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_ONE, DATE=None, SINSTS="07000", IRMS1="030"))
        assert feed.reading.phases[0].trip_y == pytest.approx((7000 / 6000) ** 2, rel=0.01)


class TestCadence:
    def test_is_the_pace_of_the_powers(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=12, wait=1.5)
        assert feed.reading.cadence_s == pytest.approx(1.5 + len(STANDARD_ONE) * feed.pace)

    def test_is_that_of_one_phase_on_three(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_THREE, times=12, wait=1.5)
        assert feed.reading.cadence_s == pytest.approx(1.5 + len(STANDARD_THREE) * feed.pace)

    def test_an_outage_is_none(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE, times=12, wait=1.5)
        feed.meter.gap(feed.now)
        feed.now += 900
        feed.frame(HISTORIC_ONE, times=3, wait=1.5)
        assert feed.reading.cadence_s == pytest.approx(1.5 + len(HISTORIC_ONE) * feed.pace)
