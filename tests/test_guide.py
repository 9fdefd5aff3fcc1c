"""The guide in both languages: what a form asks is explained, what can be done is listed, links lead somewhere."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components" / "linky_offload"
DOCS = ROOT / "docs"
LANGUAGES = ("en", "fr")

# What each documentation rule of the quality scale asks for, by the section of the guide that holds it.
SECTIONS = {
    "docs-installation-instructions": ("## Installing", "## L’installation"),
    "docs-removal-instructions": ("## Removing it", "## Le désinstaller"),
    "docs-installation-parameters": ("## First configuration", "## La première configuration"),
    "docs-configuration-parameters": ("## The options of the protection", "## Les options de la protection"),
    "docs-supported-devices": ("## What you need", "## Ce qu’il faut"),
    "docs-supported-functions": ("## What you see", "## Ce que vous voyez"),
    "docs-data-update": ("**How often values change.**", "**Le rythme des valeurs.**"),
    "docs-use-cases": ("## What you can do with it", "## Ce que vous pouvez en faire"),
    "docs-examples": ("```yaml", "```yaml"),
    "docs-known-limitations": ("## Limits", "## Les limites"),
    "docs-troubleshooting": ("## When things go wrong", "## Quand quelque chose ne va pas"),
}


def guide(language: str) -> str:
    return (DOCS / f"guide.{language}.md").read_text(encoding="utf-8")


def flat(text: str) -> str:
    """One line, so that a label may be broken over two."""
    return re.sub(r"\s+", " ", text).casefold()


def labels(forms: Mapping[str, Any]) -> Iterator[str]:
    """The names of all fields of some forms, those in sections included."""
    for key, value in forms.items():
        if key == "data":
            yield from value.values()
        elif isinstance(value, dict):
            yield from labels(value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["config", "options", "config_subentries"])
def test_every_field_of_a_form_is_explained(language: str, part: str) -> None:
    texts = json.loads((INTEGRATION / "translations" / f"{language}.json").read_text(encoding="utf-8"))
    told = flat(guide(language))
    assert [label for label in labels(texts[part]) if flat(label) not in told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_is_listed(language: str) -> None:
    services = yaml.safe_load((INTEGRATION / "services.yaml").read_text(encoding="utf-8"))
    told = (DOCS / f"actions.{language}.md").read_text(encoding="utf-8")
    assert [name for name in services if f"| `linky_offload.{name}` |" not in told] == []


@pytest.mark.parametrize(("rule", "sections"), SECTIONS.items(), ids=SECTIONS)
def test_a_rule_about_the_documentation_is_done_when_both_guides_hold_it(rule: str, sections: tuple[str, str]) -> None:
    told = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text(encoding="utf-8"))["rules"][rule]
    held = all(section in guide(language) for language, section in zip(LANGUAGES, sections, strict=True))
    assert (told == "done") is held


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_within_the_guide_leads_to_a_heading(language: str) -> None:
    text = guide(language)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert {link for link in re.findall(r"\]\(#([^)]+)\)", text) if link not in anchors} == set()


def test_both_guides_have_the_same_sections() -> None:
    levels = [re.findall(r"^(#+) ", guide(language), re.MULTILINE) for language in LANGUAGES]
    tables = [len(re.findall(r"^\|[-|]+\|$", guide(language), re.MULTILINE)) for language in LANGUAGES]
    assert levels[0] == levels[1]
    assert tables[0] == tables[1]
