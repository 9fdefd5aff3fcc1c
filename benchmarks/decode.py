"""How fast the decoder reads clean frames and random bytes, on one core.

Every frame of the clean streams carries other values than the one before, so that nothing can be remembered from group
to group, and the number of groups found is checked against the number written. Each figure is the best of several
rounds, in millions of bytes per second of processor time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import random
from time import process_time

from benchmarks.report import arguments, print_figures, print_table
from custom_components.linky_offload.tic import Decoder
from simulator.tic import ETX, STX, Mode, add_parity, encode_group

# A serial port gives a few dozen bytes a read; a bridge or a replay gives more.
BIG_CHUNK = 4096
SMALL_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes to decode, in reads of ``chunk`` bytes, and how many ``groups`` they hold."""

    name: str
    key: str
    data: bytes
    groups: int
    chunk: int


def _standard_frame(rng: random.Random, number: int) -> Iterator[bytes]:
    """Yield the groups of a three-phase meter's frame."""

    def group(label: str, data: str, horodate: str | None = None) -> bytes:
        return encode_group(Mode.STANDARD, label, data, horodate)

    def moment() -> str:
        clock = f"{rng.randrange(24):02}{rng.randrange(60):02}{rng.randrange(60):02}"
        return f"{rng.choice('HEhe')}26{rng.randint(1, 12):02}{rng.randint(1, 28):02}{clock}"

    def blocks() -> str:
        used = [f"{hour:02}{rng.randrange(60):02}{rng.randrange(65536):04X}" for hour in range(rng.randint(1, 11))]
        return " ".join(used + ["NONUTILE"] * (11 - len(used)))

    yield group("ADSC", f"0419{rng.choice(('63', '76'))}{number:06}")
    yield group("VTIC", f"{number % 100:02}")
    yield group("DATE", "", moment())
    yield group("NGTF", rng.choice(("BASE", "TEMPO", "H PLEINE/CREUSE")).center(16))
    yield group("LTARF", rng.choice(("HC  BLEU", "HEURE  PLEINE")).center(16))
    registers = ["EAST", *(f"EASF{index:02}" for index in range(1, 11)), *(f"EASD{index:02}" for index in range(1, 5))]
    for label in registers:
        yield group(label, f"{rng.randrange(10**9):09}")
    for phase in "123":
        yield group(f"IRMS{phase}", f"{rng.randrange(91):03}")
    for phase in "123":
        yield group(f"URMS{phase}", f"{rng.randrange(200, 260):03}")
    yield group("PREF", f"{rng.randint(1, 36):02}")
    yield group("PCOUP", f"{rng.randint(1, 36):02}")
    for label in ("SINSTS", "SINSTS1", "SINSTS2", "SINSTS3"):
        yield group(label, f"{rng.randrange(40000):05}")
    for label in ("SMAXSN", "SMAXSN1", "SMAXSN2", "SMAXSN3", "SMAXSN-1", "SMAXSN1-1", "SMAXSN2-1", "SMAXSN3-1"):
        yield group(label, f"{rng.randrange(40000):05}", moment())
    for label in ("CCASN", "CCASN-1"):
        yield group(label, f"{rng.randrange(40000):05}", moment())
    for phase in "123":
        yield group(f"UMOY{phase}", f"{rng.randrange(200, 260):03}", moment())
    yield group("STGE", f"{rng.randrange(1 << 32):08X}")
    yield group("MSG1", f"MESSAGE {number}".ljust(32))
    yield group("PRM", f"{rng.randrange(10**14):014}")
    yield group("RELAIS", f"{rng.randrange(256):03}")
    yield group("NTARF", f"{rng.randint(1, 10):02}")
    yield group("NJOURF", f"{rng.randrange(10):02}")
    yield group("NJOURF+1", f"{rng.randrange(10):02}")
    yield group("PJOURF+1", blocks())


def _historic_frame(rng: random.Random, number: int) -> Iterator[bytes]:
    """Yield the groups of a single-phase Tempo frame."""

    def group(label: str, data: str) -> bytes:
        return encode_group(Mode.HISTORIC, label, data)

    yield group("ADCO", f"041961{number:06}")
    yield group("OPTARIF", "BBR" + rng.choice("(),./0123"))
    yield group("ISOUSC", rng.choice(("30", "45", "60")))
    for colour in "BWR":
        for period in ("HC", "HP"):
            yield group(f"BBR{period}J{colour}", f"{rng.randrange(10**9):09}")
    yield group("PTEC", rng.choice(("HC", "HP")) + "J" + rng.choice("BWR"))
    yield group("DEMAIN", rng.choice(("----", "BLAN", "ROUG")))
    yield group("IINST", f"{rng.randrange(91):03}")
    yield group("IMAX", f"{rng.randrange(91):03}")
    yield group("PAPP", f"{rng.randrange(2000):04}0")
    yield group("HHPHC", rng.choice("ACDEY"))
    yield group("MOTDETAT", f"{rng.randrange(10**6):06}")


def _streams(megabytes: float) -> Iterator[Stream]:
    rng = random.Random(54)
    size = int(megabytes * 1_000_000)
    clean = {}
    for mode, frame in ((Mode.STANDARD, _standard_frame), (Mode.HISTORIC, _historic_frame)):
        parts: list[bytes] = []
        length = groups = number = 0
        while length < size:
            whole = list(frame(rng, number))
            parts.append(STX + b"".join(whole) + ETX)
            length += len(parts[-1])
            groups += len(whole)
            number += 1
        clean[mode] = b"".join(parts), groups
    standard, groups = clean[Mode.STANDARD]
    historic, historic_groups = clean[Mode.HISTORIC]
    yield Stream("standard, parity carried", "clean_parity_mb_s", add_parity(standard), groups, BIG_CHUNK)
    yield Stream("standard, parity stripped", "clean_stripped_mb_s", standard, groups, BIG_CHUNK)
    yield Stream("standard, reads of 64 bytes", "small_reads_mb_s", add_parity(standard), groups, SMALL_CHUNK)
    yield Stream("historic, parity carried", "historic_mb_s", add_parity(historic), historic_groups, BIG_CHUNK)
    noise = rng.randbytes(size)
    yield Stream("random bytes", "random_8_bits_mb_s", noise, 0, BIG_CHUNK)
    yield Stream("random bytes, bit 7 clear", "random_7_bits_mb_s", bytes(b & 0x7F for b in noise), 0, BIG_CHUNK)


def _seconds(stream: Stream) -> tuple[float, int]:
    """Decode the stream once; return the processor seconds and the number of groups found."""
    decoder = Decoder()
    found = 0
    began = process_time()
    for start in range(0, len(stream.data), stream.chunk):
        found += len(decoder.feed(stream.data[start : start + stream.chunk]))
    return process_time() - began, found


def main() -> None:
    """Measure, print, and fail if a clean stream was not decoded whole or noise gave a group."""
    parser = arguments("Speed of the TIC decoder.")
    parser.add_argument("--mb", type=float, default=4.0, help="millions of bytes a stream (default 4)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the best counts (default 3)")
    options = parser.parse_args()
    speeds: dict[str, float] = {}
    rows = []
    for stream in _streams(options.mb):
        results = [_seconds(stream) for _ in range(options.rounds)]
        if any(found != stream.groups for _, found in results):
            raise SystemExit(f"{stream.name}: {results[0][1]} groups decoded, {stream.groups} written")
        best = min(seconds for seconds, _ in results)
        speeds[stream.key] = round(len(stream.data) / best / 1e6, 2)
        rows.append((stream.name, f"{speeds[stream.key]:.2f}", f"{stream.groups / best / 1000:.0f}"))
    print_table(("stream", "MB/s", "thousand groups/s"), rows)
    figures = {
        "clean_mb_s": min(speeds["clean_parity_mb_s"], speeds["clean_stripped_mb_s"]),
        "random_mb_s": min(speeds["random_8_bits_mb_s"], speeds["random_7_bits_mb_s"]),
        **speeds,
    }
    print_figures(figures, as_json=options.json)


if __name__ == "__main__":
    main()
