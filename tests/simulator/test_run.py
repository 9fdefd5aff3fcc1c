"""The program itself: a real process, a real pseudo-terminal, a real control socket."""

from collections.abc import Iterator
from contextlib import contextmanager
import json
import os
from pathlib import Path
import select
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
import pytest_socket

from simulator.run import Terminal, parse

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def local_sockets() -> None:
    """Let these tests talk to the program that they start."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


class Client:
    """A client of the control protocol."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._file = sock.makefile("rw", encoding="utf-8")

    def send_line(self, line: str) -> dict[str, Any]:
        self._file.write(line + "\n")
        self._file.flush()
        return self.next()

    def ask(self, **request: Any) -> dict[str, Any]:
        return self.send_line(json.dumps(request))

    def next(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._file.readline())
        return answer

    def close(self) -> None:
        self._file.close()
        self._sock.close()


class Running:
    """A simulator under way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.ready = json.loads(process.stdout.readline())

    @contextmanager
    def client(self) -> Iterator[Client]:
        control = self.ready["control"]
        if isinstance(control, int):
            sock = socket.create_connection(("127.0.0.1", control))
        else:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(control)
        sock.settimeout(20)
        client = Client(sock)
        try:
            yield client
        finally:
            client.close()

    @contextmanager
    def terminal(self) -> Iterator[int]:
        port = os.open(self.ready["link"] or self.ready["port"], os.O_RDONLY | os.O_NOCTTY)
        try:
            yield port
        finally:
            os.close(port)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@contextmanager
def simulator(*arguments: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "simulator.run", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def read_until(port: int, wanted: bytes, limit: int = 8000) -> bytes:
    """Read 7-bit text from the terminal until it holds what is wanted."""
    out = b""
    while wanted not in out and len(out) < limit:
        assert select.select([port], [], [], 20)[0], "the line is silent"
        out += bytes(code & 0x7F for code in os.read(port, 4096))
    assert wanted in out
    return out


def test_frames_control_and_a_clean_exit(tmp_path: Path) -> None:
    link, control = tmp_path / "linky", tmp_path / "control"
    link.symlink_to("/nowhere")
    with simulator("--link", str(link), "--control", str(control)) as running, running.client() as client:
        assert link.readlink() == Path(running.ready["port"])
        with running.terminal() as port:
            out = read_until(port, b"\x03\x02")
            assert b"\nADSC\t041961999999\tX\r" in out
            assert client.ask(cmd="mode", value="historic") == {"ok": True}
            read_until(port, b"\x04\x02\nADCO 041961999999")
            assert client.ask(cmd="silence", on=True)["ok"]
            assert client.ask(cmd="state", seq=1)["state"]["silent"] is True
        assert running.stop() == 0
    assert not link.is_symlink()
    assert not control.exists()


def test_subscribers_hear_every_change_and_every_second_over_tcp() -> None:
    with simulator("--control", "0", "--speed", "50") as running, running.client() as client:
        assert client.ask(cmd="subscribe", seq=7) == {"ok": True, "seq": 7}
        first = client.next()["state"]
        with running.client() as other:
            assert other.ask(cmd="plug", id="water_heater", on=False)["ok"]
        state = client.next()["state"]
        while state["appliances"][0]["plug_on"]:
            state = client.next()["state"]
        while state["elapsed_s"] < first["elapsed_s"] + 50:
            state = client.next()["state"]
        assert state["appliances"][0]["p_w"] == 0
        assert running.stop(signal.SIGINT) == 0


def test_the_house_lives_at_its_speed_while_nobody_reads_the_line() -> None:
    with simulator("--control", "0", "--speed", "200", "--script", "overload", "--mode", "historic") as running:
        with running.client() as client:
            client.ask(cmd="subscribe")
            state = client.next()["state"]
            while not state["breaker"]["open"]:
                state = client.next()["state"]
            assert 150 <= state["breaker"]["trips"][0]["elapsed_s"] <= 210
            client.ask(cmd="reclose")
        assert running.stop() == 0


def test_what_nobody_read_is_lost_as_on_a_line() -> None:
    with simulator("--control", "0", "--tariff", "base") as running:
        with running.terminal() as port:
            read_until(port, b"\x02")
            with running.client() as client:
                client.ask(cmd="message", long="LU", short=None)
                # Left unread by this reader: it must not reach the next one.
                assert select.select([port], [], [], 20)[0]
        with running.client() as client:
            client.ask(cmd="mode", value="historic")
            client.ask(cmd="subscribe")
            for _ in range(3):
                client.next()
        with running.terminal() as port:
            assert b"\t" not in read_until(port, b"\nPTEC TH.. $\r")
        assert running.stop() == 0


def test_a_reader_that_does_not_read_never_stops_the_line() -> None:
    terminal = Terminal(None)
    try:
        port = os.open(terminal.port, os.O_RDONLY | os.O_NOCTTY)
        for _ in range(1000):
            terminal.write(b"x" * 256)
        assert set(os.read(port, 4096)) == {ord("x")}
        os.close(port)
    finally:
        terminal.close()


def test_a_link_that_is_taken_by_a_file_is_refused_and_kept(tmp_path: Path) -> None:
    link = tmp_path / "linky"
    link.write_text("precious")
    command = [sys.executable, "-m", "simulator.run", "--link", str(link)]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("simulator: ")
    assert link.read_text() == "precious"


@pytest.mark.parametrize(
    "line",
    [pytest.param("{broken", id="no JSON"), pytest.param('"text"', id="no object"), pytest.param("", id="empty")],
)
def test_a_client_that_talks_nonsense_is_answered(line: str) -> None:
    with simulator("--control", "0") as running, running.client() as client:
        assert client.send_line(line)["ok"] is False
        assert client.ask(cmd="state")["ok"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--phases", "2"], id="two phases"),
        pytest.param(["--contract", "0"], id="no contract"),
        pytest.param(["--speed", "0"], id="no speed"),
        pytest.param(["--start", "2026-01-15T19:00:00"], id="a start without offset"),
    ],
)
def test_options_that_make_no_sense_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(arguments)
    assert "error" in capsys.readouterr().err
