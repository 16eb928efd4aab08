from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, cast

import pytest
from packaging.version import Version

from release.errors import Conflict, Unauthorized, UsageError
from release.model.diagnosis import State
from release.model.ledger import Listing
from release.model.tag import Channel
from release.ports import Archive, Examined, Revocable
from tests.release.adapters.index.indexes import ALPHA, digests, opened
from tests.release.doors import altered, make_artifacts, make_parcel
from tests.servers.real_index import PASSWORD, USERNAME, run_devpi, run_pypiserver
from tests.servers.upload import UploadIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from release.adapters.index.target import PackageIndex
    from release.model.artifact import Artifacts
    from tests.servers.real_index import DevpiServer, IndexServer

REAL: Mapping[str, Callable[[Path], AbstractContextManager[IndexServer]]] = {
    "pypiserver": run_pypiserver,
    "devpi": run_devpi,
}


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], IndexServer]]:
    """Start a real index, once for all tests."""
    servers: dict[str, IndexServer] = {}
    with ExitStack() as stack:

        def _start(kind: str) -> IndexServer:
            if kind not in servers:
                folder = tmp_path_factory.mktemp("server") / kind
                servers[kind] = stack.enter_context(REAL[kind](folder))
            return servers[kind]

        yield _start


@pytest.fixture
def stand_in() -> Iterator[UploadIndex]:
    """Give an index that can be made to fail."""
    with UploadIndex() as server:
        yield server


@pytest.fixture(params=["the stand-in", *REAL])
def environment(request: pytest.FixtureRequest, start: Callable[[str], IndexServer]) -> Mapping[str, str]:
    """Give the variables by which each kind of index is found, without a file in it."""
    if request.param == "the stand-in":
        server: UploadIndex = request.getfixturevalue("stand_in")
        return server.environment
    return start(request.param).empty().environment


@pytest.fixture
def target(environment: Mapping[str, str]) -> PackageIndex:
    """Give the door to an index of each kind."""
    return opened(environment)


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    """Give a wheel and an sdist of alpha 0.1.0."""
    return make_artifacts(tmp_path / "built")


def test_it_can_be_examined_and_nothing_more(target: PackageIndex) -> None:
    assert isinstance(target, Examined)
    assert not isinstance(target, (Archive, Revocable))


def test_nothing_is_held_before_the_first_release(target: PackageIndex) -> None:
    assert target.held(ALPHA) == ()
    assert target.inventory(["alpha", "beta"]) == ()
    assert target.offered("alpha", Channel.DEV) == ()


def test_what_is_brought_is_held_offered_and_given_back(target: PackageIndex, artifacts: Artifacts) -> None:
    parcel = make_parcel(artifacts, SHA256SUMS=b"digests")
    target.put(parcel)
    target.show(parcel)
    (place,) = target.places(ALPHA, artifacts.wheel.name)
    held = target.held(ALPHA)
    assert {(each.tag, each.location, each.name, each.sha256, each.listing) for each in held} == {
        (ALPHA, place, each.name, each.sha256, Listing.OFFERED) for each in artifacts
    }
    offers = {each.name: each for each in target.offered("alpha", Channel.STABLE)}
    assert {name: each.sha256 for name, each in offers.items()} == digests(target)
    assert target.fetch(offers[artifacts.wheel.name]) == artifacts.wheel.path.read_bytes()
    assert target.inventory(["beta", "alpha"]) == held


def test_evidence_has_no_place_in_an_index(target: PackageIndex, artifacts: Artifacts) -> None:
    target.put(make_parcel(artifacts, SHA256SUMS=b"digests", cdx_json=b"{}"))
    assert target.places(ALPHA, "SHA256SUMS") == ()
    assert target.places(ALPHA, "alpha-0.1.0.cdx.json") == ()
    assert digests(target) == {each.name: each.sha256 for each in artifacts}


def test_the_same_bytes_again_are_no_event(target: PackageIndex, artifacts: Artifacts) -> None:
    for _ in range(2):
        target.put(make_parcel(artifacts))
    assert digests(target) == {each.name: each.sha256 for each in artifacts}


def test_half_a_release_is_made_whole(
    target: PackageIndex, environment: Mapping[str, str], artifacts: Artifacts
) -> None:
    parcel = make_parcel(artifacts)
    half = {name: each for name, each in parcel.files.items() if name.endswith(".whl")}
    target.put(type(parcel)(**{**vars(parcel), "files": half}))
    assert list(digests(target)) == [artifacts.wheel.name]
    opened(environment).put(parcel)
    assert digests(target) == {each.name: each.sha256 for each in artifacts}


def test_other_bytes_are_a_conflict_and_replace_nothing(
    target: PackageIndex, artifacts: Artifacts, tmp_path: Path
) -> None:
    target.put(make_parcel(artifacts))
    with pytest.raises(Conflict, match=r"alpha/ has alpha-0\.1\.0\S+ with other bytes") as conflict:
        target.put(make_parcel(altered(artifacts, tmp_path / "other")))
    assert "next version" in conflict.value.hint
    assert digests(target) == {each.name: each.sha256 for each in artifacts}


def test_a_wrong_password_is_told_and_never_repeated(environment: Mapping[str, str], artifacts: Artifacts) -> None:
    wrong = "wrong-password-of-ada"
    stranger = opened({**environment, "TWINE_PASSWORD": wrong})
    with pytest.raises(Unauthorized, match=r"alpha") as refused:
        stranger.put(make_parcel(artifacts))
    assert refused.value.exit_code == 15
    assert wrong not in f"{refused.value.message} {refused.value.hint}"
    assert digests(opened(environment)) == {}


def test_a_channel_offers_its_own_versions_and_those_of_narrower_ones(target: PackageIndex, tmp_path: Path) -> None:
    versions = {"0.1.0": Channel.STABLE, "0.2.0rc1": Channel.PREVIEW, "0.2.0.dev3": Channel.DEV}
    for version in versions:
        target.put(make_parcel(make_artifacts(tmp_path / version, f"alpha/v{version}")))
    for channel in Channel:
        expected = {Version(each) for each, its in versions.items() if its in channel.offers}
        assert {each.version for each in target.offered("alpha", channel)} == expected
    assert {str(each.tag) for each in target.inventory(["alpha"])} == {f"alpha/v{each}" for each in versions}


def test_pip_and_uv_install_what_was_published(
    target: PackageIndex, environment: Mapping[str, str], artifacts: Artifacts, tmp_path: Path
) -> None:
    target.put(make_parcel(artifacts))
    scheme, rest = environment["RELEASE_INDEX_URL"].split("://")
    url = f"{scheme}://{USERNAME}:{PASSWORD}@{rest}"
    finds = {**os.environ, "PIP_INDEX_URL": url, "UV_DEFAULT_INDEX": url}
    hashed = tmp_path / "requirements.txt"
    hashed.write_text(f"alpha==0.1.0 --hash=sha256:{artifacts.wheel.sha256}\n")
    for tool in (["pip", "install", "--no-deps"], ["uv", "pip", "install", "--no-cache", "--python", sys.executable]):
        folder = tmp_path / tool[0]
        words = ["--require-hashes", "--target", str(folder), "--requirement", str(hashed)]
        done = subprocess.run(
            [sys.executable, "-m", *tool, *words], capture_output=True, text=True, check=False, env=finds
        )
        assert done.returncode == 0, done.stderr
        assert (folder / "alpha" / "__init__.py").read_text().startswith("NAME = 'alpha'")


def test_all_is_well_says_the_examination(target: PackageIndex, artifacts: Artifacts) -> None:
    target.put(make_parcel(artifacts))
    found = list(target.examine(["alpha", "beta"]))
    assert [(each.check, each.state) for each in found] == [
        ("index", State.OK),
        ("index: alpha", State.OK),
        ("index: beta", State.WARNING),
        ("index clock", State.OK),
    ]
    assert "nobody has published" in found[2].detail
    assert found[2].cure
    assert digests(target) == {each.name: each.sha256 for each in artifacts}, "it changed something"


def test_the_examination_names_a_wrong_password(environment: Mapping[str, str]) -> None:
    found = list(opened({**environment, "TWINE_PASSWORD": "wrong-password"}).examine(["alpha"]))
    assert (found[0].check, found[0].state, found[0].exit_code) == ("index", State.FAILED, 15)
    assert "password" in found[0].cure
    assert "index: alpha" in [each.check for each in found], "the other questions are asked all the same"


def test_an_index_that_replaces_files_is_named(start: Callable[[str], IndexServer]) -> None:
    devpi = cast("DevpiServer", start("devpi"))
    found = list(opened(devpi.empty(volatile=True).environment).examine([]))
    assert [each.state for each in found] == [State.OK, State.WARNING]
    assert "volatile" in found[1].detail
    assert "volatile=False" in found[1].cure


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TWINE_REPOSITORY_URL", "index.example/legacy"),
        ("TWINE_REPOSITORY_URL", "ftp://index.example/"),
        ("RELEASE_INDEX_URL", "https://ada:secret-of-ada@:99999/simple/"),
        ("RELEASE_INDEX_URL", "https://[index/secret-of-ada"),
    ],
)
def test_what_is_no_address_is_refused_by_the_name_of_its_setting(setting: str, value: str) -> None:
    good = {"TWINE_REPOSITORY_URL": "https://index.example/", "TWINE_USERNAME": USERNAME, "TWINE_PASSWORD": PASSWORD}
    with pytest.raises(UsageError, match=rf"^{setting} is no address$") as refused:
        opened({**good, setting: value})
    assert "secret" not in f"{refused.value.message} {refused.value.hint}"


def test_pages_stand_below_the_address_for_uploads_if_nothing_else_is_said() -> None:
    target = opened({"TWINE_REPOSITORY_URL": "https://ada:secret@index.example/up?x=1", **_credentials()})
    assert target.places(ALPHA, "alpha-0.1.0.tar.gz") == ("https://index.example/up/simple/alpha/",)


def _credentials() -> dict[str, str]:
    return {"TWINE_USERNAME": USERNAME, "TWINE_PASSWORD": PASSWORD}
