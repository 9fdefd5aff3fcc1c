"""Settings that are shown as numbers: of the meter, of an offload coordinator, of a load."""

from dataclasses import dataclass
from typing import Final

from homeassistant.components.number import NumberDeviceClass, NumberEntityDescription, NumberMode
from homeassistant.const import EntityCategory, UnitOfApparentPower, UnitOfRatio, UnitOfTime

from ..const import (
    CONF_ADJUSTMENT,
    CONF_AUTO_OFF,
    CONF_AUTO_ON,
    CONF_CONTRACT_DELAY,
    CONF_CONTRACT_POWER,
    CONF_DECLARED_VA,
    CONF_DELAY_AFTER,
    CONF_DELAY_BEFORE,
    CONF_HAND_HOLD,
    CONF_LONGEST_OFF,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_RANDOM_AFTER,
    CONF_RANK,
    CONF_ROTATION,
    CONF_THRESHOLD_VALUE,
    DEFAULT_ADJUSTMENT,
    DEFAULT_CONTRACT_DELAY,
    DEFAULT_HAND_HOLD,
    DEFAULT_LONGEST_OFF,
    DEFAULT_MINIMUM_OFF,
    DEFAULT_MINIMUM_ON,
    DEFAULT_RANK,
    DEFAULT_ROTATION,
)

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S


@dataclass(frozen=True, kw_only=True)
class SettingDescription(NumberEntityDescription):
    """A setting. ``zero_is_none``: it is stored as None, which means without limit or never, and shown as 0.

    ``default``: in force while nothing is stored; None while that is nothing at all.
    """

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    entity_registry_enabled_default: bool = False
    mode: NumberMode | None = NumberMode.BOX
    native_min_value: float | None = 0
    native_step: float | None = 1
    default: float | None = 0
    zero_is_none: bool = False


def _seconds(
    key: str, highest: int, *, default: float = 0, zero_is_none: bool = False, lowest: int = 0
) -> SettingDescription:
    return SettingDescription(
        key=key,
        translation_key=key,
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        native_min_value=lowest,
        native_max_value=highest,
        default=default,
        zero_is_none=zero_is_none,
    )


ADJUSTMENT = SettingDescription(
    key=CONF_ADJUSTMENT,
    translation_key=CONF_ADJUSTMENT,
    native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
    native_min_value=-99,
    native_max_value=100,
    default=DEFAULT_ADJUSTMENT,
)
FIXED_THRESHOLD = SettingDescription(
    key=CONF_THRESHOLD_VALUE,
    translation_key="fixed_threshold",
    native_min_value=1,
    native_max_value=36_000,
    default=None,
)
METER_NUMBERS: tuple[SettingDescription, ...] = (
    SettingDescription(
        key=CONF_CONTRACT_POWER,
        translation_key="contract_override",
        device_class=NumberDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.KILO_VOLT_AMPERE,
        native_min_value=1,
        native_max_value=36,
        native_step=0.1,
        default=None,
    ),
    _seconds(CONF_CONTRACT_DELAY, 600, default=DEFAULT_CONTRACT_DELAY),
    SettingDescription(
        key=CONF_HAND_HOLD,
        translation_key=CONF_HAND_HOLD,
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_max_value=1440,
        default=DEFAULT_HAND_HOLD,
    ),
)
COORDINATOR_NUMBERS: tuple[SettingDescription, ...] = (
    SettingDescription(
        key=CONF_RANK, translation_key=CONF_RANK, native_min_value=1, native_max_value=99, default=DEFAULT_RANK
    ),
    _seconds(CONF_ROTATION, HOUR_S, default=DEFAULT_ROTATION, lowest=60),
)
DECLARED_POWER = SettingDescription(
    key=CONF_DECLARED_VA,
    translation_key="declared_power",
    device_class=NumberDeviceClass.APPARENT_POWER,
    native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
    native_min_value=1,
    native_max_value=36_000,
    default=None,
)
POSITION = SettingDescription(key="position", translation_key="position", native_min_value=1)
LOAD_NUMBERS: tuple[SettingDescription, ...] = (
    _seconds(CONF_DELAY_BEFORE, HOUR_S),
    _seconds(CONF_DELAY_AFTER, HOUR_S),
    _seconds(CONF_RANDOM_AFTER, HOUR_S),
    _seconds(CONF_MINIMUM_OFF, 12 * HOUR_S, default=DEFAULT_MINIMUM_OFF),
    _seconds(CONF_MINIMUM_ON, 12 * HOUR_S, default=DEFAULT_MINIMUM_ON),
    _seconds(CONF_LONGEST_OFF, DAY_S, default=DEFAULT_LONGEST_OFF, zero_is_none=True),
    _seconds(CONF_AUTO_ON, DAY_S, zero_is_none=True),
    _seconds(CONF_AUTO_OFF, DAY_S, zero_is_none=True),
)
