"""Stands in for the native voice-detection module, which the demo never uses but Home Assistant's interface imports."""


class MicroVad:
    """A detector that never hears a voice."""

    def Process10ms(self, audio: bytes) -> float:  # noqa: N802 (the name of the module it stands for)
        """Probability of speech in 10 ms of audio."""
        return 0.0

    def Reset(self) -> None:  # noqa: N802
        """Forget what was heard."""
