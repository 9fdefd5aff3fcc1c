"""On a line without parity each number needs a second witness, and a true power hardly waits for one."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Quantity, Refusal
from custom_components.linky_offload.tic import Mode
from tests.meter.feed import HISTORIC_ONE, HISTORIC_THREE, STANDARD_ONE, STANDARD_THREE, Line, WeakFeed, changed


def settled(frame: tuple[Line, ...], mode: Mode = Mode.STANDARD) -> WeakFeed:
    """A line on which the frame has been heard often enough for all of it to be believed."""
    feed = WeakFeed(mode=mode)
    feed.frame(frame, times=5)
    return feed


@pytest.mark.parametrize(
    ("mode", "frame", "line", "quantity", "kind"),
    [
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("SINSTS", "05679"), Quantity.APPARENT_POWER, "power", id="a lone power"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_THREE, ("SINSTS2", "04265"), Quantity.APPARENT_POWER_2, "power", id="of one phase"
        ),
        pytest.param(
            Mode.HISTORIC, HISTORIC_ONE, ("PAPP", "04690"), Quantity.APPARENT_POWER, "power", id="a lone PAPP"
        ),
        pytest.param(
            Mode.HISTORIC, HISTORIC_THREE, ("PAPP", "09000"), Quantity.APPARENT_POWER, "power", id="PAPP, three phases"
        ),
        pytest.param(Mode.STANDARD, STANDARD_ONE, ("IRMS1", "027"), Quantity.CURRENT_1, "current", id="a current"),
        pytest.param(Mode.STANDARD, STANDARD_ONE, ("URMS1", "220"), Quantity.VOLTAGE_1, "voltage", id="a voltage"),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("EAST", "020240591"), Quantity.IMPORT_TOTAL, "index", id="4 Wh in a second"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("EASF01", "020240588"), Quantity.IMPORT_INDEX_1, "index", id="an idle index"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("DATE", "", "H260115181502"), Quantity.CLOCK, "clock", id="four hours later"
        ),
        pytest.param(
            Mode.STANDARD,
            STANDARD_ONE,
            ("SMAXSN", "05929", "H260115083225"),
            Quantity.MAX_POWER_TODAY,
            "maximum",
            id="a maximum of this morning that rises now",
        ),
        pytest.param(
            Mode.STANDARD,
            STANDARD_ONE,
            ("SMAXSN-1", "05473", "H260114194805"),
            Quantity.MAX_POWER_YESTERDAY,
            "unconfirmed",
            id="the moment of a maximum",
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("STGE", "003AC411"), Quantity.COVER_OPEN, "status", id="a bit of STGE"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("STGE", "003AC481"), Quantity.OVER_REFERENCE, "status", id="over, at 1.7 kVA"
        ),
        pytest.param(Mode.STANDARD, STANDARD_ONE, ("NTARF", "03"), Quantity.TARIFF_INDEX, "unconfirmed", id="a tariff"),
        pytest.param(
            Mode.STANDARD,
            STANDARD_ONE,
            ("LTARF", "      BESE      "),
            Quantity.TARIFF_LABEL,
            "unconfirmed",
            id="a text",
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("ADSC", "041961999997"), Quantity.ADDRESS, "unconfirmed", id="the address"
        ),
    ],
)
def test_what_nothing_else_says_is_withheld_and_counted_once_denied(
    mode: Mode, frame: tuple[Line, ...], line: Line, quantity: Quantity, kind: str
) -> None:
    feed = settled(frame, mode)
    before = feed.reading.values[quantity].value
    feed.now += 0.4
    feed.group(*line)
    assert feed.reading.values[quantity].value == before
    assert not feed.meter.stats
    feed.frame(frame)
    assert feed.reading.values[quantity].value == before
    assert feed.meter.stats == {kind: 1}


@pytest.mark.parametrize(
    ("mode", "frame", "line", "quantity"),
    [
        pytest.param(
            Mode.HISTORIC, HISTORIC_ONE, ("PAPP", "00694"), Quantity.APPARENT_POWER, id="a PAPP that is not in tens"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, ("SINSTI", "00020"), Quantity.APPARENT_POWER_EXPORT, id="taking and giving"
        ),
    ],
)
def test_what_no_meter_says_is_withheld_however_near_it_is(
    mode: Mode, frame: tuple[Line, ...], line: Line, quantity: Quantity
) -> None:
    feed = settled((*frame, ("SINSTI", "00000")) if mode is Mode.STANDARD else frame, mode)
    before = feed.value(quantity)
    feed.group(*line)
    assert feed.value(quantity) == before


def test_a_meter_that_tells_single_va_is_taken_at_its_word() -> None:
    feed = settled(HISTORIC_ONE, Mode.HISTORIC)
    for papp in ("00694", "00697", "00703"):
        feed.group("PAPP", papp)
    assert feed.powers == [703]
    feed.group("PAPP", "00720")
    feed.group("PAPP", "00723")
    assert feed.powers == [723]


def test_what_was_withheld_long_ago_confirms_nothing() -> None:
    """Single-phase meters never tell URMS3: what reads so is another label, damaged."""
    feed = settled(STANDARD_ONE)
    for _ in range(5):
        feed.group("URMS3", "028")
        feed.now += 61
    assert feed.value(Quantity.VOLTAGE_3) is None


class TestIndexesThatCount:
    def test_the_index_of_the_present_tariff_counts_on_after_a_pause(self) -> None:
        feed = settled(STANDARD_ONE)
        for index in ("020240588", "020240588"):
            feed.frame(changed(STANDARD_ONE, EASF01=index))
        feed.now += 30
        feed.group("SINSTS", "01679")
        feed.group("EASF01", "020240600")
        assert feed.value(Quantity.IMPORT_INDEX_1) == 20_240_600

    def test_until_another_one_rises(self) -> None:
        frame = (*STANDARD_ONE, ("EASF02", "000000004"))
        feed = settled(frame)
        for label, index in (("EASF01", "020240588"), ("EASF02", "000000005")):
            for _ in range(2):
                feed.frame(changed(frame, **{label: index}))
        feed.now += 30
        feed.group("SINSTS", "01679")
        feed.group("EASF01", "020240600")
        assert feed.value(Quantity.IMPORT_INDEX_1) == 20_240_588

    @pytest.mark.parametrize(
        ("drawn", "believed"),
        [pytest.param("01679", 20_240_600, id="drawn"), pytest.param("00000", 20_240_588, id="not")],
    )
    def test_the_total_counts_while_power_is_drawn(self, drawn: str, believed: int) -> None:
        feed = settled(STANDARD_ONE)
        feed.frame(changed(STANDARD_ONE, EAST="020240588"), times=2)
        feed.now += 30
        feed.group("SINSTS", "01679")
        feed.group("SINSTS", drawn, None)
        feed.group("SINSTS", drawn, None)
        feed.group("EAST", "020240600")
        assert feed.value(Quantity.IMPORT_TOTAL) == believed


class TestPowersDoNotWait:
    def test_a_step_of_9_kva_that_the_current_shares_is_seen_at_once(self) -> None:
        feed = settled(STANDARD_ONE)
        feed.frame(changed(STANDARD_ONE, IRMS1="045", SINSTS="10679"))
        assert feed.powers == [10_679]

    def test_in_historic_mode_too(self) -> None:
        feed = settled(HISTORIC_ONE, Mode.HISTORIC)
        feed.frame(changed(HISTORIC_ONE, IINST="042", PAPP="09690"))
        assert feed.powers == [9690]

    def test_on_one_phase_of_three(self) -> None:
        feed = settled(STANDARD_THREE)
        feed.frame(changed(STANDARD_THREE, IRMS2="018", SINSTS="10790", SINSTS2="04265"))
        assert feed.powers == [945, 4265, 5580]

    def test_the_total_is_a_witness_where_the_current_was_lost(self) -> None:
        feed = settled(STANDARD_THREE)
        feed.frame(changed(STANDARD_THREE, IRMS2=None, SINSTS="10790", SINSTS2="04265"))
        assert feed.powers == [945, 4265, 5580]

    def test_a_step_between_current_and_power_is_seen_one_group_later(self) -> None:
        feed = settled(STANDARD_ONE)
        late = changed(STANDARD_ONE, IRMS1=None, SINSTS="10679")
        feed.frame(late)
        assert feed.powers == [1679]
        feed.frame(late)
        assert feed.powers == [10_679]

    def test_a_drift_needs_no_witness(self) -> None:
        feed = settled(STANDARD_ONE)
        feed.frame(changed(STANDARD_ONE, IRMS1=None, SINSTS="01770"))
        assert feed.powers == [1770]

    @given(powers=st.lists(st.integers(0, 15_000), min_size=2, max_size=30))
    def test_no_power_is_withheld_more_than_twice_in_a_row(self, powers: list[int]) -> None:
        feed = WeakFeed()
        feed.frame(changed(STANDARD_ONE, IRMS1=None, SINSTS="01679"), times=5)
        withheld = 0
        for power in powers:
            feed.group("SINSTS", f"{power:05}")
            withheld = 0 if feed.powers == [power] else withheld + 1
            assert withheld <= 2

    def test_an_overload_bit_that_the_power_explains_is_seen_at_once(self) -> None:
        feed = settled(STANDARD_ONE)
        feed.frame(changed(STANDARD_ONE, IRMS1="030", SINSTS="07100", STGE="003AC481"))
        assert feed.reading.over_reference is True

    def test_a_warning_that_the_current_explains_is_seen_at_once(self) -> None:
        feed = settled(HISTORIC_ONE, Mode.HISTORIC)
        feed.group("IINST", "034")
        feed.group("ADPS", "034")
        assert feed.reading.over_reference is True


class TestWhatChangesForGood:
    def test_a_tariff_is_believed_at_its_second_frame(self) -> None:
        feed = settled(STANDARD_ONE)
        night = changed(STANDARD_ONE, NTARF="01", LTARF="  HEURE  CREUSE ")
        feed.frame(night)
        assert feed.value(Quantity.TARIFF_LABEL) == "BASE"
        feed.frame(night)
        assert feed.value(Quantity.TARIFF_LABEL) == "HEURE CREUSE"

    def test_an_index_that_begins_to_count_is_believed_when_it_goes_on(self) -> None:
        feed = settled(STANDARD_ONE)
        feed.group("EASF02", "000000004")
        feed.group("EASF02", "000000004")
        feed.group("EASF02", "000000004")
        for index in (5, 6, 7):
            feed.now += 2
            feed.group("EASF02", f"{index:09}")
        assert feed.value(Quantity.IMPORT_INDEX_2) == 7
        assert not feed.meter.stats

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param("999999999", ("000000001", "000000002", "000000003"), id="a register that is full"),
            pytest.param("020240587", ("000000003", "000000004", "000000005"), id="a new meter"),
            pytest.param("020240587", ("071300100", "071300100", "071300101"), id="a meter that has served before"),
        ],
    )
    def test_an_index_that_leaps_is_believed_only_after_four_frames(self, before: str, after: tuple[str, ...]) -> None:
        feed = settled(changed(STANDARD_ONE, EAST=before))
        for index in after:
            feed.frame(changed(STANDARD_ONE, EAST=index), wait=1)
            assert feed.value(Quantity.IMPORT_TOTAL) == int(before)
        feed.frame(changed(STANDARD_ONE, EAST=after[-1]), wait=1)
        assert feed.value(Quantity.IMPORT_TOTAL) == int(after[-1])

    def test_a_clock_that_is_set_is_believed_when_it_goes_on(self) -> None:
        feed = settled(STANDARD_ONE)
        set_back = feed.value(Quantity.CLOCK)
        feed.group("DATE", "", "H260115111502")
        assert feed.value(Quantity.CLOCK) == set_back
        feed.now += 1
        feed.group("DATE", "", "H260115111503")
        assert feed.value(Quantity.CLOCK) != set_back

    def test_a_maximum_that_rises_with_the_power_is_followed(self) -> None:
        feed = settled(STANDARD_ONE)
        feed.group("DATE", "", "H260115141502")
        feed.group("IRMS1", "045")
        feed.group("SINSTS", "10679")
        feed.group("SMAXSN", "05610", "H260115141502")
        assert feed.value(Quantity.MAX_POWER_TODAY) == 5610

    def test_a_message_that_is_sent_once_is_not_lost(self) -> None:
        feed = settled(STANDARD_ONE)
        feed.group("MSG2", "COUPURE A 14 H  ")
        assert feed.value(Quantity.SHORT_MESSAGE) == "COUPURE A 14 H"


def test_a_first_frame_is_believed_as_it_comes() -> None:
    feed = WeakFeed()
    feed.frame(STANDARD_ONE)
    assert feed.powers == [1679]
    assert feed.reading.contract_va == 6000


def test_a_label_that_is_new_on_a_known_meter_waits_for_its_second_group() -> None:
    feed = settled(STANDARD_ONE)
    feed.group("IRMS3", "007")
    assert feed.value(Quantity.CURRENT_3) is None
    feed.group("IRMS3", "007")
    assert feed.value(Quantity.CURRENT_3) == 7


def test_another_mode_is_heard_anew() -> None:
    feed = settled(HISTORIC_ONE, Mode.HISTORIC)
    feed.mode = Mode.STANDARD
    feed.frame(STANDARD_ONE, times=4)
    assert feed.powers == [1679]
    assert Refusal.POWER not in feed.meter.stats
