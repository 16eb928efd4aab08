"""Real pip and real uv, which install from the bucket's pages as any web server serves them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distributions
from typing import TYPE_CHECKING

import pytest
import uv

from release.model.ledger import Listing
from release.model.tag import Channel
from tests.release.adapters.s3.test_target import CHANNEL_OF, parcel_of, publish

if TYPE_CHECKING:
    from pathlib import Path

    from release.adapters.s3.target import S3Target
    from tests.servers.s3 import S3

INSTALLERS = {"pip": [sys.executable, "-m", "pip"], "uv": [uv.find_uv_bin(), "pip"]}


class Installer:
    """An installer that finds the bucket's website alone."""

    def __init__(self, name: str, s3: S3, folder: Path, environment: dict[str, str]) -> None:
        self._option = "--default-index" if name == "uv" else "--index-url"
        self._words = [*INSTALLERS[name], "install", "--quiet", "--no-deps", "--no-cache-dir"]
        self._s3, self._folder, self._environment = s3, folder, environment

    def __call__(self, wanted: str, channel: Channel, *more: str) -> str:
        """Install, and give the version that came of it; nothing, where it was refused."""
        index, made = f"{self._s3.website}/{channel}/simple/", self._folder / f"{channel}{len(self._s3.requests)}"
        words = [*self._words, *more, "--target", str(made), self._option, index, wanted]
        done = subprocess.run(words, env=self._environment, capture_output=True, text=True, check=False)
        found = [distribution.version for distribution in distributions(path=[str(made)])]
        assert bool(found) == (done.returncode == 0), done.stderr
        return found[0] if found else ""


@pytest.fixture(params=INSTALLERS)
def install(request: pytest.FixtureRequest, s3: S3, tmp_path: Path, outside: dict[str, str]) -> Installer:
    """Give an installer."""
    return Installer(request.param, s3, tmp_path / "installed", outside)


def test_each_channel_installs_what_it_offers(install: Installer, target: S3Target, tmp_path: Path) -> None:
    publish(target, *(parcel_of(tmp_path, version) for version in CHANNEL_OF))
    got = {channel: install("alpha", channel, "--pre") for channel in Channel}
    assert got == {Channel.STABLE: "0.1.0", Channel.PREVIEW: "0.2.0rc1", Channel.DEV: "0.3.0.dev1"}


def test_an_exact_pin_installs_what_is_unlisted_and_nothing_installs_what_is_archived(
    install: Installer, target: S3Target, tmp_path: Path
) -> None:
    older, newer = parcel_of(tmp_path, "0.1.0"), parcel_of(tmp_path, "0.2.0")
    publish(target, older, newer)
    assert install("alpha", Channel.DEV) == "0.2.0"
    target.relist(newer.tag, {Listing.OFFERED}, Listing.UNLISTED, "it drops rows")
    assert install("alpha", Channel.DEV) == "0.1.0"
    assert install("alpha==0.2.0", Channel.DEV) == "0.2.0"
    target.relist(newer.tag, {Listing.UNLISTED}, Listing.ARCHIVED, "it drops rows")
    assert install("alpha==0.2.0", Channel.DEV) == ""
    target.relist(newer.tag, {Listing.ARCHIVED}, Listing.OFFERED, "")
    assert install("alpha", Channel.DEV) == "0.2.0"


def test_bytes_that_are_not_what_the_page_says_are_not_installed(
    install: Installer, target: S3Target, s3: S3, tmp_path: Path
) -> None:
    parcel, other = parcel_of(tmp_path), parcel_of(tmp_path / "other", source="# other\n")
    publish(target, parcel)
    for each in other.artifacts:
        s3.do("PUT", f"stable/alpha/0.1.0/{each.name}", each.path.read_bytes())
    assert install("alpha==0.1.0", Channel.STABLE) == ""
