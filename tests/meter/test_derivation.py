"""Everything derived, from the groups of a meter on."""

from datetime import UTC, datetime, timedelta
import json
import math

import pytest

from custom_components.linky_offload.meter import Derivation, Derived, Measured, Mode, Quantity

from .feed import HISTORIC_ONE, STANDARD_ONE, STANDARD_THREE, Feed, Line, changed
from .readings import PARIS, reading

START = datetime(2026, 1, 15, 13, 15, tzinfo=UTC)  # 14:15 in Paris, as the DATE of the frames


class Home:
    """Frames once a second, and everything derived from them."""

    def __init__(self, mode: Mode = Mode.STANDARD) -> None:
        self.feed = Feed(mode=mode)
        self.derivation = Derivation(PARIS)
        self._began = self.feed.now

    @property
    def wall(self) -> datetime:
        return START + timedelta(seconds=self.feed.now - self._began)

    def hear(self, frame: tuple[Line, ...]) -> Derived:
        self.feed.frame_number += 1
        begun = self.feed.now
        for line in frame:
            made = self.feed.group(*line)
            if made is not None:
                self.derivation.observe(made, self.wall)
        self.feed.now = begun + 1.0
        return self.derivation.derived

    def live(self, frame: tuple[Line, ...], watts: float, seconds: int, **indexes: float) -> Derived:
        """Draw a power for some time; ``indexes``: the Wh at which the registers that count it begin."""
        derived = Derived()
        for second in range(seconds):
            used = watts * second / 3600
            derived = self.hear(changed(frame, **{name: f"{int(wh + used):09}" for name, wh in indexes.items()}))
        return derived


def clocked(frame: tuple[Line, ...], home: Home, *, ahead_s: float = 0.0, winter: bool = True) -> tuple[Line, ...]:
    """The frame with the meter's own time."""
    local = home.wall + timedelta(hours=1 if winter else 2, seconds=ahead_s)
    stamp = f"{'H' if winter else 'E'}{local:%y%m%d%H%M%S}"
    return tuple((line[0], line[1], stamp) if line[0] == "DATE" else line for line in frame)


# Active power --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "frame", "indexes", "volt_amperes"),
    [
        pytest.param(Mode.STANDARD, STANDARD_ONE, {"EAST": 20_240_587.3}, 1679, id="EAST"),
        pytest.param(Mode.HISTORIC, HISTORIC_ONE, {"BASE": 12_345_678.9}, 690, id="BASE"),
        pytest.param(
            Mode.HISTORIC,
            tuple(
                new
                for line in HISTORIC_ONE
                for new in ([("HCHC", "010000000"), ("HCHP", "0")] if line[0] == "BASE" else [line])
            ),
            {"HCHP": 12_345_678.9},
            690,
            id="HCHC and HCHP",
        ),
        pytest.param(Mode.STANDARD, STANDARD_THREE, {"EAST": 99_765_794.0}, 6790, id="three phases"),
    ],
)
def test_active_power_from_the_index(
    mode: Mode, frame: tuple[Line, ...], indexes: dict[str, float], volt_amperes: int
) -> None:
    home = Home(mode)
    derived = home.live(frame, 0.9 * volt_amperes, 120, **indexes)
    assert derived.active is not None
    assert derived.active.value == pytest.approx(0.9 * volt_amperes, rel=0.05)
    assert derived.power_factor is not None
    assert derived.power_factor.value == pytest.approx(0.9, abs=0.05)
    assert derived.net_w == derived.active


def test_before_anything_is_learned_the_active_power_is_unknown_and_not_zero() -> None:
    derived = Home().live(STANDARD_ONE, 1500, 5, EAST=20_240_587)
    assert (derived.active, derived.power_factor, derived.net_w) == (None, None, None)
    assert derived.net_va is not None


def test_no_window_spans_a_lost_line() -> None:
    home = Home()
    home.live(STANDARD_ONE, 1500, 10, EAST=20_240_587)
    home.derivation.interrupt()
    derived = home.live(STANDARD_ONE, 1500, 60, EAST=20_240_650)  # 60 Wh in no time
    assert derived.active is not None
    assert derived.active.value == pytest.approx(1500, rel=0.05)


@pytest.mark.parametrize(
    ("apparent", "measured", "active", "net"),
    [
        pytest.param(1600, 1500, 1500, 1500, id="measured"),
        pytest.param(1600, 0, None, None, id="0 W beside some VA: not known yet"),
        pytest.param(1600, 5000, None, None, id="more than its VA"),
        pytest.param(1600, -500, None, None, id="an export beside an import"),
        pytest.param(0, -500, 0, -500, id="an export"),
        pytest.param(0, 0, 0, 0, id="nothing"),
        pytest.param(None, 1500, 1500, 1500, id="no VA at all"),
        pytest.param(None, 0, None, None, id="0 W and no VA: not known yet"),
    ],
)
def test_a_measured_active_power_wins_where_it_makes_sense(
    apparent: int | None, measured: int, active: float | None, net: float | None
) -> None:
    values = {Quantity.ACTIVE_POWER: measured} | ({} if apparent is None else {Quantity.APPARENT_POWER: apparent})
    derived = Derivation(PARIS).observe(reading(values), START)
    assert (None if derived.active is None else derived.active.value) == active
    assert (None if derived.net_w is None else derived.net_w.value) == net
    assert derived.active is None or derived.active.error == 0


def test_an_old_measured_power_is_not_taken_for_the_present_one() -> None:
    view = reading({Quantity.APPARENT_POWER: 1600, Quantity.ACTIVE_POWER: 1500}, now=100)
    values = {**view.values, Quantity.ACTIVE_POWER: Measured(1500, 10)}
    derivation = Derivation(PARIS)
    assert derivation.observe(view, START).active is not None
    old = reading({Quantity.APPARENT_POWER: 1600}, now=101)
    derivation.observe(old, START)
    stale = {name: getattr(view, name) for name in view.__slots__} | {"values": values}
    assert derivation.observe(type(view)(**stale), START).active is None


# Export --------------------------------------------------------------------------------------------------------------


def test_a_producer_exports_watts_by_its_own_index() -> None:
    frame = (
        *(line for line in changed(STANDARD_ONE, SINSTS="00000", STGE="003AC601") if line[0] != "EAST"),
        ("EAIT", "000100000"),
        ("SINSTI", "02000"),
    )
    home = Home()
    derived = home.live(frame, 1900, 120, EAIT=100_000)
    assert derived.net_va is not None
    assert derived.net_va.value == -2000
    assert derived.net_w is not None
    assert derived.net_w.value == pytest.approx(-1900, rel=0.05)
    assert derived.exports


def test_a_home_without_a_contract_exports_by_bit_9() -> None:
    home = Home()
    derived = home.hear(changed(STANDARD_ONE, SINSTS="00000", STGE="003AC601", IRMS1="004"))
    derived = home.hear(changed(STANDARD_ONE, SINSTS="00000", STGE="003AC601", IRMS1="004"))
    assert derived.surplus is not None
    assert (derived.surplus.value, round(derived.surplus.error)) == (960, 122)
    assert derived.net_w is None
    assert derived.active is not None
    assert derived.active.value == 0  # nothing is imported, and that is known
    again = home.hear(STANDARD_ONE)
    assert again.surplus is not None
    assert again.surplus.value == 0
    assert again.exports


def test_a_meter_that_opens_does_not_export() -> None:
    home = Home(Mode.HISTORIC)
    home.hear(changed(HISTORIC_ONE, IINST="045", PAPP="10350"))
    home.hear(changed(HISTORIC_ONE, IINST="045", PAPP="00000"))
    derived = home.hear(changed(HISTORIC_ONE, IINST="000", PAPP="00000"))
    assert not derived.exports


def test_in_historic_mode_a_current_without_power_is_an_export() -> None:
    home, derived = Home(Mode.HISTORIC), Derived()
    for _ in range(3):
        derived = home.hear(changed(HISTORIC_ONE, IINST="005", PAPP="00000"))
    assert derived.surplus is not None
    assert (derived.surplus.value, derived.exports) == (1150, True)


# Counters ------------------------------------------------------------------------------------------------------------


def test_another_meter_on_the_line_is_no_spike() -> None:
    home = Home()
    home.live(STANDARD_ONE, 1500, 10, EAST=20_240_587)
    before = home.derivation.derived.counters[Quantity.IMPORT_TOTAL]
    other = changed(STANDARD_ONE, ADSC="041961888888")
    derived = home.live(other, 3600, 10, EAST=90_000_000)
    assert before <= derived.counters[Quantity.IMPORT_TOTAL] <= before + 10
    assert home.feed.value(Quantity.IMPORT_TOTAL) == 90_000_009


def test_a_change_of_mode_is_no_spike() -> None:
    home = Home(Mode.HISTORIC)
    home.live(HISTORIC_ONE, 1500, 10, BASE=5_000_000)
    before = home.derivation.derived.counters[Quantity.IMPORT_TOTAL]
    home.feed.mode = Mode.STANDARD
    derived = home.live(STANDARD_ONE, 3600, 10, EAST=25_000_000)  # an earlier contract counts in EAST, too
    assert before <= derived.counters[Quantity.IMPORT_TOTAL] <= before + 10


def test_in_historic_mode_the_indexes_tell_what_the_total_of_standard_mode_no_longer_does() -> None:
    home = Home()
    before = home.live(STANDARD_ONE, 1500, 60, EAST=20_240_587).counters[Quantity.IMPORT_TOTAL]
    home.feed.mode = Mode.HISTORIC
    two_periods = (("HCHC", "010000000"), ("HCHP", "0"))
    frame = tuple(new for line in HISTORIC_ONE for new in (two_periods if line[0] == "BASE" else [line]))
    derived = home.live(frame, 621, 240, HCHP=12_345_678.9)
    assert derived.counters[Quantity.IMPORT_TOTAL] == pytest.approx(before + 621 * 240 / 3600, abs=3)
    assert derived.active is not None
    assert derived.active.value == pytest.approx(621, rel=0.05)


def test_in_historic_mode_the_total_of_one_price_is_its_first_index() -> None:
    first, total = Quantity.IMPORT_INDEX_1, Quantity.IMPORT_TOTAL
    home = Home()
    frame = (*STANDARD_ONE, ("EASF02", "007000000"))
    before = dict(home.live(frame, 1500, 60, EAST=27_240_587, EASF01=20_240_587).counters)
    home.feed.mode = Mode.HISTORIC
    used_wh = 621 * 240 / 3600
    counters = dict(home.live(HISTORIC_ONE, 621, 240, BASE=20_240_612.9).counters)
    for quantity in (first, total):
        assert counters[quantity] == pytest.approx(before[quantity] + used_wh, abs=3)
    assert counters[Quantity.IMPORT_INDEX_2] == 7_000_000
    home.feed.mode = Mode.STANDARD
    again = home.live(frame, 1500, 60, EAST=27_240_654, EASF01=20_240_654).counters
    for quantity in (first, total):
        assert again[quantity] == pytest.approx(counters[quantity] + 1500 * 60 / 3600, abs=6)


def test_a_meter_that_never_told_an_index_gets_none_from_its_total() -> None:
    home = Home(Mode.HISTORIC)
    assert Quantity.IMPORT_INDEX_1 not in home.live(HISTORIC_ONE, 621, 60, BASE=12_345_678.9).counters


# Clock and tariff ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead_s", [0, 47, -3600], ids=["right", "47 s ahead", "an hour behind"])
def test_the_error_of_the_meters_clock(ahead_s: int) -> None:
    home, derived = Home(), Derived()
    for _ in range(10):
        derived = home.hear(clocked(STANDARD_ONE, home, ahead_s=ahead_s))
    assert derived.clock_offset_s == pytest.approx(ahead_s, abs=1)


def test_summer_time_is_no_error() -> None:
    home, derived = Home(), Derived()
    for second in range(20):
        derived = home.hear(clocked(STANDARD_ONE, home, winter=second < 10))
    assert derived.clock_offset_s == pytest.approx(0, abs=1)


def test_the_tariff_runs_on_the_meters_clock() -> None:
    home = Home()
    tempo = (
        *changed(STANDARD_ONE, NGTF="     TEMPO      ", LTARF="    HP  BLEU    "),
        ("NJOURF", "00"),
        ("NJOURF+1", "00"),
        ("PJOURF+1", "00004001 06004002 22004001 " + " ".join(["NONUTILE"] * 8)),
    )
    derived = Derived()
    for _ in range(3):
        derived = home.hear(clocked(tempo, home, ahead_s=-7200))
    assert derived.tariff.period == "hp_blue"
    assert derived.days.next_change == datetime(2026, 1, 15, 22, tzinfo=PARIS)
    # Nine hours later by the wall it is past 22:00 for us, and not yet for a meter that is two hours late.
    home.feed.now += 9 * 3600
    for _ in range(20):
        derived = home.hear(clocked(tempo, home, ahead_s=-7200))
    assert derived.days.next_change == datetime(2026, 1, 15, 22, tzinfo=PARIS)


def test_a_meter_that_lost_its_clock_is_not_asked_the_time() -> None:
    home, derived = Home(), Derived()
    lost = changed(STANDARD_ONE, NGTF="     TEMPO      ", LTARF="    HP  BLEU    ", STGE="003BC401")
    for _ in range(3):
        derived = home.hear(clocked(lost, home, ahead_s=-30 * 86_400))
    assert derived.days.spans[0].start.date() == START.date()


def test_what_was_learned_outlives_a_restart() -> None:
    home = Home()
    home.live(STANDARD_ONE, 1500, 120, EAST=20_240_587)
    home.hear(changed(STANDARD_ONE, SINSTS="04000"))
    kept = home.derivation.dump()
    again = Derivation(PARIS)
    again.restore(json.loads(json.dumps(kept)))
    assert again.dump() == kept
    derived = again.observe(reading({Quantity.APPARENT_POWER: 1679}), START)
    assert derived.active is not None
    assert math.isclose(derived.active.value, 1500, rel_tol=0.05)
