"""Forms that hold several appliances, a section each.

The keys of the sections are fixed, ``load_1`` and so on, and their titles hold a placeholder, since texts of keys made
on the fly could not be translated. An error inside a section is shown by Home Assistant only at the section as a whole,
so errors go by the section's key.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from homeassistant.data_entry_flow import section
import probatio

from .load import LoadDraft

PAGE: Final = 6
"""Appliances in one form."""

_EXPANDED: Final = 3  # more sections than this are folded


def section_key(place: int) -> str:
    """The key of the section at ``place``, counted from 0."""
    return f"load_{place + 1}"


def in_sections(
    fields: dict[probatio.Marker, object], drafts: Sequence[LoadDraft], errors: Mapping[str, str]
) -> probatio.Schema:
    """A form with a section for each draft; folded when they are many, but for those with an error."""
    folded = len(drafts) > _EXPANDED
    return probatio.Schema(
        {
            probatio.Required(key): section(probatio.Schema(fields), {"collapsed": folded and key not in errors})
            for key in map(section_key, range(len(drafts)))
        }
    )
