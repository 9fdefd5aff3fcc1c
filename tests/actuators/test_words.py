"""What the names of options and presets mean, whoever wrote them."""

import pytest

from custom_components.linky_offload.actuators.select import off_option
from custom_components.linky_offload.actuators.words import Rest, named, rest_of


@pytest.mark.parametrize(
    ("option", "meaning"),
    [
        ("Hors gel", Rest.FROST),
        ("hors-gel", Rest.FROST),
        ("HORSGEL", Rest.FROST),
        ("HG", Rest.FROST),
        ("hors gel (arrêt)", Rest.FROST),
        ("frost_protection", Rest.FROST),
        ("Anti-gel", Rest.FROST),
        ("mode_hg", Rest.FROST),
        ("Off", Rest.OFF),
        ("Arrêt", Rest.OFF),
        ("ARRET", Rest.OFF),
        ("Éteint", Rest.OFF),
        ("away", Rest.AWAY),
        ("Absence", Rest.AWAY),
        ("Éco", Rest.ECO),
        ("eco+", Rest.ECO),
        ("Réduit", Rest.ECO),
        ("Confort -1", None),
        ("comfort", None),
        ("none", None),
        ("offset", None),
        ("Écologie", None),
    ],
)
def test_a_name_means(option: str, meaning: Rest | None) -> None:
    assert rest_of(option) is meaning


@pytest.mark.parametrize(
    ("options", "chosen", "expected"),
    [
        pytest.param(["Confort", "Eco", "Hors gel", "Arrêt"], None, "Hors gel", id="frost protection before off"),
        pytest.param(["comfort", "eco", "off"], None, "off", id="off where there is no frost protection"),
        pytest.param(["comfort", "eco"], None, "eco", id="eco where there is nothing better"),
        pytest.param(["home", "absent", "eco"], None, "absent", id="absent before eco"),
        pytest.param(["1", "2", "3"], None, None, id="names that tell nothing"),
        pytest.param([], None, None, id="no options"),
        pytest.param(["Confort", "Éco", "Hors gel"], "éco", "Éco", id="the person's choice"),
        pytest.param(["Confort", "Éco", "Hors gel"], "ECO", "Éco", id="the person's choice without accent"),
        pytest.param(["1", "2", "3"], "2", "2", id="a choice among names that tell nothing"),
        pytest.param(["Confort", "Hors gel"], "Éco", "Hors gel", id="a choice that no longer exists"),
    ],
)
def test_the_option_that_takes_off(options: list[str], chosen: str | None, expected: str | None) -> None:
    assert off_option(options, chosen) == expected


def test_the_very_name_goes_before_one_that_looks_like_it() -> None:
    assert named(["ECO", "eco"], "eco") == "eco"
    assert named(["ECO"], "comfort") is None
