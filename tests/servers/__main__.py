"""Everything outside on this machine, until it is interrupted: a release can be tried with no account.

`hatch run stand-ins`, in a repository whose tags count as pushed.
"""

from __future__ import annotations

import argparse
import base64
import shlex
import subprocess
import tempfile
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from release.steps.diagnosis.aws import VARIABLES
from tests.servers.codeartifact.callers import Caller
from tests.servers.databricks import Databricks
from tests.servers.github.environments import Environment
from tests.servers.github.records import Token
from tests.servers.github.repository import Repository
from tests.servers.github.service import TOKEN
from tests.servers.real_index import PASSWORD, USERNAME
from tests.servers.vulnerabilities import Vulnerabilities
from tests.servers.world import TARGETS, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.github.calls import Route
    from tests.servers.stand_in import Answer, Request

VOLUME = "/Volumes/main/libraries/wheelyard"
"""What the examples of cluster files name."""
_DAY = 86_400


class Remote(Repository):
    """GitHub's repository, to which each tag of a work tree is pushed the moment it is made."""

    def __init__(self, clone: Path) -> None:
        super().__init__()
        self._clone = clone

    def answer(self, request: Request, route: Route, token: Token) -> Answer:
        """Look at the tags first, where one is asked for."""
        if route.endpoint == "GetRef":
            self.fetch()
        return super().answer(request, route, token)

    def fetch(self) -> None:
        """Learn every tag, with the commit that it names."""
        words = ["git", "for-each-ref", "--format=%(refname:strip=2) %(objectname) %(*objectname)", "refs/tags"]
        listed = subprocess.run(words, cwd=self._clone, check=True, capture_output=True, text=True)
        for line in listed.stdout.splitlines():
            name, first, *commit = line.split()
            self.tag(name, *(commit or [first]), *([first] if commit else []))


def describe(world: World, vulnerabilities: Vulnerabilities, workspace: Databricks) -> Iterator[str]:
    """Say what to set, and what to try."""
    for name, value in {**world.environment, **vulnerabilities.environment, **workspace.environment}.items():
        yield f"export {name}={shlex.quote(value)}"
    to = " ".join(f"--to {target}" for target in TARGETS)
    key = base64.b64encode(world.kms.key.public).decode()
    yield "\n# Set these in another shell. To trust the key there, commit this in pyproject.toml, below [tool.release]:"
    yield f'# trusted-keys = ["{key}"]'
    yield "\n# The repository on GitHub as .github/rulesets says:"
    yield "hatch run release doctor --github --apply"
    yield "\n# Release everything that is tagged:"
    yield "git tag --annotate --message Release env-drift/v0.1.0"
    yield from (f"hatch run release {words} {to}" for words in ("plan", "run", f"verify --key {key}"))
    yield "\n# What was released installs from each place:"
    yield from (f"pip install --no-deps --index-url {shlex.quote(index)} env-drift" for index in indexes(world))
    yield f"\n# Volumes are folders below {workspace.volumes.folder}:"
    yield from (f"hatch run cluster {command} nightly-etl" for command in ("lock", "push", "status"))
    yield "\n# Until Ctrl-C."


def indexes(world: World) -> tuple[str, ...]:
    """Give the address of the stable channel for pip: CodeArtifact's, the index's and S3's, with what opens them."""
    token, _ = world.codeartifact.callers.give_token(Caller(), _DAY)
    return (
        f"{_opened(world.codeartifact.address, 'aws', token)}/pypi/stable/simple/",
        f"{_opened(world.index.address, USERNAME, PASSWORD)}/simple/",
        f"{world.s3.website}/stable/simple/",
    )


def _opened(address: str, username: str, password: str) -> str:
    return address.replace("://", f"://{username}:{password}@")


def main() -> None:
    """Serve until interrupted, and say where."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], prog="hatch run stand-ins")
    parser.add_argument("--delay", type=float, default=0, metavar="SECONDS", help="How long each answer takes.")
    world = World(delay=parser.parse_args().delay)
    world.github.repository = Remote(Path.cwd())
    world.github.tokens[TOKEN] = Token(admin=True)
    there = world.github.repository.administered
    there.variables[""].update(VARIABLES)
    there.environments.kept |= {name: Environment(can_admins_bypass=False) for name in ("sign", "release")}
    with (
        tempfile.TemporaryDirectory(prefix="volumes-") as folder,
        Databricks(Path(folder)) as workspace,
        Vulnerabilities() as vulnerabilities,
        world,
    ):
        workspace.volumes.add_volume(VOLUME)
        print(*describe(world, vulnerabilities, workspace), sep="\n", flush=True)  # noqa: T201  # a command that says where it is
        try:
            Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
