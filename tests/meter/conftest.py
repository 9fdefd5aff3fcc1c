"""Recordings of real meters, when a folder of them is named by TIC_CAPTURES."""

from tests.tic.conftest import FOLDER, pytest_generate_tests

__all__ = ["pytest_generate_tests"]

# Without recordings there is nothing to check: the module is not collected, rather than skipped.
collect_ignore = [] if FOLDER else ["test_captures.py"]
