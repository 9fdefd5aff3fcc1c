"""Which groups a meter sends, in which order, and what they say."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from simulator.breaker import Cause
from simulator.frames import groups_of
from simulator.standard import status_word
from simulator.state import Dated, Indexes, Maxima, MeterKind, MeterState
from simulator.tariff import Calendar, Colour, TariffKind
from simulator.tic import Mode
from tests.simulator.samples import data, labels, meter_state, paris, phase

EASF = " ".join(f"EASF{n:02d}" for n in range(1, 11))
EASD = "EASD01 EASD02 EASD03 EASD04"
TEMPO = "BBRHCJB BBRHPJB BBRHCJW BBRHPJW BBRHCJR BBRHPJR"


def historic(**changes: Any) -> MeterState:
    return meter_state(mode=Mode.HISTORIC, **changes)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(
            historic(),
            "ADCO OPTARIF ISOUSC BASE PTEC IINST IMAX PAPP HHPHC MOTDETAT",
            id="one phase, BASE",
        ),
        pytest.param(
            historic(tariff=TariffKind.HC, phases=(phase(current_a=31),)),
            "ADCO OPTARIF ISOUSC HCHC HCHP PTEC IINST ADPS IMAX PAPP HHPHC MOTDETAT",
            id="one phase, HC, over the subscribed current",
        ),
        pytest.param(
            historic(tariff=TariffKind.EJP),
            "ADCO OPTARIF ISOUSC EJPHN EJPHPM PTEC IINST IMAX PAPP HHPHC MOTDETAT",
            id="one phase, EJP, no notice",
        ),
        pytest.param(
            historic(
                calendar=Calendar(kind=TariffKind.EJP, marks={date(2026, 1, 15): Colour.RED}),
                now="2026-01-15 06:31:00",
            ),
            "ADCO OPTARIF ISOUSC EJPHN EJPHPM PEJP PTEC IINST IMAX PAPP HHPHC MOTDETAT",
            id="one phase, EJP, notice",
        ),
        pytest.param(
            historic(tariff=TariffKind.TEMPO),
            f"ADCO OPTARIF ISOUSC {TEMPO} PTEC DEMAIN IINST IMAX PAPP HHPHC MOTDETAT",
            id="one phase, Tempo",
        ),
        pytest.param(
            historic(kind=MeterKind.CBEMM),
            "ADCO OPTARIF ISOUSC BASE PTEC IINST IMAX MOTDETAT",
            id="old meter: no apparent power",
        ),
        pytest.param(historic(standby=True), "ADCO", id="output in standby"),
        pytest.param(
            historic(three_phase=True, tariff=TariffKind.HC),
            "ADCO OPTARIF ISOUSC HCHC HCHP PTEC IINST1 IINST2 IINST3 IMAX1 IMAX2 IMAX3 PMAX PAPP HHPHC MOTDETAT PPOT",
            id="three phases, long frame",
        ),
        pytest.param(
            meter_state(tariff=TariffKind.HC),
            f"ADSC VTIC DATE NGTF LTARF EAST {EASF} {EASD} IRMS1 URMS1 PREF PCOUP SINSTS SMAXSN SMAXSN-1 "
            "CCASN CCASN-1 UMOY1 STGE MSG1 PRM RELAIS NTARF NJOURF NJOURF+1 PJOURF+1",
            id="standard, one phase, consumer",
        ),
        pytest.param(
            meter_state(producer=True, short_message="COUPURE A 14H"),
            f"ADSC VTIC DATE NGTF LTARF EAST {EASF} {EASD} EAIT ERQ1 ERQ2 ERQ3 ERQ4 IRMS1 URMS1 PREF PCOUP SINSTS "
            "SMAXSN SMAXSN-1 SINSTI SMAXIN SMAXIN-1 CCASN CCASN-1 CCAIN CCAIN-1 UMOY1 STGE MSG1 MSG2 PRM RELAIS NTARF "
            "NJOURF NJOURF+1 PJOURF+1",
            id="standard, one phase, producer, ultra-short message",
        ),
        pytest.param(
            meter_state(three_phase=True),
            f"ADSC VTIC DATE NGTF LTARF EAST {EASF} {EASD} IRMS1 IRMS2 IRMS3 URMS1 URMS2 URMS3 PREF PCOUP "
            "SINSTS SINSTS1 SINSTS2 SINSTS3 SMAXSN SMAXSN1 SMAXSN2 SMAXSN3 SMAXSN-1 SMAXSN1-1 SMAXSN2-1 SMAXSN3-1 "
            "CCASN CCASN-1 UMOY1 UMOY2 UMOY3 STGE MSG1 PRM RELAIS NTARF NJOURF NJOURF+1 PJOURF+1",
            id="standard, three phases, consumer",
        ),
    ],
)
def test_the_groups_in_the_order_of_the_wire(state: MeterState, expected: str) -> None:
    assert labels(groups_of(state)) == expected


def test_a_meter_without_history_leaves_the_groups_out() -> None:
    bare = phase(max_today=None, max_yesterday=None, mean_voltage=None)
    state = meter_state(three_phase=True, phases=(bare, bare, bare), import_maxima=Maxima(), producer=True)
    absent = {"SMAXSN", "SMAXSN1", "SMAXSN-1", "SMAXSN3-1", "CCASN", "CCASN-1", "UMOY1"}
    assert not absent & data(groups_of(state)).keys()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(historic(contract_kva=9), {"ISOUSC": "45"}, id="contract current by 200 V"),
        pytest.param(
            historic(three_phase=True, contract_kva=12), {"ISOUSC": "20"}, id="contract current of each of three phases"
        ),
        pytest.param(historic(import_va=1234.6), {"PAPP": "01230"}, id="PAPP by tens of VA"),
        pytest.param(historic(import_va=1235.0), {"PAPP": "01240"}, id="PAPP halves round up"),
        pytest.param(
            historic(phases=(phase(current_a=30.4),)), {"IINST": "030", "ADPS": None}, id="30.4 A is not above 30 A"
        ),
        pytest.param(
            historic(phases=(phase(current_a=30.6),)), {"IINST": "031", "ADPS": "031"}, id="30.6 A is above 30 A"
        ),
        pytest.param(historic(), {"IMAX": "090"}, id="a Linky's IMAX is a constant"),
        pytest.param(
            historic(kind=MeterKind.CBEMM, phases=(phase(max_current_a=27.2),)),
            {"IMAX": "027"},
            id="an old meter measures IMAX",
        ),
        pytest.param(
            historic(three_phase=True, phases=(phase(), phase(voltage_v=None), phase())),
            {"PPOT": "04", "PMAX": "05500"},
            id="second phase lost; PMAX is yesterday's",
        ),
        pytest.param(
            historic(indexes=Indexes(supplier_wh=(1_000_000_123.9,) + (0.0,) * 9)),
            {"BASE": "000000123"},
            id="an index rolls over",
        ),
        pytest.param(
            meter_state(import_va=1679.5, phases=(phase(current_a=7.4, import_va=1679.5, voltage_v=239.5),)),
            {"SINSTS": "01680", "IRMS1": "007", "URMS1": "240", "EAST": "001234567", "EASF02": "000002000"},
            id="standard: whole VA, A, V and Wh",
        ),
        pytest.param(
            meter_state(contract_kva=9, cutoff_kva=12), {"PREF": "09", "PCOUP": "12"}, id="contract and cut-off power"
        ),
        pytest.param(meter_state(message="BONJOUR"), {"MSG1": "BONJOUR" + " " * 25}, id="a message is padded to 32"),
        pytest.param(meter_state(relays=140), {"RELAIS": "140"}, id="relays in decimal"),
    ],
)
def test_values_on_the_wire(state: MeterState, expected: dict[str, str | None]) -> None:
    sent = data(groups_of(state))
    assert {label: sent.get(label) for label in expected} == expected


def test_dated_groups_carry_the_time_of_the_value_and_a_small_letter_when_the_clock_is_lost() -> None:
    groups = {group.label: group for group in groups_of(meter_state(clock_degraded=True))}
    assert groups["SMAXSN"].horodate == "h260115080000"
    assert groups["DATE"].horodate == "h260115122600"


def test_a_short_frame_tells_the_overloaded_phases_first() -> None:
    state = historic(three_phase=True, phases=(phase(current_a=4), phase(current_a=21), phase(current_a=24)))
    groups = groups_of(state, short=True)
    assert labels(groups) == "ADIR2 ADIR3 ADCO IINST1 IINST2 IINST3"
    assert data(groups) | {"ADIR2": "021", "IINST1": "004", "IINST3": "024"} == data(groups)


CLOSED_CONTACT = {"relays": 1}
# Standard output, Euridis secured, PLC New/Lock: what every state below has besides.
PLAIN = 0x003A0000


@pytest.mark.parametrize(
    ("changes", "bits"),
    [
        pytest.param({}, 0, id="nothing to tell"),
        pytest.param({"relays": 0}, 1, id="bit 0: contact open"),
        pytest.param({"breaker": Cause.OVERPOWER}, 1 << 1, id="bits 1-3: opened on overpower"),
        pytest.param({"breaker": Cause.ORDER}, 4 << 1, id="bits 1-3: opened by order"),
        pytest.param({"cover_open": True}, 1 << 4, id="bit 4: cover open"),
        pytest.param({"overvoltage": True}, 1 << 6, id="bit 6: overvoltage"),
        pytest.param({"phases": (phase(import_va=6001),)}, 1 << 7, id="bit 7: above PREF"),
        pytest.param({"phases": (phase(import_va=6000),)}, 0, id="bit 7: at PREF is not above"),
        pytest.param(
            {"three_phase": True, "phases": (phase(), phase(import_va=4001), phase())},
            1 << 7,
            id="bit 7: one of three phases above PREF/3",
        ),
        pytest.param({"producer": True}, 1 << 8, id="bit 8: producer"),
        pytest.param({"exporting": True}, 1 << 9, id="bit 9: export"),
        pytest.param({"tariff": TariffKind.HC}, (1 << 10) | (3 << 14), id="bits 10-15: index 2 and 4 (winter)"),
        pytest.param(
            {"tariff": TariffKind.HC, "now": "2026-07-15 03:00:00"}, 0, id="bits 10-15: index 1 and 1 (summer)"
        ),
        pytest.param({"clock_degraded": True}, 1 << 16, id="bit 16: clock degraded"),
        pytest.param({"cpl_status": 2, "cpl_synchronised": True}, 0x00DA0000 - PLAIN, id="bits 21-23: PLC registered"),
        pytest.param(
            {
                "calendar": Calendar(
                    kind=TariffKind.TEMPO, marks={date(2026, 1, 15): Colour.WHITE, date(2026, 1, 16): Colour.RED}
                ),
                "now": "2026-01-15 20:30:00",
            },
            0x6E00C000 | (3 << 10),
            id="bits 24-31: white today (peak 1 runs), red tomorrow (notice of peak 2)",
        ),
        pytest.param(
            {"tariff": TariffKind.TEMPO, "now": "2026-01-15 12:00:00"},
            (1 << 24) | (1 << 10) | (3 << 14),
            id="bits 24-27: blue today, tomorrow not announced",
        ),
    ],
)
def test_status_bits(changes: dict[str, Any], bits: int) -> None:
    assert f"{status_word(meter_state(**CLOSED_CONTACT | changes)):08X}" == f"{PLAIN + bits:08X}"


def test_an_announced_peak_is_dated_and_its_profile_sent_until_it_begins() -> None:
    calendar = Calendar(kind=TariffKind.TEMPO, marks={date(2026, 1, 16): Colour.RED})
    eve = {g.label: g for g in groups_of(meter_state(calendar=calendar, now="2026-01-15 20:00:00"))}
    assert eve["DPM2"].horodate == " 260116060000"
    assert eve["FPM2"].horodate == " 260117060000"
    assert eve["PPOINTE"].data.startswith("00004005 06004006 22004005 NONUTILE")
    day = data(groups_of(meter_state(calendar=calendar, now="2026-01-16 06:00:00")))
    assert "FPM2" in day
    assert "PPOINTE" not in day


def test_a_day_profile_has_eleven_blocks_and_may_be_written_in_hexadecimal() -> None:
    decimal = data(groups_of(meter_state(tariff=TariffKind.HC)))["PJOURF+1"]
    assert decimal == "0000C001 06208002 2220C001" + " NONUTILE" * 8
    calendar = Calendar(kind=TariffKind.HC, hex_times=True)
    assert data(groups_of(meter_state(calendar=calendar)))["PJOURF+1"].startswith("0000C001 06148002 1614C001 ")


def test_every_text_has_its_full_width() -> None:
    for kind in TariffKind:
        for now in ("2026-01-15 03:00:00", "2026-01-15 12:00:00"):
            sent = data(groups_of(meter_state(tariff=kind, now=now)))
            assert (len(sent["NGTF"]), len(sent["LTARF"]), len(sent["PJOURF+1"])) == (16, 16, 98)


def test_the_indexes_of_both_modes_are_the_same_registers() -> None:
    state = meter_state(tariff=TariffKind.TEMPO)
    standard = data(groups_of(state))
    old = data(groups_of(replace(state, mode=Mode.HISTORIC)))
    for number, label in enumerate(TEMPO.split(), 1):
        assert old[label] == standard[f"EASF{number:02d}"]


def test_a_maximum_of_zero_is_sent() -> None:
    state = meter_state(import_maxima=Maxima(today=Dated(0.0, paris("2026-01-15 00:00:01"))))
    assert data(groups_of(state))["SMAXSN"] == "00000"
