"""What the decoder counts, for diagnostics and for the quality of the link."""

from dataclasses import dataclass

from .line import Flaw


@dataclass(slots=True)
class Stats:
    """Live counters since the decoder was made; a reopened line keeps them."""

    bytes: int = 0
    groups: int = 0  # returned
    frames: int = 0  # begun
    checksum_errors: int = 0
    parity_errors: int = 0  # a group whose parity bit alone was wrong is counted, and returned as weak
    framing_errors: int = 0  # cut short, too long, or without a separator
    rule_errors: int = 0  # right checksum, but a content that its label cannot have
    mode_errors: int = 0  # groups of the other mode, too few to be a change of mode
    unknown_labels: int = 0
    mode_changes: int = 0

    @property
    def damaged(self) -> int:
        """Pieces that arrived damaged, those with an unknown label left out."""
        return sum(getattr(self, flaw) for flaw in Flaw)

    def count(self, flaw: Flaw, pieces: int = 1) -> None:
        """Add ``pieces`` to the counter of ``flaw``."""
        setattr(self, flaw, getattr(self, flaw) + pieces)
