"""Power of one phase: active, reactive and distortion, from which the apparent power follows."""

from collections.abc import Iterable
from dataclasses import dataclass
import math


@dataclass(frozen=True, slots=True)
class Power:
    """P in W (import positive), Q in var, D in VA; S² = P² + Q² + D²."""

    p_w: float = 0.0
    q_var: float = 0.0
    d_va: float = 0.0

    @property
    def s_va(self) -> float:
        """Apparent power, VA, without sign."""
        return math.hypot(self.p_w, self.q_var, self.d_va)

    @property
    def signed_va(self) -> float:
        """Apparent power with the sign of P: what a phase adds to the three-phase total (54E §6.2.3.10)."""
        return self.s_va if self.p_w >= 0 else -self.s_va

    @property
    def import_va(self) -> float:
        """Apparent power that the filter of this phase takes: none while it exports."""
        return self.s_va if self.p_w >= 0 else 0.0


DARK = Power()


def total(powers: Iterable[Power]) -> Power:
    """Add loads on one phase. Distortions of different loads are not in step, so they add by squares."""
    p_w = q_var = d_squared = 0.0
    for power in powers:
        p_w += power.p_w
        q_var += power.q_var
        d_squared += power.d_va**2
    return Power(p_w, q_var, math.sqrt(d_squared))


def of_motor(p_w: float, power_factor: float) -> Power:
    """Return an inductive load of `p_w` W and the given power factor (0…1]."""
    return Power(p_w, p_w * math.sqrt(1 / power_factor**2 - 1))


def modulated(nominal_w: float, level: float) -> Power:
    """Return a resistive load dimmed to `level` (0…1) by phase angle or bursts.

    Its current stays that of full power for part of the time, so Irms follows √level: S = Pn·√L, D² = Pn²·(L − L²).
    """
    return Power(nominal_w * level, 0.0, nominal_w * math.sqrt(max(level - level**2, 0.0)))
