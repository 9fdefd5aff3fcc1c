"""What the recorder has of the energy of a house: the hours of which the Energy dashboard is made."""

from datetime import timedelta
from typing import Any, Final

from homeassistant.components.recorder.statistics import async_list_statistic_ids, statistics_during_period
from homeassistant.helpers import recorder
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from .timed_house import TimedHouse

_PERIOD: Final = timedelta(minutes=5)


class EnergyBook:
    """What the recorder has of the energy sensors of a house."""

    def __init__(self, house: TimedHouse) -> None:
        self._hass = house.hass
        now = dt_util.utcnow()
        self._first = now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)

    async def energies(self) -> dict[str, list[dict[str, Any]]]:
        """Close the hours that have begun; their rows by statistic id."""
        await async_wait_recording_done(self._hass)
        last = dt_util.utcnow().replace(minute=55, second=0, microsecond=0)
        start = self._first
        while start <= last:
            do_adhoc_statistics(self._hass, start=start)
            start += _PERIOD
        await async_wait_recording_done(self._hass)
        listed = await async_list_statistic_ids(self._hass, statistic_type="sum")
        ids = {one["statistic_id"] for one in listed if "import" in one["statistic_id"]}
        hour = self._first.replace(minute=0)
        rows = await recorder.get_instance(self._hass).async_add_executor_job(
            statistics_during_period, self._hass, hour, None, ids, "hour", None, {"state", "sum", "change"}
        )
        return {statistic_id: [dict(row) for row in rows[statistic_id]] for statistic_id in rows}
