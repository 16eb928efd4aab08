from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import uv

from release.adapters.local import LocalIndex
from release.model.artifact import digest_of
from release.model.dist import Dist
from release.model.ledger import State
from release.model.tag import Channel
from release.steps.ledger import read_ledger
from tests.release.adapters.test_disk import ROOT, kill_at_each_moment
from tests.release.doors import METADATA, altered, make_artifacts, publish

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.artifact import Artifacts
    from release.model.ledger import Entry

TAGS = {"0.1.0": Channel.STABLE, "0.2.0rc1": Channel.PREVIEW, "0.3.0.dev1": Channel.DEV}
_LINK = re.compile(r'<a href="(?P<way>[^"#]+)#sha256=(?P<sha256>[0-9a-f]{64})"(?P<more>[^>]*)>(?P<name>[^<]+)</a>')


@pytest.fixture
def dist(tmp_path: Path) -> Dist:
    return Dist(tmp_path / "dist")


def made(tmp_path: Path, version: str, name: str = "alpha") -> Artifacts:
    return make_artifacts(tmp_path / "made" / version, f"{name}/v{version}")


def links(dist: Dist, channel: Channel, name: str = "alpha") -> dict[str, Path]:
    """Give the files a page offers, each of which must be there with the digest that the page says."""
    page = dist.index(channel) / name / "index.html"
    text = page.read_text() if page.is_file() else "</body></html>\n"
    assert text.endswith("</body></html>\n")
    found = {match["name"]: (page.parent / unquote(match["way"]), match["sha256"]) for match in _LINK.finditer(text)}
    for path, sha256 in found.values():
        assert digest_of(path) == sha256
    return {name: path.resolve() for name, (path, _) in found.items()}


def ledger(dist: Dist, artifacts: Artifacts) -> tuple[Entry, ...]:
    return read_ledger(artifacts.release.tag, artifacts.digests, [LocalIndex(dist)])


def states(dist: Dist, artifacts: Artifacts) -> list[State]:
    return [entry.state for entry in ledger(dist, artifacts)]


def files_of(version: str) -> set[str]:
    return {f"alpha-{version}-py3-none-any.whl", f"alpha-{version}.tar.gz"}


def test_what_was_put_is_identical_and_offered(tmp_path: Path, dist: Dist) -> None:
    artifacts = made(tmp_path, "0.1.0")
    assert states(dist, artifacts) == [State.ABSENT, State.ABSENT]
    publish(LocalIndex(dist), artifacts)
    assert states(dist, artifacts) == [State.IDENTICAL, State.IDENTICAL]
    assert links(dist, Channel.STABLE).keys() == files_of("0.1.0")


def test_the_page_says_which_pythons_a_wheel_is_for(tmp_path: Path, dist: Dist) -> None:
    publish(LocalIndex(dist), make_artifacts(tmp_path / "made", metadata={**METADATA, "Requires-Python": ">=3.10,<4"}))
    page = (dist.index(Channel.STABLE) / "alpha" / "index.html").read_text()
    assert 'data-requires-python="&gt;=3.10,&lt;4"' in page


def test_the_root_page_lists_every_project(tmp_path: Path, dist: Dist) -> None:
    for name in ("beta", "alpha"):
        publish(LocalIndex(dist), made(tmp_path, "0.1.0", name))
    assert re.findall(r'href="([^"]+)"', (dist.index(Channel.STABLE) / "index.html").read_text()) == ["alpha/", "beta/"]


def test_each_channel_offers_its_own_and_what_is_surer(tmp_path: Path, dist: Dist) -> None:
    for version in TAGS:
        publish(LocalIndex(dist), made(tmp_path, version))
    assert links(dist, Channel.STABLE).keys() == files_of("0.1.0")
    assert links(dist, Channel.PREVIEW).keys() == files_of("0.1.0") | files_of("0.2.0rc1")
    assert links(dist, Channel.DEV).keys() == files_of("0.1.0") | files_of("0.2.0rc1") | files_of("0.3.0.dev1")
    for channel in Channel:
        offered = LocalIndex(dist).offered("alpha", channel)
        assert {offer.name for offer in offered} == links(dist, channel).keys()


def test_a_file_stands_in_its_own_channel_alone(tmp_path: Path, dist: Dist) -> None:
    for version in TAGS:
        publish(LocalIndex(dist), made(tmp_path, version))
    for version, channel in TAGS.items():
        (only,) = dist.root.rglob(f"alpha-{version}.tar.gz")
        assert only.parent == dist.index(channel) / "alpha"


@pytest.mark.parametrize("version", TAGS)
def test_published_bytes_are_never_replaced(tmp_path: Path, dist: Dist, version: str) -> None:
    first = made(tmp_path, version)
    publish(LocalIndex(dist), first)
    other = make_artifacts(tmp_path / "other", f"alpha/v{version}", source="# other\n")
    assert states(dist, other) == [State.CONFLICTING, State.CONFLICTING]
    publish(LocalIndex(dist), other)
    assert states(dist, first) == [State.IDENTICAL, State.IDENTICAL]


def test_one_file_that_differs_is_a_conflict_of_that_file(tmp_path: Path, dist: Dist) -> None:
    artifacts = made(tmp_path, "0.1.0")
    publish(LocalIndex(dist), artifacts)
    (dist.index(Channel.STABLE) / "alpha" / artifacts.sdist.name).write_bytes(b"other")
    assert states(dist, artifacts) == [State.IDENTICAL, State.CONFLICTING]
    assert states(dist, altered(artifacts, tmp_path / "other")) == [State.CONFLICTING, State.CONFLICTING]


def test_half_a_release_is_not_offered(tmp_path: Path, dist: Dist) -> None:
    publish(LocalIndex(dist), made(tmp_path, "0.1.0"))
    newer = made(tmp_path, "0.2.0")
    shutil.copy(newer.wheel.path, dist.index(Channel.STABLE) / "alpha")
    publish(LocalIndex(dist), made(tmp_path, "0.1.1"))
    assert links(dist, Channel.STABLE).keys() == files_of("0.1.0") | files_of("0.1.1")
    assert {str(offer.version) for offer in LocalIndex(dist).offered("alpha", Channel.STABLE)} == {"0.1.0", "0.1.1"}
    assert states(dist, newer) == [State.ABSENT, State.ABSENT]
    publish(LocalIndex(dist), newer)
    assert files_of("0.2.0") <= links(dist, Channel.DEV).keys()


def test_what_a_killed_writer_left_is_not_offered_and_swept(tmp_path: Path, dist: Dist) -> None:
    folder = dist.index(Channel.STABLE) / "alpha"
    folder.mkdir(parents=True)
    (folder / ".a1b2c3.part").write_bytes(made(tmp_path, "0.1.0").wheel.path.read_bytes()[:100])
    publish(LocalIndex(dist), made(tmp_path, "0.1.1"))
    assert links(dist, Channel.STABLE).keys() == files_of("0.1.1")
    assert not list(folder.glob(".*"))


def test_a_page_that_is_lost_is_written_again(tmp_path: Path, dist: Dist) -> None:
    artifacts = made(tmp_path, "0.1.0")
    publish(LocalIndex(dist), artifacts)
    (dist.index(Channel.DEV) / "alpha" / "index.html").unlink()
    assert states(dist, artifacts) == [State.ABSENT, State.ABSENT]
    publish(LocalIndex(dist), artifacts)
    assert states(dist, artifacts) == [State.IDENTICAL, State.IDENTICAL]


def test_a_writer_that_is_killed_leaves_an_index_that_can_be_trusted(memory: Path) -> None:
    earlier = made(memory, "0.0.9")
    publish(LocalIndex(Dist(memory / "before" / "dist")), earlier)
    offered: list[int] = []
    for after in kill_at_each_moment("put", memory):
        dist = Dist(after / "dist")
        for channel in Channel:
            there = links(dist, channel).keys()
            assert there in (files_of("0.0.9"), files_of("0.0.9") | files_of("0.1.0"))
            offered.append(len(there))
        artifacts = make_artifacts(memory / "again")
        assert State.CONFLICTING not in states(dist, artifacts)
        publish(LocalIndex(dist), artifacts)
        assert states(dist, artifacts) == [State.IDENTICAL, State.IDENTICAL]
        assert not list(dist.root.rglob(".*.part")), "what was half-written is left"
    assert set(offered) == {2, 4}


def test_two_writers_at_once_lose_nothing(tmp_path: Path, dist: Dist) -> None:
    program = (
        "import sys, pathlib\n"
        "from release.adapters.local import LocalIndex\n"
        "from release.model.dist import Dist\n"
        "from tests.release.doors import make_artifacts, publish\n"
        "root, mine = map(pathlib.Path, sys.argv[1:3])\n"
        "made = [make_artifacts(mine, f'alpha/v{version}') for version in sys.argv[3:]]\n"
        "sys.stdin.read(1)\n"
        "for artifacts in made:\n"
        "    publish(LocalIndex(Dist(root)), artifacts)\n"
    )
    shared, odd, even = "1.0", [f"0.{n}" for n in range(1, 16, 2)], [f"0.{n}" for n in range(2, 17, 2)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(dist.root), str(tmp_path / versions[0]), *versions, shared],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        )
        for versions in (odd, even)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    wanted = set[str]().union(*(files_of(version) for version in [*odd, *even, shared]))
    for channel in Channel:
        assert links(dist, channel).keys() == wanted


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_installers_get_from_each_channel_what_it_offers(
    tmp_path: Path, dist: Dist, outside: dict[str, str], installer: str
) -> None:
    for version in TAGS:
        publish(LocalIndex(dist), made(tmp_path, version))
    program = [sys.executable, "-m", "pip"] if installer == "pip" else [uv.find_uv_bin(), "pip"]
    got = {}
    for channel in Channel:
        folder = tmp_path / "installed" / channel
        words = [*program, "install", "--quiet", "--pre", "--no-deps", "--no-cache-dir", "--target", str(folder)]
        words += ["--default-index" if installer == "uv" else "--index-url", dist.index(channel).as_uri(), "alpha"]
        done = subprocess.run(words, env=outside, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        got[channel] = [distribution.version for distribution in distributions(path=[str(folder)])]
    assert got == {Channel.STABLE: ["0.1.0"], Channel.PREVIEW: ["0.2.0rc1"], Channel.DEV: ["0.3.0.dev1"]}


def test_a_file_nobody_has_a_receipt_for_is_unknown(tmp_path: Path, dist: Dist) -> None:
    artifacts = made(tmp_path, "0.1.0")
    publish(LocalIndex(dist), artifacts)
    for entry in read_ledger(artifacts.release.tag, dict.fromkeys(artifacts.digests, ""), [LocalIndex(dist)]):
        assert entry.state is State.UNKNOWN
        assert "nothing says what its bytes should be" in entry.detail


def test_a_ledger_says_where_each_file_stands(tmp_path: Path, dist: Dist) -> None:
    artifacts = made(tmp_path, "0.2.0rc1")
    places = [entry.location for entry in ledger(dist, artifacts)]
    assert places == [f"index/preview/simple/alpha/{each.name}" for each in artifacts]
    assert not dist.root.exists(), "looking makes nothing"
