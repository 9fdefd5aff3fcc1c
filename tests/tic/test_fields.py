"""What is packed inside single values (tic.md §4, §6.2, §8.1, §8.2)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from custom_components.linky_offload.tic import (
    Colour,
    Euridis,
    PlcState,
    Stge,
    parse_horodate,
    parse_lost_phases,
    parse_relays,
)

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")


class TestHorodate:
    @pytest.mark.parametrize(
        ("text", "zone", "utc"),
        [
            pytest.param("H081225223518", PARIS, "2008-12-25T21:35:18", id="winter"),
            pytest.param("E090714074553", PARIS, "2009-07-14T05:45:53", id="summer"),
            pytest.param("E261025023000", PARIS, "2026-10-25T00:30:00", id="first 02:30 of the October night"),
            pytest.param("H261025023000", PARIS, "2026-10-25T01:30:00", id="second 02:30 of the October night"),
            pytest.param("h260115120000", PARIS, "2026-01-15T11:00:00", id="winter, degraded clock"),
            pytest.param("e260715120000", PARIS, "2026-07-15T10:00:00", id="summer, degraded clock"),
            pytest.param(" 260116060000", PARIS, "2026-01-16T05:00:00", id="no season, in winter"),
            pytest.param(" 260716060000", PARIS, "2026-07-16T04:00:00", id="no season, in summer"),
            pytest.param("H260115120000", REUNION, "2026-01-15T08:00:00", id="overseas, without daylight saving"),
        ],
    )
    def test_aware_time(self, text: str, zone: ZoneInfo, utc: str) -> None:
        horodate = parse_horodate(text)

        assert horodate is not None
        assert horodate.to_datetime(zone).astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)

    @pytest.mark.parametrize(
        ("season", "degraded"), [("H", False), ("E", False), ("h", True), ("e", True), (" ", False)]
    )
    def test_degraded_clock(self, season: str, degraded: bool) -> None:
        horodate = parse_horodate(f"{season}260115120000")

        assert horodate is not None
        assert horodate.season == season
        assert horodate.degraded is degraded

    @pytest.mark.parametrize("text", ["H000000000000", "H260230120000", "X260115120000", "H26011512000", ""])
    def test_no_time_at_all(self, text: str) -> None:
        assert parse_horodate(text) is None


def differing(text: str) -> dict[str, object]:
    """Fields of STGE that differ from those of a register of zeros."""
    rest, value = Stge.from_hex("00000000"), Stge.from_hex(text)
    return {name: getattr(value, name) for name in Stge.__slots__ if getattr(value, name) != getattr(rest, name)}


class TestStge:
    @pytest.mark.parametrize(
        ("text", "fields"),
        [
            pytest.param("00000001", {"dry_contact_closed": False}, id="bit 0"),
            pytest.param("00000002", {"breaker": 1}, id="bits 1-3, opened by overpower"),
            pytest.param("0000000E", {"breaker": 7}, id="bits 1-3, all"),
            pytest.param("00000010", {"cover_open": True}, id="bit 4"),
            pytest.param("00000040", {"overvoltage": True}, id="bit 6"),
            pytest.param("00000080", {"over_reference": True}, id="bit 7"),
            pytest.param("00000100", {"producer": True}, id="bit 8"),
            pytest.param("00000200", {"exporting": True}, id="bit 9"),
            pytest.param("00002400", {"supplier_index": 10}, id="bits 10-13"),
            pytest.param("0000C000", {"grid_index": 4}, id="bits 14-15"),
            pytest.param("00010000", {"clock_degraded": True}, id="bit 16"),
            pytest.param("00020000", {"standard_mode": True}, id="bit 17"),
            pytest.param("00080000", {"euridis": Euridis.UNSECURED}, id="bits 19-20, unsecured"),
            pytest.param("00180000", {"euridis": Euridis.SECURED}, id="bits 19-20, secured"),
            pytest.param("00200000", {"plc_state": PlcState.LOCKED}, id="bits 21-22, locked"),
            pytest.param("00400000", {"plc_state": PlcState.REGISTERED}, id="bits 21-22, registered"),
            pytest.param("00800000", {"plc_synchronised": True}, id="bit 23"),
            pytest.param("03000000", {"colour_today": Colour.RED}, id="bits 24-25"),
            pytest.param("08000000", {"colour_tomorrow": Colour.WHITE}, id="bits 26-27"),
            pytest.param("30000000", {"peak_notice": 3}, id="bits 28-29"),
            pytest.param("80000000", {"peak_running": 2}, id="bits 30-31"),
            pytest.param("00040020", {}, id="bits 5 and 18 are unused"),
        ],
    )
    def test_each_bit(self, text: str, fields: dict[str, object]) -> None:
        assert differing(text) == fields

    @pytest.mark.parametrize(
        ("text", "fields"),
        [
            pytest.param("003A4401", {"dry_contact_closed": False, "supplier_index": 2, "grid_index": 2}, id="idle"),
            pytest.param("013A0000", {"colour_today": Colour.BLUE}, id="Tempo, blue day, contact closed"),
            pytest.param(
                "2D3A8000",
                {"colour_today": Colour.BLUE, "colour_tomorrow": Colour.RED, "peak_notice": 2, "grid_index": 3},
                id="eve of a red day",
            ),
            pytest.param(
                "423A4C01",
                {
                    "colour_today": Colour.WHITE,
                    "peak_running": 1,
                    "supplier_index": 4,
                    "dry_contact_closed": False,
                    "grid_index": 2,
                },
                id="white day",
            ),
            pytest.param(
                "833AD501",
                {
                    "colour_today": Colour.RED,
                    "peak_running": 2,
                    "supplier_index": 6,
                    "grid_index": 4,
                    "producer": True,
                    "dry_contact_closed": False,
                },
                id="red day of a producer",
            ),
            pytest.param(
                "003B0081", {"over_reference": True, "clock_degraded": True, "dry_contact_closed": False}, id="overload"
            ),
        ],
    )
    def test_whole_registers(self, text: str, fields: dict[str, object]) -> None:
        usual = {"standard_mode": True, "euridis": Euridis.SECURED, "plc_state": PlcState.LOCKED}

        assert differing(text) == usual | fields

    def test_exporting_without_a_producer_contract(self) -> None:
        stge = Stge.from_hex("010A4601")

        assert (stge.producer, stge.exporting) == (False, True)

    def test_modem_registered_and_synchronised(self) -> None:
        stge = Stge.from_hex("00DA0401")

        assert (stge.plc_state, stge.plc_synchronised) == (PlcState.REGISTERED, True)

    @pytest.mark.parametrize("text", ["", "003A", "003A44011", "003A440G"])
    def test_not_a_register(self, text: str) -> None:
        with pytest.raises(ValueError):
            Stge.from_hex(text)


@pytest.mark.parametrize(
    ("data", "closed"),
    [("000", set()), ("001", {1}), ("140", {3, 4, 8}), ("255", {1, 2, 3, 4, 5, 6, 7, 8})],
)
def test_relays(data: str, closed: set[int]) -> None:
    relays = parse_relays(data)

    assert len(relays) == 8
    assert {number for number, on in enumerate(relays, start=1) if on} == closed


def test_relays_are_one_byte() -> None:
    with pytest.raises(ValueError):
        parse_relays("256")


@pytest.mark.parametrize(
    ("data", "lost"),
    [("00", set()), ("02", {1}), ("04", {2}), ("08", {3}), ("06", {1, 2}), ("0E", {1, 2, 3})],
)
def test_lost_phases(data: str, lost: set[int]) -> None:
    assert {phase for phase, missing in enumerate(parse_lost_phases(data), start=1) if missing} == lost
