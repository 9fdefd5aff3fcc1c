"""Loads that have just started: nobody else on their phases may have their room before the meter shows it.

A return is verified for as long as the settings say, or until its step is seen on the meter: then there is nothing left
to wait for. On another phase the next load need not wait at all.
"""


class Settling:
    """Until when each of them is waited for, at most."""

    def __init__(self) -> None:
        """Nothing has started."""
        self._until: dict[str, float] = {}

    def begin(self, load_id: str, until: float) -> None:
        """A load starts; what was awaited of it before is awaited no longer."""
        self._until[load_id] = until

    def shown(self, load_id: str) -> None:
        """The meter has shown its step."""
        self._until.pop(load_id, None)

    def until(self, load_id: str) -> float | None:
        """The moment until which a load is waited for, None where it is not."""
        return self._until.get(load_id)

    def awaited(self, now: float) -> dict[str, float]:
        """The loads that are still waited for, each with its moment."""
        self._until = {load_id: until for load_id, until in self._until.items() if now < until}
        return dict(self._until)
