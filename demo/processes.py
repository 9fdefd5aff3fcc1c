"""Programs that are started, watched and stopped without leaving anything behind."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
import ctypes
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time

# Only Linux can be asked to end a child with its parent; looked up here, since a forked child should do little.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """Let the system kill this child when its parent is killed, so that no Home Assistant is left on its port."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class ProgramError(RuntimeError):
    """A program did not do what was expected of it; the text ends with the tail of its log."""


class Program:
    """One child process, its output in a file.

    It leads its own session, so that a Ctrl-C in the terminal reaches only the parent, which stops its children in the
    right order.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the process exists and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Number of the running process."""
        if self._process is None:
            raise ProgramError(f"{self.name} was not started")
        return self._process.pid

    def start(self) -> None:
        """Start it; its output is added to the log."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (one system call, which needs no lock)
            )

    def stop(self, patience_s: float = 20.0) -> None:
        """Ask it to end, and kill it when it has not after ``patience_s``; waits until it is gone."""
        if self._process is None:
            return
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def kill(self) -> None:
        """End it and whatever it started at once, as a power cut would (SIGKILL); waits until it is gone."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def tail(self, lines: int = 40) -> str:
        """The last lines of its log."""
        return "\n".join(self.text().splitlines()[-lines:])

    def text(self) -> str:
        """Its whole log."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def expect_running(self) -> None:
        """Raise ProgramError with the tail of the log if it has ended by itself."""
        if not self.running:
            raise ProgramError(f"{self.name} has ended by itself:\n{self.tail()}")

    async def shows(self, what: str, seen: Path, patience_s: float) -> None:
        """Wait until the file ``seen`` exists."""
        deadline = time.monotonic() + patience_s
        while not self._lives_to_show(seen):
            if time.monotonic() > deadline:
                raise ProgramError(f"{self.name}: no {what} after {patience_s:.0f} s:\n{self.tail()}")
            await asyncio.sleep(0.02)

    def _lives_to_show(self, seen: Path) -> bool:
        self.expect_running()
        return seen.exists()


def python_command(module: str, *arguments: str) -> list[str]:
    """The command that runs ``module`` with the present interpreter."""
    return [sys.executable, "-m", module, *arguments]


def free_port() -> int:
    """A TCP port that nobody uses on this machine right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
