"""On a weak line that loses more groups than it keeps, small changes and first words wait for a second one."""

from typing import override

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Quantity, Reading
from custom_components.linky_offload.tic import Mode
from tests.meter.feed import HISTORIC_ONE, HISTORIC_THREE, STANDARD_ONE, Line, WeakFeed, changed


class RoughFeed(WeakFeed):
    """A weak line that loses something before three groups of four."""

    @override
    def group(self, label: str, data: str, horodate: str | None = None) -> Reading | None:
        self._sent += 1
        if self._sent % 4:
            self.lose()
        return super().group(label, data, horodate)

    _sent = 0


def rough(frame: tuple[Line, ...], mode: Mode = Mode.STANDARD) -> RoughFeed:
    """A rough line on which the frame has been heard often enough for all of it to be believed."""
    feed = RoughFeed(mode=mode)
    feed.frame(frame, times=8)
    return feed


class TestARoughLine:
    def test_its_first_words_wait_for_their_second(self) -> None:
        feed = RoughFeed()
        feed.frame(STANDARD_ONE)
        assert feed.reading.contract_va is None
        feed.frame(STANDARD_ONE, times=2)
        assert feed.powers == [1679]
        assert feed.reading.contract_va == 6000

    @pytest.mark.parametrize(
        ("mode", "frame", "line", "quantity", "before"),
        [
            pytest.param(
                Mode.STANDARD, STANDARD_ONE, ("SINSTS", "01719"), Quantity.APPARENT_POWER, 1679, id="40 VA more"
            ),
            pytest.param(
                Mode.STANDARD, STANDARD_ONE, ("SINSTS", "01879"), Quantity.APPARENT_POWER, 1679, id="half an ampere"
            ),
            pytest.param(Mode.STANDARD, STANDARD_ONE, ("IRMS1", "006"), Quantity.CURRENT_1, 7, id="an ampere less"),
            pytest.param(
                Mode.HISTORIC, HISTORIC_THREE, ("IINST1", "005"), Quantity.CURRENT_1, 4, id="one phase of three"
            ),
        ],
    )
    def test_a_small_change_waits_for_its_second_word(
        self, mode: Mode, frame: tuple[Line, ...], line: Line, quantity: Quantity, before: int
    ) -> None:
        # 1679 VA at 240 V are 7.0 A: 6 A are not its current.
        feed = rough(frame, mode)
        feed.group(*line)
        assert feed.value(quantity) == before
        feed.group(*line)
        assert feed.value(quantity) == int(line[1])

    def test_a_step_that_the_current_shares_is_seen_at_once(self) -> None:
        feed = rough(STANDARD_ONE)
        feed.group("IRMS1", "045")
        feed.group("SINSTS", "10679")
        assert feed.powers == [10_679]

    def test_historic_mode_learns_the_volts_by_which_a_step_is_judged(self) -> None:
        feed = rough(changed(HISTORIC_ONE, IINST="010", PAPP="02450"), Mode.HISTORIC)
        feed.frame(changed(HISTORIC_ONE, IINST="010", PAPP="02450"), times=4)
        feed.frame(changed(HISTORIC_ONE, IINST="030", PAPP="06600"))
        assert feed.powers == [2450], "220 V beside the 245 V of all frames before"
        feed.frame(changed(HISTORIC_ONE, IINST="030", PAPP="07350"))
        assert feed.powers == [7350]

    def test_a_current_that_the_power_of_its_phase_has_made_needs_no_second_word(self) -> None:
        feed = rough(changed(STANDARD_ONE, SINSTS="01800"))
        feed.group("IRMS1", "008")
        assert feed.value(Quantity.CURRENT_1) == 8

    def test_a_power_far_from_all_others_waits_for_the_fifth_group(self) -> None:
        feed = rough(changed(STANDARD_ONE, IRMS1=None))
        for power in ("09000", "00100", "04000", "15000"):
            feed.group("SINSTS", power)
            assert feed.powers == [1679]
        feed.group("SINSTS", "08000")
        assert feed.powers == [8000]

    def test_a_power_that_stays_waits_for_one_group_only(self) -> None:
        feed = rough(changed(STANDARD_ONE, IRMS1=None))
        feed.group("SINSTS", "09000")
        feed.group("SINSTS", "09040")
        assert feed.powers == [9040]

    @given(powers=st.lists(st.integers(0, 15_000), min_size=2, max_size=30))
    def test_no_power_is_withheld_more_than_four_times_in_a_row(self, powers: list[int]) -> None:
        feed = rough(changed(STANDARD_ONE, IRMS1=None))
        withheld = 0
        for power in powers:
            feed.group("SINSTS", f"{power:05}")
            withheld = 0 if feed.powers == [power] else withheld + 1
            assert withheld <= 4

    @given(powers=st.lists(st.integers(0, 15_000), min_size=1, max_size=20))
    def test_a_line_that_is_whole_again_is_believed_as_before(self, powers: list[int]) -> None:
        feed = rough(STANDARD_ONE)
        feed.weak = False
        for power in powers:
            feed.group("SINSTS", f"{power:05}")
            assert feed.powers == [power], "parity vouches for it"

    def test_it_is_rough_no_more_once_nothing_is_lost_for_a_while(self) -> None:
        feed = WeakFeed()
        feed.frame(STANDARD_ONE, times=2)
        for _ in range(30):
            feed.lose()
            feed.group("SINSTS", "01679")
        feed.group("SINSTS", "01719")
        assert feed.powers == [1679]
        feed.frame(changed(STANDARD_ONE, SINSTS="01719"), times=4)
        feed.group("SINSTS", "01769")
        assert feed.powers == [1769]
