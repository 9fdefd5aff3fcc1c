"""Zigbee2MQTT with a ZLinky_TIC: Zigbee attributes under names of their own (mqtt-formats §4).

One message holds the whole state, attributes of the mode that the meter is not in among them, with 0 or an empty
text. The first generation wrote the names in camelCase and energies in Wh; those stay, frozen, beside the present
ones in the state of a device that was there before, so the present names win.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from ..tic import Mode, Stge, describe_address
from .draft import Draft
from .forms import NO_VALUE, Refused, number
from .modes import ModeKeeper
from .oddity import Oddity
from .payload import Json, PayloadReader
from .zlinky_names import (
    EJP_NOTICE,
    FIRST_GENERATION,
    HISTORIC,
    HISTORIC_ONE,
    HISTORIC_THREE,
    PRESENT,
    STANDARD,
    STANDARD_KILOS,
    STANDARD_ONE,
    STANDARD_THREE,
    TIERS,
    WARNING_KEYS,
)

_NOTHING: Final = (None, "", NO_VALUE, 0xFFFF, 0xFFFF_FFFF)
"""What stands for no value: the null of z2m, and the "not measured" of Zigbee numbers."""

_STUCK_VA: Final = 350
"""VA above which a power beside a current of 0 A cannot be: half an ampere, and what a report may lag."""


class ZLinkyReader:
    """Chooses the mode, gives every attribute its label back, and refuses a power that hangs."""

    def __init__(self, counts: Counter[Oddity], modes: ModeKeeper) -> None:
        self._payloads = PayloadReader(counts)
        self._modes = modes
        self._three_phase = False
        self._hung: str | None = None

    def read(self, _topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        body = self._payloads.json(payload)
        if body is None:
            return
        body, to_wh = _present_names(body)
        mode = _mode(body) or self._modes.mode
        if mode is None:
            draft.odd(Oddity.NOT_KNOWN_YET)
            return
        self._modes.settle(mode)
        self._count_phases(body, draft)
        if mode is Mode.STANDARD:
            _put_all(STANDARD, body, draft)
            _put_all(STANDARD_THREE if self._three_phase else STANDARD_ONE, body, draft)
            _put_kilos(STANDARD_KILOS, body, draft, to_wh)
        else:
            self._historic(body, draft, to_wh)
        self._refuse_stuck(body, draft)

    def _count_phases(self, body: Json, draft: Draft) -> None:
        serial = body.get("meter_serial_number")
        model = describe_address(serial) if isinstance(serial, str) else None
        if model is not None and model.phases is not None:
            self._three_phase = model.phases == 3
        elif any(_is_number(body.get(key)) for key in ("total_apparent_power", "rms_current_ph_b", "rms_voltage_ph_b")):
            self._three_phase = True
        else:
            return
        draft.phases = 3 if self._three_phase else 1

    def _historic(self, body: Json, draft: Draft, to_wh: int) -> None:
        _put_all(HISTORIC, body, draft)
        _put_all(HISTORIC_THREE if self._three_phase else HISTORIC_ONE, body, draft)
        option = str(body.get("current_tarif")).rstrip(".")
        labels = TIERS.get(option[:3], ())
        tiers = {f"current_tier{tier}_summ_delivered": label for tier, label in enumerate(labels, 1)}
        if labels == TIERS["BAS"]:
            tiers = {"current_summ_delivered": "BASE"} | tiers
        _put_kilos(tiers, body, draft, to_wh)
        for key, label in WARNING_KEYS.items():
            amperes = body.get(key)
            if _is_number(amperes):
                draft.put(label, amperes)
            elif amperes == 0:
                draft.deny(label)
        if option == "EJP" and EJP_NOTICE in body:
            if _is_number(body[EJP_NOTICE]):
                draft.put("PEJP", body[EJP_NOTICE])
            else:
                draft.deny("PEJP")

    def _refuse_stuck(self, body: Json, draft: Draft) -> None:
        """Refuse a power that keeps its last value while the real one is 0, or nearly.

        The attributes come by reports of their own, so the register may be the one that is late: a power that moved
        since the contradiction began is alive.
        """
        power = draft.data("SINSTS") or draft.data("PAPP")
        if power is None or not _contradicted(draft, body, int(power)):
            self._hung = None
            return
        self._hung = power if self._hung is None else self._hung
        if not int(power) or power != self._hung:
            return
        draft.odd(Oddity.STUCK)
        for label in ("SINSTS", "SINSTS1", "SINSTS2", "SINSTS3", "PAPP"):
            draft.forget(label)
        status = draft.data("STGE")
        if status is not None and Stge.from_hex(status).exporting:
            draft.put("SINSTS", 0)


def _present_names(body: Json) -> tuple[Json, int]:
    """The message under present names, and how many Wh its unit of energy has."""
    if not PRESENT.isdisjoint(body):
        return body, 1000
    old = {FIRST_GENERATION[key]: value for key, value in body.items() if key in FIRST_GENERATION}
    return body | old, 1


def _mode(body: Json) -> Mode | None:
    """The mode of the meter, by what only one of them fills in; None for a state that nothing was read into yet.

    ``BASE`` names a contract of both modes; the other historic options end with a dot or are BBR.
    """
    tariff, revision, status = (body.get(key) for key in ("current_tarif", "software_revision", "status_register"))
    if isinstance(tariff, str) and (tariff.endswith(".") or tariff.startswith("BBR")):
        return Mode.HISTORIC
    if _is_number(revision) or (isinstance(status, str) and status.strip("0 ")):
        return Mode.STANDARD
    if isinstance(tariff, str) and tariff.strip() not in {"", "BASE"}:
        return Mode.STANDARD
    if body.get("active_register_tier_delivered") or body.get("mot_d_etat"):
        return Mode.HISTORIC
    return None


def _is_number(value: object) -> bool:
    """Whether an attribute holds a number that is not 0."""
    try:
        return value not in _NOTHING and number(value) > 0
    except Refused:
        return False


def _put_all(table: Mapping[str, str], body: Json, draft: Draft) -> None:
    for key, label in table.items():
        value = body.get(key, "")
        if isinstance(value, (dict, list)):
            draft.odd(Oddity.WRONG_TYPE)
        elif value is None or value == NO_VALUE:
            draft.odd(Oddity.NULL)
        elif value not in _NOTHING:
            draft.put(label, value)


def _put_kilos(table: Mapping[str, str], body: Json, draft: Draft, factor: int) -> None:
    for key, label in table.items():
        value = body.get(key)
        if isinstance(value, (dict, list)):
            draft.odd(Oddity.WRONG_TYPE)
        elif value not in _NOTHING:
            draft.put_scaled(label, value, factor)
            if factor != 1 and isinstance(value, int):
                draft.coarse.add(label)


def _contradicted(draft: Draft, body: Json, power_va: int) -> bool:
    """Whether the register or the current says that no such power is drawn."""
    status = draft.data("STGE")
    if status is not None and Stge.from_hex(status).exporting:
        return True
    currents = [value for phase in ("", "_ph_b", "_ph_c") if _is_present(value := body.get(f"rms_current{phase}"))]
    return bool(currents) and not any(currents) and power_va > _STUCK_VA


def _is_present(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value not in _NOTHING
