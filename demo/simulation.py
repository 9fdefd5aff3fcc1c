"""The simulator as a separate process: a meter that writes a pseudo-terminal, and the house behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .custom_components.linky_demo_house.control import Control
from .homeassistant import ROOT
from .processes import Program, python_command


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseOptions:
    """Which house and which meter are simulated."""

    mode: str = "standard"
    phases: int = 1
    contract_kva: int = 6
    speed: float = 1.0
    house: str = "demo"
    pv_w: int = 0
    seed: int = 1
    plug_latency_s: float = 0.0

    def arguments(self) -> Sequence[str]:
        """As the simulator's command line wants them."""
        return [
            f"--mode={self.mode}",
            f"--phases={self.phases}",
            f"--contract={self.contract_kva}",
            f"--speed={self.speed:g}",
            f"--house={self.house}",
            f"--pv={self.pv_w}",
            f"--seed={self.seed}",
            f"--plug-latency={self.plug_latency_s:g}",
        ]


class Simulation:
    """One running simulator, its files in ``folder``."""

    def __init__(self, folder: Path, options: HouseOptions) -> None:
        self.port = folder / "linky"
        self.control = folder / "house.sock"
        self.options = options
        self.program = Program(
            "the simulator",
            python_command("simulator.run", f"--link={self.port}", f"--control={self.control}", *options.arguments()),
            log=folder / "simulator.log",
            folder=ROOT,
        )

    def start(self) -> None:
        """Start it; the terminal and the control socket come a moment later."""
        self.program.start()

    async def ready(self, patience_s: float = 20.0) -> None:
        """Wait until the terminal and the control socket are there."""
        for what, seen in (("terminal", self.port), ("control socket", self.control)):
            await self.program.shows(what, seen, patience_s)

    def stop(self) -> None:
        """Stop it; its terminal disappears, as when a dongle is unplugged."""
        self.program.stop(5.0)

    async def connect(self) -> Control:
        """A connection of our own to the house, beside that of Home Assistant."""
        return await Control.open(str(self.control))
