"""One rule a mode, and the check character may be a space (tic.md §3.3)."""

import pytest

from custom_components.linky_offload.tic.checksum import checksum_holds

WORKED = [
    ("ADCO 041961999999", " ", '"'),
    ("PTEC TH..", " ", "$"),
    ("PTEC HP..", " ", " "),
    ("HCHC 010000123", " ", "M"),
    ("IRMS1\t007", "\t", "5"),
    ("EASD01\t000000000", "\t", " "),
    ("DATE\tH081225223518\t", "\t", "H"),
    ("SMAXSN-1\tH260114194801\t05473", "\t", "#"),
    ("DPM2\t 260116060000\t00", "\t", "$"),
    # Values that never change on the wire.
    ("PTEC HC..", " ", "S"),
    ("PTEC HN..", " ", "^"),
    ("PTEC PM..", " ", "%"),
    ("PTEC HCJB", " ", "C"),
    ("PTEC HPJB", " ", "P"),
    ("PTEC HCJW", " ", "X"),
    ("PTEC HPJW", " ", "%"),
    ("PTEC HCJR", " ", "S"),
    ("PTEC HPJR", " ", " "),
    ("DEMAIN ----", " ", '"'),
    ("DEMAIN BLEU", " ", "V"),
    ("DEMAIN BLAN", " ", "K"),
    ("DEMAIN ROUG", " ", "+"),
    ("OPTARIF BASE", " ", "0"),
    ("OPTARIF HC..", " ", "<"),
    ("OPTARIF EJP.", " ", '"'),
    ("OPTARIF BBR(", " ", "S"),
    ("HHPHC A", " ", ","),
    ("MOTDETAT 000000", " ", "B"),
    ("PPOT 00", " ", "#"),
]


@pytest.mark.parametrize(("body", "separator", "mark"), WORKED, ids=[body for body, _, _ in WORKED])
def test_the_checksum_of_a_worked_example_and_no_other(body: str, separator: str, mark: str) -> None:
    holding = [code for code in range(0x80) if checksum_holds(f"{body}{separator}{chr(code)}".encode())]

    assert holding == [ord(mark)]


def test_the_rule_of_the_other_mode_does_not_count() -> None:
    """``B`` is what the standard rule would give for this historic group."""
    assert not checksum_holds(b"ADCO 041961999999 B")


def test_a_flip_of_bit_6_is_invisible_to_it() -> None:
    """Why parity, length and charset are all needed: ``1`` and ``q`` have the same checksum."""
    assert checksum_holds(b"ADSC\t041961999999\tX")
    assert checksum_holds(b"ADSC\t04q961999999\tX")
