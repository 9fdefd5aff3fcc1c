"""Homes whose loads come and go, each behind a simulated meter that goes on living while its frames are sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
import random
from typing import Final
from zoneinfo import ZoneInfo

from simulator.frames import FrameStream, Piece
from simulator.meter import SimulatedMeter
from simulator.power import Power
from simulator.registers import slow_wander
from simulator.state import Indexes, MeterState
from simulator.tariff import Calendar, Colour, TariffKind
from simulator.tic import Mode as WireMode

PARIS: Final = ZoneInfo("Europe/Paris")

# A meter is put on the line after its first midnight, so that it has a day before to tell of: at night, in the morning,
# or in the afternoon.
_LIVED_S: Final = (3600, 8 * 3600, 14 * 3600)
_START: Final = datetime(2026, 1, 14, 23, 25, tzinfo=PARIS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One kind of meter on the line."""

    name: str
    mode: WireMode
    phases: int = 1
    tariff: TariffKind = TariffKind.HC
    contract_kva: int = 9
    solar_w: float = 0.0


HOMES: Final = (
    Home(name="one phase", mode=WireMode.STANDARD),
    Home(name="one phase, producer", mode=WireMode.STANDARD, tariff=TariffKind.TEMPO, solar_w=6000),
    Home(name="three phases", mode=WireMode.STANDARD, phases=3, contract_kva=18, tariff=TariffKind.TEMPO),
)
OLD_HOMES: Final = (
    Home(name="historic, one phase", mode=WireMode.HISTORIC),
    Home(name="historic, three phases", mode=WireMode.HISTORIC, phases=3, contract_kva=18, tariff=TariffKind.TEMPO),
)


class Household:
    """The powers of each phase, second by second: a base that wanders, appliances that come and go, and the sun."""

    def __init__(self, home: Home, rng: random.Random) -> None:
        self._rng = rng
        self._solar_w = home.solar_w
        self._base = tuple(slow_wander(350, 150, rng.uniform(300, 900), rng.uniform(0, 6)) for _ in range(home.phases))
        highest = home.contract_kva * 1000 / home.phases
        # Watts, mean seconds on, mean seconds off, and what is left of the present stretch.
        self._appliances = [
            [
                (rng.uniform(0.05, 0.45) * highest, on_s, off_s, rng.uniform(0.8, 1.0))
                for on_s, off_s in ((25, 60), (180, 900), (1200, 3000), (90, 400))
            ]
            for _ in range(home.phases)
        ]
        self._on = [[False] * len(phase) for phase in self._appliances]
        self._left = [[rng.expovariate(1 / appliance[2]) for appliance in phase] for phase in self._appliances]

    def second(self, elapsed_s: float, clock: datetime) -> tuple[Power, ...]:
        """The powers of the second that begins at ``elapsed_s``."""
        return tuple(self._phase(index, elapsed_s, clock) for index in range(len(self._base)))

    def _phase(self, index: int, elapsed_s: float, clock: datetime) -> Power:
        base = self._base[index](elapsed_s) + self._rng.gauss(0, 8)
        p_w, q_var = base, 0.25 * base
        for rank, (watts, on_s, off_s, factor) in enumerate(self._appliances[index]):
            self._left[index][rank] -= 1
            if self._left[index][rank] <= 0:
                self._on[index][rank] = not self._on[index][rank]
                self._left[index][rank] = self._rng.expovariate(1 / (on_s if self._on[index][rank] else off_s))
            if self._on[index][rank]:
                p_w += watts
                q_var += watts * (1 / factor**2 - 1) ** 0.5
        daylight = max(0.0, 1 - abs(clock.hour + clock.minute / 60 - 13) / 5)
        return Power(p_w - self._solar_w * daylight, q_var)


class World:
    """A home, its meter and its line. ``sent`` is what the meter said last for each label: data and horodate."""

    def __init__(self, home: Home, seed: int) -> None:
        rng = random.Random(seed)
        self.meter = SimulatedMeter(
            contract_kva=home.contract_kva,
            phases=home.phases,
            mode=home.mode,
            calendar=Calendar(
                kind=home.tariff,
                marks={_START.date() + timedelta(days=day): rng.choice(tuple(Colour)) for day in range(-2, 99)},
            ),
            address=f"0419{'61' if home.phases == 1 else '76'}{rng.randrange(10**6):06}",
            producer=home.solar_w > 0,
            start=_START + timedelta(days=rng.randrange(60)),
            indexes=Indexes(
                import_wh=rng.uniform(1e6, 9e7),
                export_wh=rng.uniform(1e5, 9e6),
                supplier_wh=(*(rng.uniform(1e5, 4e7) for _ in range(6)), 0.0, 0.0, 0.0, 0.0),
                distributor_wh=tuple(rng.uniform(1e6, 2e7) for _ in range(4)),
                reactive_varh=tuple(rng.uniform(1e4, 2e6) for _ in range(4)),
            ),
            seed=seed,
        )
        self.now = 0.0
        self.sent: dict[str, tuple[str, str | None]] = {}
        self.piece = Piece(b"", home.mode, home.phases)
        self.label: str | None = None
        self._household = Household(home, rng)
        for _ in range(_LIVED_S[seed // len(_LIVED_S) % len(_LIVED_S)]):
            self._second()
        self._began_s = self.meter.elapsed_s
        self._state = self.meter.state()

    def pieces(self) -> Iterator[Piece]:
        """The pieces of the frames, for ever; before each one goes out, ``piece``, ``label`` and ``sent`` tell it."""
        for piece in FrameStream(self._read):
            self.piece = piece
            self.label = None
            if len(piece.data) > 1:
                self._note(piece)
            yield piece

    def _note(self, piece: Piece) -> None:
        separator = "\t" if piece.mode is WireMode.STANDARD else " "
        body = piece.data[1:-3].decode("ascii")
        self.label, _, content = body.partition(separator)
        horodate, dated, data = content.partition("\t")
        self.sent[self.label] = (data, horodate) if dated else (content, None)

    def _read(self) -> MeterState:
        """The meter as it is now, after the seconds that passed on the line."""
        missing = int(self.now) - (self.meter.elapsed_s - self._began_s)
        if missing > 0:
            for _ in range(missing):
                self._second()
            self._state = self.meter.state()
        return self._state

    def _second(self) -> None:
        meter = self.meter
        meter.step(self._household.second(meter.elapsed_s, meter.now))
        if meter.breaker.is_open:
            meter.reclose()
