"""One meter on one noisy line: what is believed of it, held against what it really sent."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from custom_components.linky_offload.meter import Measured, Meter, Scalar
from custom_components.linky_offload.meter.meaning import Meaning
from custom_components.linky_offload.tic import Decoder, Group, parse_horodate
from simulator.line import Line
from simulator.tic import add_parity

from .checksum_alone import ChecksumAlone, is_number
from .homes import PARIS, Home, World
from .labels import ENERGIES, LIVE, MEANINGS_OF, TEXTS

_WHOLE_PIECE: Final = 256
_RISE_VA: Final = 1000
_SPIKE_WH: Final = 1000


@dataclass(slots=True)
class Tally:
    """What came of the groups that one or several lines offered."""

    offered: int = 0
    believed: Counter[str] = field(default_factory=Counter)  # wrong numbers, by label
    believed_by_checksum: int = 0
    delivered: int = 0  # of those that the checksum alone delivers too, all right
    delivered_by_checksum: int = 0
    missed: Counter[str] = field(default_factory=Counter)  # right, and not taken over at once, by label
    spikes: int = 0
    rises: Counter[int] = field(default_factory=Counter)  # by how many right groups a large rise of the power waited
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take over what another line gave."""
        self.offered += other.offered
        self.believed += other.believed
        self.believed_by_checksum += other.believed_by_checksum
        self.delivered += other.delivered
        self.delivered_by_checksum += other.delivered_by_checksum
        self.missed += other.missed
        self.spikes += other.spikes
        self.rises += other.rises
        self.refused += other.refused

    @property
    def wrong(self) -> int:
        """Groups of which a wrong number was believed."""
        return self.believed.total()

    @property
    def per_million(self) -> float:
        """Wrong groups believed, of a million offered."""
        return 1e6 * self.wrong / self.offered

    @property
    def fewer(self) -> float:
        """How many times more the checksum alone believes; a lower bound where nothing wrong was believed at all."""
        return self.believed_by_checksum / max(1, self.wrong)

    @property
    def share(self) -> float:
        """Of the right groups that the checksum alone delivers, the part delivered here."""
        return self.delivered / max(1, self.delivered_by_checksum)


class Trial:
    """One meter on one noisy line, decoded and believed twice."""

    def __init__(self, home: Home, rate: float, *, stripped: bool, seed: int) -> None:
        self.tally = Tally()
        self._meanings = MEANINGS_OF[home.mode]
        self._live = LIVE[home.mode]
        self._world = World(home, seed)
        self._line = Line(
            self._world.pieces(),
            bit_error_rate=rate,
            strip_parity=stripped,
            chunk_bytes=_WHOLE_PIECE,
            seed=seed,
        )
        self._stripped = stripped
        self._decoder = Decoder()
        self._meter = Meter(local_tz=PARIS)
        self._checksum_alone = ChecksumAlone(home.mode)
        self._power: int | None = None
        self._waited = 0

    def run(self, groups: int) -> Tally:
        """Let ``groups`` of them go over the line."""
        tally, world, decoder = self.tally, self._world, self._decoder
        for chunk in self._line:
            world.now += chunk.delay_s
            sent = world.piece.data if self._stripped else add_parity(world.piece.data)
            label = world.label
            if chunk.data != sent:
                self._judge_checksum_alone(chunk.data)
            else:
                # It needs no reading: it begins and ends with a control character, and is right.
                if self._checksum_alone.waits:
                    self._judge_checksum_alone(b"\r")
                if label in self._meanings and label not in TEXTS:
                    tally.delivered_by_checksum += 1
            for group in decoder.feed(chunk.data):
                self._believe(group, world.now)
            if label is not None:
                tally.offered += 1
                if tally.offered >= groups:
                    break
        tally.refused.update(self._meter.stats)
        return tally

    def _judge_checksum_alone(self, data: bytes) -> None:
        for label, content, horodate in self._checksum_alone.feed(data):
            if label in TEXTS or not is_number(label, content, horodate):
                continue
            if self._world.sent.get(label) == (content, horodate):
                self.tally.delivered_by_checksum += 1
            else:
                self.tally.believed_by_checksum += 1

    def _believe(self, group: Group, now: float) -> None:
        label = group.label
        meaning = self._meanings.get(label)
        self._meter.apply(group, now)
        if meaning is None or label in TEXTS:
            return
        truth = self._world.sent.get(label)
        taken = [self._meter.held(quantity) for quantity in meaning.quantities]
        if truth == (group.data, group.horodate):
            if all(measured is not None and measured.at == now for measured in taken):
                self.tally.delivered += 1
            else:
                self.tally.missed[label] += 1
            if label == self._live:
                self._follow(int(group.data), taken[0])
            return
        wrong = self._wrong(meaning, truth, taken, now)
        if wrong:
            self.tally.believed[label] += 1
            for measured, true in wrong:
                if ENERGIES.fullmatch(label) and isinstance(measured.value, int):
                    self.tally.spikes += not isinstance(true, int) or abs(measured.value - true) >= _SPIKE_WH

    def _wrong(
        self, meaning: Meaning, truth: tuple[str, str | None] | None, taken: list[Measured | None], now: float
    ) -> list[tuple[Measured, Scalar | None]]:
        """What was taken over at ``now`` and is not what the meter sent, each with the truth."""
        horodate = None if truth is None or truth[1] is None else _moment(truth[1])
        true = (None,) * len(taken) if truth is None else meaning.read(truth[0], horodate)
        return [
            (measured, scalar)
            for measured, scalar in zip(taken, true, strict=True)
            if measured is not None
            and measured.at == now
            and (measured.value != scalar or measured.horodate != horodate)
        ]

    def _follow(self, power: int, measured: Measured | None) -> None:
        """Count by how many right groups a large rise of the power waits."""
        if self._power is None or power - self._power >= _RISE_VA or self._waited:
            if measured is None or measured.value != power:
                self._waited += 1
                return
            self.tally.rises[self._waited] += 1
        self._waited = 0
        self._power = power


def _moment(horodate: str) -> datetime | None:
    parsed = parse_horodate(horodate)
    return None if parsed is None else parsed.to_datetime(PARIS)
