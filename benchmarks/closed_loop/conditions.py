"""What goes wrong in a run, by the seed and not by the controller: the same losses meet whoever gives the orders."""

from collections.abc import Sequence
from dataclasses import dataclass
import random
from typing import Final

DEAF_S: Final = 3600.0
SILENCE_S: Final = 300.0
DOWN_S: Final = 40.0
_BUSY_HOURS: Final = ((6.5, 9.0), (17.5, 22.0))
_LATENCY_S: Final = (0.3, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The meter's pace and the troubles of a run.

    ``cadence_s``: seconds between two samples. ``loss``: share of commands that never arrive. ``deaf_plug``: one plug
    obeys nothing for an hour. ``silence``: the meter says nothing for five minutes. ``restart``: the controller is
    restarted at a random moment. ``trip_limit``, ``b_factor``, ``share_error``: a meter unlike the published one.
    ``unlimited``: the meter never opens (the comfort to compare with).
    """

    cadence_s: float = 1.5
    loss: float = 0.0
    deaf_plug: bool = False
    silence: bool = False
    restart: bool = False
    trip_limit: float = 1.3
    b_factor: float = 1.0
    share_error: float = 0.0
    unlimited: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A span of seconds."""

    begins: float
    ends: float

    def __contains__(self, now: float) -> bool:
        """Tell whether a moment lies within."""
        return self.begins <= now < self.ends


_NEVER: Final = Window(-1.0, -1.0)


class Faults:
    """The troubles of one seed under given conditions."""

    def __init__(self, seed: int, conditions: Conditions, load_ids: Sequence[str]) -> None:
        rng = random.Random(f"faults {seed}")
        # Every trouble is drawn, wanted or not, so that each stands at the same moment in all runs of the seed.
        deaf, deaf_at, silent_at, restart_at = rng.random(), _busy(rng), _busy(rng), _busy(rng)
        self.deaf_id = load_ids[int(deaf * len(load_ids))] if load_ids else None
        self.deaf = Window(deaf_at, deaf_at + DEAF_S) if conditions.deaf_plug else _NEVER
        self.silent = Window(silent_at, silent_at + SILENCE_S) if conditions.silence else _NEVER
        self.restart_at: float | None = restart_at if conditions.restart else None
        self._seed = seed
        self._loss = conditions.loss

    def latency_of(self, load_id: str, now: float) -> float | None:
        """Seconds until a command that leaves now is obeyed, None when it never arrives."""
        if load_id == self.deaf_id and now in self.deaf:
            return None
        rng = random.Random(f"{self._seed} {load_id} {int(now)}")
        latency = rng.uniform(*_LATENCY_S)
        return None if rng.random() < self._loss else latency


def _busy(rng: random.Random) -> float:
    """Draw a second of the first day at which people are at home."""
    return rng.uniform(*rng.choice(_BUSY_HOURS)) * 3600
