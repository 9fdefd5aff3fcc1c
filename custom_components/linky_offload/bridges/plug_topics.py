"""Where a Tasmota device speaks and listens: a full topic with ``%prefix%`` in it, as its own settings write it."""

from dataclasses import dataclass
from typing import Final, Self

PREFIX: Final = "%prefix%"
TELE: Final = "tele"
STAT: Final = "stat"
CMND: Final = "cmnd"

_LONGEST: Final = 200
_WILDCARDS: Final = frozenset("+#\0")


@dataclass(frozen=True, slots=True)
class PlugTopics:
    """The topics of one device. ``full_topic``: such as ``delestage_A1B2C3/%prefix%``, without a slash at its end."""

    full_topic: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What a person typed; None when it is no full topic: one level, no more and no less, is the prefix."""
        full_topic = text.strip().strip("/")
        levels = full_topic.split("/")
        if levels.count(PREFIX) != 1 or len(levels) < 2 or not all(levels) or len(full_topic) > _LONGEST:
            return None
        if not _WILDCARDS.isdisjoint(full_topic) or not full_topic.isprintable():
            return None
        return cls(full_topic)

    @classmethod
    def of(cls, topic: str) -> Self | None:
        """The device that spoke on a topic; None when no level is the prefix of something that a device says."""
        levels = topic.split("/")
        for place, level in enumerate(levels[:-1]):
            if level in {TELE, STAT}:
                return cls.parse("/".join([*levels[:place], PREFIX, *levels[place + 1 : -1]]))
        return None

    def topic(self, prefix: str, name: str) -> str:
        """One topic of the device."""
        return f"{self.full_topic.replace(PREFIX, prefix)}/{name}"

    def heard(self, topic: str) -> tuple[str, str] | None:
        """Prefix and name of what the device says on a topic; None where the topic is not its own."""
        for prefix in (TELE, STAT):
            start = self.topic(prefix, "")
            if topic.startswith(start) and "/" not in topic[len(start) :]:
                return prefix, topic[len(start) :]
        return None

    @property
    def name(self) -> str:
        """What tells it apart from the others, to show."""
        return "/".join(level for level in self.full_topic.split("/") if level != PREFIX)
