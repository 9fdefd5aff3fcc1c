"""Recordings of real meters, when a folder of them is named by TIC_CAPTURES."""

import os
from pathlib import Path

import pytest

FOLDER = os.environ.get("TIC_CAPTURES")

# Without recordings there is nothing to check: the module is not collected, rather than skipped.
collect_ignore = [] if FOLDER else ["test_captures.py"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One case a recording."""
    if "capture" in metafunc.fixturenames and FOLDER:
        files = sorted(path for path in Path(FOLDER).iterdir() if path.suffix in {".bin", ".raw"})
        if not files:
            raise pytest.UsageError(f"TIC_CAPTURES names {FOLDER}, which holds no .bin nor .raw file")
        metafunc.parametrize("capture", files, ids=[path.name for path in files])
