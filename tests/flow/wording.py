"""Checks that whatever a flow shows has its words, in every language, with no placeholder left open."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers.selector import ObjectSelector, SelectSelector

from custom_components.linky_offload.const import SUBENTRY_COORDINATOR, SUBENTRY_OSSP, SUBENTRY_PLUG
from custom_components.linky_offload.flow.ossp import OsspFlow
from custom_components.linky_offload.flow.plug import PlugFlow

FOLDER = Path(__file__).parents[2] / "custom_components" / "linky_offload" / "translations"
TEXTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
ROOTS: dict[type, tuple[str, ...]] = {
    ConfigFlow: ("config",),
    OptionsFlow: ("options",),
    PlugFlow: ("config_subentries", SUBENTRY_PLUG),
    OsspFlow: ("config_subentries", SUBENTRY_OSSP),
    ConfigSubentryFlow: ("config_subentries", SUBENTRY_COORDINATOR),
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _find(tree: Any, *path: str) -> str | None:
    for key in path:
        tree = tree.get(key, {}) if isinstance(tree, Mapping) else {}
    return tree if isinstance(tree, str) else None


def _form(step: tuple[str, ...], schema: Mapping[Any, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in schema.items():
        if isinstance(value, section):
            yield (*step, "sections", str(key), "name")
            yield from _form((*step, "sections", str(key)), value.schema.schema)
            continue
        yield (*step, "data", str(key))
        yield (*step, "data_description", str(key))
        if isinstance(value, SelectSelector) and (group := value.config.get("translation_key")) is not None:
            yield from (("/", "selector", group, "options", str(option)) for option in value.config["options"])
        if isinstance(value, ObjectSelector):
            rows = ("/", "selector", value.config["translation_key"], "fields")
            yield from ((*rows, field, text) for field in value.config["fields"] for text in ("name", "description"))


def _needed(result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The paths of all texts that the interface looks up for a result; those that begin with / are from the top."""
    step = ("step", str(result.get("step_id")))
    match result["type"]:
        case FlowResultType.FORM:
            yield (*step, "title")
            yield from _form(step, result["data_schema"].schema)
            yield from (("error", error) for error in (result["errors"] or {}).values())
        case FlowResultType.MENU:
            yield from ((*step, key) for key in ("title", "description"))
            for option in result["menu_options"]:
                yield (*step, "menu_options", option)
                yield (*step, "menu_option_descriptions", option)
        case FlowResultType.SHOW_PROGRESS:
            yield (*step, "title")
            yield ("progress", result["progress_action"])
        case FlowResultType.ABORT if result.get("translation_domain") is None:
            yield ("abort", result["reason"])


def missing_words(flow: object, result: Mapping[str, Any]) -> list[str]:
    """What the interface could not show of a result."""
    root = next((root for kind, root in ROOTS.items() if isinstance(flow, kind)), None)
    assert root is not None
    known = set(result.get("description_placeholders") or {})
    missing = []
    for language, texts in TEXTS.items():
        paths = list(_needed(result))
        for path in paths:
            full = path[1:] if path[0] == "/" else (*root, *path)
            text = _find(texts, *full)
            if text is None:
                missing.append(f"{language}: {'.'.join(full)}")
            elif open_ones := set(PLACEHOLDER.findall(text)) - known:
                missing.append(f"{language}: {'.'.join(full)} leaves {open_ones} open")
        description = _find(texts, *root, "step", str(result.get("step_id")), "description") or ""
        if result["type"] is FlowResultType.FORM and (open_ones := set(PLACEHOLDER.findall(description)) - known):
            missing.append(f"{language}: the description of {result['step_id']} leaves {open_ones} open")
    return missing
