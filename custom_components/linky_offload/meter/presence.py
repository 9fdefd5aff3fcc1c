"""Labels that speak by being there: they have no "off", they just stop coming (tic.md §6.3, §12.13).

They end at the first frame received whole without them. A lost group ends nothing; on a line so bad that no frame is
ever whole, the age of the latest one ends them.
"""

from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass

from ..tic import Mode
from .frames import ClosedFrame, FrameKind
from .quantity import Quantity
from .reading import Measured

WARNINGS = (Quantity.WARNING_CURRENT_1, Quantity.WARNING_CURRENT_2, Quantity.WARNING_CURRENT_3)
"""The currents of ADPS and ADIR, there only while the meter warns."""

DELIVERED_MAX_AGE_S = 60.0
"""Age at which a warning is over when it came in a partial message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """How the absence of a label is told.

    ``told_by``: the kind of whole frame that would have carried it, ``beside``: a label that such a frame holds.
    ``max_age_s``: age at which it is over anyway.
    ``under``: the tariff option under which absence is a plain "no"; otherwise absence leaves no value at all.
    """

    quantity: Quantity
    told_by: FrameKind = FrameKind.LONG
    beside: str
    max_age_s: float = 60.0
    under: str | None = None


PRESENCES: dict[Mode, dict[str, Presence]] = {
    Mode.HISTORIC: {
        "ADPS": Presence(quantity=Quantity.WARNING_CURRENT_1, beside="IINST", max_age_s=10),
        "DEMAIN": Presence(quantity=Quantity.COLOUR_TOMORROW, beside="OPTARIF"),
        "PEJP": Presence(quantity=Quantity.EJP_NOTICE, beside="OPTARIF", under="ejp"),
    }
    # One frame in 21 is a long one while an overload lasts, and it never carries ADIR: only a short one tells.
    | {
        f"ADIR{phase}": Presence(quantity=quantity, told_by=FrameKind.SHORT, beside="IINST1", max_age_s=10)
        for phase, quantity in enumerate(WARNINGS, 1)
    },
    Mode.STANDARD: {
        "DPM1": Presence(quantity=Quantity.PEAK_1_START, beside="STGE"),
        "FPM1": Presence(quantity=Quantity.PEAK_1_END, beside="STGE"),
        "DPM2": Presence(quantity=Quantity.PEAK_2_START, beside="STGE"),
        "FPM2": Presence(quantity=Quantity.PEAK_2_END, beside="STGE"),
        "DPM3": Presence(quantity=Quantity.PEAK_3_START, beside="STGE"),
        "FPM3": Presence(quantity=Quantity.PEAK_3_END, beside="STGE"),
        "PPOINTE": Presence(quantity=Quantity.PROFILE_PEAK, beside="STGE"),
    },
}


def end_absent(values: MutableMapping[Quantity, Measured], frame: ClosedFrame, mode: Mode, now: float) -> None:
    """Take out of ``values`` what the closed ``frame`` shows to be over."""
    for label, presence in PRESENCES[mode].items():
        if label in frame.labels:
            continue
        held = values.get(presence.quantity)
        outlived = held is not None and now - held.at > presence.max_age_s
        told = frame.complete and frame.kind is presence.told_by and presence.beside in frame.labels
        if not (told or outlived):
            continue
        option = values.get(Quantity.TARIFF_OPTION)
        if presence.under is not None and option is not None and option.value == presence.under:
            values[presence.quantity] = Measured(value=False, at=now)
        else:
            values.pop(presence.quantity, None)
    if mode is Mode.HISTORIC:
        _judge_overload(values, frame, now)


def end_delivered(
    values: MutableMapping[Quantity, Measured], mode: Mode, now: float, *, absent: Collection[str] = ()
) -> None:
    """Take out of ``values`` what a bridge says to be over, and a warning not said again for ``DELIVERED_MAX_AGE_S``.

    Its messages are partial: what they lack ends nothing.
    """
    for label, presence in PRESENCES[mode].items():
        held = values.get(presence.quantity)
        outlived = held is not None and presence.quantity in WARNINGS and now - held.at > DELIVERED_MAX_AGE_S
        if outlived or label in absent:
            values.pop(presence.quantity, None)
    held = values.get(Quantity.OVER_REFERENCE)
    if mode is Mode.HISTORIC and held is not None and held.value is True and not _warned(values):
        values[Quantity.OVER_REFERENCE] = Measured(value=False, at=now)


def _warned(values: Mapping[Quantity, Measured]) -> bool:
    return any(warning in values for warning in WARNINGS)


def _judge_overload(values: MutableMapping[Quantity, Measured], frame: ClosedFrame, now: float) -> None:
    """Historic mode warns by ADPS and ADIR alone: no warning left, or a whole frame without one, is a "no"."""
    if _warned(values):
        return
    heard = frame.complete and frame.kind is not FrameKind.IDLE
    held = values.get(Quantity.OVER_REFERENCE)
    if heard or (held is not None and held.value is True):
        values[Quantity.OVER_REFERENCE] = Measured(value=False, at=now)
