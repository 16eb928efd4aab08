"""Serve until interrupted, and say where."""

from __future__ import annotations

import argparse
from threading import Event

from tests.servers.github.service import GitHub


def main() -> None:
    """Serve a repository without tags or releases."""
    parser = argparse.ArgumentParser(description="A stand-in for GitHub's releases, on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    with GitHub(parser.parse_args().port) as server:
        print(*(f"export {name}={value}" for name, value in server.environment.items()), sep="\n", flush=True)  # noqa: T201  # a command that says where it is
        try:
            Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
