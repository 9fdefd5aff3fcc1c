"""What Home Assistant's own validation would check of texts, icons and metadata, checked here offline."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import struct
from typing import Any

import pytest
import yaml

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.descriptions import METER_BINARY_SENSORS, METER_SENSORS, Facts
from custom_components.linky_offload.descriptions.base import Told
from custom_components.linky_offload.descriptions.loads import COORDINATOR_SENSORS, LOAD_SENSORS
from custom_components.linky_offload.descriptions.numbers import (
    ADJUSTMENT,
    COORDINATOR_NUMBERS,
    DECLARED_POWER,
    FIXED_THRESHOLD,
    LOAD_NUMBERS,
    METER_NUMBERS,
    POSITION,
)
from custom_components.linky_offload.linkytop_entities import BOX_SENSORS
from custom_components.linky_offload.offload import EventType, LoadStatus, OffloadMode, Profile, Reason, StrategyName
from custom_components.linky_offload.ossp.descriptions import OSSP_KEYS
from custom_components.linky_offload.plug_entities import PLUG_BINARY_SENSORS, PLUG_SENSORS
from custom_components.linky_offload.sources import LinkError

ROOT = Path(__file__).parent.parent / "custom_components" / DOMAIN
LANGUAGES = ("en", "fr")
TOP_LEVEL = {
    *("title", "config", "config_subentries", "options", "selector", "issues", "exceptions", "entity"),
    *("entity_component", "device", "services", "triggers", "conditions", "system_health", "config_panel", "common"),
}
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

RULES = {
    "bronze": (
        "action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow "
        "dependency-transparency docs-actions docs-conditions docs-high-level-description "
        "docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup entity-unique-id "
        "has-entity-name runtime-data test-before-configure test-before-setup unique-config-entry"
    ),
    "silver": (
        "action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters "
        "entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow test-coverage"
    ),
    "gold": (
        "devices diagnostics discovery-update-info discovery docs-data-update docs-examples docs-known-limitations "
        "docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices "
        "entity-category entity-device-class entity-disabled-by-default entity-translations exception-translations "
        "icon-translations reconfiguration-flow repair-issues stale-devices"
    ),
    "platinum": "async-dependency inject-websession strict-typing",
}


def load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / name).read_text(encoding="utf-8"))
    return content


TEXTS = {language: load(f"translations/{language}.json") for language in LANGUAGES}
ICONS = load("icons.json")


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its dotted path."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    else:
        yield path, data


def png_size(image: Path) -> tuple[int, int]:
    """Width and height, read from the header."""
    head = image.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def paths(data: Any) -> set[str]:
    return {path for path, _ in leaves(data)}


def keys_of(description: Told) -> set[str]:
    """Every translation key that a description may have, on any kind of meter."""
    if description.name_fn is None:
        return {description.translation_key}  # type: ignore[attr-defined]
    return {
        description.name_fn(Facts(phases=phases, tariff=tariff))
        for phases in (1, 3, None)
        for tariff in ("base", "hchp", "ejp", "tempo", None)
    }


def used_keys() -> dict[str, set[str]]:
    """The translation keys of all our entities, by platform."""
    return {
        "sensor": set().union(*(keys_of(description) for description in METER_SENSORS))
        | {str(description.translation_key) for description in (*LOAD_SENSORS, *COORDINATOR_SENSORS)}
        | {"last_try", "next_transition", "offloaded_loads", "last_offloads"}
        | {"house_withheld_today", "house_degree_hours_today"}
        | {str(description.translation_key) for description in (*BOX_SENSORS, *PLUG_SENSORS)}
        | OSSP_KEYS["sensor"],
        "binary_sensor": set().union(*(keys_of(description) for description in METER_BINARY_SENSORS))
        | {str(description.translation_key) for description in PLUG_BINARY_SENSORS}
        | {"box_problem"}
        | OSSP_KEYS["binary_sensor"],
        "button": {"try", "relearn"},
        "calendar": {"tariff"},
        "event": {"decision"},
        "number": {
            str(description.translation_key)
            for description in (
                *(ADJUSTMENT, FIXED_THRESHOLD, *METER_NUMBERS),
                *COORDINATOR_NUMBERS,
                *(*LOAD_NUMBERS, DECLARED_POWER, POSITION),
            )
        }
        | OSSP_KEYS["number"],
        "select": {"mode", "profile", "strategy", "measurement_delay"},
        "switch": {"enabled", "allowed", "real_time"} | OSSP_KEYS["switch"],
    }


# Texts ---------------------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things() -> None:
    assert paths(TEXTS["en"]) == paths(TEXTS["fr"])


def test_both_languages_have_the_same_placeholders() -> None:
    french = dict(leaves(TEXTS["fr"]))
    different = {
        path: (text, french[path])
        for path, text in leaves(TEXTS["en"])
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(french.get(path, "")))
    }
    assert different == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(re.compile(r"<[a-z/!]", re.IGNORECASE), id="HTML"),
        pytest.param(re.compile(r"[a-z0-9+.-]+://", re.IGNORECASE), id="a URL"),
        pytest.param(re.compile(r"\[%key"), id="a reference, which is never resolved in a custom integration"),
        pytest.param(re.compile(r"'\{[^}]*\}'"), id="a placeholder between single quotes"),
        pytest.param(re.compile(r"^\s|\s$"), id="a space at an end"),
        pytest.param(re.compile(r"^$"), id="nothing"),
        pytest.param(re.compile(r"\{(?![a-z_][a-z0-9_]*\})"), id="a placeholder that is no identifier"),
        pytest.param(re.compile(r"  "), id="two spaces"),
    ],
)
def test_no_text_holds(language: str, wrong: re.Pattern[str]) -> None:
    assert {path: text for path, text in leaves(TEXTS[language]) if wrong.search(text)} == {}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(re.compile(r" [:;?!»]|« "), id="a mark"),
        pytest.param(re.compile(r"\d \d{3}\b"), id="the thousands of a number"),
        pytest.param(re.compile(r"[\d}] (k?VAh?|k?Wh?|V|A|s|min|h|bauds?)\b|[\d}] (%|°C)"), id="a unit"),
    ],
)
def test_no_french_line_may_begin_with(wrong: re.Pattern[str]) -> None:
    """French sets a space there, which must not break: U+00A0, or U+202F before ; ? ! and between thousands."""
    assert {path: text for path, text in leaves(TEXTS["fr"]) if wrong.search(text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_of_a_menu_fits_on_a_phone(language: str) -> None:
    """The interface cuts it off after one line; that of a form may take two."""
    forms = [TEXTS[language]["config"], TEXTS[language]["options"], *TEXTS[language]["config_subentries"].values()]
    menus = [step for form in forms for step in form["step"].values() if "menu_options" in step]
    assert len(menus) > 5
    assert [step["title"] for step in menus if len(step["title"]) > 28] == []


def test_no_french_text_was_left_in_english() -> None:
    """Long texts that are the same in both languages were not translated."""
    french = dict(leaves(TEXTS["fr"]))
    assert {path: text for path, text in leaves(TEXTS["en"]) if text == french.get(path) and text.count(" ") > 2} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sections_are_those_that_home_assistant_knows(language: str) -> None:
    assert TEXTS[language].keys() <= TOP_LEVEL


def test_states_and_keys_of_entities_are_slugs_and_their_states_hold_no_placeholder() -> None:
    entity = TEXTS["en"]["entity"]
    assert [path for path, _ in leaves(entity) if not all(SLUG.fullmatch(key) for key in path.split("."))] == []
    assert [path for path, text in leaves(entity) if ".state" in path and PLACEHOLDER.search(text)] == []


def test_a_yes_or_no_without_a_class_of_its_own_is_said_in_words() -> None:
    """Else the interface says On and Off, or Activé and Désactivé."""
    classless = {
        description.name_fn(Facts(phases=1, tariff=None)) if description.name_fn else description.translation_key
        for description in METER_BINARY_SENSORS
        if description.device_class is None
    } | {description.translation_key for description in PLUG_BINARY_SENSORS if description.device_class is None}
    for language in LANGUAGES:
        texts = TEXTS[language]["entity"]["binary_sensor"]
        assert [key for key in classless if set(texts[str(key)].get("state", {})) != {"on", "off"}] == []


@pytest.mark.parametrize("platform", sorted(used_keys()))
def test_every_entity_has_its_name_and_every_name_its_entity(platform: str) -> None:
    assert set(TEXTS["en"]["entity"][platform]) == used_keys()[platform]


@pytest.mark.parametrize(
    "description",
    [*METER_SENSORS, *LOAD_SENSORS, *BOX_SENSORS, *PLUG_SENSORS],
    ids=lambda description: str(description.translation_key),
)
def test_the_options_of_an_enumeration_are_its_translated_states(description: Any) -> None:
    keys = keys_of(description) if isinstance(description, Told) else {description.translation_key}
    for key in keys:
        states = TEXTS["en"]["entity"]["sensor"][key].get("state", {})
        assert sorted(states) == sorted(description.options or [])


@pytest.mark.parametrize(
    ("where", "slugs"),
    [
        pytest.param(("sensor", "load_reason", "state"), set(Reason), id="reasons of a load"),
        pytest.param(
            ("sensor", "load_status", "state"),
            {*LoadStatus, "unreachable"} - {LoadStatus.UNAVAILABLE},
            id="states of a load",
        ),
        pytest.param(("select", "mode", "state"), set(OffloadMode), id="modes"),
        pytest.param(("select", "profile", "state"), set(Profile), id="profiles"),
        pytest.param(("select", "strategy", "state"), set(StrategyName), id="strategies"),
        pytest.param(("event", "decision", "state_attributes", "event_type", "state"), set(EventType), id="events"),
        pytest.param(("event", "decision", "state_attributes", "reason", "state"), set(Reason), id="reasons of events"),
    ],
)
def test_every_word_of_the_engine_is_translated(where: tuple[str, ...], slugs: set[str]) -> None:
    texts = TEXTS["en"]["entity"]
    for key in where:
        texts = texts[key]
    assert set(texts) == {str(slug) for slug in slugs}


@pytest.mark.parametrize(
    "description", [*METER_SENSORS, *METER_BINARY_SENSORS], ids=lambda description: description.key
)
def test_a_name_finds_its_placeholders(description: Any) -> None:
    platform = "sensor" if description in METER_SENSORS else "binary_sensor"
    given = set(description.translation_placeholders or {})
    for key in keys_of(description):
        assert set(PLACEHOLDER.findall(TEXTS["en"]["entity"][platform][key]["name"])) <= given


@pytest.mark.parametrize("section", ["exceptions", "issues"])
def test_every_exception_and_issue_is_raised_somewhere_and_every_link_error_is_told(section: str) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py")))
    assert {key for key in TEXTS["en"][section] if f'"{key}"' not in sources} == set()
    assert {str(error) for error in LinkError} <= set(TEXTS["en"][section])


# Icons ---------------------------------------------------------------------------------------------------------------


def test_every_entity_has_an_icon_and_no_icon_is_for_nobody() -> None:
    assert {platform: set(icons) for platform, icons in ICONS["entity"].items()} == used_keys()


def test_every_icon_is_of_the_material_design_set() -> None:
    assert [path for path, icon in leaves(ICONS) if not re.fullmatch(r"mdi:[a-z0-9]+(-[a-z0-9]+)*", icon)] == []


def test_icons_of_states_are_for_states_that_exist() -> None:
    texts = TEXTS["en"]["entity"]
    for platform, icons in ICONS["entity"].items():
        for key, icon in icons.items():
            known = set(texts[platform][key].get("state", {})) | {"on", "off"}
            assert set(icon.get("state", {})) <= known, f"{platform}.{key}"


# Metadata ------------------------------------------------------------------------------------------------------------


def test_the_keys_of_the_manifest_are_in_order() -> None:
    keys = list(load("manifest.json"))
    assert keys == ["domain", "name", *sorted(keys[2:])]


def test_the_quality_scale_tells_about_every_rule() -> None:
    rules = yaml.safe_load((ROOT / "quality_scale.yaml").read_text(encoding="utf-8"))["rules"]
    assert list(rules) == [rule for names in RULES.values() for rule in names.split()]
    for rule, told in rules.items():
        status = told if isinstance(told, str) else told["status"]
        assert status in {"done", "todo", "exempt"}, rule
        assert status != "exempt" or told["comment"], rule


@pytest.mark.parametrize(("name", "size"), [("icon.png", 256), ("icon@2x.png", 512)])
def test_the_brand_icon_has_its_size(name: str, size: int) -> None:
    assert png_size(ROOT / "brand" / name) == (size, size)


def test_other_brand_images_have_a_name_and_a_size_that_home_assistant_serves() -> None:
    for image in (ROOT / "brand").iterdir():
        assert image.name.removeprefix("dark_") in {"icon.png", "icon@2x.png", "logo.png", "logo@2x.png"}
        shortest = min(png_size(image))
        assert 128 <= shortest <= 256 or ("@2x" in image.name and 256 <= shortest <= 512), image.name
