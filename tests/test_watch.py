"""What the watch tells of the loads: changes, orders of others, entities that move or go."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import EVENT_AUTOMATION_TRIGGERED
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.linky_offload.const import DOMAIN
from custom_components.linky_offload.missing import missing_issue_id
from custom_components.linky_offload.offload import Cause, LoadView
from custom_components.linky_offload.settings import LoadConfig
from custom_components.linky_offload.watch import LoadWatch

PLUG = "switch.plug"
LAMP = "light.lamp"
ROOM = "climate.room"
POWER = "sensor.power"
CONFIGS = (
    LoadConfig(load_id="plug", name="Plug", entity=PLUG, power_sensor=POWER),
    LoadConfig(load_id="lamp", name="Lamp", entity=LAMP),
    LoadConfig(load_id="room", name="Room", entity=ROOM),
)
PERSON = Context(user_id="someone")
HEATING = {"min_temp": 5, "max_temp": 30, "temperature": 20}


@dataclass(slots=True)
class Told:
    """What the watch told."""

    views: list[tuple[LoadView, Cause]] = field(default_factory=list)
    wishes: list[tuple[str, bool, bool]] = field(default_factory=list)

    @property
    def causes(self) -> list[tuple[str, bool | None, Cause]]:
        return [(view.load_id, view.on, cause) for view, cause in self.views]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def device_id(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    area_registry: ar.AreaRegistry,
    label_registry: lr.LabelRegistry,
) -> str:
    """The device of the plug and the lamp, which are in the kitchen; the lamp has a label."""
    entry = MockConfigEntry()
    entry.add_to_hass(hass)
    area_registry.async_create("Kitchen")
    label_registry.async_create("Cosy")
    device = device_registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "plug")})
    for entity_id in (PLUG, LAMP):
        domain, _, name = entity_id.partition(".")
        entity_registry.async_get_or_create(
            domain, "test", name, suggested_object_id=name, config_entry=entry, device_id=device.id
        )
    device_registry.async_update_device(device.id, area_id="kitchen")
    entity_registry.async_update_entity(LAMP, labels={"cosy"})
    return device.id


@pytest.fixture
def watch(hass: HomeAssistant, told: Told, device_id: str) -> Iterator[LoadWatch]:
    """A watch over three loads that are on, after its first look."""
    hass.states.async_set(PLUG, "on")
    hass.states.async_set(LAMP, "on")
    hass.states.async_set(ROOM, "heat", HEATING)
    hass.states.async_set(POWER, "1000", {"unit_of_measurement": "W"})
    watch = LoadWatch(
        hass,
        on_view=lambda view, cause: told.views.append((view, cause)),
        on_wish=lambda load_id, on, by_hand: told.wishes.append((load_id, on, by_hand)),
    )
    watch.configure(CONFIGS)
    watch.start()
    watch.look()
    assert told.causes == [("plug", True, Cause.FIRST), ("lamp", True, Cause.FIRST), ("room", True, Cause.FIRST)]
    told.views.clear()
    yield watch
    watch.stop()


@pytest.mark.usefixtures("watch")
async def test_each_change_is_told_with_who_is_behind_it(hass: HomeAssistant, told: Told) -> None:
    hass.states.async_set(PLUG, "off")
    hass.states.async_set(PLUG, "on", context=PERSON)
    hass.states.async_set(PLUG, "unavailable")
    hass.states.async_set(PLUG, "off")
    hass.states.async_remove(PLUG)
    hass.states.async_set(PLUG, "on")

    assert told.causes == [
        ("plug", False, Cause.HAND),
        ("plug", True, Cause.HAND),
        ("plug", None, Cause.MEASURE),
        ("plug", False, Cause.REAPPEARED),
        ("plug", None, Cause.MEASURE),
        ("plug", True, Cause.REAPPEARED),
    ]


async def test_our_own_call_is_told_as_ours(hass: HomeAssistant, watch: LoadWatch, told: Told) -> None:
    ours = Context()
    watch.hands.note_ours("plug", ours, on=False, now=hass.loop.time())
    fire_call(hass, "switch", "turn_off", {"entity_id": PLUG}, ours)
    hass.states.async_set(PLUG, "off", context=ours)

    assert told.causes == [("plug", False, Cause.OURS)]
    assert told.wishes == []


@pytest.mark.usefixtures("watch")
async def test_power_is_told_as_a_measure_and_the_same_view_only_once(hass: HomeAssistant, told: Told) -> None:
    hass.states.async_set(POWER, "1500", {"unit_of_measurement": "W"})
    hass.states.async_set(POWER, "1500", {"unit_of_measurement": "W", "something": "else"})
    hass.states.async_set(PLUG, "on", {"something": "else"})
    hass.states.async_set(ROOM, "heat", HEATING | {"current_humidity": 50})

    assert [(view.load_id, view.power_va, cause) for view, cause in told.views] == [("plug", 1500, Cause.MEASURE)]


@pytest.mark.usefixtures("watch")
async def test_a_room_that_cools_down_is_a_measure(hass: HomeAssistant, told: Told) -> None:
    for temperature in (19, 18.5):
        hass.states.async_set(ROOM, "heat", HEATING | {"current_temperature": temperature})
    assert [(view.load_id, view.gap_k, cause) for view, cause in told.views] == [
        ("room", 1, Cause.MEASURE),
        ("room", 1.5, Cause.MEASURE),
    ]


@pytest.mark.usefixtures("watch")
async def test_a_sensor_that_died_is_noticed(hass: HomeAssistant, told: Told, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(timedelta(minutes=70))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert [(view.load_id, view.power_va) for view, _ in told.views] == [("plug", None)]


def fire_call(hass: HomeAssistant, domain: str, service: str, data: dict[str, object], context: Context) -> None:
    """A service call as the bus sees it."""
    hass.bus.async_fire(
        EVENT_CALL_SERVICE, {"domain": domain, "service": service, "service_data": data}, context=context
    )


@pytest.mark.usefixtures("watch")
@pytest.mark.parametrize(
    ("domain", "service", "data", "wishes"),
    [
        pytest.param("switch", "turn_off", {"entity_id": PLUG}, [("plug", False)], id="by its id"),
        pytest.param("switch", "turn_on", {"entity_id": [PLUG, "switch.x"]}, [("plug", True)], id="in a list"),
        pytest.param("switch", "turn_off", {"entity_id": "switch.x, switch.PLUG"}, [("plug", False)], id="in a text"),
        pytest.param("switch", "toggle", {"entity_id": PLUG}, [("plug", False)], id="toggled while on"),
        pytest.param("switch", "turn_off", {"entity_id": "all"}, [("plug", False)], id="all of its domain"),
        pytest.param("switch", "turn_off", {"entity_id": "none"}, [], id="none"),
        pytest.param("switch", "turn_off", {"device_id": "<device>"}, [("plug", False)], id="by its device"),
        pytest.param("switch", "turn_off", {"area_id": "kitchen"}, [("plug", False)], id="by its area"),
        pytest.param(
            "homeassistant", "turn_off", {"area_id": "kitchen"}, [("lamp", False), ("plug", False)], id="any domain"
        ),
        pytest.param("light", "turn_off", {"label_id": "cosy"}, [("lamp", False)], id="by its label"),
        pytest.param("light", "turn_off", {"entity_id": PLUG}, [], id="a service of another domain"),
        pytest.param("switch", "turn_off", {"entity_id": "switch.x"}, [], id="somebody else's plug"),
        pytest.param("fan", "turn_off", {"entity_id": PLUG}, [], id="a domain without loads"),
        pytest.param("climate", "set_hvac_mode", {"entity_id": ROOM, "hvac_mode": "off"}, [("room", False)], id="off"),
        pytest.param("climate", "set_hvac_mode", {"entity_id": ROOM, "hvac_mode": "heat"}, [("room", True)], id="heat"),
        pytest.param("climate", "set_temperature", {"entity_id": ROOM, "temperature": 18}, [], id="no order to switch"),
        pytest.param(
            "climate", "set_temperature", {"entity_id": ROOM, "temperature": 6}, [("room", False)], id="frost"
        ),
        pytest.param("switch", "turn_off", {}, [], id="no target"),
    ],
)
async def test_orders_of_others_are_told_even_if_no_state_changes(
    hass: HomeAssistant,
    told: Told,
    device_id: str,
    domain: str,
    service: str,
    data: dict[str, object],
    wishes: list[tuple[str, bool]],
) -> None:
    if "device_id" in data:
        data = {"device_id": device_id}

    fire_call(hass, domain, service, data, Context())
    assert sorted(told.wishes) == [(load_id, on, False) for load_id, on in wishes]

    told.wishes.clear()
    fire_call(hass, domain, service, data, PERSON)
    assert sorted(told.wishes) == [(load_id, on, True) for load_id, on in wishes]


@pytest.mark.usefixtures("watch")
async def test_an_automation_that_a_person_set_off_is_a_hand(hass: HomeAssistant, told: Told) -> None:
    fire_call(hass, "input_boolean", "turn_on", {"entity_id": "input_boolean.scene"}, PERSON)
    automation = Context(parent_id=PERSON.id)
    hass.bus.async_fire(EVENT_AUTOMATION_TRIGGERED, {"name": "evening"}, context=automation)
    script = Context(parent_id=automation.id)
    fire_call(hass, "switch", "turn_off", {"entity_id": PLUG}, script)
    hass.states.async_set(PLUG, "off", context=script)

    assert told.wishes == [("plug", False, True)]
    assert told.causes == [("plug", False, Cause.HAND)]


async def test_a_load_under_trial_is_told_only_at_its_end(hass: HomeAssistant, watch: LoadWatch, told: Told) -> None:
    unmute = watch.mute("plug")
    hass.states.async_set(PLUG, "off")
    hass.states.async_set(PLUG, "on")
    assert told.views == []
    hass.states.async_set(PLUG, "off")
    unmute()
    assert told.causes == [("plug", False, Cause.OURS)]
    assert not watch.is_muted("plug")


async def test_a_renamed_entity_is_followed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, told: Told
) -> None:
    entry = entity_registry.async_get_or_create("switch", "test", "unique", suggested_object_id="before")
    sensor = entity_registry.async_get_or_create("sensor", "test", "power", suggested_object_id="before")
    hass.states.async_set("switch.before", "on")
    watch = LoadWatch(hass, on_view=lambda view, cause: told.views.append((view, cause)), on_wish=lambda *_: None)
    watch.configure([LoadConfig(load_id="plug", name="Plug", entity=entry.id, power_sensor=sensor.id)])
    watch.start()
    watch.look()

    entity_registry.async_update_entity("switch.before", new_entity_id="switch.after")
    entity_registry.async_update_entity("sensor.before", new_entity_id="sensor.after")
    await hass.async_block_till_done()
    hass.states.async_set("switch.after", "off")
    hass.states.async_set("sensor.after", "5", {"unit_of_measurement": "W"})

    assert told.views[-2][0].on is False
    assert told.views[-1][0].power_va == 5
    watch.stop()


async def test_a_removed_entity_is_a_repair_issue_until_it_is_back(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    issue_registry: ir.IssueRegistry,
    watch: LoadWatch,
) -> None:
    def missing() -> bool:
        return issue_registry.async_get_issue(DOMAIN, missing_issue_id("plug")) is not None

    entry = entity_registry.entities[PLUG]
    watch.configure([LoadConfig(load_id="plug", name="Plug", entity=entry.id)])
    assert not missing()

    entity_registry.async_remove(entry.entity_id)
    await hass.async_block_till_done()
    assert missing()

    watch.configure([LoadConfig(load_id="plug", name="Plug", entity=LAMP)])
    assert not missing()
    watch.configure([LoadConfig(load_id="plug", name="Plug", entity=entry.id)])
    assert missing()
    watch.configure([])
    assert not missing()


async def test_an_entity_without_registry_entry_may_take_its_time_while_home_assistant_starts(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    def missing() -> bool:
        return issue_registry.async_get_issue(DOMAIN, missing_issue_id("plug")) is not None

    hass.set_state(CoreState.not_running)
    watch = LoadWatch(hass, on_view=lambda *_: None, on_wish=lambda *_: None)
    watch.configure([CONFIGS[0]])
    watch.start()
    watch.look()
    assert not missing()

    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()
    assert missing()

    hass.states.async_set(PLUG, "off")
    assert not missing()
    watch.stop()


async def test_changed_details_of_a_load_keep_what_was_saved_of_it(watch: LoadWatch) -> None:
    watch.actuators["lamp"].saved = {"brightness": 10}
    before = watch.actuators["plug"]
    watch.configure([CONFIGS[0], LoadConfig(load_id="lamp", name="Another name", entity=LAMP)])
    assert watch.actuators["plug"] is before
    assert watch.actuators["lamp"].config.name == "Another name"
    assert watch.actuators["lamp"].saved == {"brightness": 10}
    assert list(watch.actuators) == ["plug", "lamp"]
