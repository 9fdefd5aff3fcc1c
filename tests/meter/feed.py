"""A meter fed by hand: frames written as lists of labels, and the clock of the test."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from custom_components.linky_offload.meter import Meter, Quantity, Reading, Scalar
from custom_components.linky_offload.tic import Group, Mode

PARIS = ZoneInfo("Europe/Paris")
ONE_PHASE, THREE_PHASE, OLD_ONE_PHASE, OLD_THREE_PHASE = "041961999999", "041976999999", "020522999999", "020209999999"

type Line = tuple[str, str] | tuple[str, str, str]

HISTORIC_ONE: tuple[Line, ...] = (
    ("ADCO", ONE_PHASE),
    ("OPTARIF", "BASE"),
    ("ISOUSC", "30"),
    ("BASE", "012345678"),
    ("PTEC", "TH.."),
    ("IINST", "003"),
    ("IMAX", "090"),
    ("PAPP", "00690"),
    ("HHPHC", "A"),
    ("MOTDETAT", "000000"),
)
HISTORIC_THREE: tuple[Line, ...] = (
    ("ADCO", THREE_PHASE),
    ("OPTARIF", "HC.."),
    ("ISOUSC", "20"),
    ("HCHC", "010000123"),
    ("HCHP", "020000456"),
    ("PTEC", "HC.."),
    ("IINST1", "004"),
    ("IINST2", "001"),
    ("IINST3", "015"),
    ("IMAX1", "060"),
    ("IMAX2", "060"),
    ("IMAX3", "060"),
    ("PMAX", "07320"),
    ("PAPP", "04000"),
    ("HHPHC", "A"),
    ("MOTDETAT", "000000"),
    ("PPOT", "00"),
)
HISTORIC_SHORT: tuple[Line, ...] = (
    ("ADIR3", "024"),
    ("ADCO", THREE_PHASE),
    ("IINST1", "004"),
    ("IINST2", "001"),
    ("IINST3", "024"),
)
STANDARD_ONE: tuple[Line, ...] = (
    ("ADSC", ONE_PHASE),
    ("VTIC", "02"),
    ("DATE", "", "H260115141502"),
    ("NGTF", "      BASE      "),
    ("LTARF", "      BASE      "),
    ("EAST", "020240587"),
    ("EASF01", "020240587"),
    ("IRMS1", "007"),
    ("URMS1", "240"),
    ("PREF", "06"),
    ("PCOUP", "06"),
    ("SINSTS", "01679"),
    ("SMAXSN", "05529", "H260115083225"),
    ("SMAXSN-1", "05473", "H260114194801"),
    ("STGE", "003AC401"),
    ("RELAIS", "000"),
    ("NTARF", "02"),
)
STANDARD_THREE: tuple[Line, ...] = (
    ("ADSC", THREE_PHASE),
    ("DATE", "", "E260715193003"),
    ("EAST", "099765794"),
    ("IRMS1", "004"),
    ("IRMS2", "001"),
    ("IRMS3", "024"),
    ("URMS1", "239"),
    ("URMS2", "241"),
    ("URMS3", "232"),
    ("PREF", "12"),
    ("PCOUP", "12"),
    ("SINSTS", "06790"),
    ("SINSTS1", "00945"),
    ("SINSTS2", "00265"),
    ("SINSTS3", "05580"),
    ("STGE", "003B0081"),
)


def changed(frame: Iterable[Line], **lines: str | None) -> tuple[Line, ...]:
    """``frame`` with other data for some labels; None takes the label out. ``_`` stands for ``-``."""
    new = {label.replace("_", "-"): data for label, data in lines.items()}
    kept = [(line, new.get(line[0], line[1])) for line in frame]
    return tuple((line[0], data, *line[2:]) for line, data in kept if data is not None)


class Feed:
    """Sends frames to a meter, one group every ``pace`` seconds, and remembers the readings it made.

    ``weak``: whether only the checksum vouches for its groups.
    """

    weak = False

    def __init__(self, *, mode: Mode = Mode.STANDARD, contract_va: int | None = None, pace: float = 0.02) -> None:
        self.meter = Meter(contract_va=contract_va, local_tz=PARIS)
        self.mode = mode
        self.pace = pace
        self.now = 1000.0
        self.frame_number = 0
        self.readings: list[Reading] = []
        self._loss = False

    def frame(self, lines: Iterable[Line], *, times: int = 1, without: str | None = None, wait: float = 0.0) -> None:
        """Send whole frames. ``without``: a label that the line damaged in each of them. ``wait``: pause after each."""
        for _ in range(times):
            self.frame_number += 1
            for line in lines:
                if line[0] == without:
                    self._loss = True
                else:
                    self.group(*line)
            self.now += wait

    def group(self, label: str, data: str, horodate: str | None = None) -> Reading | None:
        """Send one group of the present frame."""
        self.now += self.pace
        group = Group(label, data, horodate, self.mode, self.frame_number, self._loss, self.weak)
        self._loss = False
        reading = self.meter.apply(group, self.now)
        if reading is not None:
            self.readings.append(reading)
        return reading

    def lose(self) -> None:
        """The line damages a group before the next one."""
        self._loss = True

    def end_frame(self) -> None:
        """Close the present frame with the first group of another one."""
        self.frame_number += 1
        address = "ADCO" if self.mode is Mode.HISTORIC else "ADSC"
        self.group(address, ONE_PHASE)

    @property
    def reading(self) -> Reading:
        """The meter as it is known now."""
        return self.meter.reading(self.now)

    def value(self, quantity: Quantity) -> Scalar | None:
        """The value held for ``quantity``."""
        measured = self.reading.values.get(quantity)
        return None if measured is None else measured.value

    @property
    def powers(self) -> list[float | None]:
        """The import of each phase, VA, to the volt-ampere."""
        return [None if phase.power_va is None else round(phase.power_va) for phase in self.reading.phases]


class WeakFeed(Feed):
    """A line that an adapter stripped of its parity bit: only the checksum vouches for a group."""

    weak = True
