"""What the names of an appliance tell, in French and in English."""

import pytest

from custom_components.linky_offload.flow.appliance import PRESETS, Preset, Risk, guess_kind, risks_of
from custom_components.linky_offload.offload.model import Appliance

KINDS = [
    ("Chauffe-eau", Appliance.WATER_HEATER),
    ("switch_cumulus_garage", Appliance.WATER_HEATER),
    ("Water heater", Appliance.WATER_HEATER),
    ("Pompe à chaleur", Appliance.HEAT_PUMP),
    ("Clim bureau", Appliance.HEAT_PUMP),
    ("Bedroom AC", Appliance.HEAT_PUMP),
    ("Réfrigérateur", Appliance.COLD),
    ("Congélateur cave", Appliance.COLD),
    ("Borne voiture", Appliance.CAR),
    ("EV charger", Appliance.CAR),
    ("Sèche-linge", Appliance.PROGRAMME),
    ("Dishwasher", Appliance.PROGRAMME),
    ("Radiateur salon", Appliance.HEATER),
    ("Sèche-serviettes", Appliance.HEATER),
    ("Towel rail", Appliance.HEATER),
    ("Prise 3", Appliance.OTHER),
    ("Carnival lights", Appliance.OTHER),
    ("Vacances", Appliance.OTHER),
]


@pytest.mark.parametrize(("name", "kind"), KINDS, ids=[name for name, _ in KINDS])
def test_the_kind_is_guessed_from_whole_words(name: str, kind: Appliance) -> None:
    assert guess_kind([name]) is kind


def test_any_of_the_names_may_tell_and_no_word_spans_two() -> None:
    assert guess_kind(["Prise 3", "switch_3", "Radiateur"]) is Appliance.HEATER
    assert guess_kind(["Heat", "pump"]) is Appliance.OTHER


RISKS = [
    ("Serveur Home Assistant", (Risk.HOME_ASSISTANT,)),
    ("Raspberry Pi", (Risk.HOME_ASSISTANT,)),
    ("Livebox", (Risk.INTERNET,)),
    ("Prise box et NAS", (Risk.HOME_ASSISTANT, Risk.INTERNET)),
    ("CPAP chambre", (Risk.MEDICAL,)),
    ("Appareil à oxygène", (Risk.MEDICAL,)),
    ("Congélateur", (Risk.FREEZER,)),
    ("Freezer", (Risk.FREEZER,)),
    ("Boxer dog lamp", ()),
    ("Radiateur", ()),
]


@pytest.mark.parametrize(("name", "risks"), RISKS, ids=[name for name, _ in RISKS])
def test_what_should_never_be_cut_is_noticed(name: str, risks: tuple[Risk, ...]) -> None:
    assert risks_of([name]) == risks


PRESETS_OF_DESIGN: dict[Appliance, tuple[int, int, int | None, bool, float]] = {
    Appliance.HEATER: (3, 3, 60, False, 1.0),
    Appliance.WATER_HEATER: (5, 5, 240, False, 1.0),
    Appliance.HEAT_PUMP: (10, 10, 60, False, 0.9),
    Appliance.COLD: (10, 10, 30, True, 0.9),
    Appliance.CAR: (5, 5, None, False, 1.0),
    Appliance.PROGRAMME: (3, 3, 60, True, 0.9),
    Appliance.OTHER: (3, 3, 60, False, 1.0),
}


@pytest.mark.parametrize("kind", Appliance)
def test_each_kind_is_spared_in_its_own_way(kind: Appliance) -> None:
    off_min, on_min, longest_min, last_resort, power_factor = PRESETS_OF_DESIGN[kind]
    assert PRESETS[kind] == Preset(
        minimum_off_s=60 * off_min,
        minimum_on_s=60 * on_min,
        longest_off_s=None if longest_min is None else 60 * longest_min,
        last_resort=last_resort,
        power_factor=power_factor,
    )
