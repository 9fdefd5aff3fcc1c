"""What tests that start real programs need: sockets, and nobody who watches over their threads."""

from collections.abc import Iterator

import pytest
import pytest_socket


@pytest.fixture(autouse=True)
def real_sockets() -> Iterator[None]:
    """Let these tests talk to programs on this machine."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Replace the watch over a test's own Home Assistant: there is none here."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the event loop at its speed: these tests are measured in what programs do, not in what coroutines do."""
