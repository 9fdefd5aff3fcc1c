"""Plugs and relays: switch and input_boolean entities."""

from .onoff import OnOffActuator


class SwitchActuator(OnOffActuator):
    """On and off, nothing to remember."""
