"""A campaign of random and mutated input against the decoder; run long by scripts/fuzz, short by test_fuzz."""

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
import random
import sys
from time import monotonic

from custom_components.linky_offload.tic import HISTORIC_RULES, STANDARD_RULES, Decoder, Group, Mode
from simulator.tic import add_parity

from .frames import (
    HISTORIC_HC_ADPS,
    HISTORIC_SHORT,
    HISTORIC_TEMPO,
    HISTORIC_THREE_PHASE,
    STANDARD_CONSUMER,
    STANDARD_PRODUCER,
    STANDARD_TEMPO_NOTICE,
    STANDARD_THREE_PHASE,
    frame,
)

FRAMES = [
    *(frame(Mode.HISTORIC, c) for c in (HISTORIC_HC_ADPS, HISTORIC_TEMPO, HISTORIC_THREE_PHASE, HISTORIC_SHORT)),
    *(
        frame(Mode.STANDARD, c)
        for c in (STANDARD_CONSUMER, STANDARD_PRODUCER, STANDARD_TEMPO_NOTICE, STANDARD_THREE_PHASE)
    ),
]
BLOCK = 16_384


@dataclass
class Findings:
    """What a campaign saw."""

    bytes: int = 0
    groups: int = 0
    from_noise: int = 0
    parity: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()


def _mutated(rng: random.Random) -> bytes:
    """Return frames of one or several meters, with or without parity, damaged in one of many ways."""
    wire = b"".join(rng.choices(FRAMES, k=20)) if rng.random() < 0.3 else rng.choice(FRAMES) * 20
    damaged = bytearray(add_parity(wire) if rng.random() < 0.5 else wire)
    for _ in range(rng.choice((0, 3, 30, 300))):
        at = rng.randrange(len(damaged))
        match rng.randrange(6):
            case 0:
                damaged[at] ^= 1 << rng.randrange(8)
            case 1:
                damaged[at] = rng.randrange(256)
            case 2:
                del damaged[at : at + rng.randrange(40)]
            case 3:
                damaged[at:at] = rng.randbytes(rng.randrange(8))
            case 4:
                damaged[at] = rng.choice(b"\x00\x02\x03\x04\x08\t\n\x0e\r \x7f\x82\x89\x8d\xa0\xff")
            case _:
                damaged[at:at] = damaged[at : at + rng.randrange(60)]
        if not damaged:
            break
    return bytes(damaged)


def _blocks(rng: random.Random) -> Iterator[tuple[bool, bytes]]:
    """Yield blocks without end; True for pure noise."""
    while True:
        match rng.randrange(5):
            case 0:
                yield True, rng.randbytes(BLOCK)
            case 1:
                yield True, bytes(rng.choices(b"\t\n\r \x02\x03ABDEIMNOPRST0123456789", k=BLOCK))
            case _:
                yield False, _mutated(rng)


def obeys(group: Group) -> bool:
    """Tell whether a group is what its label may carry."""
    rules = HISTORIC_RULES if group.mode is Mode.HISTORIC else STANDARD_RULES
    content = group.data if group.horodate is None else f"{group.horodate}\t{group.data}"
    return bool(rules[group.label.encode()].allows(content))


def campaign(megabytes: float, seed: int) -> Findings:
    """Feed that much; raise AssertionError on a group against its rule or on memory that grows."""
    rng = random.Random(seed)
    decoder = Decoder()
    findings = Findings()
    parity: set[str] = set()
    modes: set[str] = set()
    for noise, block in _blocks(rng):
        if findings.bytes >= megabytes * 1_000_000:
            break
        chunk = rng.choice((1, 7, 64, 1024, BLOCK))
        for start in range(0, len(block), chunk):
            for group in decoder.feed(block[start : start + chunk]):
                assert obeys(group), group
                findings.groups += 1
                findings.from_noise += noise
            assert len(decoder._tail) <= 161
        assert len(decoder.unknown) <= 32
        parity.add(decoder.parity)
        modes.add(decoder.mode or "none")
        findings.bytes += len(block)
        if rng.random() < 0.01:
            decoder.reset()
    assert decoder.stats.bytes == findings.bytes
    assert decoder.stats.groups == findings.groups
    findings.parity, findings.modes = frozenset(parity), frozenset(modes)
    return findings


def main() -> None:
    """Run a campaign and print what it saw."""
    parser = ArgumentParser(description="Fuzz the TIC decoder.")
    parser.add_argument("--mb", type=float, default=100.0, help="millions of bytes (default 100)")
    parser.add_argument("--seed", type=int, default=None, help="default: another one at each run, printed")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    began = monotonic()
    findings = campaign(options.mb, seed)
    sys.stdout.write(
        f"{findings.bytes / 1e6:.0f} MB in {monotonic() - began:.0f} s: no exception, {findings.groups} groups within"
        f" their rules, {findings.from_noise} of them out of noise\n"
    )


if __name__ == "__main__":
    main()
