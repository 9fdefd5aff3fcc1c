"""The whole stage: simulated house, Home Assistant, and what a person would have set up in it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from . import setup
from .client import Client
from .custom_components.linky_demo_house.control import Control
from .homeassistant import HOUSE_INTEGRATION, INTEGRATION, HomeAssistant
from .processes import free_port
from .simulation import HouseOptions, Simulation

CONFIGURATION = Path(__file__).parent / "config" / "configuration.yaml"
# No interface, no database: what starts fastest.
BARE_CONFIGURATION = """
homeassistant:
  time_zone: Europe/Paris
  language: !env_var DEMO_LANGUAGE en
  country: FR
http:
logger:
  default: warning
  logs:
    custom_components.linky_offload: debug
    # Programs and libraries that only cameras want.
    haffmpeg: fatal
    homeassistant.components.camera: fatal
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that runs, and the ways to talk to it."""

    folder: Path
    simulation: Simulation
    ha: HomeAssistant
    client: Client
    control: Control

    async def restart_home_assistant(self) -> None:
        """Start Home Assistant again on the same folder, after a stop or a kill."""
        self.ha.start()
        await self.client.ready()


@asynccontextmanager
async def open_home_assistant(
    folder: Path,
    integrations: Mapping[str, Path],
    *,
    configuration: str = BARE_CONFIGURATION,
    language: str = "en",
    port: int | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[tuple[HomeAssistant, Client]]:
    """A Home Assistant that has started, in a subfolder of ``folder``; it is stopped whatever happens."""
    config = folder / "homeassistant"
    config.mkdir()
    ha = HomeAssistant(
        config, configuration, port=port or free_port(), host=host, language=language, integrations=integrations
    )
    try:
        ha.start()
        async with Client(ha) as client:
            await client.ready()
            yield ha, client
    finally:
        await asyncio.to_thread(ha.stop)


@asynccontextmanager
async def open_stage(
    house: HouseOptions,
    *,
    configuration: str = BARE_CONFIGURATION,
    language: str = "en",
    port: int | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[Stage]:
    """A simulated house whose appliances Home Assistant knows; the meter is not set up yet.

    At the end both processes are stopped and their folder is removed, whatever has happened.
    """
    integrations = {"linky_offload": INTEGRATION, "linky_demo_house": HOUSE_INTEGRATION}
    with TemporaryDirectory(prefix="linky-offload-") as name:
        folder = Path(name)
        simulation = Simulation(folder, house)
        started = open_home_assistant(
            folder, integrations, configuration=configuration, language=language, port=port, host=host
        )
        try:
            simulation.start()
            async with started as (ha, client):
                await simulation.ready()
                await setup.add_house(client, simulation)
                control = await simulation.connect()
                try:
                    yield Stage(folder=folder, simulation=simulation, ha=ha, client=client, control=control)
                finally:
                    await control.close()
        finally:
            await asyncio.to_thread(simulation.stop)
