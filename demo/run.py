"""The demo: `python -m demo.run`, or scripts/demo, which sees to the virtualenv first."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory
from typing import NoReturn

from . import setup
from .check import CHECK_CONTRACT_DELAY_S, CHECK_MINIMUM_OFF_S, Check
from .client import ApiError
from .dashboard import show
from .homeassistant import INTEGRATION, HomeAssistant
from .lookup import settled_lookup
from .options import INTERRUPTED_STATUS, USAGE_STATUS, Options, parse
from .processes import Program, ProgramError, free_port, port_is_free
from .simulation import HouseOptions
from .stage import CONFIGURATION, open_home_assistant, open_stage
from .texts import TEXTS, Texts


async def main(options: Options) -> int:
    """Play the demo until Ctrl-C, or run the check; the exit status."""
    texts = TEXTS[options.language]
    if not port_is_free(options.host, options.port):
        print(texts.port_taken.format(port=options.port, other=free_port()), file=sys.stderr)
        return USAGE_STATUS
    print(texts.starting)
    try:
        if options.serial is not None:
            return await _real_meter(options.serial, options, texts)
        return await _simulated_meter(options, texts)
    except (ApiError, ProgramError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1


async def _simulated_meter(options: Options, texts: Texts) -> int:
    """The house of the simulator, with everything set up as a person would."""
    house = HouseOptions(
        mode=options.mode,
        phases=options.phases,
        contract_kva=options.contract_kva,
        speed=options.speed,
        pv_w=options.pv_w,
    )
    opened = open_stage(
        house, configuration=_configuration(), language=options.language, port=options.port, host=options.host
    )
    async with opened as stage:
        client = stage.client
        meter = await setup.add_meter(client, str(stage.simulation.port), contract_kva=options.contract_kva)
        loads = await setup.house_loads(client)
        if options.check:
            print(
                f"shortened through the forms, to fit in a short check: contract delay {CHECK_CONTRACT_DELAY_S} s "
                f"(default 60 s), minimum times off and on {CHECK_MINIMUM_OFF_S} s (default 3 to 5 min)"
            )
            await setup.change_options(client, meter.entry_id, contract_delay=CHECK_CONTRACT_DELAY_S)
            loads = [
                replace(load, minimum_off_s=CHECK_MINIMUM_OFF_S, minimum_on_s=CHECK_MINIMUM_OFF_S) for load in loads
            ]
        await setup.add_coordinator(client, meter, texts.coordinator, loads)
        lookup = await settled_lookup(client, [load.entity_id for load in loads])
        await show(client, lookup, await stage.control.state(), texts)
        if options.check:
            passed = await Check(stage, lookup).run()
            if not passed:
                print(f"\nThe last lines of Home Assistant's log:\n{stage.ha.program.tail()}", file=sys.stderr)
            return 0 if passed else 1
        _welcome(stage.ha, texts.what_to_try, options, texts)
        return await _stay(stage.ha.program, stage.simulation.program)


async def _real_meter(port: str, options: Options, texts: Texts) -> int:
    """A real meter on ``port``, with appliances that exist only in Home Assistant."""
    with TemporaryDirectory(prefix="linky-offload-") as folder:
        opened = open_home_assistant(
            Path(folder),
            {"linky_offload": INTEGRATION},
            configuration=_configuration(),
            language=options.language,
            port=options.port,
            host=options.host,
        )
        async with opened as (ha, client):
            meter = await setup.add_meter(client, port, contract_kva=options.contract_kva)
            loads = await setup.pretended_loads(client, texts.pretended)
            await setup.add_coordinator(client, meter, texts.coordinator, loads)
            await show(client, await settled_lookup(client, [load.entity_id for load in loads]), None, texts)
            _welcome(ha, texts.real_meter, options, texts)
            return await _stay(ha.program)


def _configuration() -> str:
    return CONFIGURATION.read_text(encoding="utf-8")


def _welcome(ha: HomeAssistant, hints: Sequence[str], options: Options, texts: Texts) -> None:
    print(f"\n{texts.opened_at.format(url=ha.url)}\n")
    for hint in hints:
        print(f"  • {hint}")
    if options.host not in {"127.0.0.1", "localhost"}:
        print("\n" + texts.login.format(username=ha.owner.username, password=ha.owner.password))
    print(f"\n{texts.stop}")


async def _stay(*programs: Program) -> NoReturn:
    """Wait until interrupted; raises ProgramError when a program ends by itself."""
    while True:
        for program in programs:
            program.expect_running()
        await asyncio.sleep(1)


def run() -> int:
    """Run until done or interrupted; whatever ends it, everything is taken down first."""

    async def interruptible() -> int:
        playing = asyncio.create_task(main(parse()))

        def interrupt() -> None:
            # Once: a second Ctrl-C must not interrupt the taking down.
            if not playing.cancelling():
                playing.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, interrupt)
        return await playing

    with suppress(asyncio.CancelledError):
        return asyncio.run(interruptible())
    return INTERRUPTED_STATUS


if __name__ == "__main__":
    sys.exit(run())
