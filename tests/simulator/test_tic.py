"""Groups as the meter encodes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from simulator.tic import Group, Mode, add_parity, checksum, encode_group, frame, horodate, seasonless
from tests.simulator.samples import paris

HISTORIC, STANDARD = Mode.HISTORIC, Mode.STANDARD


@pytest.mark.parametrize(
    ("mode", "label", "horodate_text", "data", "wire"),
    [
        pytest.param(HISTORIC, "PTEC", None, "TH..", b"\nPTEC TH.. $\r", id="historic: the final space is not summed"),
        pytest.param(HISTORIC, "PTEC", None, "HP..", b"\nPTEC HP..  \r", id="historic: check character space"),
        pytest.param(HISTORIC, "HCHC", None, "010000123", b"\nHCHC 010000123 M\r", id="historic index"),
        pytest.param(STANDARD, "IRMS1", None, "007", b"\nIRMS1\t007\t5\r", id="standard: the final tab is summed"),
        pytest.param(
            STANDARD, "EASD01", None, "000000000", b"\nEASD01\t000000000\t \r", id="standard: check character space"
        ),
        pytest.param(
            STANDARD, "DATE", "H081225223518", "", b"\nDATE\tH081225223518\t\tH\r", id="standard: horodate, empty data"
        ),
        pytest.param(
            STANDARD, "SMAXSN-1", "H260114194801", "05473", b"\nSMAXSN-1\tH260114194801\t05473\t#\r", id="dated value"
        ),
        pytest.param(STANDARD, "DPM2", " 260116060000", "00", b"\nDPM2\t 260116060000\t00\t$\r", id="no season"),
    ],
)
def test_a_group_on_the_wire(mode: Mode, label: str, horodate_text: str | None, data: str, wire: bytes) -> None:
    assert encode_group(mode, label, data, horodate_text) == wire


def test_the_historic_mode_has_no_horodate() -> None:
    with pytest.raises(ValueError):
        encode_group(HISTORIC, "PAPP", "00100", "H260114194801")


def test_a_frame_runs_from_stx_to_etx() -> None:
    wire = frame([Group("PTEC", "TH.."), Group("DEMAIN", "----")], HISTORIC)
    assert wire == b'\x02\nPTEC TH.. $\r\nDEMAIN ---- "\r\x03'


PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40)


@given(body=PRINTABLE, mode=st.sampled_from(Mode))
def test_a_check_character_is_printable_and_never_small_letter(body: str, mode: Mode) -> None:
    assert " " <= checksum(mode, body) <= "_"


@given(body=PRINTABLE, position=st.integers(0, 39), bit=st.integers(0, 5))
def test_one_flipped_low_bit_changes_the_check_character(body: str, position: int, bit: int) -> None:
    position %= len(body)
    damaged = body[:position] + chr(ord(body[position]) ^ (1 << bit)) + body[position + 1 :]
    assert checksum(STANDARD, damaged) != checksum(STANDARD, body)


@given(st.binary(max_size=200))
def test_every_byte_has_even_parity_and_its_seven_bits(data: bytes) -> None:
    sent = add_parity(data)
    assert all(code.bit_count() % 2 == 0 for code in sent)
    assert bytes(code & 0x7F for code in sent) == bytes(code & 0x7F for code in data)


def test_the_control_characters_with_their_parity() -> None:
    assert add_parity(b"\n\t\r\x02\x03\x04 ") == b"\x0a\x09\x8d\x82\x03\x84\xa0"


@pytest.mark.parametrize(
    ("when", "degraded", "text"),
    [
        pytest.param(paris("2008-12-25 22:35:18"), False, "H081225223518", id="winter"),
        pytest.param(paris("2009-07-14 07:45:53"), False, "E090714074553", id="summer"),
        pytest.param(paris("2009-07-14 07:45:53"), True, "e090714074553", id="summer, clock degraded"),
        pytest.param(
            datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Paris")),
            False,
            "E261025023000",
            id="the repeated hour, first time",
        ),
        pytest.param(
            datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Paris")),
            False,
            "H261025023000",
            id="the repeated hour, second time",
        ),
    ],
)
def test_horodates_carry_their_season(when: datetime, degraded: bool, text: str) -> None:
    assert horodate(when, degraded=degraded) == text


def test_a_peak_is_dated_without_season() -> None:
    assert seasonless(paris("2026-01-16 06:00:00")) == " 260116060000"
