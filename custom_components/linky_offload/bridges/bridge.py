"""One device of one bridge: its messages in, deliveries for the meter out; it keeps what outlives a message."""

from collections import Counter

from ..meter.delivery import Delivery
from ..tic import Mode, describe_address
from .availability import availability, is_bridge
from .draft import Draft, Memory
from .esp_router import RouterSettings
from .formats import Format
from .keyed import Keys
from .modes import ModeKeeper
from .oddity import Oddity
from .readers import Reader, reader_for


class Bridge:
    """Reads the messages of one device. No payload makes it fail; memory is bounded by the labels of one meter.

    ``online``: whether the device is there as far as is known; a live message proves that it is.
    ``address``: the meter's address as told, a lost zero given back; ``counts``: what was odd, by kind.
    ``mode`` and ``phases``: as far as the messages tell.
    """

    def __init__(self, fmt: Format, keys: Keys | None = None, router: RouterSettings | None = None) -> None:
        self.format = fmt
        self.counts: Counter[Oddity] = Counter()
        self.address: str | None = None
        self.phases: int | None = None
        self._modes = ModeKeeper()
        self._memory = Memory()
        self._reader: Reader = reader_for(fmt, self.counts, self._modes, keys, router)
        self._there: dict[bool, bool] = {}

    @property
    def mode(self) -> Mode | None:
        """The mode of the meter."""
        return self._modes.mode

    @property
    def online(self) -> bool | None:
        """Whether the device and the program behind it are there; None while neither has told."""
        return all(self._there.values()) if self._there else None

    def take(self, topic: str, payload: bytes, *, retained: bool, now: float) -> Delivery | None:
        """Take one message; None when it says nothing for the meter.

        A retained message, which the broker kept from some time before, only tells identity and contract.
        """
        there = availability(topic, payload)
        if there is not None:
            self._there[is_bridge(topic)] = there
            return None
        draft = Draft(self.counts, self._memory)
        self._reader.read(topic, payload, draft)
        delivery = draft.finish(self._modes, now, retained=retained)
        if retained:
            self.counts[Oddity.RETAINED] += 1
        if delivery is None:
            return None
        if not retained:
            self._there = dict.fromkeys(self._there, True)
        self._remember(delivery)
        return delivery

    def _remember(self, delivery: Delivery) -> None:
        self.phases = delivery.phases or self.phases
        for group in delivery.groups:
            # An address that its owner masked names no meter.
            if group.label in {"ADCO", "ADSC"} and describe_address(group.data) is not None:
                self.address = group.data
