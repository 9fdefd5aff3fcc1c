"""Settings written to a plug: each firmware in its own commands, refused before it would do something else."""

import pytest

from custom_components.linky_offload.bridges.offload_plug import Generation, OffloadPlug
from custom_components.linky_offload.bridges.plug_orders import (
    TYPES,
    PlugSettings,
    Refusal,
    Why,
    answers_commands,
    confirmed,
    orders,
)
from custom_components.linky_offload.bridges.plug_topics import PlugTopics
from simulator.offload_plug import VERSIONS, OffloadPlug as Firmware

TOPICS = PlugTopics("delestage_A1B2C3/%prefix%")
ALL = PlugSettings(
    contract_va=9000,
    adjust_percent=-10,
    device_va=1500,
    priority=7,
    appliance="cumulus",
    topic="linky/tele/SENSOR",
    key_instant="P1",
    key_contract="PSUB",
    auto_on_s=300,
    auto_off_s=600,
)


def lines(generation: Generation, settings: PlugSettings) -> list[str]:
    return [f"{order.command} {order.payload}" for order in orders(generation, settings)]


@pytest.mark.parametrize(
    ("generation", "settings", "commands"),
    [
        pytest.param(
            Generation.V1,
            PlugSettings(contract_va=9000, device_va=1500, topic="linky", key_instant="P"),
            ["contract 9000", "device 1500", "ptopic linky", "pkey P"],
            id="1.1",
        ),
        pytest.param(
            Generation.V2,
            PlugSettings(contract_va=9000, adjust_percent=-10, device_va=1500, appliance="cumulus"),
            ["contract 9000", "adjust -10", "device 1500", "type 5"],
            id="2.x and 3.0: types without the lamp",
        ),
        pytest.param(
            Generation.V3,
            PlugSettings(contract_va=9000, adjust_percent=-10, device_va=1500, priority=7, appliance="cumulus"),
            ["off_contract 9000", "off_adjust -10", "off_power 1500", "off_priority 7", "off_type 6"],
            id="3.2: off_…, the contract first so that it is kept, the priority before the type",
        ),
        pytest.param(
            Generation.V9,
            PlugSettings(topic="linky", key_instant="P1", key_contract="PSUB", auto_on_s=300),
            ["ol_topic linky", "ol_kinst P1", "ol_kmax PSUB", "ol_rearm 300"],
            id="9.2: ol_…, and it rearms",
        ),
        pytest.param(
            Generation.V10,
            ALL,
            [
                *("ol_max 9000", "ol_adj 90", "ol_power 1500", "ol_prio 7", "ol_type 6"),
                *("ol_topic linky/tele/SENSOR", "ol_kinst P1", "ol_kmax PSUB", "ol_on 300", "ol_off 600"),
            ],
            id="10.4: 100 % is the contract",
        ),
        pytest.param(Generation.V10, PlugSettings(device_va=1510), ["ol_power 1550"], id="10.4: 50 VA at a time, up"),
        pytest.param(Generation.V2, PlugSettings(), [], id="nothing to write"),
    ],
)
def test_the_commands_of_each_firmware(generation: Generation, settings: PlugSettings, commands: list[str]) -> None:
    assert lines(generation, settings) == commands


@pytest.mark.parametrize(
    ("generation", "settings", "why"),
    [
        pytest.param(None, PlugSettings(contract_va=6000), Why.UNKNOWN_FIRMWARE, id="it has not spoken yet"),
        pytest.param(Generation.V1, PlugSettings(adjust_percent=5), Why.NO_COMMAND, id="1.1 knows no adjustment"),
        pytest.param(Generation.V2, PlugSettings(topic="a"), Why.NO_COMMAND, id="3.0 ignores a topic"),
        pytest.param(Generation.V2, PlugSettings(priority=1), Why.NO_COMMAND, id="3.0 has no priority"),
        pytest.param(Generation.V2, PlugSettings(appliance="light"), Why.OUT_OF_RANGE, id="3.0 has no lamp"),
        pytest.param(Generation.V9, PlugSettings(auto_off_s=5), Why.NO_COMMAND, id="9.2 never switches off by itself"),
        pytest.param(Generation.V3, PlugSettings(contract_va=12000), Why.OUT_OF_RANGE, id="3.2 would take 0"),
        pytest.param(Generation.V10, PlugSettings(contract_va=4500), Why.WHOLE_KVA, id="10.4 would forget 500 VA"),
        pytest.param(Generation.V10, PlugSettings(auto_on_s=7), Why.FIVE_SECONDS, id="10.4 would forget 2 s"),
        pytest.param(Generation.V10, PlugSettings(auto_on_s=1300), Why.OUT_OF_RANGE, id="10.4 keeps 20 min"),
        pytest.param(Generation.V9, PlugSettings(priority=11), Why.OUT_OF_RANGE, id="no such priority"),
        pytest.param(Generation.V9, PlugSettings(topic=""), Why.OUT_OF_RANGE, id="an empty text only asks"),
        pytest.param(Generation.V9, PlugSettings(topic="x" * 64), Why.OUT_OF_RANGE, id="too long a text"),
        pytest.param(Generation.V3, PlugSettings(adjust_percent=-100), Why.OUT_OF_RANGE, id="a limit of nothing"),
    ],
)
def test_what_a_firmware_cannot_take_is_refused(
    generation: Generation | None, settings: PlugSettings, why: Why
) -> None:
    with pytest.raises(Refusal) as refusal:
        orders(generation, settings)
    assert refusal.value.why is why


def heard(firmware: Firmware) -> OffloadPlug:
    """A plug that has told of itself."""
    plug = OffloadPlug(TOPICS)
    said = firmware.telemetry()
    plug.take(said.topic, said.payload, retained=False)
    return plug


SETTINGS = {
    "1.1": PlugSettings(contract_va=9000, device_va=1500, topic="linky", key_instant="P1"),
    "3.0": PlugSettings(contract_va=9000, adjust_percent=-10, device_va=1500, appliance="drier"),
    "3.2": PlugSettings(contract_va=9000, device_va=1500, priority=2, appliance="iron", key_contract="PSUB"),
    "9.2": PlugSettings(contract_va=9000, adjust_percent=-10, auto_on_s=60),
    "10.4": ALL,
}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_plug_took_is_confirmed_by_its_own_word(version: str) -> None:
    firmware = Firmware(version=version)
    plug = heard(firmware)
    for order in orders(plug.generation, SETTINGS[version]):
        assert not confirmed(order, plug), order
        answers = [
            *firmware.order(TOPICS.topic("cmnd", order.command), order.payload.encode()),
            *firmware.order(TOPICS.topic("cmnd", "STATUS"), b"10"),
        ]
        for said in answers:
            plug.take(said.topic, said.payload, retained=said.retained)
        assert confirmed(order, plug), order


@pytest.mark.parametrize("version", VERSIONS)
def test_a_plug_that_did_not_listen_confirms_nothing(version: str) -> None:
    firmware = Firmware(version=version)
    plug = heard(firmware)
    assert not any(confirmed(order, plug) for order in orders(plug.generation, SETTINGS[version]))


def test_a_plug_that_answers_another_value_confirms_nothing() -> None:
    plug = heard(Firmware(version="9.2"))
    plug.take("delestage_A1B2C3/stat/RESULT", b'{"ol_max":6000}', retained=False)
    assert not confirmed(orders(Generation.V9, PlugSettings(contract_va=9000))[0], plug)


def test_earlier_firmware_takes_orders_without_a_word() -> None:
    assert [answers_commands(generation) for generation in Generation] == [False, False, True, True, True]


def test_there_are_thirteen_types() -> None:
    assert len(TYPES) == len(set(TYPES)) == 13
