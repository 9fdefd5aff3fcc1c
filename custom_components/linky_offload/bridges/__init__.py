"""BRIDGES: messages of MQTT bridges in, deliveries for the meter out; no clock, no thread, no I/O."""

from .bridge import Bridge
from .esp_router import LineCutter, RoutedUnit, RouterSettings
from .formats import Format
from .keyed import Keys
from .oddity import Oddity
from .recognise import recognise
from .survey import Found, Survey

__all__ = [
    "Bridge",
    "Format",
    "Found",
    "Keys",
    "LineCutter",
    "Oddity",
    "RoutedUnit",
    "RouterSettings",
    "Survey",
    "recognise",
]
