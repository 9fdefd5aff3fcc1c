"""The simulated house as Home Assistant sees it: the last state that the simulator pushed, and the line to it."""

import asyncio
from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .const import LOGGER
from .control import Control, ControlError, Json

type HouseConfigEntry = ConfigEntry["House"]
LONGEST_WAIT_S = 5.0


class House:
    """Keeps the connection, and tells the entities when something has changed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._control: Control | None = None
        self._listeners: set[CALLBACK_TYPE] = set()
        self.state: Json = {}

    @property
    def connected(self) -> bool:
        """Whether the simulator answers."""
        return self._control is not None

    @property
    def appliances(self) -> dict[str, Json]:
        """Appliances by id."""
        return {appliance["id"]: appliance for appliance in self.state["appliances"]}

    @property
    def rooms(self) -> dict[str, Json]:
        """Rooms by id."""
        return {room["id"]: room for room in self.state["rooms"]}

    @property
    def tanks(self) -> dict[str, Json]:
        """Water tanks by id, which is also the id of their appliance."""
        return {tank["id"]: tank for tank in self.state["tanks"]}

    async def connect(self) -> None:
        """Connect and learn the present state; raises OSError or ControlError."""
        control = await Control.open(self._path, self._changed)
        self._changed(await control.state())
        self._control = control

    def keep(self, hass: HomeAssistant, entry: HouseConfigEntry) -> None:
        """Stay connected as long as the entry is loaded."""
        entry.async_create_background_task(hass, self._stay(), "connection to the demo house")

    async def request(self, command: str, **fields: str | bool | float) -> None:
        """Ask something of the house; raises HomeAssistantError when it cannot be done."""
        if self._control is None:
            raise HomeAssistantError("the simulator is not running")
        try:
            await self._control.request(command, **fields)
        except ControlError as error:
            raise HomeAssistantError(str(error)) from error

    @callback
    def listen(self, listener: CALLBACK_TYPE) -> Callable[[], None]:
        """Call ``listener`` at every change; the answer ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def _stay(self) -> None:
        wait = 0.5
        try:
            while True:
                if self._control is not None:
                    await self._control.closed()
                    await self._hang_up()
                    LOGGER.info("The simulator is gone")
                try:
                    await self.connect()
                except OSError, ControlError:
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, LONGEST_WAIT_S)
                else:
                    LOGGER.info("The simulator is back")
                    wait = 0.5
        finally:
            await self._hang_up()

    async def _hang_up(self) -> None:
        if self._control is not None:
            control, self._control = self._control, None
            await control.close()
            self._tell()

    @callback
    def _changed(self, state: Json) -> None:
        self.state = state
        self._tell()

    @callback
    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()
