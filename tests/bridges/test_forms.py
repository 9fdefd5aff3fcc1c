"""A value goes back to the form that the meter gave it, or is refused for a reason."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.bridges.forms import FORMS, Refused, write
from custom_components.linky_offload.bridges.oddity import Oddity
from custom_components.linky_offload.tic import HISTORIC_RULES, STANDARD_RULES

WRITTEN: list[tuple[str, str, Any, str, str | None]] = [
    ("digits as they are", "PAPP", "00170", "00170", None),
    ("a number without its zeros", "PAPP", 170, "00170", None),
    ("a text without its zeros", "SINSTS", "170", "00170", None),
    ("a text with too many zeros", "SINSTS", "0000170", "00170", None),
    ("a decimal number", "SINSTS", 1305.0, "01305", None),
    ("a decimal text", "IRMS1", "1.521", "002", None),
    ("an index of eight digits", "BASE", "12345678", "012345678", None),
    ("an index as a number", "HCHC", 9058688, "009058688", None),
    ("a contract in kVA", "PREF", 9, "09", None),
    ("a subscribed current", "ISOUSC", "45", "45", None),
    ("an address as a number, its zero lost", "ADSC", 41961999999, "041961999999", None),
    ("an address as a text, its zero lost", "ADCO", "41961999999", "041961999999", None),
    ("an address with a letter", "ADCO", "0419AB999999", "0419AB999999", None),
    ("an address that its owner masked", "ADCO", "XXXXXXXXXXXX", "XXXXXXXXXXXX", None),
    ("a point of delivery as a number", "PRM", 9999999999999, "09999999999999", None),
    ("a padded text", "LTARF", "    HC  BLEU    ", "    HC  BLEU    ", None),
    ("a trimmed text", "LTARF", "HC BLEU", "HC BLEU         ", None),
    ("a text with more spaces than it has room", "NGTF", "  H   PLEINE/CREUSE  ", "H PLEINE/CREUSE ", None),
    ("a register as hexadecimal text", "STGE", "003A4401", "003A4401", None),
    ("a register without its zeros", "STGE", "3A4401", "003A4401", None),
    ("a register as a number", "STGE", 0x003A4401, "003A4401", None),
    ("a register with 0x", "STGE", "0x003A4401", "003A4401", None),
    ("a period without its dots", "PTEC", "HP", "HP..", None),
    ("a Tempo period", "PTEC", "HPJB", "HPJB", None),
    ("an option without its dots", "OPTARIF", "HC", "HC..", None),
    ("a Tempo option without its programme", "OPTARIF", "BBR", "BBR(", None),
    ("a value behind its horodate", "SMAXSN", "H240213064656 03112", "03112", "H240213064656"),
    ("a value behind its horodate, a tabulation between", "UMOY1", "E240713064656\t231", "231", "E240713064656"),
    ("a value whose horodate was left out", "SMAXSN", 3112, "03112", None),
    ("a damaged horodate leaves its value", "SMAXSN", "H249913064656 03112", "03112", None),
    ("the clock", "DATE", "H240213064656", "", "H240213064656"),
    ("a mobile peak, the space of its season kept", "DPM1", " 240213060000 00", "00", " 240213060000"),
    ("a mobile peak, the space of its season lost", "FPM2", "240213060000", "00", " 240213060000"),
    ("a pilot meter's name", "SINST1", 170, "00170", None),
]


@pytest.mark.parametrize(("label", "value", "data", "horodate"), [pytest.param(*row[1:], id=row[0]) for row in WRITTEN])
def test_a_value_takes_back_its_form(label: str, value: Any, data: str, horodate: str | None) -> None:
    assert write(FORMS[label], value) == (data, horodate)


REFUSED: list[tuple[str, str, Any, Oddity]] = [
    ("null", "PAPP", None, Oddity.NULL),
    ("the null of Zigbee", "IRMS1", -32768, Oddity.NULL),
    ("the null of Zigbee as a text", "IRMS1", "-32768", Oddity.NULL),
    ("an empty text", "LTARF", "   ", Oddity.NULL),
    ("the word of a template without a value", "SINSTS", "unavailable", Oddity.NULL),
    ("a text for nobody's address", "ADSC", "000000000000", Oddity.NULL),
    ("a truth", "PAPP", True, Oddity.WRONG_TYPE),
    ("an object", "PAPP", {}, Oddity.WRONG_TYPE),
    ("a list", "LTARF", [], Oddity.WRONG_TYPE),
    ("not a number", "PAPP", float("nan"), Oddity.NOT_FINITE),
    ("infinity", "PAPP", float("inf"), Oddity.NOT_FINITE),
    ("infinity as a text", "PAPP", "-Infinity", Oddity.NOT_FINITE),
    ("a negative power", "PAPP", -5, Oddity.OUT_OF_RANGE),
    ("a power of six digits", "SINSTS", 123456, Oddity.OUT_OF_RANGE),
    ("an integer that no float can hold", "EAST", 10**400, Oddity.OUT_OF_RANGE),
    ("a contract of 0 kVA", "PREF", 0, Oddity.BAD_VALUE),
    ("a contract of 45 kVA", "PREF", 45, Oddity.BAD_VALUE),
    ("a damaged digit", "PAPP", "0q170", Oddity.BAD_VALUE),
    ("digits of another script", "PAPP", "٠٠١٧٠", Oddity.BAD_VALUE),
    ("a number with an underline", "PAPP", "1_70", Oddity.BAD_VALUE),
    ("a short address", "ADSC", 1999999, Oddity.BAD_VALUE),
    ("an unknown period", "PTEC", "XY..", Oddity.BAD_VALUE),
    ("a period as a number", "PTEC", 2, Oddity.BAD_VALUE),
    ("a register that is none", "STGE", "hello", Oddity.BAD_VALUE),
    ("a clock without a time", "DATE", "", Oddity.NULL),
    ("a text with an accent", "LTARF", "HEURE CRÊUSE", Oddity.BAD_VALUE),
    ("a text that is too long", "LTARF", "HEURE CREUSE ET PLEINE", Oddity.BAD_VALUE),
]


@pytest.mark.parametrize(("label", "value", "oddity"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_what_cannot_take_the_form_is_refused(label: str, value: Any, oddity: Oddity) -> None:
    with pytest.raises(Refused) as refusal:
        write(FORMS[label], value)
    assert refusal.value.oddity is oddity


RULES = {**HISTORIC_RULES, **STANDARD_RULES}
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**5000), max_value=10**5000),
    st.floats(),
    st.text(),
    st.from_regex(r"[HE ]?[0-9]{12}[ \t]?[0-9]{0,6}", fullmatch=True),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(), st.integers(), max_size=2),
)


@given(label=st.sampled_from(sorted(FORMS)), value=ANYTHING, horodate=st.none() | st.text(max_size=14))
def test_whatever_is_written_keeps_the_rule_of_its_label(label: str, value: object, horodate: str | None) -> None:
    try:
        data, moment = write(FORMS[label], value, horodate)
    except Refused:
        return
    rule = RULES[label.encode()]
    dated = f"{moment or 'H000000000000'}\t{data}" if rule.dated else data
    assert rule.allows(dated)


@pytest.mark.parametrize("label", sorted(FORMS))
def test_every_label_has_a_form(label: str) -> None:
    assert FORMS[label].rule is RULES[label.encode()]
