"""Where the values of the meter come from: each source hands over its bytes with the time of their arrival."""

from .serial import LinkError, SerialSource, SourceError
from .silence import Silence, Voice

__all__ = ["LinkError", "SerialSource", "Silence", "SourceError", "Voice"]
