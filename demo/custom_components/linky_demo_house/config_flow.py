"""Asks where the simulator listens."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import probatio

from .const import CONF_CONTROL, DOMAIN
from .control import Control

FORM = probatio.Schema({probatio.Required(CONF_CONTROL): str})


class HouseConfigFlow(ConfigFlow, domain=DOMAIN):
    """One step: the path of the control socket."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Connect once, so that a wrong path is told at once."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                control = await Control.open(user_input[CONF_CONTROL])
            except OSError:
                errors["base"] = "cannot_connect"
            else:
                await control.close()
                return self.async_create_entry(title="Linky Offload", data=user_input)
        return self.async_show_form(step_id="user", data_schema=FORM, errors=errors)
