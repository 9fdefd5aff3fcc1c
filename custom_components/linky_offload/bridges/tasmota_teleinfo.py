"""Tasmota teleinfo (mqtt-formats §1): what the firmware made of the TIC, and the TIC itself."""

from collections import Counter
from typing import Final

from ..meter import Quantity
from ..tic import Mode
from .draft import Draft
from .forms import Refused, number
from .labels_in import put_labels
from .modes import ModeKeeper
from .oddity import Oddity
from .payload import Json, PayloadReader, section
from .tariffs import Period, Plan, read_plan
from .tasmota import without_alerts

_PHASES: Final = (1, 2, 3)
_MAX_POWER_W: Final = 54_000
"""One and a half times the largest contract of these meters, 36 kVA."""

_RELAYS: Final = 8
_WARNINGS: Final = ("ADPS", "ADIR1", "ADIR2", "ADIR3")
_WARNED: Final = frozenset({*_WARNINGS, "ADIR", "STGE"})
_SECTIONS: Final = frozenset({"METER", "CONTRACT", "CAL", "RELAY", "ALERT", "TIC", "ENERGY"})


class TasmotaTeleinfoReader:
    """Topics ``SENSOR`` (sections), ``LIVE`` (METER alone) and ``TIC`` (labels alone).

    The sections do not say in which mode the meter is; the names of the periods do, and the labels where they come.
    """

    def __init__(self, counts: Counter[Oddity], modes: ModeKeeper) -> None:
        self._payloads = PayloadReader(counts)
        self._modes = modes
        self._plan: Plan | None = None
        self._phases: int | None = None
        self._spoken = False

    def read(self, _topic: str, payload: bytes, draft: Draft) -> None:
        """Read one message."""
        body = self._payloads.json(payload)
        if body is None:
            return
        labels = section(body, "TIC") or ({} if _SECTIONS & body.keys() else body)
        contract = section(body, "CONTRACT")
        self._learn_plan(contract)
        meter = section(body, "METER")
        self._spoken = self._spoken or bool(meter) or bool(labels)
        if meter:
            self._meter(meter, draft)
        elif not self._spoken:
            _energy(section(body, "ENERGY"), draft)
        if contract:
            self._contract(contract, draft)
        self._calendar(section(body, "CAL"), draft)
        self._relays(section(body, "RELAY"), draft)
        if alert := section(body, "ALERT"):
            _alert(alert, draft)
        # Last: what the meter said wins over what was made of it.
        if labels:
            put_labels(without_alerts(labels, draft), draft)

    @property
    def _historic(self) -> bool:
        return self._modes.mode is Mode.HISTORIC

    def _learn_plan(self, contract: Json) -> None:
        plan = read_plan(contract)
        if plan is not None:
            self._plan = plan
            if plan.mode is not None:
                self._modes.settle(plan.mode)

    def _meter(self, meter: Json, draft: Draft) -> None:
        phases = meter.get("PH")
        if isinstance(phases, int) and phases in {1, 3}:
            self._phases = draft.phases = int(phases)
        count = self._phases or 1
        names = _PHASES[:count]
        if self._historic:
            _put(draft, "ISOUSC", meter, "ISUB")
            for phase in names:
                _put(draft, "IINST" if count == 1 else f"IINST{phase}", meter, f"I{phase}")
            _put(draft, "PAPP", meter, "P")
        else:
            _put_scaled(draft, "PREF", meter, "PSUB", count / 1000)
            for phase in names:
                _put(draft, f"IRMS{phase}", meter, f"I{phase}")
                _put(draft, f"URMS{phase}", meter, f"U{phase}")
                if count == 3:
                    _put(draft, f"SINSTS{phase}", meter, f"P{phase}")
            _put(draft, "SINSTS", meter, "P")
            _put(draft, "SINSTI", meter, "PP")
        _active_power(meter, draft)

    def _contract(self, contract: Json, draft: Draft) -> None:
        _put(draft, "ADCO" if self._historic else "ADSC", contract, "serial")
        _put(draft, "EAIT", contract, "PROD")
        plan = self._plan
        if plan is None:
            _put(draft, "EAST", contract, "CONSO")
            return
        if not self._historic:
            _put(draft, "EAST", contract, "CONSO")
        for key, label in plan.indexes.items():
            _put(draft, label, contract, key)
        plan.tell(Period.of_contract(contract), draft)
        plan.tell_tomorrow(contract.get("tmrw"), draft)

    def _calendar(self, calendar: Json, draft: Draft) -> None:
        if calendar and self._plan is not None:
            self._plan.tell(Period.of_calendar(calendar), draft)

    def _relays(self, relays: Json, draft: Draft) -> None:
        states = [relays.get(f"V{relay}") for relay in range(1, _RELAYS + 1)]
        if not self._historic and all(isinstance(state, int) and state in {0, 1} for state in states):
            draft.put("RELAIS", sum(1 << bit for bit, state in enumerate(states) if state))


def _put(draft: Draft, label: str, body: Json, key: str) -> None:
    if key in body:
        value = body[key]
        if isinstance(value, float):
            draft.put_scaled(label, value, 1)
        else:
            draft.put(label, value)


def _put_scaled(draft: Draft, label: str, body: Json, key: str, factor: float) -> None:
    if key in body:
        draft.put_scaled(label, body[key], factor)


def _active_power(meter: Json, draft: Draft) -> None:
    """The power in W that the firmware works out of the indexes; 0 until it has, and that is not a power."""
    if "W" not in meter:
        return
    try:
        drawn_va, drawn_w = number(meter.get("P", 0)), number(meter["W"])
        fed_va, fed_w = number(meter.get("PP", 0)), number(meter.get("PW", 0))
    except Refused as refusal:
        draft.odd(refusal.oddity)
        return
    if (drawn_va and not drawn_w) or (fed_va and not fed_w):
        draft.odd(Oddity.NOT_KNOWN_YET)
    else:
        draft.measure(Quantity.ACTIVE_POWER, drawn_w - fed_w, -_MAX_POWER_W, _MAX_POWER_W)


def _alert(alert: Json, draft: Draft) -> None:
    """An overload that the meter itself told: the firmware's own percentage (``MAXn``) says nothing of the contract."""
    if "load" in alert:
        load = alert["load"]
        over = isinstance(load, str) and load in _WARNED
        clear = load == ""
    else:
        load = alert.get("Load")
        over, clear = load == 1, load == 0
    if over:
        draft.tell(Quantity.OVER_REFERENCE, value=True)
    elif clear:
        draft.tell(Quantity.OVER_REFERENCE, value=False)
        draft.deny(*_WARNINGS)


def _energy(energy: Json, draft: Draft) -> None:
    """The section that every Tasmota with a meter has, used where a firmware gives nothing better."""
    _put_scaled(draft, "EAST", energy, "Total", 1000)
    powers, voltages, currents = (energy.get(key) for key in ("ApparentPower", "Voltage", "Current"))
    if isinstance(powers, list):
        if len(powers) != len(_PHASES):
            return
        draft.phases = 3
        for phase, power in enumerate(powers, 1):
            draft.put_scaled(f"SINSTS{phase}", power, 1)
        _put_each(draft, "URMS", voltages)
        _put_each(draft, "IRMS", currents)
    else:
        _put_scaled(draft, "SINSTS", energy, "ApparentPower", 1)
        _put_each(draft, "URMS", [voltages])
        _put_each(draft, "IRMS", [currents])


def _put_each(draft: Draft, label: str, values: object) -> None:
    if isinstance(values, list) and len(values) <= len(_PHASES):
        for phase, value in enumerate(values, 1):
            if value is not None:
                draft.put_scaled(f"{label}{phase}", value, 1)
