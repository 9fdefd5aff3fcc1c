"""The closed table of labels: what is believed after a right checksum (tic.md §4, §6, §7)."""

import pytest

from custom_components.linky_offload.tic import HISTORIC_RULES, STANDARD_RULES, Mode
from custom_components.linky_offload.tic.line import Flaw, Line, UnknownLabel, parse_line

from .frames import encode


def parsed(mode: Mode, label: str, data: str, horodate: str | None = None) -> Line | UnknownLabel | Flaw:
    return parse_line(encode(mode, [(label, data, horodate)])[1:-1])


@pytest.mark.parametrize(
    ("label", "accepted", "refused"),
    [
        ("ADCO", ["041961999999", "0419AB999999", "XXXXXXXXXX"], ["04196199999", "0q1961999999", "0419X1999999"]),
        ("OPTARIF", ["BASE", "HC..", "EJP.", "BBR(", "BBR>"], ["BBRh", "HC.", "BASF"]),
        ("ISOUSC", ["30", "05"], ["3", "030", "3p"]),
        ("BASE", ["012345678", "01234567"], ["0123456", "0123456789", "01234567x"]),
        ("PTEC", ["TH..", "HC..", "HP..", "HN..", "PM..", "HCJB", "HPJW", "HPJR"], ["HP", "HPJX", "XX.."]),
        ("DEMAIN", ["----", "BLEU", "BLAN", "ROUG"], ["BLAC", "bleu"]),
        ("IINST", ["003"], ["03", "0003", " 03"]),
        ("ADIR2", ["024"], ["24"]),
        ("PAPP", ["00690"], ["690", "0069p"]),
        ("PMAX", ["17480"], ["1748"]),
        ("HHPHC", ["A", "Y"], ["a", "AA"]),
        ("MOTDETAT", ["000000", "0000000000"], ["00000", "00000G"]),
        ("PPOT", ["00", "0E"], ["0", "0G"]),
        ("PEJP", ["30"], ["3"]),
        ("GAZ", ["0001234"], ["00001234"]),
    ],
)
def test_historic(label: str, accepted: list[str], refused: list[str]) -> None:
    assert all(isinstance(parsed(Mode.HISTORIC, label, data), Line) for data in accepted)
    assert {parsed(Mode.HISTORIC, label, data) for data in refused} == {Flaw.RULE}


@pytest.mark.parametrize(
    ("label", "accepted", "refused"),
    [
        ("ADSC", ["041961999999"], ["04q961999999"]),
        ("NGTF", ["     TEMPO      "], ["TEMPO"]),
        ("EASF10", ["000000000"], ["00000000", "0000000000"]),
        ("IRMS1", ["007"], ["07", "00w"]),
        ("PREF", ["01", "36"], ["00", "37"]),
        ("PCOUP", ["12"], ["99"]),
        ("SINSTS3", ["05580"], ["5580"]),
        ("STGE", ["003AC401"], ["003AC40", "003AC40G"]),
        ("MSG1", ["PAS DE          MESSAGE         "], ["PAS DE MESSAGE"]),
        ("PRM", ["09999999999999", "XXXXXXXXXXXXXX"], ["0999999999999"]),
        ("RELAIS", ["000", "140", "255"], ["256", "300", "01"]),
        ("NTARF", ["01", "10"], ["00", "11"]),
        ("NJOURF+1", ["00", "09"], ["10", "0"]),
        ("PJOURF+1", [" ".join(["0000C001", *["NONUTILE"] * 10])], [" ".join(["NONUTILE"] * 10), "NONUTILE"]),
    ],
)
def test_standard(label: str, accepted: list[str], refused: list[str]) -> None:
    assert all(isinstance(parsed(Mode.STANDARD, label, data), Line) for data in accepted)
    assert {parsed(Mode.STANDARD, label, data) for data in refused} == {Flaw.RULE}


@pytest.mark.parametrize(
    ("label", "data", "horodate", "accepted"),
    [
        pytest.param("SMAXSN", "05529", "H260115083225", True, id="winter"),
        pytest.param("SMAXSN", "05529", "E260715083225", True, id="summer"),
        pytest.param("SMAXSN", "05529", "e260715083225", True, id="degraded clock"),
        pytest.param("SMAXSN", "05529", " 260715083225", False, id="no season outside mobile peaks"),
        pytest.param("SMAXSN", "05529", None, False, id="horodate missing"),
        pytest.param("SMAXSN", "05529", "H261315083225", False, id="month 13"),
        pytest.param("SMAXSN", "05529", "H260132083225", False, id="day 32"),
        pytest.param("SMAXSN", "05529", "H260115243225", False, id="hour 24"),
        pytest.param("SMAXSN", "05529", "H260115086025", False, id="minute 60"),
        pytest.param("SMAXSN", "05529", "X260115083225", False, id="unknown season"),
        pytest.param("SMAXSN", "05529", "H000000000000", True, id="register never used"),
        pytest.param("SMAXSN", "5529", "H260115083225", False, id="data too short"),
        pytest.param("DATE", "", "H260115141502", True, id="empty data"),
        pytest.param("DATE", "1", "H260115141502", False, id="data where none is due"),
        pytest.param("DPM2", "00", " 260116060000", True, id="mobile peak without season"),
        pytest.param("SINSTS", "01679", "H260115141502", False, id="horodate where none is due"),
    ],
)
def test_horodate(label: str, data: str, horodate: str | None, accepted: bool) -> None:
    result = parsed(Mode.STANDARD, label, data, horodate)

    assert isinstance(result, Line) == accepted
    if isinstance(result, Line):
        assert (result.horodate, result.data) == (horodate, data)


@pytest.mark.parametrize(("pilot", "label"), [("SINST1", "SINSTS"), ("SMAXN", "SMAXSN"), ("SMAXN-1", "SMAXSN-1")])
def test_a_pilot_meter_is_read_under_the_names_of_the_specification(pilot: str, label: str) -> None:
    horodate = None if pilot == "SINST1" else "H260115083225"
    result = parsed(Mode.STANDARD, pilot, "05529", horodate)

    assert isinstance(result, Line)
    assert result.rule.label == label


def test_a_label_of_the_other_mode_is_unknown() -> None:
    assert parsed(Mode.STANDARD, "PAPP", "00690") == UnknownLabel("PAPP")
    assert parsed(Mode.HISTORIC, "SINSTS", "01679") == UnknownLabel("SINSTS")


def test_the_tail_of_a_group_is_never_another_group() -> None:
    """A stream joined in the middle of a group shows its tail: no label may be the end of another."""
    for rules in (HISTORIC_RULES, STANDARD_RULES):
        assert [(end, whole) for end in rules for whole in rules if end != whole and whole.endswith(end)] == []


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        pytest.param(b"MOTDETAT_000000_B", Flaw.FRAMING, id="no separator before the checksum"),
        pytest.param(b"PTEC TH.. %", Flaw.CHECKSUM, id="wrong checksum"),
        pytest.param(b"PTEC HP.. ", Flaw.FRAMING, id="the space of a checksum was stripped"),
    ],
)
def test_a_damaged_line(line: bytes, flaw: Flaw) -> None:
    assert parse_line(line) is flaw
