"""Stands in for the native noise-reduction module, which the demo never uses but Home Assistant's interface imports."""


class AudioProcessor:
    """A processor whose result nobody asks for."""

    def __init__(self, auto_gain: float, noise_suppression: float) -> None: ...
