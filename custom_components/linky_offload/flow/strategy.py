"""The form of a coordinator's strategy, its rank among the coordinators of the meter, and the length of a turn."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.core import split_entity_id
from homeassistant.helpers.selector import SelectSelectorMode
import probatio

from ..const import CONF_RANK, CONF_ROTATION, CONF_STRATEGY
from ..offload.model import StrategyName
from .fields import choice, number_box, within
from .load import LoadDraft

RANKS: Final = (1, 99)
ROTATION_MIN: Final = (1, 120)

_TELL_TEMPERATURE: Final = frozenset({"climate", "water_heater"})


def strategy_schema() -> probatio.Schema:
    """Strategy, rank and turn."""
    return probatio.Schema(
        {
            probatio.Required(CONF_STRATEGY): choice(CONF_STRATEGY, StrategyName, SelectSelectorMode.LIST),
            probatio.Required(CONF_RANK): number_box(""),
            probatio.Required(CONF_ROTATION): number_box("min"),
        }
    )


def strategy_refusals(answers: Mapping[str, Any], drafts: Sequence[LoadDraft]) -> dict[str, str]:
    """Errors by field; ``drafts`` are the appliances of the coordinator, which must be fit for the strategy."""
    errors: dict[str, str] = {}
    match answers[CONF_STRATEGY]:
        case StrategyName.THERMOSTAT if not any(map(tells_temperature, drafts)):
            errors[CONF_STRATEGY] = "strategy_without_room"
        case StrategyName.CASCADE_CYCLIC if sum(draft.cyclic for draft in drafts) < 2:
            errors[CONF_STRATEGY] = "strategy_without_turns"
    if not within(answers[CONF_RANK], RANKS):
        errors[CONF_RANK] = "rank_out_of_range"
    if not within(answers[CONF_ROTATION], ROTATION_MIN):
        errors[CONF_ROTATION] = "rotation_out_of_range"
    return errors


def tells_temperature(draft: LoadDraft) -> bool:
    """Whether the room or the tank of an appliance is known to be warm or cold."""
    return draft.climate is not None or split_entity_id(draft.entity_id)[0] in _TELL_TEMPERATURE
