"""Which reader reads which format."""

from collections import Counter
from typing import Protocol

from .draft import Draft
from .esp_router import RouterReader, RouterSettings
from .flat import FlatReader
from .formats import Format
from .keyed import KeyedReader, Keys, ValueReader
from .linky_rpi import LinkyRpiReader
from .modes import ModeKeeper
from .oddity import Oddity
from .tasmota import TasmotaReader
from .tasmota_teleinfo import TasmotaTeleinfoReader
from .tic_lines import TicLinesReader
from .topics import LabelTopicsReader, LinkyTopReader
from .zlinky import ZLinkyReader


class Reader(Protocol):
    """Reads the messages of one format into a draft."""

    def read(self, topic: str, payload: bytes, draft: Draft, /) -> None:
        """Read one message."""


def reader_for(
    fmt: Format, counts: Counter[Oddity], modes: ModeKeeper, keys: Keys | None, router: RouterSettings | None = None
) -> Reader:
    """The reader of a format; ``counts`` takes what is odd. ValueError for KEYED without its keys."""
    match fmt:
        case Format.TASMOTA_TELEINFO:
            return TasmotaTeleinfoReader(counts, modes)
        case Format.TASMOTA:
            return TasmotaReader(counts)
        case Format.RAW_VALUE | Format.FLAT:
            return FlatReader(counts)
        case Format.ZLINKY:
            return ZLinkyReader(counts, modes)
        case Format.LABEL_TOPICS:
            return LabelTopicsReader(counts)
        case Format.LINKYTOP:
            return LinkyTopReader(counts)
        case Format.LINKY_RPI:
            return LinkyRpiReader(counts, modes)
        case Format.TIC_LINES:
            return TicLinesReader(modes)
        case Format.ESP_ROUTER:
            return RouterReader(counts, router)
        case Format.VALUE:
            return ValueReader(counts)
        case Format.KEYED if keys is not None:
            return KeyedReader(counts, keys)
    raise ValueError("a JSON of unknown form is read by the keys that its owner gives")
