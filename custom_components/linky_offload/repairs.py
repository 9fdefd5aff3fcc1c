"""Repairs that a person confirms: another meter is on the line."""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from .identity import async_adopt_address


class OtherMeterFlow(ConfirmRepairFlow):
    """The meter was replaced: the entry follows, with all its entities and their history."""

    def __init__(self, entry_id: str, address: str) -> None:
        self._entry_id = entry_id
        self._address = address

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask, and adopt the address of the new meter."""
        if user_input is not None and (entry := self.hass.config_entries.async_get_entry(self._entry_id)):
            async_adopt_address(self.hass, entry, self._address)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """The flow of an issue; only `other_meter` issues are fixable."""
    assert data is not None
    return OtherMeterFlow(str(data["entry_id"]), str(data["address"]))
