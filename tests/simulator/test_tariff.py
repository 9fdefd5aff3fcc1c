"""Which tariff runs at a moment, by the contract's calendar."""

from datetime import date

import pytest

from simulator.tariff import Calendar, Colour, TariffKind
from tests.simulator.samples import paris

JANUARY_16 = date(2026, 1, 16)
JULY = "2026-07-15"


@pytest.mark.parametrize(
    ("kind", "now", "index", "distributor", "ptec", "ltarf"),
    [
        pytest.param(TariffKind.BASE, "2026-01-15 12:00:00", 1, 1, "TH..", "BASE", id="BASE"),
        pytest.param(TariffKind.HC, "2026-01-15 22:19:59", 2, 4, "HP..", "HEURE  PLEINE", id="HC: last peak second"),
        pytest.param(TariffKind.HC, "2026-01-15 22:20:00", 1, 3, "HC..", "HEURE  CREUSE", id="HC: off-peak begins"),
        pytest.param(TariffKind.HC, f"{JULY} 06:19:59", 1, 1, "HC..", "HEURE  CREUSE", id="HC: off-peak, low season"),
        pytest.param(TariffKind.HC, f"{JULY} 06:20:00", 2, 2, "HP..", "HEURE  PLEINE", id="HC: peak, low season"),
        pytest.param(TariffKind.TEMPO, f"{JULY} 12:00:00", 2, 2, "HPJB", "HP  BLEU", id="Tempo: blue day"),
        pytest.param(TariffKind.TEMPO, "2026-01-16 05:59:59", 1, 3, "HCJB", "HC  BLEU", id="Tempo: blue until 06:00"),
        pytest.param(TariffKind.TEMPO, "2026-01-16 06:00:00", 6, 4, "HPJR", "HP  ROUGE", id="Tempo: red from 06:00"),
        pytest.param(TariffKind.TEMPO, "2026-01-17 03:00:00", 5, 3, "HCJR", "HC  ROUGE", id="Tempo: red night after"),
        pytest.param(TariffKind.EJP, "2026-01-16 06:59:59", 1, 4, "HN..", "HEURE  NORMALE", id="EJP: before the peak"),
        pytest.param(TariffKind.EJP, "2026-01-16 07:00:00", 2, 4, "PM..", "HEURE   POINTE", id="EJP: the peak begins"),
        pytest.param(TariffKind.EJP, "2026-01-17 00:59:59", 2, 4, "PM..", "HEURE   POINTE", id="EJP: the peak ends"),
        pytest.param(TariffKind.EJP, "2026-01-17 01:00:00", 1, 4, "HN..", "HEURE  NORMALE", id="EJP: after the peak"),
    ],
)
def test_period(kind: TariffKind, now: str, index: int, distributor: int, ptec: str, ltarf: str) -> None:
    period = Calendar(kind=kind, marks={JANUARY_16: Colour.RED}).at(paris(now))
    assert (period.index, period.distributor_index, period.ptec, period.ltarf.strip()) == (
        index,
        distributor,
        ptec,
        ltarf,
    )


@pytest.mark.parametrize(
    ("now", "today", "tomorrow", "announced", "running"),
    [
        pytest.param("2026-01-15 19:59:59", Colour.BLUE, None, None, None, id="not announced yet"),
        pytest.param("2026-01-15 20:00:00", Colour.BLUE, Colour.WHITE, 1, None, id="announced in the evening"),
        pytest.param("2026-01-16 05:59:59", Colour.BLUE, Colour.WHITE, 1, None, id="still announced in the night"),
        pytest.param("2026-01-16 06:00:00", Colour.WHITE, None, None, 1, id="begins"),
        pytest.param("2026-01-16 21:00:00", Colour.WHITE, Colour.RED, 2, 1, id="white runs while red is announced"),
        pytest.param("2026-01-17 06:00:00", Colour.RED, None, None, 2, id="red runs"),
        pytest.param("2026-01-17 20:00:00", Colour.RED, Colour.BLUE, None, 2, id="blue is announced without peak"),
    ],
)
def test_tempo_days(
    now: str, today: Colour, tomorrow: Colour | None, announced: int | None, running: int | None
) -> None:
    calendar = Calendar(kind=TariffKind.TEMPO, marks={date(2026, 1, 16): Colour.WHITE, date(2026, 1, 17): Colour.RED})
    period = calendar.at(paris(now))
    assert (period.today, period.tomorrow) == (today, tomorrow)
    assert (period.announced.number if period.announced else None) == announced
    assert (period.running.number if period.running else None) == running


@pytest.mark.parametrize(
    ("now", "notice", "announced"),
    [
        pytest.param("2026-01-15 19:59:59", False, False, id="nothing"),
        pytest.param("2026-01-15 20:00:00", False, True, id="announced the evening before"),
        pytest.param("2026-01-16 06:29:59", False, True, id="no notice yet"),
        pytest.param("2026-01-16 06:30:00", True, True, id="notice half an hour before"),
        pytest.param("2026-01-16 12:00:00", True, False, id="during the peak"),
        pytest.param("2026-01-17 01:00:00", False, False, id="after the peak"),
    ],
)
def test_ejp_notice(now: str, notice: bool, announced: bool) -> None:
    period = Calendar(kind=TariffKind.EJP, marks={JANUARY_16: Colour.RED}).at(paris(now))
    assert period.ejp_notice is notice
    assert (period.announced is not None) is announced
