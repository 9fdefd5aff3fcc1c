"""What the names of an appliance tell, in French and in English."""

import pytest

from custom_components.linky_offload.flow.appliance import PRESETS, Kind, Risk, guess_kind, risks_of

KINDS = [
    ("Chauffe-eau", Kind.WATER_HEATER),
    ("switch_cumulus_garage", Kind.WATER_HEATER),
    ("Water heater", Kind.WATER_HEATER),
    ("Pompe à chaleur", Kind.HEAT_PUMP),
    ("Clim bureau", Kind.HEAT_PUMP),
    ("Bedroom AC", Kind.HEAT_PUMP),
    ("Réfrigérateur", Kind.FRIDGE),
    ("Congélateur cave", Kind.FRIDGE),
    ("Borne voiture", Kind.CAR),
    ("EV charger", Kind.CAR),
    ("Sèche-linge", Kind.WASHER),
    ("Dishwasher", Kind.WASHER),
    ("Radiateur salon", Kind.HEATER),
    ("Sèche-serviettes", Kind.HEATER),
    ("Towel rail", Kind.HEATER),
    ("Prise 3", Kind.OTHER),
    ("Carnival lights", Kind.OTHER),
    ("Vacances", Kind.OTHER),
]


@pytest.mark.parametrize(("name", "kind"), KINDS, ids=[name for name, _ in KINDS])
def test_the_kind_is_guessed_from_whole_words(name: str, kind: Kind) -> None:
    assert guess_kind([name]) is kind


def test_any_of_the_names_may_tell_and_no_word_spans_two() -> None:
    assert guess_kind(["Prise 3", "switch_3", "Radiateur"]) is Kind.HEATER
    assert guess_kind(["Heat", "pump"]) is Kind.OTHER


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


@pytest.mark.parametrize(
    ("kind", "off_min", "on_min", "power_factor"),
    [
        (Kind.HEATER, 3, 3, 1.0),
        (Kind.WATER_HEATER, 5, 5, 1.0),
        (Kind.HEAT_PUMP, 10, 10, 0.9),
        (Kind.FRIDGE, 10, 10, 0.9),
        (Kind.CAR, 5, 5, 1.0),
        (Kind.WASHER, 3, 3, 0.9),
        (Kind.OTHER, 3, 3, 1.0),
    ],
)
def test_compressors_rest_longer_than_heaters(kind: Kind, off_min: int, on_min: int, power_factor: float) -> None:
    preset = PRESETS[kind]
    assert (preset.minimum_off_s, preset.minimum_on_s, preset.power_factor) == (60 * off_min, 60 * on_min, power_factor)
