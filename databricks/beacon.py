"""Have nodes that come later install by the pointer that their driver has installed by.

    python -E -s beacon.py POINTER PORT ADDRESS

The init script starts it on the driver, detached, as the runtime's own Python. It answers to one question with the one
file that is named, and with 404 until that is there. Other nodes ask it by `ask`. Neither side is known to the other,
and nothing is encrypted: what is served is signed, and no secret; whoever asks proves it as one of the volume. An empty
address stands for all of the node's.
"""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import json
import random
import sys
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

PATH = "/pointer"
QUESTION = f"GET {PATH} HTTP/1.1\r\n".encode()
LONGEST = 2048
ANSWER = 5.0
FOUND = 200


class Server(ThreadingTCPServer):
    """The beacon of one driver; the file is read at each question, as it is written anew when a driver starts again."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, pointer: Path, address: tuple[str, int]) -> None:
        self.pointer = pointer
        super().__init__(address, Handler)

    def handle_error(self, *_: object) -> None:
        """Leave it at that: whoever asked has left, or was too slow."""


class Handler(BaseRequestHandler):
    """One question; what does not come in one piece, or not soon, is none."""

    server: Server

    def handle(self) -> None:
        """Give the file to whoever asks for it, and nothing to anybody else."""
        self.request.settimeout(ANSWER)
        is_asked = self.request.recv(LONGEST).startswith(QUESTION)
        content = self.server.pointer.read_bytes() if is_asked and self.server.pointer.is_file() else b""
        status = b"200 OK" if content else b"404 Not Found"
        head = b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, len(content))
        self.request.sendall(head + content)


def ask(driver: str, port: int, seconds: float, most: int) -> bytes | None:
    """Ask a driver until it gives its pointer, and give no more than `most` bytes of that; None if time runs out."""
    until, attempt = time.monotonic() + seconds, 0
    while (content := ask_once(driver, port, max(1.0, min(ANSWER, until - time.monotonic())), most)) is None:
        left = until - time.monotonic()
        if left <= 0:
            return None
        attempt += 1
        time.sleep(min(left, random.uniform(0.05, min(ANSWER, 2.0**attempt / 4))))  # noqa: S311  # jitter
    return content


def ask_once(driver: str, port: int, seconds: float, most: int) -> bytes | None:
    """Ask a driver, and no proxy; None if it has no pointer yet, or does not answer wholly."""
    try:
        with closing(HTTPConnection(driver, port, timeout=seconds)) as connection:
            connection.request("GET", PATH)
            response = connection.getresponse()
            promised, content = response.length, response.read(most)
    except (HTTPException, OSError):
        return None
    is_whole = promised is None or len(content) == min(promised, most)
    return content if response.status == FOUND and is_whole else None


def main(words: list[str]) -> int:
    """Serve until the node ends."""
    address = (words[2], int(words[1]))
    try:
        server = Server(Path(words[0]), address)
    except OSError as error:
        print(f"beacon: FAIL port={address[1]} what={json.dumps(str(error))}", flush=True)
        return 1
    with server:
        print(f"beacon: START address={address[0] or '*'} port={address[1]}", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
