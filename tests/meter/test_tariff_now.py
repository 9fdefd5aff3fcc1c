"""The tariff at one moment, out of whatever is told of it."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_offload.meter import Quantity
from custom_components.linky_offload.meter.tariff_now import (
    PERIODS,
    TariffKind,
    TariffNow,
    peaks,
    tariff_now,
    tempo_day,
)
from custom_components.linky_offload.tic import Colour

from .readings import paris, values_of

EVENING = paris("2026-01-07 17:58")
TEMPO = {Quantity.CALENDAR: "TEMPO"}
RED_TOMORROW = {Quantity.PEAK_2_START: paris("2026-01-08 06:00"), Quantity.PEAK_2_END: paris("2026-01-09 06:00")}
WHITE_TODAY = {Quantity.PEAK_1_START: paris("2026-01-07 06:00"), Quantity.PEAK_1_END: paris("2026-01-08 06:00")}
RED_IN_TWO_DAYS = {Quantity.PEAK_2_START: paris("2026-01-09 06:00"), Quantity.PEAK_2_END: paris("2026-01-10 06:00")}


def now(values: Mapping[Quantity, Any]) -> TariffNow:
    return tariff_now(values_of(values), EVENING)


# The period ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "period", "kind"),
    [
        pytest.param({}, None, None, id="nothing told"),
        pytest.param({Quantity.TARIFF_PERIOD: "hp_white"}, "hp_white", TariffKind.TEMPO, id="PTEC HPJW"),
        pytest.param(
            {Quantity.TARIFF_PERIOD: "th", Quantity.TARIFF_OPTION: "base"}, "th", TariffKind.BASE, id="PTEC TH.."
        ),
        pytest.param(
            {Quantity.CALENDAR: "BASE", Quantity.TARIFF_LABEL: "BASE", Quantity.TARIFF_INDEX: 1},
            "th",
            TariffKind.BASE,
            id="BASE",
        ),
        pytest.param(
            {Quantity.CALENDAR: "H PLEINE/CREUSE", Quantity.TARIFF_LABEL: "HEURE CREUSE", Quantity.TARIFF_INDEX: 1},
            "hc",
            TariffKind.HCHP,
            id="HEURE CREUSE",
        ),
        pytest.param(
            {Quantity.CALENDAR: "H PLEINE/CREUSE", Quantity.TARIFF_LABEL: "Heure pleine"},
            "hp",
            TariffKind.HCHP,
            id="Heure pleine",
        ),
        pytest.param(
            {Quantity.CALENDAR: "H PLEINE/CREUSE", Quantity.TARIFF_INDEX: 2}, "hp", TariffKind.HCHP, id="only NTARF 2"
        ),
        pytest.param({**TEMPO, Quantity.TARIFF_LABEL: "HP BLEU"}, "hp_blue", TariffKind.TEMPO, id="HP BLEU"),
        pytest.param(
            {**TEMPO, Quantity.TARIFF_LABEL: "BLEU HC"}, "hc_blue", TariffKind.TEMPO, id="the words turned round"
        ),
        pytest.param({**TEMPO, Quantity.TARIFF_INDEX: 5}, "hc_red", TariffKind.TEMPO, id="Tempo by NTARF"),
        pytest.param(
            {Quantity.TARIFF_LABEL: "HC ROUGE"}, "hc_red", TariffKind.TEMPO, id="a label without its calendar"
        ),
        pytest.param({Quantity.CALENDAR: "EJP", Quantity.TARIFF_INDEX: 2}, "pm", TariffKind.EJP, id="EJP by NTARF"),
        pytest.param(
            {Quantity.CALENDAR: "EJP", Quantity.TARIFF_LABEL: "HEURE POINTE"}, "pm", TariffKind.EJP, id="HEURE POINTE"
        ),
        pytest.param(
            {Quantity.CALENDAR: "ZEN Flex", Quantity.TARIFF_LABEL: "HC SEMAINE"},
            "hc",
            None,
            id="a calendar by its words",
        ),
        pytest.param(
            {
                Quantity.CALENDAR: "H SUPER CREUSES",
                Quantity.TARIFF_LABEL: "HEURES SUPER CREUSES",
                Quantity.TARIFF_INDEX: 3,
            },
            "super_hc",
            None,
            id="super off-peak",
        ),
        pytest.param(
            {Quantity.CALENDAR: "MON TARIF", Quantity.TARIFF_INDEX: 4}, "index_4", None, id="unknown words: the number"
        ),
        pytest.param(
            {Quantity.CALENDAR: "H PLEINE/CREUSE", Quantity.TARIFF_LABEL: "INDEX INACTIF 2", Quantity.TARIFF_INDEX: 2},
            None,
            TariffKind.HCHP,
            id="INDEX INACTIF: a calendar not in force",
        ),
        pytest.param(
            {Quantity.CALENDAR: "PRODUCTEUR", Quantity.TARIFF_LABEL: "INDEX NON CONSO", Quantity.TARIFF_INDEX: 1},
            None,
            None,
            id="producer",
        ),
    ],
)
def test_the_period_and_the_calendar(
    values: Mapping[Quantity, Any], period: str | None, kind: TariffKind | None
) -> None:
    told = now(values)
    assert (told.period, told.kind) == (period, kind)


PERIOD, LABEL, CONTACT = Quantity.TARIFF_PERIOD, Quantity.TARIFF_LABEL, Quantity.DRY_CONTACT


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({}, None, id="nothing told"),
        pytest.param({PERIOD: "hc"}, True, id="PTEC HC.."),
        pytest.param({PERIOD: "hp"}, False, id="PTEC HP.."),
        pytest.param({PERIOD: "hc_red"}, True, id="PTEC HCJR"),
        pytest.param({PERIOD: "hp_white"}, False, id="PTEC HPJW"),
        pytest.param({PERIOD: "th"}, None, id="PTEC TH..: one price"),
        pytest.param({PERIOD: "hn"}, None, id="PTEC HN..: EJP knows no off-peak hours"),
        pytest.param({PERIOD: "pm"}, None, id="PTEC PM.."),
        pytest.param({LABEL: "HEURE CREUSE"}, True, id="HEURE CREUSE"),
        pytest.param({LABEL: "Heures creuses"}, True, id="Heures creuses"),
        pytest.param({LABEL: "HEURES SUPER CREUSES"}, True, id="super off-peak"),
        pytest.param({LABEL: "HEURE PLEINE", CONTACT: True}, False, id="the name goes before the contact"),
        pytest.param({LABEL: "HC BLEU", Quantity.TARIFF_INDEX: 1}, True, id="HC BLEU"),
        pytest.param({LABEL: "HP ROUGE", Quantity.TARIFF_INDEX: 6}, False, id="HP ROUGE"),
        pytest.param({LABEL: "HC SEMAINE"}, True, id="HC SEMAINE"),
        pytest.param(
            {Quantity.CALENDAR: "TEMPO", Quantity.TARIFF_INDEX: 4}, False, id="only the number, in a known calendar"
        ),
        pytest.param({LABEL: "BASE", CONTACT: False}, None, id="one price: the contact says nothing"),
        pytest.param({LABEL: "ZONE 3", CONTACT: True}, True, id="an unknown name, the contact closed"),
        pytest.param({LABEL: "ZONE 3", CONTACT: False}, False, id="an unknown name, the contact open"),
        pytest.param({LABEL: "ZONE 3"}, None, id="an unknown name and no contact"),
        pytest.param({CONTACT: True}, None, id="a contact without any name"),
    ],
)
def test_off_peak(values: Mapping[Quantity, Any], told: bool | None) -> None:
    assert now(values).off_peak is told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({}, None, id="nothing told"),
        pytest.param({PERIOD: "pm"}, True, id="PTEC PM.."),
        pytest.param({PERIOD: "hn"}, False, id="PTEC HN.."),
        pytest.param({PERIOD: "hc"}, False, id="PTEC HC.."),
        pytest.param({Quantity.PEAK_RUNNING: 2}, True, id="STGE: PM2 runs"),
        pytest.param({Quantity.PEAK_RUNNING: 0}, False, id="STGE: none runs"),
        pytest.param({Quantity.PEAK_RUNNING: 0, LABEL: "HEURE POINTE"}, True, id="HEURE POINTE"),
        pytest.param({Quantity.PEAK_RUNNING: 1, Quantity.COLOUR_TODAY: "red"}, False, id="a red day of Tempo"),
        pytest.param({Quantity.PEAK_RUNNING: 2, **TEMPO}, False, id="Tempo announces colours by peaks"),
    ],
)
def test_mobile_peak(values: Mapping[Quantity, Any], told: bool | None) -> None:
    assert now(values).mobile_peak is told


# Colours -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "colour", "red"),
    [
        pytest.param({}, None, None, id="nothing told"),
        pytest.param({Quantity.COLOUR_TODAY: "red"}, Colour.RED, True, id="STGE red"),
        pytest.param({Quantity.COLOUR_TODAY: "none"}, None, False, id="STGE none, no Tempo"),
        pytest.param({Quantity.COLOUR_TODAY: "none", **TEMPO}, None, None, id="STGE none under Tempo proves nothing"),
        pytest.param({PERIOD: "hc_white", Quantity.COLOUR_TODAY: "white"}, Colour.WHITE, False, id="PTEC"),
        pytest.param(
            {**TEMPO, Quantity.TARIFF_INDEX: 6, Quantity.COLOUR_TODAY: "blue"},
            Colour.RED,
            True,
            id="what is billed first",
        ),
        pytest.param(
            {**TEMPO, **WHITE_TODAY, Quantity.COLOUR_TODAY: "none"}, Colour.WHITE, False, id="only DPM1 and FPM1"
        ),
        pytest.param({**TEMPO, Quantity.PEAK_RUNNING: 2}, Colour.RED, True, id="only STGE bits 30 and 31"),
        pytest.param({Quantity.CALENDAR: "BASE"}, None, False, id="a calendar without colours"),
    ],
)
def test_the_colour_of_today(values: Mapping[Quantity, Any], colour: Colour | None, red: bool | None) -> None:
    told = now(values)
    assert (told.colour_today, told.red_day) == (colour, red)


@pytest.mark.parametrize(
    ("values", "colour"),
    [
        pytest.param({}, None, id="nothing told"),
        pytest.param({Quantity.COLOUR_TOMORROW: "unknown"}, None, id="DEMAIN ---- is not blue"),
        pytest.param({Quantity.COLOUR_TOMORROW: "red"}, Colour.RED, id="DEMAIN ROUG"),
        pytest.param({**TEMPO, Quantity.COLOUR_TOMORROW: "blue"}, Colour.BLUE, id="STGE blue"),
        pytest.param(
            {**TEMPO, **RED_TOMORROW, Quantity.COLOUR_TOMORROW: "unknown"},
            Colour.RED,
            id="DPM2 announces, STGE is silent",
        ),
        pytest.param(
            {**TEMPO, **RED_TOMORROW, Quantity.COLOUR_TOMORROW: "blue"}, Colour.RED, id="DPM2 against a late STGE"
        ),
        pytest.param(
            {**TEMPO, **WHITE_TODAY, Quantity.COLOUR_TOMORROW: "blue"}, Colour.BLUE, id="the running peak is of today"
        ),
        pytest.param(
            {**TEMPO, **RED_IN_TWO_DAYS, Quantity.PEAK_NOTICE: 2, Quantity.COLOUR_TOMORROW: "unknown"},
            None,
            id="a peak of another day",
        ),
        pytest.param(
            {**TEMPO, Quantity.PEAK_NOTICE: 1, Quantity.COLOUR_TOMORROW: "unknown"}, Colour.WHITE, id="only the notice"
        ),
        pytest.param({Quantity.CALENDAR: "EJP", Quantity.PEAK_NOTICE: 1}, None, id="a notice of EJP has no colour"),
    ],
)
def test_the_colour_of_tomorrow(values: Mapping[Quantity, Any], colour: Colour | None) -> None:
    assert now(values).colour_tomorrow is colour


@pytest.mark.parametrize(
    ("time", "day"), [("2026-01-08 05:59", 7), ("2026-01-08 06:00", 8), ("2026-01-08 23:30", 8)], ids=str
)
def test_a_tempo_day_begins_at_six(time: str, day: int) -> None:
    assert tempo_day(paris(time)).day == day


def test_a_peak_that_ends_before_it_starts_is_none() -> None:
    assert peaks(values_of({Quantity.PEAK_1_START: EVENING, Quantity.PEAK_1_END: paris("2026-01-07 06:00")})) == ()


SLUGS = st.sampled_from([*PERIODS, "", "unknown", "none", "blue", "white", "red"])
ANYTHING = st.one_of(st.text(max_size=16), SLUGS, st.integers(-2, 20), st.booleans(), st.just(EVENING))


@given(st.dictionaries(st.sampled_from(list(Quantity)), ANYTHING))
def test_whatever_is_told_the_tariff_keeps_to_its_words(values: dict[Quantity, Any]) -> None:
    told = now(values)
    assert told.period is None or told.period in PERIODS
    assert told.colour_tomorrow in {None, Colour.BLUE, Colour.WHITE, Colour.RED}
    assert told.red_day is None or told.red_day is (told.colour_today is Colour.RED)
