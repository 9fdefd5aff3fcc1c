"""The parts of the bench: what an appliance does, how it is configured, and a view of the meter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from custom_components.linky_offload.meter import Breaker as BreakerState, Mode, PhaseReading, Reading
from custom_components.linky_offload.offload import CoordinatorSettings, LoadSettings

type Base = Callable[[float], tuple[float, ...]]

EAGER: Mapping[str, float] = MappingProxyType({"minimum_off_s": 0.0, "minimum_on_s": 0.0})
"""Settings of a load that may be switched at any time."""


def steps(*changes: tuple[float, float | tuple[float, ...]]) -> Base:
    """A base load that changes at given seconds: (0, 500), (60, 7000) …; tuples are VA by phase."""

    def base(now: float) -> tuple[float, ...]:
        present: float | tuple[float, ...] = 0.0
        for at, va in changes:
            if now >= at:
                present = va
        return present if isinstance(present, tuple) else (present,)

    return base


@dataclass(slots=True, kw_only=True)
class Plug:
    """One appliance behind one switchable plug, as it really is.

    ``va``: what it draws while it runs, spread over ``phases``. ``asks``: whether it asks for power (a thermostat).
    ``deaf``: orders have no effect. ``lies``: it says that it obeyed, and does not.
    """

    load_id: str
    va: float
    phases: tuple[int, ...] = (1,)
    latency_s: float = 1.0
    on: bool = True
    available: bool = True
    deaf: bool = False
    lies: bool = False
    asks: Callable[[float], bool] = field(default=lambda _now: True)
    measured: bool = False
    settings: LoadSettings = field(init=False)

    def draw_va(self, now: float) -> float:
        """What it takes from the house."""
        return self.va if (self.on or self.lies) and self.asks(now) else 0.0


def plug(load_id: str, va: float, **options: Any) -> Plug:
    """A plug and what its owner configured: declared power unless ``measured`` or ``declared=None``."""
    names = LoadSettings.__dataclass_fields__.keys() - Plug.__dataclass_fields__.keys()
    configured = {key: options.pop(key) for key in list(options) if key in names}
    declared = options.pop("declared", None if options.get("measured") else va)
    known_phases = options.pop("known_phases", options.get("phases", (1,)))
    made = Plug(load_id=load_id, va=va, **options)
    made.settings = LoadSettings(
        load_id=load_id,
        name=load_id,
        phases=known_phases,
        declared_va=declared,
        measured=made.measured,
        **{**EAGER, **configured},
    )
    return made


def coordinator(*loads: Plug, name: str = "main", **options: Any) -> CoordinatorSettings:
    """An offload coordinator over these plugs, in this order."""
    return CoordinatorSettings(coordinator_id=name, name=name, loads=tuple(load.settings for load in loads), **options)


def reading(
    now: float,
    powers: Iterable[float | None],
    *,
    contract_va: int = 6000,
    cadence_s: float | None = 1.5,
    trip_y: Sequence[float] | None = None,
    breaker: BreakerState | None = None,
    at: float | None = None,
    over_reference: bool | None = None,
) -> Reading:
    """A view of the meter; without ``trip_y`` each filter stands where its power would leave it."""
    powers = tuple(powers)
    share = contract_va / len(powers)
    ys = [((power or 0.0) / share) ** 2 for power in powers] if trip_y is None else trip_y
    return Reading(
        now=now,
        mode=Mode.STANDARD,
        address=None,
        contract_va=contract_va,
        cutoff_va=contract_va,
        phases=tuple(
            PhaseReading(
                phase=number, power_va=power, estimated=False, at=now if at is None else at, trip_y=y, share_va=share
            )
            for number, (power, y) in enumerate(zip(powers, ys, strict=True), 1)
        ),
        over_reference=over_reference,
        exporting=None,
        breaker=breaker,
        cadence_s=cadence_s,
        power_changed=True,
        values=MappingProxyType({}),
    )
