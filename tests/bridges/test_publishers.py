"""Every bridge, as it publishes a whole home: recognised without help, and read right to the last digit."""

from collections.abc import Iterator
from itertools import product

import pytest

from custom_components.linky_offload.bridges import Bridge, Format, Found, Oddity, Survey
from custom_components.linky_offload.meter import Meter, Quantity, Reading
from simulator.bridges import NAMES, publisher
from simulator.meter import PARIS, SimulatedMeter
from simulator.power import Power
from simulator.state import Indexes, MeterState, whole
from simulator.tariff import Calendar, TariffKind
from simulator.tic import Mode

FORMATS = {
    **dict.fromkeys(("tasmota_teleinfo", "tasmota_teleinfo_old"), Format.TASMOTA_TELEINFO),
    **dict.fromkeys(("tasmota", "tasmota_changes", "tasmota_flat"), Format.TASMOTA),
    **dict.fromkeys(("teleinfo2mqtt", "tic2mqtt_json"), Format.RAW_VALUE),
    **dict.fromkeys(("zlinky", "zlinky_first"), Format.ZLINKY),
    **dict.fromkeys(("flat", "linky_state"), Format.FLAT),
    **dict.fromkeys(("tic_frame", "tic_lines"), Format.TIC_LINES),
    "linkytop": Format.LINKYTOP,
    "linkyrpi": Format.LINKY_RPI,
}
WITHOUT_CONTRACT = {"linkytop", "linky2mqtt", "linky_tic_mqtt"}
WITHOUT_ADDRESS = WITHOUT_CONTRACT
ONE_PHASE_ONLY = {"linkytop", "linky_tic_mqtt", "teleinfokit_first"}
"""Bridges that send nothing by which a phase could be told."""

PEAK_HOURS_ONLY = {"linkytop", "teleinfokit_first"}
"""Bridges that send the indexes of one contract."""

EXPECTED_ODDITIES = {Oddity.NULL, Oddity.DUPLICATE_KEY, Oddity.NOTHING, Oddity.NOT_KNOWN_YET, Oddity.BAD_VALUE}
"""What the publishers put in on purpose: nulls, repeated keys, values of the bridge's own, words before the mode."""

SECONDS = {"linky2mqtt": 34}
"""It names the first current alike on one phase and on three: the meter waits for a second one."""

USUAL_SECONDS = 14


def registers(tariff: TariffKind) -> Indexes:
    shares = [12_345_678] if tariff is TariffKind.BASE else [7_000_000, 5_345_678]
    return Indexes(import_wh=12_345_678, supplier_wh=(*shares, *[0] * (10 - len(shares))))


class Home:
    """A simulated meter whose load rises, and its bridge."""

    def __init__(self, name: str, mode: Mode, phases: int, tariff: TariffKind) -> None:
        self.name = name
        self.simulated = SimulatedMeter(
            contract_kva=9 * phases, phases=phases, mode=mode, calendar=Calendar(kind=tariff), indexes=registers(tariff)
        )
        self.simulated.settle([Power(1000, 200)] * phases)

    def messages(self) -> Iterator[tuple[str, bytes, float]]:
        """Topic, payload and time of what the bridge sends from its start on."""
        bridge = publisher(self.name)
        for _ in range(SECONDS.get(self.name, USUAL_SECONDS)):
            self.simulated.step([Power(1000.0 + 10 * self.simulated.elapsed_s, 200)] * self.simulated.phases)
            for message in bridge.messages(self.simulated.state()):
                yield message.topic, message.payload, float(self.simulated.elapsed_s)

    def find(self) -> Found:
        """What fifteen seconds and some of listening find."""
        survey = Survey()
        for topic, payload, _ in self.messages():
            survey.hear(topic, payload, retained=False)
        (found,) = survey.found()
        return found

    def read(self, bridge: Bridge) -> Reading:
        """What the meter says after some time of its messages."""
        meter = Meter(local_tz=PARIS)
        for topic, payload, now in self.messages():
            delivery = bridge.take(topic, payload, retained=False, now=now)
            if delivery is not None:
                meter.receive(delivery, now)
        assert not meter.stats
        return meter.reading(self.simulated.elapsed_s)

    @property
    def state(self) -> MeterState:
        """The truth."""
        return self.simulated.state()


def homes() -> Iterator[object]:
    meters = [(1, TariffKind.BASE), (1, TariffKind.HC), (1, TariffKind.TEMPO), (3, TariffKind.TEMPO)]
    for name, mode, (phases, tariff) in product(NAMES, Mode, meters):
        possible = mode is Mode.HISTORIC or not publisher(name).historic_only
        if possible and (phases == 1 or name not in ONE_PHASE_ONLY):
            yield pytest.param(name, mode, phases, tariff, id=f"{name}-{mode}-{phases}-{tariff}")


@pytest.mark.parametrize(("name", "mode", "phases", "tariff"), homes())
def test_a_home_is_found_and_read_right(name: str, mode: Mode, phases: int, tariff: TariffKind) -> None:
    home = Home(name, mode, phases, tariff)
    found = home.find()
    assert found.format is FORMATS.get(name, Format.LABEL_TOPICS)
    assert found.live
    bridge = Bridge(found.format)
    reading = home.read(bridge)
    state = home.state

    assert set(bridge.counts) <= EXPECTED_ODDITIES
    assert bridge.address == reading.address == (None if name in WITHOUT_ADDRESS else state.address)
    assert reading.contract_va == (None if name in WITHOUT_CONTRACT else 9000 * phases)
    assert len(reading.phases) == phases
    # Historic mode rounds to 10 VA.
    assert reading.power_va == pytest.approx(state.import_va, abs=5 if mode is Mode.HISTORIC else 0.5)

    told = {quantity: measured.value for quantity, measured in reading.values.items()}
    assert told.get(Quantity.IMPORT_TOTAL, int(state.indexes.import_wh)) == int(state.indexes.import_wh)
    for index, wh in enumerate(state.indexes.supplier_wh, 1):
        assert told.get(Quantity(f"import_index_{index}"), int(wh)) == int(wh)
    assert Quantity.IMPORT_TOTAL in told or Quantity.IMPORT_INDEX_1 in told or name in PEAK_HOURS_ONLY
    assert told.get(Quantity.TARIFF_INDEX, state.period.index) == state.period.index
    for phase, simulated in enumerate(state.phases, 1):
        current = Quantity(f"current_{phase}")
        assert told.get(current, simulated.current_a) == pytest.approx(simulated.current_a, abs=0.51)


@pytest.mark.parametrize("name", NAMES)
def test_a_home_that_warns_is_read_right(name: str) -> None:
    """A single-phase historic meter above its contract: ADPS where the bridge tells it, and never another value."""
    home = Home(name, Mode.HISTORIC, 1, TariffKind.HC)
    bridge = Bridge(FORMATS.get(name, Format.LABEL_TOPICS))
    for topic, payload, now in home.messages():
        bridge.take(topic, payload, retained=False, now=now)
    home.simulated.step([Power(11_000, 0)])
    home.simulated.step([Power(11_000, 0)])
    amperes = whole(home.simulated.state().phases[0].current_a)
    warned = [
        group.data
        for message in publisher(name).messages(home.simulated.state())
        if (delivery := bridge.take(message.topic, message.payload, retained=False, now=100.0)) is not None
        for group in delivery.groups
        if group.label == "ADPS"
    ]
    assert set(warned) <= {f"{amperes:03d}"}
    assert warned or name in {"linkytop", "linky2mqtt", "linky_tic_mqtt", "teleinfokit_first", "tasmota_flat"}


def test_kilowatt_hours_are_exact_to_the_watt_hour_or_step_by_a_whole_one() -> None:
    home = Home("zlinky", Mode.STANDARD, 1, TariffKind.BASE)
    bridge = Bridge(Format.ZLINKY)
    assert home.read(bridge).values[Quantity.IMPORT_TOTAL].value == int(home.state.indexes.import_wh)
