"""Labels that speak by being there (tic.md §6.3, §12.13)."""

import pytest

from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.tic import Mode
from tests.meter.feed import HISTORIC_ONE, HISTORIC_SHORT, HISTORIC_THREE, ONE_PHASE, STANDARD_ONE, Feed, Line, changed


def after(frame: tuple[Line, ...], label: str, *extra: Line) -> tuple[Line, ...]:
    place = next(rank for rank, line in enumerate(frame) if line[0] == label) + 1
    return (*frame[:place], *extra, *frame[place:])


ADPS = after(HISTORIC_ONE, "IINST", ("ADPS", "035"))
TAIL = changed(HISTORIC_SHORT, ADIR3=None, IINST3="010")


class TestOverloadOfOnePhase:
    def test_nothing_is_known_before_a_whole_frame(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE)
        assert feed.reading.over_reference is None
        feed.end_frame()
        assert feed.reading.over_reference is False

    def test_the_warning_acts_when_it_arrives(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE)
        reading = feed.group("ADPS", "035")
        assert reading is not None
        assert reading.over_reference is True
        assert feed.value(Quantity.WARNING_CURRENT_1) == 35

    def test_it_ends_at_the_first_whole_frame_without_it(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(ADPS, times=2)
        feed.frame(HISTORIC_ONE)
        assert feed.value(Quantity.OVER_REFERENCE) is True
        feed.end_frame()
        assert feed.reading.over_reference is False
        assert feed.value(Quantity.WARNING_CURRENT_1) is None

    def test_a_damaged_group_does_not_end_it(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(ADPS)
        feed.frame(ADPS, times=3, without="ADPS", wait=1)
        assert feed.reading.over_reference is True

    def test_a_frame_begun_in_its_middle_does_not_end_it(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(ADPS)
        feed.frame(HISTORIC_ONE[3:])
        feed.end_frame()
        assert feed.reading.over_reference is True

    def test_a_lost_line_does_not_end_it(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(ADPS)
        feed.frame(HISTORIC_ONE[:5])
        feed.meter.gap(feed.now)
        feed.frame(HISTORIC_ONE[5:])
        feed.end_frame()
        assert feed.reading.over_reference is True

    def test_a_frame_cut_by_a_damaged_end_does_not_end_it(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(ADPS)
        feed.frame(HISTORIC_ONE)
        feed.lose()
        feed.end_frame()
        assert feed.reading.over_reference is True

    def test_it_ends_by_age_on_a_line_where_no_frame_is_whole(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(ADPS)
        feed.frame(HISTORIC_ONE, times=7, without="PTEC", wait=2)
        assert feed.reading.over_reference is False

    def test_standby_frames_of_an_old_meter_end_nothing(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(ADPS)
        feed.frame((("ADCO", ONE_PHASE),), times=5)
        assert feed.reading.over_reference is True


class TestOverloadOfThreePhases:
    def test_each_phase_warns_for_itself(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame((("ADIR2", "022"), *HISTORIC_SHORT))
        feed.frame(HISTORIC_SHORT)
        feed.end_frame()
        assert feed.value(Quantity.WARNING_CURRENT_2) is None
        assert feed.value(Quantity.WARNING_CURRENT_3) == 24
        assert feed.reading.over_reference is True

    def test_it_lasts_through_the_long_frame_between_short_ones(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame((("ADIR1", "022"), *HISTORIC_SHORT))
        feed.frame(HISTORIC_THREE)
        feed.end_frame()
        assert feed.reading.over_reference is True
        assert feed.value(Quantity.WARNING_CURRENT_1) == 22

    def test_it_ends_at_the_first_short_frame_without_it(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_SHORT, times=3)
        feed.frame(TAIL)
        feed.end_frame()
        assert feed.reading.over_reference is False

    def test_it_ends_by_age_when_no_short_frame_follows(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_SHORT)
        feed.frame(HISTORIC_THREE, times=6, wait=2)
        assert feed.reading.over_reference is False

    def test_a_long_frame_without_warning_is_a_no(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_THREE, times=2)
        assert feed.reading.over_reference is False


class TestNotices:
    def test_an_ejp_notice_comes_and_goes(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        quiet = changed(HISTORIC_ONE, OPTARIF="EJP.", PTEC="HN..")
        feed.frame(quiet, times=2)
        assert feed.value(Quantity.EJP_NOTICE) is False
        feed.frame(after(quiet, "BASE", ("PEJP", "30")))
        assert feed.value(Quantity.EJP_NOTICE) is True
        feed.frame(quiet, times=2)
        assert feed.value(Quantity.EJP_NOTICE) is False

    def test_other_contracts_have_no_ejp_notice(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(HISTORIC_ONE, times=3)
        assert feed.value(Quantity.EJP_NOTICE) is None

    def test_the_colour_of_tomorrow_goes_with_the_tempo_contract(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        tempo = after(changed(HISTORIC_ONE, OPTARIF="BBR(", PTEC="HPJB"), "PTEC", ("DEMAIN", "ROUG"))
        feed.frame(tempo, times=2)
        assert feed.value(Quantity.COLOUR_TOMORROW) == "red"
        feed.frame(HISTORIC_ONE, times=2)
        assert feed.value(Quantity.COLOUR_TOMORROW) is None
        assert feed.value(Quantity.COLOUR_TODAY) == "none"

    @pytest.mark.parametrize(
        ("line", "quantity"),
        [
            (("DPM2", "00", " 260116060000"), Quantity.PEAK_2_START),
            (("FPM1", "00", " 260117060000"), Quantity.PEAK_1_END),
            (("PPOINTE", "00004005" + " NONUTILE" * 10), Quantity.PROFILE_PEAK),
        ],
    )
    def test_an_announced_peak_goes_when_it_is_no_longer_announced(self, line: Line, quantity: Quantity) -> None:
        feed = Feed()
        feed.frame(after(STANDARD_ONE, "STGE", line), times=2)
        assert feed.value(quantity) is not None
        feed.frame(STANDARD_ONE, without="RELAIS")
        feed.frame(STANDARD_ONE)
        assert feed.value(quantity) is not None
        feed.end_frame()
        assert feed.value(quantity) is None

    def test_a_short_message_sent_once_is_kept(self) -> None:
        feed = Feed()
        feed.frame(after(STANDARD_ONE, "STGE", ("MSG2", "COUPURE DEMAIN  ")))
        feed.frame(STANDARD_ONE, times=3)
        assert feed.value(Quantity.SHORT_MESSAGE) == "COUPURE DEMAIN"


def test_the_status_register_tells_the_overload_in_standard_mode() -> None:
    feed = Feed()
    feed.frame(STANDARD_ONE)
    assert feed.reading.over_reference is False
    reading = feed.group("STGE", "003AC481")
    assert reading is not None
    assert reading.over_reference is True
