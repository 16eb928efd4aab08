"""`cluster lock --from codeartifact`: one index for ours and for others, read with a token that nobody sees."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from packaging.utils import parse_wheel_filename

from tests.release.stocked import stock_codeartifact
from tests.release.warehouse import MADE
from tests.servers.codeartifact import CodeArtifact
from tests.servers.codeartifact.store import PUBLISHED, Asset, PackageVersion
from tests.servers.kms import Kms
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.locksmith import Locksmith


@pytest.fixture
def service() -> Iterator[CodeArtifact]:
    with CodeArtifact() as server:
        yield server


def stock_public(server: CodeArtifact, wheel: Path) -> None:
    """Put a wheel of somebody else where the repositories' connection to the world finds it."""
    name, version, *_ = parse_wheel_filename(wheel.name)
    revision = base64.b64encode(hashlib.sha256(wheel.name.encode()).digest()).decode()
    assets = {wheel.name: Asset(wheel.name, wheel.read_bytes())}
    packages = server.domain.repositories["public"].packages
    packages[name] = packages.get(name, PUBLISHED).plus(
        PackageVersion(str(version), assets, revision=revision, published=MADE)
    )


def test_everything_is_locked_and_bundled_from_the_repository_of_the_channel(
    locksmith: Locksmith, service: CodeArtifact, tmp_path: Path
) -> None:
    made = [
        locksmith.publisher.release("alpha/v0.1.0", ["rich>=1"]),
        locksmith.publisher.release("alpha/v0.2.0rc1", ["rich>=1"]),
    ]
    stock_codeartifact(service, made)
    stock_public(service, write_wheel(tmp_path / "public", "rich", "1.5"))
    locksmith.offer("rich", "9.0")
    locksmith.offer("alpha", "9.0")
    locksmith.cluster("etl", alpha="")
    locksmith.cluster("trial", alpha="", more='channel = "preview"')
    locksmith.more.update(service.environment)
    said = locksmith.call("lock").expect(0)
    assert locksmith.rows("etl") == {"alpha": "0.1.0", "rich": "1.5"}
    assert locksmith.rows("trial") == {"alpha": "0.2.0rc1", "rich": "1.5"}
    assert "lock 1 is UNSIGNED" in said.err
    assert not locksmith.index.asked()


def test_a_lock_that_kms_has_signed_is_bundled_from_codeartifact(
    locksmith: Locksmith, service: CodeArtifact, tmp_path: Path
) -> None:
    stock_codeartifact(service, [locksmith.publisher.release("alpha/v0.1.0", ["rich>=1"])])
    stock_public(service, write_wheel(tmp_path / "public", "rich", "1.5"))
    locksmith.ship("tiny", {"numpy==1.23.5": ()})
    locksmith.cluster("etl", alpha="")
    locksmith.more.update(service.environment)
    with Kms() as kms:
        locksmith.more.update(kms.environment)
        said = locksmith.call("lock", "--json").expect(0).document["clusters"][0]
    assert said["signed"]
    refused = locksmith.call("bundle", "etl").expect(16)  # this machine trusts its own key alone
    assert "UNSIGNED for whoever trusts what is trusted here" in refused.err
    locksmith.more["RELEASE_KMS_KEY_ID"] = ""
    locksmith.path("etl").unlink()
    locksmith.call("lock", "--from", "local", UV_DEFAULT_INDEX=locksmith.index.url).expect(12)  # rich is not there
    locksmith.index.folders[-1].joinpath("rich-1.5-py3-none-any.whl").write_bytes(
        (tmp_path / "public" / "rich-1.5-py3-none-any.whl").read_bytes()
    )
    locksmith.call("lock", "--from", "local").expect(0)
    locksmith.index.forget()
    bundled = locksmith.call("bundle", "etl", "--from", "codeartifact", "--json").expect(0).document
    assert bundled["wheels"] == ["alpha-0.1.0-py3-none-any.whl", "rich-1.5-py3-none-any.whl"]
    assert not locksmith.index.asked()


def test_a_domain_that_lets_nobody_in_is_told_before_anything_is_asked(
    locksmith: Locksmith, service: CodeArtifact
) -> None:
    locksmith.cluster("etl", alpha="")
    refused = locksmith.call("lock", **{**service.environment, "CODEARTIFACT_DOMAIN": "elsewhere"}).expect(2)
    assert "codeartifact: could not get a token for the domain elsewhere" in refused.err
    lacking = locksmith.call("lock", "--from", "codeartifact").expect(2)
    assert "settings are missing: codeartifact lacks AWS_REGION" in lacking.err
    assert not locksmith.path("etl").exists()
