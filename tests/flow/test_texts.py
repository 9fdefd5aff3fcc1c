"""The words of the forms themselves: the check that watches every other test, and the sections that repeat."""

from typing import Any

from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.linky_offload.config_flow import LinkyConfigFlow
from custom_components.linky_offload.const import SUBENTRY_COORDINATOR
from custom_components.linky_offload.flow.sections import PAGE, section_key

from .wording import TEXTS, missing_words


def test_the_check_sees_an_error_without_words_and_a_placeholder_left_open() -> None:
    abort = {"type": FlowResultType.ABORT, "reason": "tired"}
    assert missing_words(LinkyConfigFlow(), abort) == [f"{language}: config.abort.tired" for language in ("en", "fr")]
    menu = {"type": FlowResultType.MENU, "step_id": "compare", "menu_options": ["replace"]}
    assert any("leaves" in found for found in missing_words(LinkyConfigFlow(), menu))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("step", ["loads", "times"])
def test_every_section_says_the_same_of_its_appliance(language: str, step: str) -> None:
    sections: dict[str, dict[str, Any]] = TEXTS[language]["config_subentries"][SUBENTRY_COORDINATOR]["step"][step][
        "sections"
    ]
    assert list(sections) == [section_key(place) for place in range(PAGE)]
    for key, texts in sections.items():
        assert texts["name"] == f"{{{key}}}"
    first, *others = ({**texts, "name": ""} for texts in sections.values())
    assert all(other == first for other in others)
