"""What a release by hand talks to, on loopback: an index that takes uploads, services that know of vulnerabilities."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROOT = Path(__file__).parents[2]
_SECONDS_BETWEEN = 0.05


@contextmanager
def serve_index(folder: Path) -> Iterator[str]:
    """Run a real pypiserver that takes anything from anybody, and give its address."""
    port = free_port()
    words = ("run", "--interface", "127.0.0.1", "--port", str(port), "-P", ".", "-a", ".", "--overwrite", str(folder))
    with _serve([sys.executable, "-m", "pypiserver", *words], port):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def serve_vulnerabilities() -> Iterator[str]:
    """Run the stand-in for OSV and for the index's own JSON, and give its address."""
    port = free_port()
    with _serve([sys.executable, "-m", "tests.servers.vulnerabilities", "--port", str(port)], port):
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    """Find a port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


@contextmanager
def _serve(words: Sequence[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(words, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(_SECONDS_BETWEEN)
                raise RuntimeError(f"{' '.join(words)} ended with {code} before it answered on port {port}")
        yield
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
