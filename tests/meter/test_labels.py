"""What every label of both modes becomes (tic.md §6, §7, §8)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from custom_components.linky_offload.meter import Breaker, Quantity, Refusal, Scalar
from custom_components.linky_offload.tic import HISTORIC_RULES, STANDARD_RULES, Mode
from tests.meter.feed import (
    HISTORIC_ONE,
    HISTORIC_THREE,
    OLD_ONE_PHASE,
    OLD_THREE_PHASE,
    ONE_PHASE,
    STANDARD_ONE,
    STANDARD_THREE,
    THREE_PHASE,
    Feed,
    changed,
)

WINTER, SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))

HISTORIC: dict[str, tuple[str, dict[Quantity, Scalar]]] = {
    "ADCO": (ONE_PHASE, {Quantity.ADDRESS: ONE_PHASE}),
    "OPTARIF": ("HC..", {Quantity.TARIFF_OPTION: "hchp"}),
    "ISOUSC": ("45", {Quantity.SUBSCRIBED_CURRENT: 45}),
    "BASE": ("012345678", {Quantity.IMPORT_TOTAL: 12_345_678}),
    "HCHC": ("010000123", {Quantity.IMPORT_INDEX_1: 10_000_123}),
    "HCHP": ("020000456", {Quantity.IMPORT_INDEX_2: 20_000_456}),
    "EJPHN": ("034567890", {Quantity.IMPORT_INDEX_1: 34_567_890}),
    "EJPHPM": ("001234567", {Quantity.IMPORT_INDEX_2: 1_234_567}),
    "BBRHCJB": ("018328700", {Quantity.IMPORT_INDEX_1: 18_328_700}),
    "BBRHPJB": ("023739500", {Quantity.IMPORT_INDEX_2: 23_739_500}),
    "BBRHCJW": ("001466000", {Quantity.IMPORT_INDEX_3: 1_466_000}),
    "BBRHPJW": ("002132800", {Quantity.IMPORT_INDEX_4: 2_132_800}),
    "BBRHCJR": ("000860100", {Quantity.IMPORT_INDEX_5: 860_100}),
    "BBRHPJR": ("000844100", {Quantity.IMPORT_INDEX_6: 844_100}),
    "PEJP": ("30", {Quantity.EJP_NOTICE: True}),
    "PTEC": ("HPJW", {Quantity.TARIFF_PERIOD: "hp_white", Quantity.COLOUR_TODAY: "white"}),
    "DEMAIN": ("ROUG", {Quantity.COLOUR_TOMORROW: "red"}),
    "IINST": ("003", {Quantity.CURRENT_1: 3}),
    "IINST1": ("004", {Quantity.CURRENT_1: 4}),
    "IINST2": ("001", {Quantity.CURRENT_2: 1}),
    "IINST3": ("012", {Quantity.CURRENT_3: 12}),
    "ADPS": ("035", {Quantity.WARNING_CURRENT_1: 35, Quantity.OVER_REFERENCE: True}),
    "ADIR1": ("024", {Quantity.WARNING_CURRENT_1: 24, Quantity.OVER_REFERENCE: True}),
    "ADIR2": ("025", {Quantity.WARNING_CURRENT_2: 25, Quantity.OVER_REFERENCE: True}),
    "ADIR3": ("026", {Quantity.WARNING_CURRENT_3: 26, Quantity.OVER_REFERENCE: True}),
    "PAPP": ("00690", {Quantity.APPARENT_POWER: 690}),
    "HHPHC": ("A", {Quantity.PEAK_HOURS_PROGRAM: "A"}),
    "PPOT": ("06", {Quantity.PHASE_LOST_1: True, Quantity.PHASE_LOST_2: True, Quantity.PHASE_LOST_3: False}),
}
HISTORIC_BY_KIND = {"IMAX", "IMAX1", "IMAX2", "IMAX3", "PMAX"}
HISTORIC_WITHOUT_MEANING = {"MOTDETAT", "GAZ", "AUTRE"}

AT = "H260115083225"
THEN = datetime(2026, 1, 15, 8, 32, 25, tzinfo=WINTER)
PROFILE = "0000C001 06208002 2220C001" + " NONUTILE" * 8

STANDARD: dict[str, tuple[str, str | None, dict[Quantity, Scalar]]] = {
    "ADSC": (ONE_PHASE, None, {Quantity.ADDRESS: ONE_PHASE}),
    "VTIC": ("02", None, {Quantity.TIC_VERSION: "02"}),
    "DATE": ("", AT, {Quantity.CLOCK: THEN}),
    "NGTF": ("H PLEINE/CREUSE ", None, {Quantity.CALENDAR: "H PLEINE/CREUSE"}),
    "LTARF": ("  HEURE  PLEINE ", None, {Quantity.TARIFF_LABEL: "HEURE PLEINE"}),
    "EAST": ("020240587", None, {Quantity.IMPORT_TOTAL: 20_240_587}),
    **{f"EASF{n:02}": (f"00000{n:04}", None, {Quantity(f"import_index_{n}"): n}) for n in range(1, 11)},
    **{f"EASD{n:02}": (f"00000{n:04}", None, {Quantity(f"grid_index_{n}"): n}) for n in range(1, 5)},
    "EAIT": ("007472722", None, {Quantity.EXPORT_TOTAL: 7_472_722}),
    **{f"ERQ{n}": (f"00000{n:04}", None, {Quantity(f"reactive_q{n}"): n}) for n in range(1, 5)},
    **{f"IRMS{n}": (f"{n:03}", None, {Quantity(f"current_{n}"): n}) for n in range(1, 4)},
    **{f"URMS{n}": (f"23{n}", None, {Quantity(f"voltage_{n}"): 230 + n}) for n in range(1, 4)},
    "PREF": ("09", None, {Quantity.CONTRACT_POWER: 9000}),
    "PCOUP": ("12", None, {Quantity.CUTOFF_POWER: 12_000}),
    "SINSTS": ("01679", None, {Quantity.APPARENT_POWER: 1679}),
    **{f"SINSTS{n}": (f"0100{n}", None, {Quantity(f"apparent_power_{n}"): 1000 + n}) for n in range(1, 4)},
    "SMAXSN": ("05529", AT, {Quantity.MAX_POWER_TODAY: 5529}),
    **{f"SMAXSN{n}": (f"0200{n}", AT, {Quantity(f"max_power_today_{n}"): 2000 + n}) for n in range(1, 4)},
    "SMAXSN-1": ("05473", AT, {Quantity.MAX_POWER_YESTERDAY: 5473}),
    **{f"SMAXSN{n}-1": (f"0300{n}", AT, {Quantity(f"max_power_yesterday_{n}"): 3000 + n}) for n in range(1, 4)},
    "SINSTI": ("02210", None, {Quantity.APPARENT_POWER_EXPORT: 2210}),
    "SMAXIN": ("02950", AT, {Quantity.MAX_EXPORT_TODAY: 2950}),
    "SMAXIN-1": ("03010", AT, {Quantity.MAX_EXPORT_YESTERDAY: 3010}),
    "CCASN": ("01573", AT, {Quantity.LOAD_CURVE: 1573}),
    "CCASN-1": ("01710", AT, {Quantity.LOAD_CURVE_PREVIOUS: 1710}),
    "CCAIN": ("02105", AT, {Quantity.EXPORT_CURVE: 2105}),
    "CCAIN-1": ("02010", AT, {Quantity.EXPORT_CURVE_PREVIOUS: 2010}),
    **{f"UMOY{n}": (f"24{n}", AT, {Quantity(f"mean_voltage_{n}"): 240 + n}) for n in range(1, 4)},
    "STGE": (
        "2D3A8083",
        None,
        {
            Quantity.DRY_CONTACT: False,
            Quantity.BREAKER: Breaker.OVERPOWER,
            Quantity.COVER_OPEN: False,
            Quantity.OVERVOLTAGE: False,
            Quantity.OVER_REFERENCE: True,
            Quantity.PRODUCER: False,
            Quantity.EXPORTING: False,
            Quantity.TARIFF_INDEX: 1,
            Quantity.GRID_TARIFF_INDEX: 3,
            Quantity.CLOCK_DEGRADED: False,
            Quantity.EURIDIS: "secured",
            Quantity.PLC_STATE: "locked",
            Quantity.PLC_SYNCHRONISED: False,
            Quantity.COLOUR_TODAY: "blue",
            Quantity.COLOUR_TOMORROW: "red",
            Quantity.PEAK_NOTICE: 2,
            Quantity.PEAK_RUNNING: 0,
        },
    ),
    **{
        f"{label}{n}": ("00", " 260116060000", {Quantity(f"peak_{n}_{edge}"): datetime(2026, 1, 16, 5, tzinfo=UTC)})
        for label, edge in (("DPM", "start"), ("FPM", "end"))
        for n in range(1, 4)
    },
    "MSG1": ("PAS DE          MESSAGE         ", None, {Quantity.MESSAGE: "PAS DE MESSAGE"}),
    "MSG2": ("COUPURE DEMAIN  ", None, {Quantity.SHORT_MESSAGE: "COUPURE DEMAIN"}),
    "PRM": ("09999999999999", None, {Quantity.PRM: "09999999999999"}),
    "RELAIS": ("140", None, {Quantity(f"relay_{n}"): n in {3, 4, 8} for n in range(1, 9)}),
    "NTARF": ("02", None, {Quantity.TARIFF_INDEX: 2}),
    "NJOURF": ("03", None, {Quantity.DAY_TODAY: 3}),
    "NJOURF+1": ("04", None, {Quantity.DAY_TOMORROW: 4}),
    "PJOURF+1": (PROFILE, None, {Quantity.PROFILE_TOMORROW: PROFILE}),
    "PPOINTE": (PROFILE, None, {Quantity.PROFILE_PEAK: PROFILE}),
}


@pytest.mark.parametrize(("label", "data", "expected"), [pytest.param(k, *v, id=k) for k, v in HISTORIC.items()])
def test_a_label_of_historic_mode(label: str, data: str, expected: dict[Quantity, Scalar]) -> None:
    feed = Feed(mode=Mode.HISTORIC)
    for _ in range(2):  # the address and the first value of an index are believed when they come back
        feed.group(label, data)
    assert {quantity: feed.value(quantity) for quantity in expected} == expected


@pytest.mark.parametrize(
    ("label", "data", "horodate", "expected"), [pytest.param(k, *v, id=k) for k, v in STANDARD.items()]
)
def test_a_label_of_standard_mode(
    label: str, data: str, horodate: str | None, expected: dict[Quantity, Scalar]
) -> None:
    feed = Feed()
    for _ in range(2):
        feed.group(label, data, horodate)
    assert {quantity: feed.value(quantity) for quantity in expected} == expected


def test_no_label_of_the_specification_is_forgotten() -> None:
    assert {rule.label for rule in HISTORIC_RULES.values()} == HISTORIC.keys() | HISTORIC_BY_KIND | (
        HISTORIC_WITHOUT_MEANING
    )
    assert {rule.label for rule in STANDARD_RULES.values()} == STANDARD.keys()


@pytest.mark.parametrize(
    ("data", "period", "colour"),
    [
        ("TH..", "th", "none"),
        ("HC..", "hc", "none"),
        ("HP..", "hp", "none"),
        ("HN..", "hn", "none"),
        ("PM..", "pm", "none"),
        ("HCJB", "hc_blue", "blue"),
        ("HPJB", "hp_blue", "blue"),
        ("HCJW", "hc_white", "white"),
        ("HPJW", "hp_white", "white"),
        ("HCJR", "hc_red", "red"),
        ("HPJR", "hp_red", "red"),
    ],
)
def test_every_tariff_period(data: str, period: str, colour: str) -> None:
    feed = Feed(mode=Mode.HISTORIC)
    feed.group("PTEC", data)
    assert feed.value(Quantity.TARIFF_PERIOD) == period
    assert feed.value(Quantity.COLOUR_TODAY) == colour


@pytest.mark.parametrize(
    ("data", "slug"), [("BASE", "base"), ("HC..", "hchp"), ("EJP.", "ejp"), ("BBR(", "tempo"), ("BBR>", "tempo")]
)
def test_every_tariff_option(data: str, slug: str) -> None:
    feed = Feed(mode=Mode.HISTORIC)
    feed.group("OPTARIF", data)
    assert feed.value(Quantity.TARIFF_OPTION) == slug


@pytest.mark.parametrize(("data", "slug"), [("----", "unknown"), ("BLEU", "blue"), ("BLAN", "white"), ("ROUG", "red")])
def test_every_colour_of_tomorrow(data: str, slug: str) -> None:
    feed = Feed(mode=Mode.HISTORIC)
    feed.group("DEMAIN", data)
    assert feed.value(Quantity.COLOUR_TOMORROW) == slug


@pytest.mark.parametrize(
    ("stge", "today", "tomorrow"),
    [
        pytest.param("003A4401", "none", "none", id="no Tempo contract"),
        pytest.param("013A0000", "blue", "unknown", id="Tempo, tomorrow not announced"),
        pytest.param("0F3A0000", "red", "red", id="Tempo, announced"),
    ],
)
def test_colours_of_the_status_register(stge: str, today: str, tomorrow: str) -> None:
    feed = Feed()
    feed.group("STGE", stge)
    assert (feed.value(Quantity.COLOUR_TODAY), feed.value(Quantity.COLOUR_TOMORROW)) == (today, tomorrow)


@pytest.mark.parametrize(
    ("stge", "breaker"), [(f"003A440{cause << 1:X}", breaker) for cause, breaker in enumerate(Breaker)]
)
def test_every_state_of_the_breaking_device(stge: str, breaker: Breaker) -> None:
    feed = Feed()
    feed.group("STGE", stge)
    assert feed.reading.breaker is breaker


def test_maxima_keep_the_time_that_the_meter_gives() -> None:
    feed = Feed()
    feed.group("SMAXSN-1", "05473", "E250712194801")
    measured = feed.reading.values[Quantity.MAX_POWER_YESTERDAY]
    assert measured.horodate == datetime(2025, 7, 12, 19, 48, 1, tzinfo=SUMMER)
    assert measured.at == feed.now


def test_a_register_never_used_has_a_value_and_no_time() -> None:
    feed = Feed()
    feed.group("SMAXIN-1", "00000", "H000000000000")
    assert feed.reading.values[Quantity.MAX_EXPORT_YESTERDAY].horodate is None


@pytest.mark.parametrize(
    ("mode", "label", "data", "quantity"),
    [
        pytest.param(Mode.STANDARD, "NTARF", "11", Quantity.TARIFF_INDEX, id="an eleventh index"),
        pytest.param(Mode.STANDARD, "STGE", "003AC4", Quantity.BREAKER, id="a register cut short"),
        pytest.param(Mode.HISTORIC, "PTEC", "HPJQ", Quantity.TARIFF_PERIOD, id="a day of no colour"),
    ],
)
def test_what_a_label_cannot_hold_is_refused(mode: Mode, label: str, data: str, quantity: Quantity) -> None:
    feed = Feed(mode=mode)
    feed.group(label, data)
    assert feed.value(quantity) is None
    assert feed.meter.stats == {Refusal.FORMAT: 1}


@pytest.mark.parametrize(
    ("address", "frame", "quantity", "expected"),
    [
        pytest.param(ONE_PHASE, HISTORIC_ONE, Quantity.MAX_CURRENT_1, None, id="IMAX of a Linky is a constant"),
        pytest.param(OLD_ONE_PHASE, HISTORIC_ONE, Quantity.MAX_CURRENT_1, 90, id="IMAX of an older meter"),
        pytest.param(OLD_THREE_PHASE, HISTORIC_THREE, Quantity.MAX_CURRENT_3, 60, id="IMAX3 of an older meter"),
        pytest.param(THREE_PHASE, HISTORIC_THREE, Quantity.MAX_POWER_YESTERDAY, 7320, id="PMAX of a Linky, VA"),
        pytest.param(THREE_PHASE, HISTORIC_THREE, Quantity.MAX_ACTIVE_POWER, None, id="PMAX of a Linky, no W"),
        pytest.param(OLD_THREE_PHASE, HISTORIC_THREE, Quantity.MAX_ACTIVE_POWER, 7320, id="PMAX of an older meter"),
    ],
)
def test_what_a_maximum_means_depends_on_the_meter(
    address: str, frame: tuple[tuple[str, str], ...], quantity: Quantity, expected: int | None
) -> None:
    feed = Feed(mode=Mode.HISTORIC)
    feed.frame(changed(frame, ADCO=address), times=2)
    assert feed.value(quantity) == expected


def test_a_maximum_waits_until_the_kind_of_meter_is_known() -> None:
    feed = Feed(mode=Mode.HISTORIC)
    feed.frame(changed(HISTORIC_THREE, ADCO="XXXXXXXXXXXX"), times=3)
    assert feed.reading.address is None
    assert feed.value(Quantity.MAX_POWER_YESTERDAY) is None
    assert feed.value(Quantity.MAX_ACTIVE_POWER) is None


def test_whole_frames_of_standard_mode_leave_nothing_refused() -> None:
    for frame in (STANDARD_ONE, STANDARD_THREE):
        feed = Feed()
        feed.frame(frame, times=4, wait=1)
        assert not feed.meter.stats
