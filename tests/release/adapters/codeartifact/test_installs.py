"""What is offered installs, by the pip and the uv that a user has, with nothing but a token."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3
import pytest
import requests
from uv import find_uv_bin

from release.model.ledger import Listing
from tests.servers.account import REGION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.adapters.codeartifact.world import World

PIP = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--no-deps"]
UV = [find_uv_bin(), "pip", "install", "--no-cache", "--no-deps", "--python", sys.executable]


def index_of(world: World, repository: str) -> str:
    """Give the address that `aws codeartifact login` writes for pip."""
    client = boto3.client("codeartifact", region_name=REGION)
    domain = world.server.domain.name
    token = client.get_authorization_token(domain=domain, durationSeconds=900)["authorizationToken"]
    found = client.get_repository_endpoint(domain=domain, repository=repository, format="pypi")
    return f"{found['repositoryEndpoint'].replace('http://', f'http://aws:{token}@')}simple/"


def install(words: list[str], index: str, wanted: str, into: Path) -> subprocess.CompletedProcess[str]:
    """Run an installer, which is told the token where no other user of the machine can read it."""
    variables = {**os.environ, "PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index}
    asked = [*words, "--target", str(into), wanted]
    return subprocess.run(asked, env=variables, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("words", [PIP, UV], ids=["pip", "uv"])
def test_a_release_installs_from_every_channel_that_offers_it(world: World, words: list[str], tmp_path: Path) -> None:
    world.publish(world.parcel(version="0.1.0"))
    world.publish(world.parcel(version="0.2.0rc1"))
    for repository, version in (("stable", "0.1.0"), ("preview", "0.2.0rc1")):
        done = install(words, index_of(world, repository), f"alpha=={version}", tmp_path / repository)
        assert done.returncode == 0, done.stderr
        assert version in (tmp_path / repository / "alpha" / "__init__.py").read_text()


@pytest.mark.parametrize("words", [PIP, UV], ids=["pip", "uv"])
def test_a_candidate_is_not_to_be_had_from_stable(world: World, words: list[str], tmp_path: Path) -> None:
    world.publish(world.parcel(version="0.2.0rc1"))
    done = install(words, index_of(world, "stable"), "alpha==0.2.0rc1", tmp_path / "out")
    assert done.returncode != 0
    assert not (tmp_path / "out" / "alpha").exists()


@pytest.mark.parametrize("words", [PIP, UV], ids=["pip", "uv"])
def test_a_yanked_version_installs_by_an_exact_pin_alone(world: World, words: list[str], tmp_path: Path) -> None:
    parcel, target = world.parcel(), world.target()
    world.publish(parcel, target)
    target.relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x")
    index = index_of(world, "stable")
    assert install(words, index, "alpha==0.1.0", tmp_path / "pinned").returncode == 0
    assert install(words, index, "alpha>=0.1", tmp_path / "ranged").returncode != 0
    target.relist(parcel.tag, [Listing.UNLISTED], Listing.ARCHIVED, "x")
    assert install(words, index, "alpha==0.1.0", tmp_path / "archived").returncode != 0


def test_a_stranger_shows_no_token_and_is_shown_nothing(world: World) -> None:
    world.publish(world.parcel())
    page = f"{world.server.address}/pypi/stable/simple/alpha/"
    assert requests.get(page, timeout=10).status_code == 401
    assert requests.get(page, auth=("aws", "guessed"), timeout=10).status_code == 401
