"""Names shared by the modules of the demo house."""

import logging

DOMAIN = "linky_demo_house"
CONF_CONTROL = "control"
METER = "meter"
LOGGER = logging.getLogger(__package__)
