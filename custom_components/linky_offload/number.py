"""Settings as numbers, for dashboards and automations; options and subentries own them, these only write them.

All are configuration and disabled until they are wanted. A change is applied at once and reloads nothing.
"""

import math
from typing import Any, override

from homeassistant.components.number import NumberEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import UnitOfApparentPower, UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import (
    CONF_LOAD_ID,
    CONF_LOADS,
    CONF_PHASES,
    CONF_POWER_SOURCE,
    CONF_PROFILE,
    CONF_THRESHOLD_KIND,
    CONF_THRESHOLD_VALUE,
    DEFAULT_PROFILE,
    POWER_DECLARED,
    POWER_LEARNED,
    THRESHOLD_A,
    THRESHOLD_CONTRACT,
    THRESHOLD_VA,
    THRESHOLD_W,
)
from .descriptions.numbers import (
    ADJUSTMENT,
    COORDINATOR_NUMBERS,
    DECLARED_POWER,
    FIXED_THRESHOLD,
    LOAD_NUMBERS,
    METER_NUMBERS,
    POSITION,
    SettingDescription,
)
from .entity import LoadEntity, MeterEntity, OffloadCoordinatorEntity, async_add_for_coordinators, async_add_for_loads
from .flow.fields import CONTRACT_KVA
from .flow.protection import HIGHEST_RATIO, LOWEST_THRESHOLD_VA
from .offload import Profile
from .ossp.entities import async_add_for_ossp, ossp_numbers
from .pace import Kind, Publishable
from .publisher import Publisher, async_publisher
from .runtime import LinkyConfigEntry
from .settings import fixed_threshold_va
from .writing import async_move_load, async_write_load, async_write_option, async_write_subentry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Create the numbers of the meter, of its offload coordinators and of its loads."""
    meter = async_publisher(hass, entry)
    async_add_entities(
        [
            Adjustment(meter, ADJUSTMENT),
            FixedThreshold(meter, FIXED_THRESHOLD),
            *(MeterNumber(meter, description) for description in METER_NUMBERS),
        ]
    )
    async_add_for_coordinators(
        hass,
        entry,
        async_add_entities,
        lambda publisher, subentry: [
            CoordinatorNumber(publisher, subentry, description) for description in COORDINATOR_NUMBERS
        ],
    )
    async_add_for_loads(
        hass,
        entry,
        async_add_entities,
        lambda publisher, subentry, load: [
            *(LoadNumber(publisher, subentry, load, description) for description in LOAD_NUMBERS),
            DeclaredPower(publisher, subentry, load, DECLARED_POWER),
            Position(publisher, subentry, load, POSITION),
        ],
    )
    async_add_for_ossp(hass, entry, async_add_entities, ossp_numbers)


def _plain(value: float) -> float:
    """A whole number is kept as one, as the forms do."""
    return int(value) if value == int(value) else value


class MeterNumber(MeterEntity, NumberEntity):
    """An option of the entry."""

    entity_description: SettingDescription

    def __init__(self, publisher: Publisher, description: SettingDescription) -> None:
        """Describe by a row of the table."""
        super().__init__(publisher, f"set_{description.key}", Kind.TEXT)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> float | None:
        """The option, or what is in force without it."""
        value: float | None = self.publisher.entry.options.get(
            self.entity_description.key, self.entity_description.default
        )
        return value

    @override
    def shown(self) -> Publishable:
        """The value alone."""
        return self.native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the option."""
        async_write_option(self.hass, self.publisher.entry, self.entity_description.key, _plain(value))
        self.async_write_ha_state()


class Adjustment(MeterNumber):
    """The adjustment of the threshold, held to what the form accepts: not nearly nothing, not beyond the meter."""

    @property
    @override
    def native_min_value(self) -> float:
        """%: the threshold that leaves `LOWEST_THRESHOLD_VA`."""
        reading = self.view.reading
        contract_va = None if reading is None else reading.contract_va
        return -99 if not contract_va else min(0, -int(100 * (1 - LOWEST_THRESHOLD_VA / contract_va)))

    @property
    @override
    def native_max_value(self) -> float:
        """%: the meter's own limit (tic.md §9.1), unless the profile looks only at the meter's filter."""
        profile = self.publisher.entry.options.get(CONF_PROFILE, DEFAULT_PROFILE)
        return 100 if profile == Profile.METER else round(100 * (HIGHEST_RATIO - 1))

    @override
    def shown(self) -> Publishable:
        """The value with its bounds."""
        return (self.native_value, self.native_min_value, self.native_max_value)


class FixedThreshold(MeterNumber):
    """The threshold in the unit that its owner chose for it: only where he did not choose the contract."""

    @property
    def _kind(self) -> str:
        kind: str = self.publisher.entry.options.get(CONF_THRESHOLD_KIND, THRESHOLD_CONTRACT)
        return kind

    @property
    @override
    def available(self) -> bool:
        """Available while the threshold is not the contract."""
        return super().available and self._kind != THRESHOLD_CONTRACT

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """VA, W or A."""
        return {
            THRESHOLD_VA: UnitOfApparentPower.VOLT_AMPERE,
            THRESHOLD_W: UnitOfPower.WATT,
            THRESHOLD_A: UnitOfElectricCurrent.AMPERE,
        }.get(self._kind)

    @property
    def _va(self) -> float:
        """What one of its units is in VA."""
        one = {**self.publisher.entry.options, CONF_THRESHOLD_VALUE: 1}
        return fixed_threshold_va(one, self.publisher.entry.data.get(CONF_PHASES)) or 1.0

    @property
    @override
    def native_min_value(self) -> float:
        """No threshold that leaves nearly nothing."""
        return math.ceil(LOWEST_THRESHOLD_VA / self._va)

    @property
    @override
    def native_max_value(self) -> float:
        """The meter's own limit (tic.md §9.1), by the highest contract there is while it is unknown."""
        reading = self.view.reading
        contract_va = reading.contract_va if reading is not None else None
        return math.floor(HIGHEST_RATIO * (contract_va or 1000 * CONTRACT_KVA[1]) / self._va)

    @override
    def shown(self) -> Publishable:
        """The value with its unit and its bound."""
        return (self.native_value, self._kind, self.native_max_value)


class CoordinatorNumber(OffloadCoordinatorEntity, NumberEntity):
    """A setting of an offload coordinator."""

    entity_description: SettingDescription

    def __init__(self, publisher: Publisher, subentry: ConfigSubentry, description: SettingDescription) -> None:
        """Describe by a row of the table."""
        super().__init__(publisher, subentry, f"set_{description.key}", Kind.TEXT)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> float | None:
        """The setting as it is now."""
        if self.subentry is None:
            return None
        value: float | None = self.subentry.data.get(self.entity_description.key, self.entity_description.default)
        return value

    @override
    def shown(self) -> Publishable:
        """The value alone."""
        return self.native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the setting."""
        if (subentry := self.subentry) is not None:
            async_write_subentry(self.hass, self.publisher.entry, subentry, self.entity_description.key, _plain(value))
            self.async_write_ha_state()


class LoadNumber(LoadEntity, NumberEntity):
    """A detail of a load."""

    entity_description: SettingDescription

    def __init__(
        self, publisher: Publisher, subentry: ConfigSubentry, load: dict[str, Any], description: SettingDescription
    ) -> None:
        """Describe by a row of the table."""
        super().__init__(publisher, subentry, load, f"set_{description.key}", Kind.TEXT)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> float | None:
        """The detail as it is now."""
        description = self.entity_description
        if self.details is None:
            return None
        value: float | None = self.details.get(description.key, description.default)
        return 0 if value is None and description.zero_is_none else value

    @override
    def shown(self) -> Publishable:
        """The value alone."""
        return self.native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Write the detail."""
        description = self.entity_description
        self._write(None if description.zero_is_none and value == 0 else _plain(value))

    def _write(self, value: float | None) -> None:
        if (subentry := self.subentry) is not None:
            async_write_load(
                self.hass, self.publisher.entry, subentry, self.load_id, self.entity_description.key, value
            )
            self.async_write_ha_state()


class DeclaredPower(LoadNumber):
    """The power that its owner declared: only where that is how it is known."""

    @property
    @override
    def available(self) -> bool:
        """Available while the power is neither measured nor learned."""
        details = self.details
        return (
            super().available
            and details is not None
            and details.get(CONF_POWER_SOURCE, POWER_LEARNED) == POWER_DECLARED
        )


class Position(LoadNumber):
    """The place in the list of its coordinator: the first is given up first."""

    def _loads(self) -> list[dict[str, Any]]:
        return list(self.subentry.data.get(CONF_LOADS, ())) if self.subentry else []

    @property
    @override
    def native_max_value(self) -> float:
        """The end of the list."""
        return max(1, len(self._loads()))

    @property
    @override
    def native_value(self) -> float | None:
        """The place, counted from 1."""
        places = enumerate(self._loads(), 1)
        return next((place for place, load in places if load[CONF_LOAD_ID] == self.load_id), None)

    @override
    def shown(self) -> Publishable:
        """The place and the length of the list."""
        return (self.native_value, self.native_max_value)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Move the load."""
        if (subentry := self.subentry) is not None:
            async_move_load(self.hass, self.publisher.entry, subentry, self.load_id, int(value))
            self.async_write_ha_state()
