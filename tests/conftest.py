"""Fixtures for every test that needs Home Assistant; the pure rooms' tests get none of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

# Found before the copy that the test package of Home Assistant brings along under the same name.
import custom_components  # noqa: F401

from .common import PtyMeter


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """An empty configuration folder for each test: the journal writes real files."""
    (tmp_path / ".storage").mkdir()
    return str(tmp_path)


@pytest.fixture(autouse=True)
def our_integration(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load custom integrations, where there is a Home Assistant."""
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def pty_meter(tmp_path: Path) -> Iterator[PtyMeter]:
    """A meter of 6 kVA, one phase, on a pseudo-terminal."""
    meter = PtyMeter(tmp_path / "ttyTIC")
    yield meter
    meter.close()
