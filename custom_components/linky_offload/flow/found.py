"""What a search for the meter brings back, whatever the source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..const import CONF_ADDRESS, CONF_CONTRACT_VA, CONF_MODE, CONF_PHASES, CONF_TARIFF
from ..meter import Quantity, Reading
from ..tic import MeterModel, Mode, describe_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A meter that was found.

    ``connection``: what of the entry's data makes its source. ``where``: the source in the words of the person.
    ``contract_sure`` is False when the contract is unknown or was rounded from amperes. ``mode`` is None where the
    source knows no such thing. ``slow``: it speaks too rarely to protect anything.
    """

    connection: Mapping[str, Any]
    where: str
    mode: Mode | None
    phases: int
    address: str | None
    contract_va: int | None
    contract_sure: bool
    tariff: str | None
    slow: bool = False

    @property
    def model(self) -> MeterModel | None:
        """What the address tells of the meter."""
        return None if self.address is None else describe_address(self.address)

    @property
    def facts(self) -> dict[str, Any]:
        """The part of the entry's data that the source tells."""
        return {
            **self.connection,
            CONF_ADDRESS: self.address,
            CONF_MODE: None if self.mode is None else self.mode.value,
            CONF_PHASES: self.phases,
            CONF_CONTRACT_VA: self.contract_va,
            CONF_TARIFF: self.tariff,
        }


def _whole(reading: Reading, quantity: Quantity) -> int | None:
    measured = reading.values.get(quantity)
    return measured.value if measured is not None and isinstance(measured.value, int) else None


def found_in(reading: Reading, *, connection: Mapping[str, Any], where: str) -> Found | None:
    """Sum up a reading; None while it lacks the mode or any phase."""
    if reading.mode is None or not reading.phases:
        return None
    phases = len(reading.phases)
    # The meter's own word: the reading's contract may be the person's.
    contract_va = _whole(reading, Quantity.CONTRACT_POWER)
    amperes = _whole(reading, Quantity.SUBSCRIBED_CURRENT)
    tariff = reading.values.get(Quantity.TARIFF_OPTION) or reading.values.get(Quantity.CALENDAR)
    return Found(
        connection=connection,
        where=where,
        mode=reading.mode,
        phases=phases,
        address=reading.address,
        contract_va=contract_va,
        # 1 kVA is 5 A on one phase but 1.67 A on three, which the meter rounds (tic.md §6.5).
        contract_sure=contract_va is not None and (amperes is None or amperes * 200 * phases == contract_va),
        tariff=None if tariff is None else " ".join(str(tariff.value).split()) or None,
    )


def masked(address: str) -> str:
    """A meter address without its serial number: it identifies a home."""
    return f"{address[:6]}••••{address[-2:]}"
