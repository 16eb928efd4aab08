"""A small fleet that starts at once; `hatch run scale` lets a thousand nodes start."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cluster.model.node_settings import NodeIndex
from tests.scale.__main__ import describe
from tests.scale.simulation import READ, REPOSITORY, TOKENS, WATCHED, WAYS, Run, Scale, publish, simulate
from tests.scale.ways import Ended, Place, PlainScript
from tests.servers.account import ACCOUNT, NO_FILES, REGION
from tests.servers.codeartifact import DOMAIN, CodeArtifact
from tests.servers.codeartifact.callers import Caller
from tests.servers.codeartifact.quotas import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.scale.ways import Locked

SMALL = Scale(nodes=60, wheels=4, quotas={TOKENS: 5, READ: 150, TOKEN: 225}, spread=1)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    return {run.name: run for run in simulate(SMALL, tmp_path_factory.mktemp("scale"))}


@pytest.mark.parametrize("way", ["init script", "volume"])
def test_every_node_gets_everything(runs: dict[str, Run], way: str) -> None:
    assert (len(runs[way].outcome.seconds), runs[way].outcome.failed) == (SMALL.nodes, {})


@pytest.mark.parametrize("quota", WATCHED)
def test_no_quota_is_exceeded_for_longer_than_pauses_need(runs: dict[str, Run], quota: str) -> None:
    run = runs["init script"]
    assert run.over(quota) <= SMALL.patience(quota)
    assert run.holds(SMALL)
    assert max(run.answered[quota]) <= SMALL.quotas[quota] * (SMALL.nodes if quota == TOKEN else 1)


def test_nodes_that_start_at_once_ask_for_more_tokens_than_there_are(runs: dict[str, Run]) -> None:
    assert sum(runs["init script"].throttled[TOKENS]) > 0
    assert sum(runs["init script"].answered[TOKENS]) == SMALL.nodes


def test_a_plain_script_leaves_nodes_without_packages(runs: dict[str, Run]) -> None:
    failed = runs["plain script"].outcome.failed
    assert failed["no token"] > 0
    assert len(runs["plain script"].outcome.seconds) + failed.total() == SMALL.nodes


def test_the_volume_asks_nobody(runs: dict[str, Run]) -> None:
    assert not any(map(sum, runs["volume"].answered.values()))


def test_the_table_has_a_line_for_each_way(runs: dict[str, Run]) -> None:
    lines = describe(list(runs.values()), SMALL).splitlines()
    counts = {way: line.split()[len(way.split())] for way in WAYS for line in lines if line.startswith(f"{way}  ")}
    assert counts == {way: str(len(runs[way].outcome.seconds)) for way in WAYS}
    assert "12 s for tokens and 4 s for reads" in lines[1]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CodeArtifact]:
    with CodeArtifact() as running:
        running.retry_after = None
        for name, value in {**running.environment, **NO_FILES}.items():
            monkeypatch.setenv(name, value)
        yield running


def run_pip(server: CodeArtifact, wanted: tuple[Locked, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run pip as a plain script does, but for the token, which it gets without a file or an argument."""
    token, _ = server.callers.give_token(Caller(), 900)
    rows = [f"--index-url {server.address.replace('://', f'://aws:{token}@')}/pypi/{REPOSITORY}/simple/\n"]
    rows += [f"{each.name}=={each.version} --hash=sha256:{each.sha256}\n" for each in wanted]
    words = ["--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--dest", str(folder / "got")]
    return subprocess.run(
        [sys.executable, "-m", "pip", "download", *words, "--requirement", "/dev/stdin"],
        input="".join(rows),
        capture_output=True,
        text=True,
        check=False,
    )


def reads(server: CodeArtifact) -> list[str]:
    return [request.path for request in server.requests if request.parts[0] == "pypi"]


def test_the_plain_script_asks_for_what_pip_asks_for(server: CodeArtifact, tmp_path: Path) -> None:
    wanted = publish(server, tmp_path, 3)
    assert run_pip(server, wanted, tmp_path).returncode == 0
    asked = reads(server)
    server.forget()
    script = PlainScript(NodeIndex(REGION, DOMAIN, ACCOUNT, REPOSITORY, server.address))
    script.get_all(Place(tmp_path, wanted))
    assert reads(server) == asked
    assert len(asked) == 2 * len(wanted)


def test_the_plain_script_ends_where_pip_does(server: CodeArtifact, tmp_path: Path) -> None:
    wanted = publish(server, tmp_path, 3)
    server.throttle("Simple", 1)
    done = run_pip(server, wanted, tmp_path)
    assert (done.returncode, "No matching distribution found" in done.stderr, len(reads(server))) == (1, True, 1)
    server.throttle("Simple", 1)
    script = PlainScript(NodeIndex(REGION, DOMAIN, ACCOUNT, REPOSITORY, server.address))
    with pytest.raises(Ended, match="no matching distribution found"):
        script.get_all(Place(tmp_path, wanted))
