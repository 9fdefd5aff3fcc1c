"""An ESP-Router-PV: the line that its controller sends each second, and the page of its ESP (reference §3.3, §3.5)."""

from dataclasses import dataclass
from enum import StrEnum
import json

from .web import Answer, Request, WebServer

_POLYNOMIAL = 0x31


class Version(StrEnum):
    """Versions of the controller, which count the routed power in other units."""

    V6 = "v6"
    V7 = "v7"


@dataclass(slots=True)
class SimulatedRouter:
    """A router at one moment. ``grid_w`` is positive for what leaves the home; ``bucket_j`` decides the firing."""

    version: Version = Version.V6
    heater_w: float = 2000.0
    capacity_j: float = 1000.0
    bucket_j: float = 0.0
    grid_w: float = 0.0
    samples: int = 57
    second: int = 0
    started: bool = True

    @property
    def fire_delay_us(self) -> float:
        """µs after the beginning of a half-wave."""
        if self.version is Version.V6:
            share = self.bucket_j / self.capacity_j
            return 10_000.0 if share < 0.15 else float(round(10_000 * (1 - share)))
        if self.bucket_j <= 100:
            return 99_999.0
        return 200.0 if self.bucket_j >= 1000 else 10 * (1020 - self.bucket_j)

    def figures(self) -> dict[str, float]:
        """What the controller sends; all 0 while it has not sent anything yet."""
        share = 1 - self.fire_delay_us / 10_000
        percent = self.version is Version.V6
        told = {
            "EIB": round(self.bucket_j, 2),
            "REE": round(self.grid_w, 2),
            "MPC": round(self.heater_w * 0.15 if percent else self.heater_w * 100 / self.capacity_j, 2),
            "POR": round(share * (100 if percent else self.heater_w), 2),
            "FID": round(self.fire_delay_us),
            "SPL": self.samples,
            "VO2": self.second,
        }
        return told if self.started else dict.fromkeys(told, 0)

    def line(self) -> bytes:
        """The line of the controller."""
        body = "".join(f"{name}>{_written(value)};" for name, value in self.figures().items()).encode()
        return body + b"$%d\r\n" % _crc(body)

    def body(self) -> bytes:
        """The JSON of the ESP, which shows no routed power below 0."""
        figures = self.figures()
        return json.dumps(figures | {"POR": max(0.0, figures["POR"])}).encode()

    def server(self) -> WebServer:
        """The ESP, to be started."""

        async def page(_: Request) -> Answer:
            return Answer(self.body(), headers={"Content-Type": "text/plain"})

        return WebServer({"/api/routeur": page})


def _written(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _crc(data: bytes) -> int:
    """CRC-8/MAXIM the long way: bits of each byte from the lowest, the register turned round at the end."""
    register = 0
    for byte in data:
        for place in range(8):
            top = (register >> 7 ^ byte >> place) & 1
            register = (register << 1 & 0xFF) ^ (_POLYNOMIAL if top else 0)
    return int(f"{register:08b}"[::-1], 2)
