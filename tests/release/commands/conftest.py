"""What tests of commands have beside the command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.release.command import ReleaseCommand
from tests.release.commands.desk import ACTIONS, Desk, make_statement
from tests.release.commands.diagnosis import Doctor, Programs
from tests.release.commands.yard import Yard
from tests.servers.github import GitHub
from tests.servers.kms import Kms
from tests.servers.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def doctor(release: ReleaseCommand) -> Doctor:
    """Give `doctor`, asked about one check at a time."""
    return Doctor(release)


@pytest.fixture
def programs(tmp_path: Path, outside: dict[str, str]) -> Programs:
    """Give a folder to put programs into."""
    return Programs(tmp_path / "programs", outside["PATH"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a folder outside any repository, with an unsigned bundle, and no index, home or network to ask."""
    folder = tmp_path / "desk"
    folder.mkdir()
    config = {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    made = Desk(folder, ReleaseCommand(folder, {**os.environ, **config}))
    made.put(make_statement())
    return made


@pytest.fixture
def kms() -> Iterator[Kms]:
    with Kms() as server:
        yield server


@pytest.fixture
def job(desk: Desk, kms: Kms) -> Desk:
    """Give the same in a job of GitHub Actions that may use the key in KMS, and is told nothing else."""
    desk.command.more.update({**ACTIONS, **kms.environment})
    return Desk(desk.folder, desk.command, words=())


@pytest.fixture
def yard(release: ReleaseCommand) -> Iterator[Yard]:
    """Give a repository that somebody has just made on GitHub, and its work tree with our rules."""
    with GitHub() as server:
        yield Yard(server, release)


@pytest.fixture
def bucket(release: ReleaseCommand, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """Give an S3 with an empty bucket, which every call of the command finds, and this process too."""
    with S3() as server:
        variables = {
            **server.environment,
            "AWS_CONFIG_FILE": "/nowhere",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        }
        release.more.update(variables)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield server
