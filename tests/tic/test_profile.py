"""Profiles of the next day and of the next mobile peak (tic.md §8.3)."""

import pytest

from custom_components.linky_offload.tic import Contact, Encoding, Slot, parse_profile


def padded(blocks: str) -> str:
    used = blocks.split()
    return " ".join(used + ["NONUTILE"] * (11 - len(used)))


def starts(slots: tuple[Slot, ...] | None) -> list[str] | None:
    return None if slots is None else [f"{slot.start_min // 60:02}:{slot.start_min % 60:02}" for slot in slots]


@pytest.mark.parametrize(
    ("blocks", "encoding", "times"),
    [
        pytest.param(
            "0000C001 06208002 2220C001", Encoding.DECIMAL, ["00:00", "06:20", "22:20"], id="decimal: no 34th hour"
        ),
        pytest.param(
            "0000C001 061E8002 161EC001", Encoding.HEXADECIMAL, ["00:00", "06:30", "22:30"], id="hexadecimal digits"
        ),
        pytest.param("0A008002 1000C001", Encoding.HEXADECIMAL, ["10:00", "16:00"], id="hexadecimal hours"),
        pytest.param("00008001", None, ["00:00"], id="midnight reads the same both ways"),
        pytest.param("00008002 0100C001 06008002", None, ["00:00", "01:00", "06:00"], id="single digits read the same"),
        pytest.param("0000C001 06008002 1600C001", None, None, id="in doubt: 16:00 or 22:00"),
        pytest.param("0000C001 22008002 0600C001", None, None, id="not in order: neither"),
        pytest.param("06208002 0620C001", None, None, id="twice the same time: neither"),
        pytest.param("", None, [], id="no block used"),
    ],
)
def test_encoding_of_times(blocks: str, encoding: Encoding | None, times: list[str] | None) -> None:
    profile = parse_profile(padded(blocks))

    assert profile.encoding is encoding
    assert starts(profile.slots()) == times


class TestInDoubt:
    PROFILE = parse_profile(padded("00004001 06004002 16004001"))

    def test_tempo_peak_hours_end_at_22(self) -> None:
        assert starts(self.PROFILE.slots(tempo=True)) == ["00:00", "06:00", "22:00"]

    def test_what_the_meter_taught_goes_first(self) -> None:
        assert starts(self.PROFILE.slots(learned=Encoding.DECIMAL)) == ["00:00", "06:00", "16:00"]
        assert starts(self.PROFILE.slots(learned=Encoding.HEXADECIMAL)) == ["00:00", "06:00", "22:00"]

    def test_tempo_says_nothing_of_another_last_block(self) -> None:
        profile = parse_profile(padded("00004001 06004002 10004001"))

        assert profile.slots(tempo=True) is None

    def test_learning_does_not_undo_a_proof(self) -> None:
        profile = parse_profile(padded("0000C001 06208002 2220C001"))

        assert starts(profile.slots(learned=Encoding.HEXADECIMAL)) == ["00:00", "06:20", "22:20"]


@pytest.mark.parametrize(
    ("action", "contact", "closed", "index"),
    [
        pytest.param("C001", Contact.CLOSED, set(), 1, id="off-peak, contact closed"),
        pytest.param("8002", Contact.OPEN, set(), 2, id="peak, contact open"),
        pytest.param("4006", Contact.TEMPO, set(), 6, id="Tempo"),
        pytest.param("0000", Contact.UNCHANGED, set(), None, id="nothing changes"),
        pytest.param("000B", Contact.UNCHANGED, set(), None, id="index 11 does not exist"),
        pytest.param("000A", Contact.UNCHANGED, set(), 10, id="index 10"),
        pytest.param("0410", Contact.UNCHANGED, {1, 7}, None, id="virtual contacts 1 and 7"),
    ],
)
def test_action(action: str, contact: Contact, closed: set[int], index: int | None) -> None:
    slots = parse_profile(padded(f"0000{action}")).slots()

    assert slots is not None
    assert slots[0].contact is contact
    assert {number for number, on in enumerate(slots[0].virtual, start=1) if on} == closed
    assert slots[0].index == index
