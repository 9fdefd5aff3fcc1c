"""How many phases, and the power of each (tic.md §5, §9.4)."""

import pytest

from custom_components.linky_offload.meter import Quantity, Refusal
from custom_components.linky_offload.tic import Mode
from tests.meter.feed import (
    HISTORIC_ONE,
    HISTORIC_SHORT,
    HISTORIC_THREE,
    OLD_ONE_PHASE,
    STANDARD_ONE,
    STANDARD_THREE,
    Feed,
    Line,
    changed,
)


@pytest.mark.parametrize(
    ("mode", "frame", "count"),
    [
        pytest.param(Mode.HISTORIC, HISTORIC_ONE, 1, id="historic, one phase"),
        pytest.param(Mode.HISTORIC, HISTORIC_THREE, 3, id="historic, three phases"),
        pytest.param(Mode.HISTORIC, HISTORIC_SHORT, 3, id="short frame"),
        pytest.param(Mode.STANDARD, STANDARD_ONE, 1, id="standard, one phase"),
        pytest.param(Mode.STANDARD, STANDARD_THREE, 3, id="standard, three phases"),
    ],
)
def test_the_first_frame_tells_how_many_phases(mode: Mode, frame: tuple[Line, ...], count: int) -> None:
    feed = Feed(mode=mode)
    assert not feed.reading.phases
    feed.frame(frame)
    assert [phase.phase for phase in feed.reading.phases] == list(range(1, count + 1))
    assert None not in feed.powers


def test_neighbours_parted_by_a_lost_group_prove_nothing() -> None:
    feed = Feed()
    feed.group("IRMS1", "004")
    feed.lose()  # IRMS2 and IRMS3
    feed.group("URMS1", "239")
    assert feed.reading.phases == ()


def test_a_source_without_order_is_counted_after_two_frames() -> None:
    feed = Feed()
    frame = (("SINSTS", "01679"), ("IRMS1", "007"), ("PCOUP", "06"))
    feed.frame(frame, times=2)
    assert feed.reading.phases == ()
    feed.frame(frame)
    assert feed.powers == [1679]


def test_one_damaged_label_does_not_make_a_phase() -> None:
    feed = Feed()
    feed.frame(STANDARD_ONE, times=3)
    feed.frame((*STANDARD_ONE, ("IRMS2", "007")), times=10)
    assert len(feed.reading.phases) == 1


def test_another_number_of_phases_is_believed_after_five_frames() -> None:
    feed = Feed()
    feed.frame(STANDARD_ONE, times=3)
    feed.frame(STANDARD_THREE, times=5)
    assert len(feed.reading.phases) == 1
    feed.frame(STANDARD_THREE)
    assert feed.powers == [945, 265, 5580]


class TestStandard:
    def test_one_phase_reads_its_power(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE)
        (phase,) = feed.reading.phases
        assert (phase.power_va, phase.estimated, phase.share_va) == (1679, False, 6000)

    def test_each_phase_acts_when_its_own_group_arrives(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_THREE)
        reading = feed.group("SINSTS2", "00300")
        assert reading is not None
        assert reading.power_changed
        assert [phase.power_va for phase in reading.phases] == [945, 300, 5580]
        assert reading.phases[1].at == feed.now
        assert reading.phases[0].at is not None
        assert reading.phases[0].at < feed.now

    def test_the_total_of_three_phases_is_no_phase(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_THREE)
        reading = feed.group("SINSTS", "06800")
        assert reading is not None
        assert not reading.power_changed
        assert reading.power_va == 6800

    def test_a_power_above_the_total_that_its_current_denies_is_replaced_at_once(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_THREE)
        feed.frame(changed(STANDARD_THREE, SINSTS1="30370"))
        first = feed.reading.phases[0]
        assert (first.power_va, first.estimated) == (4 * 239, True)
        assert feed.value(Quantity.APPARENT_POWER_1) == 945
        assert feed.meter.stats[Refusal.PHASE_SUM] == 1
        feed.frame(STANDARD_THREE)
        assert (feed.powers[0], feed.reading.phases[0].estimated) == (945, False)

    def test_powers_that_do_not_add_up_are_replaced_after_three_frames(self) -> None:
        feed = Feed()
        low = changed(STANDARD_THREE, SINSTS3="00010")
        feed.frame(low, times=2)
        assert feed.powers == [945, 265, 10]
        feed.frame(low, times=2)
        assert feed.powers == [4 * 239, 241, 24 * 232]
        assert all(phase.estimated for phase in feed.reading.phases)
        feed.frame(STANDARD_THREE, times=4)
        assert feed.powers == [945, 265, 5580]
        assert not any(phase.estimated for phase in feed.reading.phases)

    def test_a_phase_that_exports_takes_from_the_total_and_is_no_error(self) -> None:
        feed = Feed()
        frame = changed(STANDARD_THREE, SINSTS="00013", SINSTS1="00000", SINSTS2="00568", SINSTS3="00000", IRMS2="002")
        feed.frame(changed(frame, IRMS1="003", IRMS3="000"), times=10)
        assert feed.powers == [0, 568, 0]
        assert not feed.meter.stats

    def test_small_exports_of_two_phases_explain_together_what_the_total_lacks(self) -> None:
        feed = Feed()
        frame = changed(STANDARD_THREE, SINSTS="00046", SINSTS1="00000", SINSTS2="00531", SINSTS3="00000")
        feed.frame(changed(frame, IRMS1="001", IRMS2="002", IRMS3="001", STGE="013A0501"), times=10)
        assert feed.powers == [0, 531, 0]
        assert not feed.meter.stats

    def test_phases_need_not_add_up_while_the_home_exports(self) -> None:
        feed = Feed()
        frame = changed(STANDARD_THREE, SINSTS="00000", SINSTS1="00000", SINSTS2="00568", SINSTS3="00000")
        feed.frame(changed(frame, IRMS1="000", IRMS2="002", IRMS3="000", STGE="013A0701"), times=10)
        assert feed.powers == [0, 568, 0]
        assert not feed.meter.stats

    def test_the_sum_of_the_phases_serves_where_the_total_is_missing(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_THREE, SINSTS=None))
        assert feed.reading.power_va == 945 + 265 + 5580

    def test_currents_have_no_sign_so_an_estimate_is_nothing_while_the_home_exports(self) -> None:
        feed = Feed()
        low = changed(STANDARD_THREE, SINSTS3="00010", STGE="003B0001")
        feed.frame(low, times=4)
        feed.frame(changed(low, STGE="003B0201"), times=2)
        assert feed.powers == [0, 0, 0]

    def test_a_phase_without_current_is_not_replaced_by_a_guess(self) -> None:
        feed = Feed()
        low = changed(STANDARD_THREE, SINSTS3="00010", IRMS3=None)
        feed.frame(low, times=6)
        assert feed.reading.phases[2].power_va == 10
        assert feed.reading.phases[2].at is not None
        assert feed.now - feed.reading.phases[2].at > 16 * feed.pace

    def test_import_is_nothing_while_exporting(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_ONE, SINSTS="00000", STGE="003A0201", IRMS1="009"), times=2)
        assert feed.powers == [0]
        assert feed.reading.exporting is True


class TestHistoric:
    def test_one_phase_reads_its_power(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE)
        (phase,) = feed.reading.phases
        assert (phase.power_va, phase.estimated, phase.share_va) == (690, False, 6000)

    def test_the_current_waits_for_the_power_of_its_frame(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE, times=2)
        reading = feed.group("IINST", "030")
        assert reading is not None
        assert not reading.power_changed
        assert feed.powers == [690]

    def test_three_phases_share_their_power_by_the_currents(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_THREE)
        assert feed.powers == [800, 200, 3000]
        assert all(phase.estimated for phase in feed.reading.phases)

    def test_a_power_without_a_whole_ampere_is_shared_equally(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(changed(HISTORIC_THREE, IINST1="000", IINST2="000", IINST3="000", PAPP="00240"))
        assert feed.powers == [80, 80, 80]

    def test_currents_of_short_frames_are_worth_230_volts(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_THREE, times=2)
        feed.frame(HISTORIC_SHORT)
        assert feed.powers == [4 * 230, 230, 24 * 230]
        assert feed.readings[-1].power_changed

    def test_the_last_minute_of_short_frames_carries_no_warning(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_THREE, times=2)
        feed.frame(changed(HISTORIC_SHORT, ADIR3=None))
        assert feed.powers == [4 * 230, 230, 24 * 230]

    def test_a_long_frame_that_lost_its_beginning_is_not_a_short_one(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_THREE, times=2)
        feed.frame(HISTORIC_THREE[6:9])
        assert feed.powers == [800, 200, 3000]

    def test_the_long_frame_between_short_ones_shares_its_power_again(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_SHORT, times=20, wait=0.6)
        feed.frame(HISTORIC_THREE)
        assert feed.powers == [800, 200, 3000]

    def test_a_meter_without_apparent_power_is_estimated_from_its_current(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        frame = changed(HISTORIC_ONE, ADCO=OLD_ONE_PHASE, PAPP=None, HHPHC=None)
        feed.frame(frame)
        assert feed.powers == [None]
        feed.frame(frame)
        (phase,) = feed.reading.phases
        assert (phase.power_va, phase.estimated) == (3 * 230, True)

    def test_a_lost_power_is_no_missing_power(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE)
        feed.frame(changed(HISTORIC_ONE, IINST="009"), times=2, without="PAPP")
        assert feed.powers == [690]

    def test_a_power_lost_for_ten_seconds_is_replaced_by_the_current(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE)
        feed.frame(changed(HISTORIC_ONE, IINST="009"), times=6, without="PAPP", wait=2)
        assert feed.powers == [9 * 230]


def test_what_a_phase_shed_is_known_to_its_filter_alone() -> None:
    feed, other = Feed(), Feed()
    for one in (feed, other):
        one.frame(STANDARD_THREE)
    feed.meter.shed({3: 3000.0, 4: 3000.0}, feed.now + 1)
    for one in (feed, other):
        one.now += 60.0
        one.frame(changed(STANDARD_THREE, SINSTS="03790", SINSTS3="02580"))
    states, held = ([phase.trip_y for phase in one.reading.phases] for one in (feed, other))
    assert states[:2] == held[:2]
    assert states[2] is not None
    assert held[2] is not None
    assert states[2] < held[2]
