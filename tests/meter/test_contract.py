"""Contract and cut-off power, identity, mode: what hardly ever changes."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Quantity, Refusal, contract_from_current
from custom_components.linky_offload.tic import Mode
from tests.meter.feed import (
    HISTORIC_ONE,
    HISTORIC_THREE,
    ONE_PHASE,
    STANDARD_ONE,
    STANDARD_THREE,
    THREE_PHASE,
    Feed,
    changed,
)


@pytest.mark.parametrize(
    ("current", "phases", "kva"),
    [
        *((a, 1, kva) for a, kva in ((5, 1), (15, 3), (30, 6), (45, 9), (60, 12), (75, 15), (90, 18))),
        *((a, 3, kva) for a, kva in ((5, 3), (10, 6), (15, 9), (20, 12), (25, 15), (30, 18), (40, 24), (60, 36))),
        pytest.param(11, 3, 7, id="7 kVA is 11.67 A, rounded down"),
        pytest.param(12, 3, 7, id="7 kVA is 11.67 A, rounded up"),
        pytest.param(13, 3, 8, id="8 kVA is 13.33 A, rounded down"),
        pytest.param(14, 3, 8, id="8 kVA is 13.33 A, rounded up"),
    ],
)
def test_contract_of_a_subscribed_current(current: int, phases: int, kva: int) -> None:
    assert contract_from_current(current, phases) == kva * 1000


@given(kva=st.integers(1, 36), up=st.booleans())
def test_whichever_way_the_meter_rounds_the_contract_comes_back(kva: int, up: bool) -> None:
    amperes = kva * 1000 / 600
    assert contract_from_current(-int(-amperes // 1) if up else int(amperes), 3) == kva * 1000


@pytest.mark.parametrize(
    ("mode", "frame", "contract", "share"),
    [
        pytest.param(Mode.HISTORIC, HISTORIC_ONE, 6000, 6000, id="historic, one phase"),
        pytest.param(Mode.HISTORIC, HISTORIC_THREE, 12_000, 4000, id="historic, three phases"),
        pytest.param(Mode.STANDARD, STANDARD_ONE, 6000, 6000, id="standard, one phase"),
        pytest.param(Mode.STANDARD, STANDARD_THREE, 12_000, 4000, id="standard, three phases"),
    ],
)
def test_the_first_frame_tells_the_contract(
    mode: Mode, frame: tuple[tuple[str, str], ...], contract: int, share: int
) -> None:
    feed = Feed(mode=mode)
    feed.frame(frame)
    assert (feed.reading.contract_va, feed.reading.cutoff_va) == (contract, contract)
    assert feed.value(Quantity.CONTRACT_POWER) == contract
    assert {phase.share_va for phase in feed.reading.phases} == {share}


def test_the_trip_is_reckoned_against_the_cutoff_power() -> None:
    feed = Feed()
    feed.frame(changed(STANDARD_ONE, PREF="06", PCOUP="09"))
    assert (feed.reading.contract_va, feed.reading.cutoff_va) == (6000, 9000)
    assert feed.reading.phases[0].share_va == 9000


def test_the_figure_of_the_person_wins_over_the_meter() -> None:
    feed = Feed(mode=Mode.HISTORIC, contract_va=9000)
    feed.frame(HISTORIC_ONE)
    assert (feed.reading.contract_va, feed.reading.cutoff_va) == (9000, 9000)
    feed.meter.override_contract(None)
    assert (feed.reading.contract_va, feed.reading.cutoff_va) == (6000, 6000)
    assert feed.reading.phases[0].share_va == 6000


def test_the_figure_of_the_person_leaves_the_cutoff_power_of_the_meter() -> None:
    feed = Feed(contract_va=9000)
    feed.frame(STANDARD_ONE)
    assert (feed.reading.contract_va, feed.reading.cutoff_va) == (9000, 6000)


def test_another_contract_is_believed_at_its_third_repetition() -> None:
    feed = Feed()
    feed.frame(STANDARD_ONE)
    feed.frame(changed(STANDARD_ONE, PREF="09", PCOUP="09"), times=2)
    assert feed.reading.cutoff_va == 6000
    before = feed.reading.phases[0].trip_y
    assert before is not None
    feed.frame(changed(STANDARD_ONE, PREF="09"))
    assert feed.reading.contract_va == 9000
    feed.frame(changed(STANDARD_ONE, PREF="09", PCOUP="09"), times=2)
    assert feed.reading.cutoff_va == 6000
    feed.end_frame()
    reading = feed.group("PCOUP", "09")
    assert reading is not None
    assert reading.cutoff_va == 9000
    after = reading.phases[0].trip_y
    assert after == pytest.approx(before * (6 / 9) ** 2, rel=0.05)


@pytest.mark.parametrize("label", ["PREF", "PCOUP"])
def test_an_impossible_contract_is_refused(label: str) -> None:
    feed = Feed()
    feed.frame(changed(STANDARD_ONE, **{label: "99"}), times=5)
    assert feed.reading.contract_va != 99_000
    assert feed.reading.cutoff_va != 99_000
    assert feed.meter.stats[Refusal.CONTRACT] == 5


class TestIdentity:
    def test_is_believed_when_it_comes_back(self) -> None:
        feed = Feed()
        feed.group("ADSC", ONE_PHASE)
        assert feed.reading.address is None
        feed.group("ADSC", ONE_PHASE)
        assert feed.reading.address == ONE_PHASE

    def test_changes_at_the_third_repetition(self) -> None:
        feed = Feed()
        for _ in range(2):
            feed.group("ADSC", ONE_PHASE)
        for _ in range(2):
            feed.group("ADSC", THREE_PHASE)
        assert feed.reading.address == ONE_PHASE
        feed.group("ADSC", THREE_PHASE)
        assert feed.reading.address == THREE_PHASE
        assert feed.value(Quantity.ADDRESS) == THREE_PHASE

    def test_is_not_shaken_by_damage_now_and_then(self) -> None:
        feed = Feed()
        for address in [ONE_PHASE, *[ONE_PHASE, THREE_PHASE, THREE_PHASE] * 10]:
            feed.group("ADSC", address)
        assert feed.reading.address == ONE_PHASE

    def test_masked_by_its_owner_is_none(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_ONE, ADSC="XXXXXXXXXXXX"), times=4)
        assert feed.reading.address is None
        assert feed.powers == [1679]


class TestModeChange:
    def switched(self) -> Feed:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(changed(HISTORIC_ONE, OPTARIF="HC..", BASE=None), times=2, wait=1)
        for _ in range(3):
            feed.group("HCHC", "008064497")
        feed.mode = Mode.STANDARD
        return feed

    def test_keeps_what_both_modes_tell(self) -> None:
        feed = self.switched()
        feed.frame(STANDARD_ONE[:1])
        assert feed.reading.mode is Mode.STANDARD
        assert feed.reading.address == ONE_PHASE
        assert feed.value(Quantity.IMPORT_INDEX_1) == 8_064_497
        assert feed.value(Quantity.APPARENT_POWER) == 690
        assert feed.powers == [690]

    def test_drops_what_only_the_other_mode_tells(self) -> None:
        feed = self.switched()
        assert feed.value(Quantity.TARIFF_PERIOD) == "th"
        feed.frame(STANDARD_ONE[:1])
        assert feed.value(Quantity.TARIFF_PERIOD) is None
        assert feed.value(Quantity.SUBSCRIBED_CURRENT) is None

    def test_believes_the_contract_of_the_new_mode_at_once(self) -> None:
        feed = self.switched()
        feed.frame(changed(STANDARD_ONE, PREF="09", PCOUP="09"))
        assert (feed.reading.contract_va, feed.reading.cutoff_va) == (9000, 9000)

    def test_goes_on_with_the_filter_as_it_was(self) -> None:
        feed = Feed(mode=Mode.HISTORIC)
        feed.frame(changed(HISTORIC_ONE, PAPP="06000"), times=3)
        feed.mode = Mode.STANDARD
        feed.now += 5
        feed.frame(changed(STANDARD_ONE, SINSTS="00000"), without="SMAXSN")
        assert feed.reading.phases[0].trip_y == pytest.approx(1.0, abs=0.05)

    def test_works_backwards_too(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=2)
        feed.mode = Mode.HISTORIC
        feed.frame(HISTORIC_ONE, times=2)
        assert feed.value(Quantity.EXPORTING) is None
        assert feed.value(Quantity.CUTOFF_POWER) is None
        assert feed.reading.exporting is None
        assert feed.reading.breaker is None
        assert feed.powers == [690]
        assert feed.reading.cutoff_va == 6000
