"""The rules of the house that a tool can check: pure rooms stay pure, modules stay short."""

import ast
from collections.abc import Iterator
from pathlib import Path
import sys

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "custom_components" / "linky_offload"
# Each room may read those before it.
ROOMS_IN_ORDER = [room for room in ("tic", "meter", "bridges", "offload", "router") if (HOUSE / room).is_dir()]
LONGEST_MODULE = 400


def imported_modules(source: Path, package: str) -> Iterator[str]:
    """Absolute dotted names of every module that ``source``, a module of ``package``, imports anywhere in its text."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=0):
                yield module or ""
            case ast.ImportFrom(module=module, level=level, names=names):
                base = package.split(".")
                above = base[: len(base) - level + 1]
                if module:
                    yield ".".join([*above, module])
                else:
                    yield from (".".join([*above, alias.name]) for alias in names)


def foreign_imports(folder: Path, allowed: set[str]) -> list[str]:
    """Imports under ``folder`` that are neither of the standard library nor of one of the ``allowed`` packages."""
    found = []
    for source in sorted(folder.rglob("*.py")):
        package = ".".join(source.parent.relative_to(ROOT).parts)
        for name in imported_modules(source, package):
            if name.split(".")[0] in sys.stdlib_module_names:
                continue
            if any(name == package_name or name.startswith(f"{package_name}.") for package_name in allowed):
                continue
            found.append(f"{source.relative_to(ROOT)}: {name}")
    return found


@pytest.mark.parametrize("room", ROOMS_IN_ORDER)
def test_a_pure_room_imports_the_standard_library_and_the_rooms_before_it(room: str) -> None:
    allowed = {f"custom_components.linky_offload.{name}" for name in ROOMS_IN_ORDER[: ROOMS_IN_ORDER.index(room) + 1]}
    assert foreign_imports(HOUSE / room, allowed) == []


def test_the_simulator_imports_the_standard_library_and_itself() -> None:
    assert foreign_imports(ROOT / "simulator", {"simulator"}) == []


def test_the_check_sees_a_foreign_import_in_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "house" / "tic"
    room.mkdir(parents=True)
    (room / "decoder.py").write_text(
        "import json, numpy.linalg\n"
        "from homeassistant.core import HomeAssistant\n"
        "from ..const import DOMAIN\n"
        "from .. import meter\n"
        "from . import labels\n"
        "def late():\n    from .fields import horodate\n    import aiohttp\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert foreign_imports(room, {"house.tic"}) == [
        "house/tic/decoder.py: numpy.linalg",
        "house/tic/decoder.py: homeassistant.core",
        "house/tic/decoder.py: house.const",
        "house/tic/decoder.py: house.meter",
        "house/tic/decoder.py: aiohttp",
    ]


def test_no_module_is_longer_than_the_longest_allowed() -> None:
    folders = ("benchmarks", "custom_components", "demo", "simulator", "tests")
    sources = [source for folder in folders for source in (ROOT / folder).rglob("*.py")]
    too_long = {
        str(source.relative_to(ROOT)): lines
        for source in sources
        if (lines := len(source.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert too_long == {}
