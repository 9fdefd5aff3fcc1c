"""“Try it”: a load is switched off for a moment and on again, and what was seen is counted on from then on."""

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.linky_offload.offload import CoordinatorSettings, LoadSettings, LoadStatus
from custom_components.linky_offload.trial import LEAST_LATENCY_S, TryResult, as_tried

from .common import PtyMeter, flow, hear, load, meter_entry, set_up, state_of, until

HEATER = "input_boolean.heater"
HEATER_LOAD = load("heater", HEATER, power_source="declared", declared_va=2000)


@pytest.fixture
async def heater(hass: HomeAssistant) -> None:
    """A plug that is on."""
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"heater": {"initial": True}}})


@pytest.fixture
def short_trial(heater: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials that last a moment."""
    monkeypatch.setattr("custom_components.linky_offload.trial.OFF_S", 0.5)
    monkeypatch.setattr("custom_components.linky_offload.trial.ANSWER_S", 0.3)


@pytest.mark.usefixtures("short_trial")
async def test_a_trial_measures_the_load_and_gives_it_back(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD]))
    await hear(hass, pty_meter, runtime, 3000)

    trial = hass.async_create_task(runtime.async_try_load("heater"))
    await until(hass, lambda: state_of(hass, HEATER) == "off", "the heater is off for the trial", settle=False)
    assert list(runtime.journal.intents) == ["heater"], "a crash now must not leave it off"
    with pytest.raises(HomeAssistantError) as busy:
        await runtime.async_try_load("heater")
    await flow(hass, pty_meter, 1100, trial.done, "the end of the trial")

    result = trial.result()
    assert result.va == 1900
    assert 0 <= result.latency_s < 0.5
    assert busy.value.translation_key == "try_busy"
    assert state_of(hass, HEATER) == "on"
    assert not runtime.journal.intents
    assert runtime.report.loads["heater"].status is LoadStatus.NORMAL


@pytest.mark.usefixtures("short_trial")
@pytest.mark.parametrize(
    ("attributes", "reckoned_s"),
    [
        pytest.param({}, LEAST_LATENCY_S, id="a fast one, never faster than a relay may be"),
        pytest.param({"assumed_state": True}, LoadSettings(load_id="", name="").latency_s, id="a blind one"),
    ],
)
async def test_what_a_trial_measured_is_counted_on_from_then_on(
    hass: HomeAssistant, pty_meter: PtyMeter, attributes: dict[str, bool], reckoned_s: float
) -> None:
    entry = meter_entry(pty_meter.port, [HEATER_LOAD, load("plug", "switch.plug")])
    hass.states.async_set("switch.plug", "on", attributes)
    runtime = await set_up(hass, entry)
    for service in ("turn_on", "turn_off"):
        state = service.removeprefix("turn_")
        hass.services.async_register(
            "switch", service, callback(lambda _, on=state: hass.states.async_set("switch.plug", on, attributes))
        )
    await hear(hass, pty_meter, runtime, 3000)

    await runtime.async_try_load("plug")
    assert await hass.config_entries.async_reload(entry.entry_id)

    for one in (runtime, entry.runtime_data):
        settings = {load_id: track.settings for load_id, track in one.arbiter._desk.tracks.items()}
        assert settings["plug"].latency_s == reckoned_s
        assert settings["heater"].latency_s == LoadSettings(load_id="", name="").latency_s, "it was not tried"


@pytest.mark.usefixtures("short_trial")
@pytest.mark.parametrize(
    ("va", "heater", "load_id", "key"),
    [
        pytest.param(800, "on", "other", "try_gone", id="a load that is not configured"),
        pytest.param(800, "unavailable", "heater", "try_unavailable", id="unavailable"),
        pytest.param(800, "off", "heater", "try_off", id="already off"),
        pytest.param(6500, "on", "heater", "try_overload", id="during an overload"),
    ],
)
async def test_a_trial_is_refused(
    hass: HomeAssistant, pty_meter: PtyMeter, va: int, heater: str, load_id: str, key: str
) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [HEATER_LOAD], options={}))
    await hear(hass, pty_meter, runtime, va)
    hass.states.async_set(HEATER, heater)
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)

    with pytest.raises(HomeAssistantError) as refused:
        await runtime.async_try_load(load_id)

    assert refused.value.translation_key == key
    assert calls == []


@pytest.mark.usefixtures("short_trial")
async def test_a_load_that_does_not_answer_its_trial(hass: HomeAssistant, pty_meter: PtyMeter) -> None:
    runtime = await set_up(hass, meter_entry(pty_meter.port, [load("deaf", "switch.deaf")]))
    hass.states.async_set("switch.deaf", "on")
    await hear(hass, pty_meter, runtime, 3000)

    with pytest.raises(HomeAssistantError) as failed:
        await runtime.async_try_load("deaf")

    assert failed.value.translation_key == "try_no_answer"
    assert not runtime.journal.intents


@pytest.mark.parametrize(
    ("result", "reckoned_s"),
    [
        pytest.param(TryResult(latency_s=0.02, va=900), 1.0, id="its state may run ahead of its relay"),
        pytest.param(TryResult(latency_s=1.0, va=900), 1.5, id="one trial is no worst case"),
        pytest.param(TryResult(latency_s=6.0, va=None), 9.0, id="a slow one"),
        pytest.param(TryResult(latency_s=0.02, va=900, assumed=True), None, id="it only shows what was ordered"),
    ],
)
def test_the_latency_to_reckon_with(result: TryResult, reckoned_s: float | None) -> None:
    assert result.reckoned_s == reckoned_s


def test_only_what_was_tried_is_changed_and_a_slow_load_gets_the_time_to_obey() -> None:
    loads = tuple(LoadSettings(load_id=name, name=name) for name in ("fast", "slow", "untried"))
    coordinators = (CoordinatorSettings(coordinator_id="home", name="Home", loads=loads),)

    [tried] = as_tried(coordinators, {"fast": 1.0, "slow": 9.0, "gone": 3.0})

    times = {load.load_id: (load.latency_s, load.obey_s) for load in tried.loads}
    assert times == {"fast": (1.0, 10.0), "slow": (9.0, 18.0), "untried": (2.0, 10.0)}
