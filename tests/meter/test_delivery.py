"""Messages of bridges: partial, out of order, said once, and still the same meter."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Breaker, Delivery, Meter, Quantity, Reading
from custom_components.linky_offload.tic import Group, Mode

ADDRESS = "041961999999"
PARIS = ZoneInfo("Europe/Paris")


def message(*, complete: bool = False, absent: frozenset[str] = frozenset(), **labels: str) -> Delivery:
    """A message of the mode that the labels tell."""
    return of(labels, complete=complete, absent=absent)


def of(labels: Mapping[str, str], *, complete: bool = False, absent: frozenset[str] = frozenset()) -> Delivery:
    """A message with these labels."""
    historic = {"PAPP", "IINST", "IINST1", "IINST2", "IINST3", "ADPS", "ADCO", "ISOUSC", "BASE", "PTEC"}
    groups = tuple(
        Group(label, data, mode=Mode.HISTORIC if label in historic else Mode.STANDARD) for label, data in labels.items()
    )
    return Delivery(groups=groups, complete=complete, absent=absent)


def meter(phases: int | None = 1, known_va: int | None = None) -> Meter:
    return Meter(local_tz=PARIS, phases=phases, known_va=known_va)


def take(found: Meter, *messages: Delivery, every_s: float = 2.0, start_s: float = 0.0) -> Reading:
    """Hand messages over, one every so many seconds; the last reading."""
    readings: list[Reading] = []
    for place, said in enumerate(messages):
        readings += found.receive(said, start_s + place * every_s)
    return readings[-1]


def powers(reading: Reading) -> list[float | None]:
    return [phase.power_va for phase in reading.phases]


def test_a_message_is_one_reading_and_an_empty_one_none() -> None:
    found = meter()
    assert len(found.receive(message(PREF="06", SINSTS="01500", IRMS1="007"), 0)) == 1
    assert found.receive(Delivery(), 1) == []


def test_partial_messages_add_up_and_each_value_keeps_its_age() -> None:
    reading = take(meter(), message(PREF="06", SINSTS="01500"), message(EAST="012345678"), message(SINSTS="01600"))
    assert (reading.contract_va, powers(reading)) == (6000, [1600])
    assert reading.values[Quantity.CONTRACT_POWER].at == 0
    assert reading.values[Quantity.APPARENT_POWER].at == 4


@pytest.mark.parametrize(
    ("messages", "phases"),
    [
        pytest.param([message(SINSTS="01000")] * 3, 0, id="a total alone says nothing yet"),
        pytest.param([message(SINSTS="01000")] * 20, 1, id="nothing of a second phase in half a minute"),
        pytest.param([message(IINST="004", PAPP="01000")], 1, id="a label that only one phase has"),
        pytest.param([message(SINSTS1="00500"), message(SINSTS2="00400")], 3, id="two labels of three phases, apart"),
        pytest.param([Delivery(phases=3, groups=message(SINSTS="01000").groups)], 3, id="told by the bridge"),
        pytest.param(
            [message(ADSC="041976999999")] * 2 + [message(SINSTS="01000")], 3, id="told by the address of the meter"
        ),
    ],
)
def test_the_phases_are_counted(messages: list[Delivery], phases: int) -> None:
    assert len(take(meter(None), *messages).phases) == phases


def test_labels_one_by_one_never_turn_three_phases_into_one() -> None:
    found = meter(3)
    for second in range(60):
        found.receive(message(SINSTS=f"{1000 + second:05}"), second)
    assert len(found.reading(60).phases) == 3


def test_currents_of_the_same_message_share_the_total_whatever_their_order() -> None:
    reading = take(meter(3), message(PAPP="06000", IINST1="010", IINST2="005", IINST3="010"))
    assert powers(reading) == [2400, 1200, 2400]


def test_a_current_that_a_bridge_does_not_repeat_is_as_it_was() -> None:
    found = meter(3)
    found.receive(message(IINST1="010", IINST2="005", IINST3="010"), 0)
    assert powers(found.receive(message(PAPP="05000"), 60)[0]) == [2000, 1000, 2000]
    # Three minutes later nobody knows any more how the total is shared.
    later = found.receive(message(PAPP="09000"), 190)[0]
    assert powers(later) == [2000, 1000, 2000]


def test_the_total_that_comes_with_a_current_is_not_guessed_from_it() -> None:
    found = meter(1)
    found.receive(message(IINST="004", PAPP="00900"), 0)
    reading = found.receive(message(IINST="005", PAPP="01130"), 60)[0]
    assert (powers(reading), reading.phases[0].estimated) == ([1130], False)


def test_what_is_said_once_and_not_contradicted_is_believed() -> None:
    """Identity and contract ask for repetition, and a bridge that tells changes only does not repeat."""
    found = meter()
    assert take(found, message(ADSC=ADDRESS, PREF="06", SINSTS="01000")).address is None
    assert take(found, message(SINSTS="01001"), start_s=2).address == ADDRESS
    changed = take(found, message(PREF="09"), start_s=10)
    assert changed.contract_va == 6000
    assert take(found, *[message(SINSTS="01002")] * 3, start_s=12).contract_va == 9000


def test_what_is_contradicted_at_once_is_not_believed() -> None:
    found = meter()
    take(found, message(PREF="06", SINSTS="01000"))
    take(found, message(PREF="36"), message(PREF="06"), *[message(SINSTS="01000")] * 5, start_s=2)
    assert found.reading(20).contract_va == 6000


TARIFF, CLOSED = {"NTARF": "01"}, {"STGE": "003A0401"}


class TestWhatIsToldOnceAndActedUponForLong:
    """A bridge that tells changes only corrects a wrong one with its next frame."""

    @pytest.mark.parametrize(
        ("before", "after", "quantity", "old", "new"),
        [
            pytest.param(TARIFF, {"NTARF": "02"}, Quantity.TARIFF_INDEX, 1, 2, id="the tariff"),
            pytest.param(
                CLOSED, {"STGE": "003A0403"}, Quantity.BREAKER, Breaker.CLOSED, Breaker.OVERPOWER, id="the breaker"
            ),
        ],
    )
    def test_a_change_is_read_once_it_stands(
        self, before: Mapping[str, str], after: Mapping[str, str], quantity: Quantity, old: object, new: object
    ) -> None:
        found = meter()
        take(found, of(before))
        take(found, of(after), message(SINSTS="01000"), start_s=2)
        assert found.reading(4).values[quantity].value == old
        take(found, message(SINSTS="01001"), start_s=8)
        assert found.reading(8).values[quantity].value == new

    def test_one_that_is_taken_back_is_never_read(self) -> None:
        found = meter()
        messages = [of(TARIFF), of({"NTARF": "02"}), of(TARIFF), *[message(SINSTS="01000")] * 8]
        for second, said in enumerate(messages):
            found.receive(said, second)
            assert found.reading(second).values[Quantity.TARIFF_INDEX].value == 1

    def test_one_that_is_told_again_does_not_wait(self) -> None:
        found = meter()
        take(found, of(TARIFF), *[of({"NTARF": "02"})] * 2, every_s=1)
        assert found.reading(2).values[Quantity.TARIFF_INDEX].value == 2

    def test_the_bits_that_follow_the_power_do_not_wait(self) -> None:
        found = meter()
        reading = take(found, of(CLOSED), of({"STGE": "003A0481"}))
        assert reading.over_reference is True

    def test_nor_does_a_first_word(self) -> None:
        assert take(meter(), of(TARIFF)).values[Quantity.TARIFF_INDEX].value == 1

    def test_another_mode_begins_anew(self) -> None:
        found = meter()
        take(found, of({"PTEC": "TH.."}), *[message(SINSTS="01000", NTARF="01")] * 3)
        assert found.reading(9).values[Quantity.TARIFF_INDEX].value == 1

    @given(st.lists(st.tuples(st.sampled_from(["02", "03", "10"]), st.integers(0, 3)), min_size=1, max_size=10))
    def test_no_number_of_wrong_words_is_read_if_each_is_taken_back(self, damage: list[tuple[str, int]]) -> None:
        found = meter()
        messages = [of(TARIFF)]
        for wrong, others in damage:
            messages += [of({"NTARF": wrong}), *[message(SINSTS="01000")] * others, of(TARIFF)]
        for second, said in enumerate(messages):
            found.receive(said, second)
            assert found.reading(second).values[Quantity.TARIFF_INDEX].value == 1


def test_a_contract_found_earlier_serves_until_the_meter_tells() -> None:
    found = meter(known_va=9000)
    reading = take(found, message(SINSTS="09000"))
    assert reading.contract_va == 9000
    assert reading.phases[0].trip_y == pytest.approx(1.0)
    assert take(found, message(PREF="06"), start_s=2).contract_va == 6000


def test_a_warning_ends_by_age_by_denial_or_by_a_whole_message() -> None:
    warning = message(ADPS="031", PAPP="07000", IINST="031")
    for end, at in (
        (message(PAPP="01000", absent=frozenset({"ADPS"})), 2.0),
        (message(PAPP="01000", IINST="004", complete=True), 2.0),
        (message(PAPP="01000"), 61.0),
    ):
        found = meter()
        assert take(found, warning).over_reference is True
        assert found.receive(message(PAPP="07010"), 1.0)[0].over_reference is True, "a partial message ends nothing"
        reading = found.receive(end, at)[0]
        assert reading.over_reference is False
        assert Quantity.WARNING_CURRENT_1 not in reading.values


def test_the_mode_is_changed_by_three_messages_not_by_a_stray_one() -> None:
    found = meter()
    take(found, message(SINSTS="01000"))
    assert take(found, message(PAPP="09000"), message(SINSTS="01010"), start_s=2).mode is Mode.STANDARD
    assert powers(found.reading(4)) == [1010]
    assert take(found, *[message(PAPP="02000", IINST="009")] * 3, start_s=6).mode is Mode.HISTORIC


def test_the_pace_is_that_of_all_messages_and_a_burst_counts_once() -> None:
    found = meter()
    for second in range(0, 200, 10):
        for place, said in enumerate((message(EAST="000000001"), message(PREF="06"), message(SINSTS="01000"))):
            found.receive(said, second + place / 100)
        found.receive(message(PREF="06"), second + 5, live=False)
    assert found.reading(200).cadence_s == pytest.approx(10)


def test_a_measure_without_a_label_is_held() -> None:
    reading = take(meter(), Delivery(measures=((Quantity.ACTIVE_POWER, 950),), groups=message(SINSTS="01000").groups))
    assert reading.values[Quantity.ACTIVE_POWER].value == 950


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                ["SINSTS", "SINSTS1", "SINSTS2", "SINSTS3", "IRMS1", "URMS1", "PREF", "EAST", "STGE", "ADSC"]
            ),
            st.text("0123456789ABCDEF -", max_size=12),
            max_size=5,
        ),
        max_size=20,
    ),
    st.booleans(),
)
def test_no_message_makes_the_meter_fail_or_show_an_impossible_power(
    messages: list[dict[str, str]], complete: bool
) -> None:
    found = meter(None)
    for second, labels in enumerate(messages):
        for reading in found.receive(of(labels, complete=complete), float(second)):
            assert all(power is None or 0 <= power <= 54_000 for power in powers(reading))
