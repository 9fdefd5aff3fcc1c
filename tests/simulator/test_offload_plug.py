"""The plug that offloads by itself: its machine is that of the reference, its messages are those of its version."""

import json

import pytest

from simulator.offload_plug import VERSIONS, OffloadPlug


def stages(plug: OffloadPlug, powers: list[int]) -> list[int]:
    """The stage after each second, the house drawing so much."""
    found = []
    for second, power in enumerate(powers):
        plug.power = power
        plug.tick(float(second))
        found.append(plug.stage)
    return found


@pytest.mark.parametrize(
    ("powers", "expected"),
    [
        pytest.param([6000] * 4, [0, 0, 0, 0], id="the limit itself is no overload"),
        pytest.param([6001, 6001, 6001], [1, 1, 2], id="cut after its delay"),
        pytest.param([6001, 6000, 6001], [1, 0, 1], id="its delay starts anew"),
        pytest.param([6001] * 3 + [4001] * 3, [1, 1, 2, 2, 2, 2], id="no room for its own load"),
        pytest.param([6001] * 3 + [4000] * 4, [1, 1, 2, 3, 3, 3, 0], id="back after its delay"),
        pytest.param([6001] * 3 + [4000, 4001, 4000], [1, 1, 2, 3, 2, 3], id="the room went again"),
    ],
)
def test_its_stages(powers: list[int], expected: list[int]) -> None:
    plug = OffloadPlug(version="3.0", before=2, after=3)
    assert stages(plug, powers) == expected
    assert plug.relay is (plug.stage < 2)


def test_it_gives_back_only_what_was_on() -> None:
    plug = OffloadPlug(version="3.0", before=0, after=1, relay=False)
    assert stages(plug, [7000, 7000, 1000, 1000]) == [1, 2, 3, 0]
    assert plug.relay is False


def test_without_a_contract_or_a_power_it_rests() -> None:
    assert stages(OffloadPlug(version="3.0", contract=0), [9000] * 9) == [0] * 9
    assert stages(OffloadPlug(version="3.0", device=0), [9000] * 9) == [0] * 9


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("1.1", {"State": "OFF", "Before": 4, "After": 10, "Power": 2000, "Contract": 6000}),
        ("3.0", {"State": "OFF", "Stage": 0, "Phase": 1, "Max": 6000, "Adjust": 0, "KeyMax": "PREF"}),
        ("3.2", {"State": 0, "Stage": 0, "Device": 2000}),
        ("9.2", {"State": 0, "Stage": 0, "DeviceVA": 2000}),
        ("10.4", {"State": 0, "Stage": 0, "Power": 2000}),
    ],
)
def test_each_version_has_its_shape(version: str, told: dict[str, object]) -> None:
    body = json.loads(OffloadPlug(version=version).telemetry().payload)
    assert body["Offload"].items() >= told.items()


def test_only_the_version_that_repeats_itself_does() -> None:
    said = {}
    for version in VERSIONS:
        plug = OffloadPlug(version=version, power=7000, before=100)
        said[version] = sum(len(plug.tick(float(second))) for second in range(60))
    assert said == {"1.1": 1, "3.0": 6, "3.2": 1, "9.2": 1, "10.4": 1}


@pytest.mark.parametrize("version", ["3.2", "9.2", "10.4"])
def test_a_contract_beyond_its_limit_is_left_as_it_was(version: str) -> None:
    plug = OffloadPlug(version=version)
    command = "off_contract" if version == "3.2" else "ol_max"
    [answer] = plug.order(f"{plug.name}/cmnd/{command}", b"12000")
    assert (json.loads(answer.payload), plug.contract) == ({command: 6000}, 6000)


def test_an_unknown_command_is_told_to_be_unknown() -> None:
    plug = OffloadPlug(version="9.2")
    [answer] = plug.order(f"{plug.name}/cmnd/off_power", b"1")
    assert json.loads(answer.payload) == {"Command": "Unknown"}
