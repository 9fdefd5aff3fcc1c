"""The formats of messages."""

from enum import StrEnum


class Format(StrEnum):
    """How a bridge writes its messages (mqtt-formats); the value is what a configuration keeps."""

    TASMOTA_TELEINFO = "tasmota_teleinfo"
    """Tasmota teleinfo: sections METER, CONTRACT…, and the labels."""

    TASMOTA = "tasmota"
    """Official Tasmota: labels under TIC."""

    RAW_VALUE = "raw_value"
    """teleinfo2mqtt and its family: labels with raw text, value and time."""

    ZLINKY = "zlinky"
    """Zigbee2MQTT with a ZLinky_TIC."""

    LABEL_TOPICS = "label_topics"
    """One topic for each label: TICMeter, TeleInfoKit, TeleinfoMQTT, TeleInfod, Homie and others."""

    LINKYTOP = "linkytop"
    """Five topics at the root of the broker."""

    LINKY_RPI = "linky_rpi"
    """One topic for each value, with a French name."""

    FLAT = "flat"
    """Labels as keys of a JSON object: what most home-made scripts send."""

    ESP_ROUTER = "esp_router"
    """The figures of an ESP-Router-PV, as its JSON or its line with a CRC."""

    TIC_LINES = "tic_lines"
    """Lines or frames as the meter sends them."""

    KEYED = "keyed"
    """Any JSON, with the keys given by hand."""

    VALUE = "value"
    """A bare power in VA, or one extracted by a template."""
