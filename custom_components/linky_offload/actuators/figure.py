"""Numbers out of attributes and out of the data of calls, which may hold anything."""

import math


def figure(value: object) -> float | None:
    """A finite number, or None for what is none."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except TypeError, ValueError:
        return None
    return number if math.isfinite(number) else None
