"""What the address of a meter tells (tic.md §5)."""

import pytest

from custom_components.linky_offload.tic import MeterModel, describe_address


@pytest.mark.parametrize(
    ("address", "manufacturer", "year", "phases", "linky"),
    [
        pytest.param("041961999999", "Landis+Gyr", 2019, 1, True, id="Linky, 1 phase, 60 A"),
        pytest.param("812375000001", "Sagemcom", 2023, 1, True, id="Linky, 1 phase, 90 A, second code of its maker"),
        pytest.param("041976999999", "Landis+Gyr", 2019, 3, True, id="Linky, 3 phases"),
        pytest.param("021067000001", "Sagemcom", 2010, 1, True, id="pilot"),
        pytest.param("020522999999", "Sagemcom", 2005, 1, False, id="electronic meter before Linky"),
        pytest.param("049831000001", "Landis+Gyr", 1998, 3, False, id="of the nineties"),
        pytest.param("021866000001", "Sagemcom", 2018, None, False, id="modular meter"),
        pytest.param("9918FF000001", None, 2018, None, False, id="unknown maker and type"),
    ],
)
def test_known_by_its_address(
    address: str, manufacturer: str | None, year: int, phases: int | None, linky: bool
) -> None:
    model = describe_address(address)

    assert isinstance(model, MeterModel)
    assert (model.manufacturer, model.year, model.phases, model.linky) == (manufacturer, year, phases, linky)
    assert model.type_code == address[4:6]


@pytest.mark.parametrize(
    ("type_code", "name"),
    [("60", "Linky G1 60 A"), ("75", "Linky G3 90 A"), ("76", "Linky G3 3 × 60 A"), ("2F", "Type 2F")],
)
def test_name_of_the_model(type_code: str, name: str) -> None:
    model = describe_address(f"0419{type_code}999999")

    assert model is not None
    assert model.model == name


def test_the_types_that_are_linky() -> None:
    linky = {
        code
        for number in range(100)
        if (model := describe_address(f"0419{(code := f'{number:02}')}000001")) is not None and model.linky
    }
    assert linky == {*(f"{n}" for n in range(60, 66)), "67", "68", "70", "71", "75", "76", "86", "87", "92", "93", "94"}


@pytest.mark.parametrize("address", ["", "XXXXXXXXXX", "04196199999", "0419619999990", "04196199999q"])
def test_not_an_address(address: str) -> None:
    assert describe_address(address) is None
