"""Whether a bridge is there, as it says itself or as the broker says for it (its last will)."""

from typing import Final

_TOPICS: Final = frozenset({"lwt", "status", "availability", "$state", "connected", "online"})
_BRIDGE_STATE: Final = "/bridge/state"
_LONGEST: Final = 64
_WORDS: Final = {
    **dict.fromkeys(("online", "up", "connected", "ready", "true", "1"), True),
    **dict.fromkeys(("offline", "down", "disconnected", "lost", "false", "0"), False),
}


def is_bridge(topic: str) -> bool:
    """Whether a topic tells of the program that all its devices share, rather than of one device."""
    return topic.endswith(_BRIDGE_STATE)


def availability(topic: str, payload: bytes) -> bool | None:
    """What a message says of the bridge being there; None when it is no such message, or says neither.

    Tasmota ``LWT`` Online/Offline, teleinfo2mqtt ``status`` up/down, Zigbee2MQTT ``availability`` and
    ``bridge/state`` as a word or ``{"state": …}``, Homie ``$state`` ready/lost.
    """
    if not is_bridge(topic) and topic.rpartition("/")[2].lower() not in _TOPICS:
        return None
    if len(payload) > _LONGEST:
        return None
    word = payload.decode("ascii", "replace").strip().lower()
    if word.startswith("{") and '"state"' in word:
        word = word.partition(":")[2].strip(' "}')
    return _WORDS.get(word)
