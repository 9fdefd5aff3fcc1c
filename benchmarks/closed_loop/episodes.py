"""Spans of a day: how long the house was above its contract, and what came of each return."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.closed_loop.day import Day, Move

RELAPSE_BEGINS_S: Final = 30
RELAPSE_ENDS_S: Final = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One phase (0…) above its share of the contract from second ``begins`` until before ``ends``.

    ``cuttable``: what nobody can cut stayed below the contract all the while, so that enough cuttable load was on.
    """

    phase: int
    begins: int
    ends: int
    cuttable: bool

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return self.ends - self.begins


def episodes_of(day: Day) -> list[Episode]:
    """Return every uninterrupted span above the contract, phase by phase."""
    share = day.household.facts.contract_share_va
    found: list[Episode] = []
    for phase, (seen, base) in enumerate(zip(day.import_va, day.household.base, strict=True)):
        for begins, ends in _spans_above(seen, share):
            found.append(Episode(phase=phase, begins=begins, ends=ends, cuttable=max(base[begins:ends]) <= share))
    return found


def _spans_above(values: array[float], limit: float) -> Iterator[tuple[int, int]]:
    begins = -1
    for second, value in enumerate(values):
        if value > limit:
            if begins < 0:
                begins = second
        elif begins >= 0:
            yield begins, second
            begins = -1
    if begins >= 0:
        yield begins, len(values)


def returns_of(day: Day) -> list[Move]:
    """Return the moves that gave a load back."""
    return [move for move in day.moves if move.on]


def relapses_of(day: Day, episodes: Sequence[Episode]) -> int:
    """Count the returns that were mistakes.

    A return relapsed when, within 30 s of it, an excess over the contract began on one of its phases that a cut on that
    phase ended within three minutes of the return, or when the load itself was cut again within these 30 s. To live
    above the contract for longer than that, as the meter profile does, is no mistake.
    """
    phases = phases_of(day)
    cuts = [move for move in day.moves if not move.on]
    return sum(1 for back in returns_of(day) if relapsed(back, phases, cuts, episodes))


def phases_of(day: Day) -> dict[str, set[int]]:
    """Return the phases (0…) on which each load hangs."""
    return {outlet.spec.load_id: set(outlet.phases) for outlet in day.outlets}


def relapsed(back: Move, phases: Mapping[str, set[int]], cuts: Sequence[Move], episodes: Sequence[Episode]) -> bool:
    """Tell whether one return was a mistake for which one of these cuts paid, see `relapses_of`."""
    own = phases[back.load_id]
    if any(cut.load_id == back.load_id and back.second <= cut.second <= back.second + RELAPSE_BEGINS_S for cut in cuts):
        return True
    return any(
        episode.phase in own
        and back.second <= episode.begins <= back.second + RELAPSE_BEGINS_S
        # The cut that ends an excess takes effect in the very second in which it is over.
        and any(
            episode.phase in phases[cut.load_id]
            and episode.begins < cut.second <= min(episode.ends, back.second + RELAPSE_ENDS_S)
            for cut in cuts
        )
        for episode in episodes
    )
