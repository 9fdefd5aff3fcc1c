"""The form of the delays, of the times that an appliance stays off and on, and of its power factor."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import probatio

from ..const import (
    CONF_AUTO_OFF,
    CONF_AUTO_ON,
    CONF_DELAY_AFTER,
    CONF_DELAY_BEFORE,
    CONF_LONGEST_OFF,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_POWER_FACTOR,
    CONF_RANDOM_AFTER,
)
from .fields import number_box, within
from .load import LoadDraft
from .sections import in_sections, section_key

POWER_FACTOR: Final = (0.1, 1.0)
LONGEST_DELAY_S: Final = 3600
LONGEST_MINIMUM_MIN: Final = 720
LONGEST_OFF_MIN: Final = 1440
LONGEST_TIMER_S: Final = 86_400

_DELAYS: Final = {
    CONF_DELAY_BEFORE: "delay_before_s",
    CONF_DELAY_AFTER: "delay_after_s",
    CONF_RANDOM_AFTER: "random_after_s",
}
_MINIMUMS: Final = {CONF_MINIMUM_OFF: "minimum_off_s", CONF_MINIMUM_ON: "minimum_on_s"}
_TIMERS: Final = {CONF_AUTO_ON: "auto_on_s", CONF_AUTO_OFF: "auto_off_s"}


def times_schema(drafts: Sequence[LoadDraft], errors: Mapping[str, str]) -> probatio.Schema:
    """A section for each appliance."""
    fields: dict[probatio.Marker, object] = {
        **{probatio.Required(key): number_box("s") for key in _DELAYS},
        **{probatio.Required(key): number_box("min", 0.5) for key in _MINIMUMS},
        probatio.Optional(CONF_LONGEST_OFF): number_box("min"),
        **{probatio.Optional(key): number_box("s") for key in _TIMERS},
        probatio.Required(CONF_POWER_FACTOR): number_box("", 0.01),
    }
    return in_sections(fields, drafts, errors)


def times_values(drafts: Sequence[LoadDraft]) -> dict[str, dict[str, Any]]:
    """The drafts as `times_schema` shows them."""
    return {
        section_key(place): {
            **{key: getattr(draft, name) for key, name in (_DELAYS | _TIMERS).items()},
            **{key: getattr(draft, name) / 60 for key, name in _MINIMUMS.items()},
            CONF_LONGEST_OFF: None if draft.longest_off_s is None else draft.longest_off_s / 60,
            CONF_POWER_FACTOR: draft.power_factor,
        }
        for place, draft in enumerate(drafts)
    }


def times_refusals(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Errors by section."""
    found = {key: _error(answer) for key, answer in answers.items()}
    return {key: error for key, error in found.items() if error is not None}


def _error(answer: Mapping[str, Any]) -> str | None:
    longest = answer.get(CONF_LONGEST_OFF)
    timers = [answer.get(key) or 0 for key in _TIMERS]
    if any(time < 0 for time in (*(answer[key] for key in (*_DELAYS, *_MINIMUMS)), longest or 0, *timers)):
        return "time_negative"
    if any(answer[key] > LONGEST_DELAY_S for key in _DELAYS):
        return "delay_too_long"
    if any(answer[key] > LONGEST_MINIMUM_MIN for key in _MINIMUMS):
        return "minimum_too_long"
    if longest is not None and longest < max(1, answer[CONF_MINIMUM_OFF]):
        return "longest_too_short"
    if longest is not None and longest > LONGEST_OFF_MIN:
        return "longest_too_long"
    if any(timer > LONGEST_TIMER_S for timer in timers):
        return "timer_too_long"
    return None if within(answer[CONF_POWER_FACTOR], POWER_FACTOR) else "power_factor_out_of_range"


def take_times(drafts: Sequence[LoadDraft], answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the answers into the drafts. No time and 0 s are the same for what happens by itself: never."""
    for place, draft in enumerate(drafts):
        answer = answers[section_key(place)]
        for key, name in _DELAYS.items():
            setattr(draft, name, round(answer[key]))
        for key, name in _MINIMUMS.items():
            setattr(draft, name, round(60 * answer[key]))
        for key, name in _TIMERS.items():
            setattr(draft, name, round(answer.get(key) or 0) or None)
        longest = answer.get(CONF_LONGEST_OFF)
        draft.longest_off_s = None if longest is None else round(60 * longest)
        draft.power_factor = float(answer[CONF_POWER_FACTOR])
