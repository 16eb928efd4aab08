"""A driver's beacon gives one file to whoever asks for it rightly, and whoever asks it does so until it has one."""

from __future__ import annotations

import socket
import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.databricks.programs import FOLDER, beacon
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = "127.0.0.1"
MOST = 1 << 20
GET = b"GET /pointer HTTP/1.1\r\nHost: driver\r\n\r\n"


@pytest.fixture
def pointer(tmp_path: Path) -> Path:
    """Give the place of a pointer that is not chosen yet."""
    return tmp_path / "pointer.intoto.jsonl"


@pytest.fixture
def port(pointer: Path) -> Iterator[int]:
    """Give the port of a beacon."""
    with beacon.Server(pointer, (HERE, 0)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def send(port: int, question: bytes) -> bytes:
    """Send bytes, and give everything that comes back."""
    with socket.create_connection((HERE, port), timeout=10) as connection:
        connection.sendall(question)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def answer_with(answers: list[bytes]) -> tuple[socket.socket, Thread]:
    """Serve these answers one after the other, whatever is asked."""
    listener = socket.create_server((HERE, 0))

    def serve() -> None:
        for each in answers:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(each)

    thread = Thread(target=serve)
    thread.start()
    return listener, thread


def test_there_is_nothing_until_the_pointer_is_chosen(port: int, pointer: Path) -> None:
    assert send(port, GET).startswith(b"HTTP/1.1 404 ")
    assert beacon.ask(HERE, port, 0, MOST) is None
    pointer.write_bytes(b"signed\n")
    assert send(port, GET).endswith(b"\r\n\r\nsigned\n")
    assert beacon.ask(HERE, port, 0, MOST) == b"signed\n"


@pytest.mark.parametrize(
    "question",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /pointer/../installed.json HTTP/1.1\r\n\r\n",
        b"GET /pointer.intoto.jsonl HTTP/1.1\r\n\r\n",
        b"HEAD /pointer HTTP/1.1\r\n\r\n",
        b"PUT /pointer HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
        b"\0",
    ],
)
def test_no_other_question_is_answered(port: int, pointer: Path, question: bytes) -> None:
    pointer.write_bytes(b"signed\n")
    assert send(port, question) == b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def test_whoever_says_nothing_keeps_nobody_waiting(port: int, pointer: Path) -> None:
    pointer.write_bytes(b"signed\n")
    silent = [socket.create_connection((HERE, port)) for _ in range(20)]
    assert beacon.ask(HERE, port, 0, MOST) == b"signed\n"
    for each in silent:
        each.close()
    assert beacon.ask(HERE, port, 0, MOST) == b"signed\n"


def test_an_answer_that_breaks_off_or_is_none_is_asked_for_again() -> None:
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsigned\n"
    listener, thread = answer_with([b"", b"nonsense\r\n\r\n", good[:-3], good.replace(b"200", b"500"), good])
    with listener:
        assert beacon.ask(HERE, listener.getsockname()[1], 30, MOST) == b"signed\n"
        thread.join()


def test_no_more_is_read_than_a_pointer_may_have() -> None:
    listener, thread = answer_with([b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000])
    with listener:
        assert beacon.ask(HERE, listener.getsockname()[1], 30, 100) == b"x" * 100
        thread.join()


def test_a_driver_that_nobody_answers_for_is_given_up_in_time() -> None:
    assert beacon.ask(HERE, int(closed_address().rpartition(":")[2]), 0.2, MOST) is None


def test_it_says_where_it_listens_and_that_it_can_not(pointer: Path) -> None:
    taken = int(closed_address().rpartition(":")[2])
    words = [sys.executable, "-E", "-s", "-B", str(FOLDER / "beacon.py"), str(pointer), str(taken), HERE]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        assert first.stdout.readline() == f"beacon: START address={HERE} port={taken}\n"
        second = subprocess.run(words, capture_output=True, text=True, check=False)
        first.terminate()
    assert (second.returncode, second.stdout.startswith(f"beacon: FAIL port={taken} what=")) == (1, True)
