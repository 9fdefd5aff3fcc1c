"""Figures as a person reads them; unknown stays None."""

import math
from typing import Final

NO_TRIP_IN_SIGHT_S: Final = 900


def shown_seconds(seconds: float | None) -> int | None:
    """Seconds to trip as they are shown: capped at 900, which stands for no trip in sight."""
    if seconds is None or math.isnan(seconds):
        return None
    return int(min(seconds, NO_TRIP_IN_SIGHT_S))


def shown_percent(part: float | None) -> int | None:
    """A margin between 0 and 1 as a whole percentage, never rounded up: 0 is a trip."""
    return None if part is None else math.floor(part * 100 + 1e-9)


def whole(figure: float | None) -> int | None:
    """A figure without decimals."""
    return None if figure is None else round(figure)
