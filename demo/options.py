"""The command line of the demo."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
import os

DEFAULT_PORT = 8123
LANGUAGES = ("fr", "en")
USAGE_STATUS = 2
INTERRUPTED_STATUS = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the person asked for. ``serial`` is the port of a real meter, instead of the simulated one."""

    mode: str
    phases: int
    contract_kva: int
    speed: float
    pv_w: int
    serial: str | None
    port: int
    host: str
    language: str
    check: bool


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; a wrong one ends the program with a message."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="A real Home Assistant on a simulated house behind a simulated Linky meter."
    )
    parser.add_argument("--mode", choices=("standard", "historic"), default="standard", help="TIC mode of the meter")
    parser.add_argument("--phases", type=int, choices=(1, 3), default=1)
    parser.add_argument("--contract", type=int, metavar="KVA", help="contract power (6; 12 on three phases)")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="house seconds per second")
    parser.add_argument("--pv", type=int, default=0, metavar="WATTS", help="peak power of photovoltaic panels")
    parser.add_argument("--serial", metavar="PORT", help="read a real meter there instead, with pretended appliances")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"where Home Assistant listens ({DEFAULT_PORT})")
    parser.add_argument("--host", default="127.0.0.1", help="address on which it listens; 0.0.0.0 for every machine")
    parser.add_argument("--language", choices=LANGUAGES, default=_language())
    parser.add_argument("--check", action="store_true", help="run one overload without a person, and tell the result")
    given = parser.parse_args(arguments)
    if given.check and given.serial:
        parser.error("--check needs the simulated meter: leave out --serial")
    if given.check and given.speed != 1:
        parser.error("--check runs at the true speed: leave out --speed")
    if given.speed <= 0:
        parser.error("--speed must be above 0")
    return Options(
        mode=given.mode,
        phases=given.phases,
        contract_kva=given.contract or (12 if given.phases == 3 else 6),
        speed=given.speed,
        pv_w=given.pv,
        serial=given.serial,
        port=given.port,
        host=given.host,
        language=given.language,
        check=given.check,
    )


def _language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if spoken.lower().startswith("en") else "fr"
