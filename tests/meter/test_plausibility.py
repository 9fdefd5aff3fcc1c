"""A wrong value never shows, a right one never waits for long (tic.md §3.3, §11)."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Quantity, Refusal
from custom_components.linky_offload.tic import Mode
from tests.meter.feed import HISTORIC_ONE, HISTORIC_THREE, STANDARD_ONE, STANDARD_THREE, Feed, Line, changed


@pytest.mark.parametrize(
    ("mode", "frame", "label", "data", "quantity", "kind"),
    [
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, "SINSTS", "54001", Quantity.APPARENT_POWER, "power", id="1.5 × 36 kVA"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, "SINSTS", "19000", Quantity.APPARENT_POWER, "power", id="3 × the contract"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_THREE, "SINSTS1", "48370", Quantity.APPARENT_POWER_1, "power", id="one phase"
        ),
        pytest.param(Mode.HISTORIC, HISTORIC_ONE, "PAPP", "60690", Quantity.APPARENT_POWER, "power", id="PAPP"),
        pytest.param(Mode.STANDARD, STANDARD_ONE, "IRMS1", "999", Quantity.CURRENT_1, "current", id="300 A"),
        pytest.param(
            Mode.HISTORIC, HISTORIC_THREE, "IINST2", "091", Quantity.CURRENT_2, "current", id="3 × the contract, A"
        ),
        pytest.param(Mode.STANDARD, STANDARD_ONE, "URMS1", "740", Quantity.VOLTAGE_1, "voltage", id="300 V"),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, "EAST", "020240586", Quantity.IMPORT_TOTAL, "index", id="an index that falls"
        ),
        pytest.param(
            Mode.STANDARD, STANDARD_ONE, "EAST", "020340587", Quantity.IMPORT_TOTAL, "index", id="an index that leaps"
        ),
        pytest.param(
            Mode.HISTORIC, HISTORIC_ONE, "BASE", "002345678", Quantity.IMPORT_TOTAL, "index", id="a lost digit"
        ),
    ],
)
def test_one_wrong_value_is_refused_and_counted(
    mode: Mode, frame: tuple[Line, ...], label: str, data: str, quantity: Quantity, kind: str
) -> None:
    feed = Feed(mode=mode)
    feed.frame(frame, times=3, wait=1)
    believed = feed.reading.values[quantity]
    assert feed.group(label, data) is None
    assert feed.reading.values[quantity] == believed
    assert feed.meter.stats == {kind: 1}


def test_a_daily_maximum_does_not_fall_within_its_day() -> None:
    feed = Feed()
    feed.frame(STANDARD_ONE, times=2)
    feed.group("SMAXSN", "01529", "H260115083225")
    assert feed.value(Quantity.MAX_POWER_TODAY) == 5529
    feed.group("SMAXSN", "00310", "H260116000001")
    assert feed.value(Quantity.MAX_POWER_TODAY) == 310


class TestRightValuesDoNotWait:
    def test_a_great_power_that_the_current_confirms_is_seen_at_once(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=2)
        feed.frame(changed(STANDARD_ONE, IRMS1="084", SINSTS="19800"))
        assert feed.powers == [19_800]

    def test_a_great_power_said_three_times_is_true(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_ONE, IRMS1=None), times=2)
        great = changed(STANDARD_ONE, IRMS1=None, SINSTS="19800")
        feed.frame(great, times=2)
        assert feed.powers == [1679]
        feed.frame(great)
        assert feed.powers == [19_800]

    def test_a_reset_index_is_believed_at_its_third_frame(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=3, wait=1)
        reset = changed(STANDARD_ONE, EAST="000000017")
        feed.frame(reset, times=2, wait=1)
        assert feed.value(Quantity.IMPORT_TOTAL) == 20_240_587
        feed.frame(reset, wait=1)
        assert feed.value(Quantity.IMPORT_TOTAL) == 17
        feed.group("EAST", "000000018")
        assert feed.value(Quantity.IMPORT_TOTAL) == 18

    def test_a_register_that_is_full_goes_on_from_zero_at_its_third_frame(self) -> None:
        feed = Feed()
        feed.frame(changed(STANDARD_ONE, EAST="999999998"), times=3, wait=1)
        for index in ("000000000", "000000001"):
            feed.frame(changed(STANDARD_ONE, EAST=index), wait=1)
            assert feed.value(Quantity.IMPORT_TOTAL) == 999_999_998
        feed.frame(changed(STANDARD_ONE, EAST="000000002"), wait=1)
        assert feed.value(Quantity.IMPORT_TOTAL) == 2

    def test_refusals_that_do_not_agree_do_not_add_up(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=3, wait=1)
        for data in ("000000017", "920240587", "000000019", "520240587", "000000030"):
            feed.group("EAST", data)
        assert feed.value(Quantity.IMPORT_TOTAL) == 20_240_587

    def test_an_index_may_have_risen_during_an_outage(self) -> None:
        feed = Feed()
        feed.frame(STANDARD_ONE, times=3, wait=1)
        feed.now += 86_400
        feed.group("EAST", "020270587")
        assert feed.value(Quantity.IMPORT_TOTAL) == 20_270_587

    def test_an_unlikely_current_of_a_producer_is_believed_at_its_third_frame(self) -> None:
        feed = Feed()
        night = changed(STANDARD_ONE, PREF="03", PCOUP="03")
        feed.frame(night)
        exporting = changed(night, IRMS1="065", SINSTS="00000", STGE="003A0301")
        feed.frame(exporting, times=2)
        assert feed.value(Quantity.CURRENT_1) == 7
        feed.frame(exporting)
        assert feed.value(Quantity.CURRENT_1) == 65
        assert feed.meter.stats == {Refusal.CURRENT: 2}
        feed.frame(changed(exporting, IRMS1="066"))
        assert feed.value(Quantity.CURRENT_1) == 66


def test_the_first_value_of_an_index_waits_for_a_second_that_follows() -> None:
    feed = Feed()
    feed.group("EAST", "920240587")
    assert feed.value(Quantity.IMPORT_TOTAL) is None
    feed.group("EAST", "020240587")
    assert feed.value(Quantity.IMPORT_TOTAL) is None
    feed.group("EAST", "020240588")
    assert feed.value(Quantity.IMPORT_TOTAL) == 20_240_588
    assert not feed.meter.stats


@given(
    steps=st.lists(st.integers(0, 4), min_size=3, max_size=40),
    damaged=st.dictionaries(st.integers(0, 39), st.integers(0, 999_999_999), max_size=8),
)
def test_an_index_never_falls_without_three_groups_that_agree(steps: list[int], damaged: dict[int, int]) -> None:
    feed = Feed(pace=1.0)
    sent: list[int] = []
    shown: list[int] = []
    true = 1000
    for rank, rise in enumerate(steps):
        true += rise
        sent.append(damaged.get(rank, true))
        feed.group("EAST", f"{sent[-1]:09}")
        value = feed.value(Quantity.IMPORT_TOTAL)
        if isinstance(value, int):
            if shown and value < shown[-1]:
                assert sent[-3] <= sent[-2] <= sent[-1] == value
            shown.append(value)


@given(data=st.integers(0, 99_999))
def test_no_power_beyond_any_meter_ever_shows(data: int) -> None:
    feed = Feed()
    feed.frame(STANDARD_ONE)
    for _ in range(5):
        feed.group("SINSTS", f"{data:05}")
    power = feed.powers[0]
    assert power is not None
    assert power <= 54_000
    assert power == (data if data <= 54_000 else 1679)
