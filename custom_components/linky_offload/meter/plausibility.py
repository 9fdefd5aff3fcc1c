"""What may be believed of a group whose checksum is right (tic.md §3.3, §11; one random group in 64 passes).

A wrong value must not pass, a right one must not wait for long: whatever is refused only because it is unlikely is
accepted once the meter has said it, or something that agrees with it, in three groups in a row.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .quantity import Quantity
from .reading import Measured

PERSISTENCE = 3
"""Groups in a row that make an unlikely value true."""

FIRST_INDEXES = 2
"""Groups in a row that make the first value of an index true: a wrong first one would look like a meter reset."""

MAX_POWER_VA = 54_000
"""One and a half times the largest contract of these meters, 36 kVA."""

MAX_CURRENT_A = 300
MAX_VOLTAGE_V = 300
CONTRACT_MULTIPLE = 3
"""Power or current, over the contract's, above which a value needs a second witness."""

_LARGEST_CONTRACT_VA = 36_000
_SPARE_CURRENT_A = 15
_HIGHEST_MAINS_V = 260


class Refusal(StrEnum):
    """Why a value was refused."""

    FORMAT = "format"
    POWER = "power"
    CURRENT = "current"
    VOLTAGE = "voltage"
    INDEX = "index"
    MAXIMUM = "maximum"
    CONTRACT = "contract"
    PHASE_SUM = "phase_sum"
    CLOCK = "clock"
    STATUS = "status"
    UNCONFIRMED = "unconfirmed"


@dataclass(slots=True, kw_only=True)
class Limits:
    """What is known of the home, kept up to date by the meter. ``current_a``: latest amperes of all phases."""

    contract_va: int | None = None
    phases: int | None = None
    current_a: float | None = None


type Judge = Callable[[Measured, Measured | None, Limits], bool]


def _number(measured: Measured) -> float:
    if isinstance(measured.value, bool) or not isinstance(measured.value, (int, float)):
        msg = f"not a number: {measured.value!r}"
        raise TypeError(msg)
    return measured.value


def _possible_power(new: Measured, _last: Measured | None, _limits: Limits) -> bool:
    return 0 <= _number(new) <= MAX_POWER_VA


def _near(new: Measured, last: Measured | None) -> bool:
    return last is not None and abs(_number(new) - _number(last)) <= 0.25 * max(_number(new), _number(last))


def _likely_power(new: Measured, last: Measured | None, limits: Limits) -> bool:
    power = _number(new)
    if limits.contract_va is None or power <= CONTRACT_MULTIPLE * limits.contract_va or _near(new, last):
        return True
    return limits.current_a is not None and power <= (limits.current_a + 1) * _HIGHEST_MAINS_V


def _possible_current(new: Measured, _last: Measured | None, _limits: Limits) -> bool:
    return 0 <= _number(new) <= MAX_CURRENT_A


def _likely_current(new: Measured, last: Measured | None, limits: Limits) -> bool:
    if limits.contract_va is None or limits.phases is None or _near(new, last):
        return True
    contract_a = limits.contract_va / limits.phases / 200
    return _number(new) <= CONTRACT_MULTIPLE * contract_a + _SPARE_CURRENT_A


def _possible_voltage(new: Measured, _last: Measured | None, _limits: Limits) -> bool:
    return 0 <= _number(new) <= MAX_VOLTAGE_V


def _possible_contract(new: Measured, _last: Measured | None, _limits: Limits) -> bool:
    return 1000 <= _number(new) <= _LARGEST_CONTRACT_VA


def _possible_subscribed_current(new: Measured, _last: Measured | None, _limits: Limits) -> bool:
    return 1 <= _number(new) <= 90


def follows(new: Measured, last: Measured, contract_va: float) -> bool:
    """Whether an index may go from ``last`` to ``new``: never down, nor faster than 1.5 × the contract (tic.md §11)."""
    increase = _number(new) - _number(last)
    slope = 1.5 * contract_va * max(0.0, new.at - last.at) / 3600
    return 0 <= increase <= max(10.0, slope + 5)


def _likely_import(new: Measured, last: Measured | None, limits: Limits) -> bool:
    return last is not None and follows(new, last, limits.contract_va or _LARGEST_CONTRACT_VA)


def _likely_export(new: Measured, last: Measured | None, _limits: Limits) -> bool:
    # A producer may inject more than the contract of its consumption.
    return last is not None and follows(new, last, _LARGEST_CONTRACT_VA)


def _likely_maximum(new: Measured, last: Measured | None, _limits: Limits) -> bool:
    """The maximum of a day only rises within that day."""
    if last is None or new.horodate is None or last.horodate is None:
        return True
    return new.horodate.date() != last.horodate.date() or _number(new) >= _number(last)


def _anything(_new: Measured, _last: Measured | None, _limits: Limits) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """``possible``: outside it a value is never believed; ``likely``: outside it, at its third repetition."""

    refusal: Refusal
    possible: Judge = _anything
    likely: Judge = _anything
    is_index: bool = False


_LIVE_POWER = _Rule(refusal=Refusal.POWER, possible=_possible_power, likely=_likely_power)
_ANY_POWER = _Rule(refusal=Refusal.POWER, possible=_possible_power)
_LIVE_CURRENT = _Rule(refusal=Refusal.CURRENT, possible=_possible_current, likely=_likely_current)
_ANY_CURRENT = _Rule(refusal=Refusal.CURRENT, possible=_possible_current)
_VOLTAGE = _Rule(refusal=Refusal.VOLTAGE, possible=_possible_voltage)
_IMPORT = _Rule(refusal=Refusal.INDEX, likely=_likely_import, is_index=True)
_EXPORT = _Rule(refusal=Refusal.INDEX, likely=_likely_export, is_index=True)
_MAXIMUM = _Rule(refusal=Refusal.MAXIMUM, possible=_possible_power, likely=_likely_maximum)
_CONTRACT = _Rule(refusal=Refusal.CONTRACT, possible=_possible_contract)
_SUBSCRIBED = _Rule(refusal=Refusal.CONTRACT, possible=_possible_subscribed_current)

_QUANTITIES: tuple[tuple[_Rule, tuple[str, ...]], ...] = (
    (_LIVE_POWER, ("apparent_power", "apparent_power_1", "apparent_power_2", "apparent_power_3")),
    (_ANY_POWER, ("apparent_power_export", "max_active_power", "max_export_yesterday")),
    (_ANY_POWER, ("max_power_yesterday", "max_power_yesterday_1", "max_power_yesterday_2", "max_power_yesterday_3")),
    (_ANY_POWER, ("load_curve", "load_curve_previous", "export_curve", "export_curve_previous")),
    (_MAXIMUM, ("max_power_today", "max_power_today_1", "max_power_today_2", "max_power_today_3", "max_export_today")),
    (_LIVE_CURRENT, ("current_1", "current_2", "current_3")),
    (_ANY_CURRENT, ("warning_current_1", "warning_current_2", "warning_current_3")),
    (_ANY_CURRENT, ("max_current_1", "max_current_2", "max_current_3")),
    (_VOLTAGE, ("voltage_1", "voltage_2", "voltage_3")),
    (_VOLTAGE, ("mean_voltage_1", "mean_voltage_2", "mean_voltage_3")),
    (_IMPORT, ("import_total", *(f"import_index_{index}" for index in range(1, 11)))),
    (_IMPORT, ("grid_index_1", "grid_index_2", "grid_index_3", "grid_index_4")),
    (_EXPORT, ("export_total", "reactive_q1", "reactive_q2", "reactive_q3", "reactive_q4")),
    (_CONTRACT, ("contract_power", "cutoff_power")),
    (_SUBSCRIBED, ("subscribed_current",)),
)

RULES = {Quantity(name): rule for rule, names in _QUANTITIES for name in names}
"""What is asked of a quantity; the others are texts and flags that the decoder has already checked."""


@dataclass(slots=True)
class _Doubt:
    """An unlikely value, and how many groups in a row have said it."""

    latest: Measured
    count: int


class Plausibility:
    """Judges every value before it is believed, and counts the refusals by kind."""

    def __init__(self) -> None:
        self.refused: Counter[Refusal] = Counter()
        self._doubts: dict[Quantity, _Doubt] = {}

    def accepts(self, quantity: Quantity, new: Measured, last: Measured | None, limits: Limits) -> bool:
        """Whether ``new`` may replace ``last``, the value believed until now (None for the first)."""
        rule = RULES.get(quantity)
        if rule is None:
            return True
        if not rule.possible(new, last, limits):
            self.refused[rule.refusal] += 1
            return False
        if rule.likely(new, last, limits):
            self._doubts.pop(quantity, None)
            return True
        needed = FIRST_INDEXES if rule.is_index and last is None else PERSISTENCE
        if self._repeated(quantity, new, rule) >= needed:
            del self._doubts[quantity]
            return True
        if needed == PERSISTENCE:
            self.refused[rule.refusal] += 1
        return False

    def forget(self) -> None:
        """The meter changed its mode: the doubts of the other one are void."""
        self._doubts.clear()

    def _repeated(self, quantity: Quantity, new: Measured, rule: _Rule) -> int:
        doubt = self._doubts.get(quantity)
        if doubt is None or not _agrees(new, doubt.latest, rule):
            self._doubts[quantity] = doubt = _Doubt(new, 0)
        doubt.latest = new
        doubt.count += 1
        return doubt.count


def _agrees(new: Measured, before: Measured, rule: _Rule) -> bool:
    """Whether two unlikely values confirm each other: an index moves on at a sane pace, another value stays near."""
    return follows(new, before, _LARGEST_CONTRACT_VA) if rule.is_index else _near(new, before)
