"""Select entities, pilot wires first of all: frost protection while off, and back at the option that was chosen."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from homeassistant.const import ATTR_OPTION, SERVICE_SELECT_OPTION
from homeassistant.core import Context, State

from ..journal import Saved
from ..settings import WayOffKind
from .base import Actuator
from .words import Rest, named, rest_of, resting

ATTR_OPTIONS: Final = "options"

_ATTR_CYCLE: Final = "cycle"
_MOVES: Final = {"select_next": 1, "select_previous": -1}


def off_option(options: Iterable[str], chosen: str | None = None) -> str | None:
    """The option that takes a load off: the person's, else frost protection, off, away, eco; None if none is known."""
    known = list(options)
    if chosen is not None and (option := named(known, chosen)) is not None:
        return option
    return resting(known, Rest.FROST, Rest.OFF, Rest.AWAY, Rest.ECO)


class SelectActuator(Actuator):
    """On while it is at any option that heats more than the one that takes it off."""

    @override
    def facts(self, state: State) -> Saved:
        return {ATTR_OPTION: state.state}

    @override
    def draws(self, facts: Saved, state: State) -> bool:
        off = self._off(state)
        if off is None or facts[ATTR_OPTION] == off:
            return off is None
        meaning = rest_of(facts[ATTR_OPTION])
        return meaning is None or meaning > max(Rest.FROST, rest_of(off) or Rest.FROST)

    @override
    def off_facts(self, owner: Saved, state: State) -> Saved | None:
        off = self._off(state)
        return None if off is None else {ATTR_OPTION: off}

    @override
    async def apply(self, facts: Saved, context: Context) -> None:
        option = facts.get(ATTR_OPTION)
        if option is not None and self.state is not None and self.state.state != option:
            await self.call(SERVICE_SELECT_OPTION, context, **{ATTR_OPTION: option})

    @override
    def adjusted(self, service: str, data: Mapping[str, Any], owner: Saved, state: State) -> Saved | None:
        options = _options(state)
        option: object = None
        match service:
            case "select_option":
                option = data.get(ATTR_OPTION)
            case "select_first" | "select_last" if options:
                option = options[0 if service == "select_first" else -1]
            case "select_next" | "select_previous" if state.state in options:
                place = options.index(state.state) + _MOVES[service]
                if data.get(_ATTR_CYCLE, True):
                    place %= len(options)
                option = options[min(max(place, 0), len(options) - 1)]
        return None if option is None else {ATTR_OPTION: str(option)}

    def _off(self, state: State) -> str | None:
        chosen = self.way.value if self.way is not None and self.way.kind is WayOffKind.OPTION else None
        return off_option(_options(state), None if chosen is None else str(chosen))


def _options(state: State) -> list[str]:
    return list(state.attributes.get(ATTR_OPTIONS) or ())
