"""The index that a node serves to itself: pip installs through it for as long as the node is up."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster.model.node_settings import NodeIndex
from tests.databricks.programs import FOLDER
from tests.planted import Search
from tests.servers.account import ACCOUNT, ENVIRONMENT, NO_FILES, REGION
from tests.servers.codeartifact import DOMAIN, CodeArtifact
from tests.servers.codeartifact.store import Asset
from tests.servers.stand_in import Answer, closed_address
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.stand_in import Request

TOKEN = "GetAuthorizationToken"  # noqa: S105  # the name of a call
FILE = "paper_plane-1.2.0-py3-none-any.whl"


class Refresher:
    """A refresher that runs; what it has said is there once it has ended."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.configuration = folder / "pip.conf"
        self.log: list[str] = []

    def ask(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        """Ask for a path as it is written."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path)
            with connection.getresponse() as response:
                return response.status, response.read()

    def install(self, name: str, to: Path) -> subprocess.CompletedProcess[str]:
        """Install by pip as a user does, who says nothing of indexes."""
        words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--retries", "0"]
        environment = {"PATH": os.defpath, "PIP_CONFIG_FILE": str(self.configuration), "HOME": str(to.parent)}
        command = [sys.executable, "-s", *words, "--no-deps", "--target", str(to), name]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[CodeArtifact]:
    """Give CodeArtifact with two wheels."""
    with CodeArtifact() as service:
        for name, version in (("paper-plane", "1.2.0"), ("origami", "1.4")):
            wheel = write_wheel(tmp_path / "made", name, version)
            service.append("stable", name, version, Asset(wheel.name, wheel.read_bytes()))
        yield service


def settings_of(service: CodeArtifact, folder: Path, port: int, seconds: int) -> Path:
    index = asdict(NodeIndex(REGION, DOMAIN, ACCOUNT, "stable", service.address, seconds))
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"index": index, "refresher": port, "limits": {"answer": 5, "attempts": 1}}))
    return settings


def start(settings: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-E", "-s", "-B", str(FOLDER / "refresher.py"), str(settings)]
    environment = {"PATH": os.defpath, **ENVIRONMENT, **NO_FILES}
    return subprocess.Popen(
        [*words, str(settings.with_name("pip.conf"))], env=environment, stdout=subprocess.PIPE, text=True
    )


@contextmanager
def refresher_of(service: CodeArtifact, folder: Path, seconds: int = 900) -> Iterator[Refresher]:
    """Run a refresher for as long as it is needed; nothing that it says or leaves may hold a secret."""
    port = int(closed_address().rpartition(":")[2])
    refresher = Refresher(folder, port)
    with start(settings_of(service, folder, port, seconds)) as process:
        assert process.stdout is not None
        refresher.log.append(process.stdout.readline().strip())
        assert refresher.log == [f"refresher: START address=http://127.0.0.1:{port}/"]
        refresher.ask("/")  # it says that it listens before it serves
        try:
            yield refresher
        finally:
            process.terminate()
            refresher.log += process.stdout.read().splitlines()
    search = Search()
    search.look("its log", "\n".join(refresher.log))
    search.look_below(folder)
    assert not search.found


def tokens_of(service: CodeArtifact) -> int:
    return [service.call(each) for each in service.requests].count(TOKEN)


def test_pip_installs_through_it_whenever_tokens_end(service: CodeArtifact, tmp_path: Path) -> None:
    with refresher_of(service, tmp_path) as refresher:
        assert refresher.install("paper-plane", tmp_path / "first").returncode == 0
        assert tokens_of(service) == 1
        service.expire_tokens()
        later = refresher.install("origami==1.4", tmp_path / "later")
        assert (later.returncode, later.stderr) == (0, "")
        assert tokens_of(service) == 2
    assert (tmp_path / "first/paper_plane/__init__.py").is_file()
    assert (tmp_path / "later/origami/__init__.py").is_file()
    assert len([each for each in refresher.log if each.startswith("refresher: TOKEN until=")]) >= 1
    path = f"/simple/paper-plane/1.2.0/{FILE}"
    size = (tmp_path / "made" / FILE).stat().st_size
    assert f"refresher: GET path={path} status=200 bytes={size}" in refresher.log


def test_a_token_is_renewed_before_it_ends_and_kept_until_then(service: CodeArtifact, tmp_path: Path) -> None:
    service.callers.session = timedelta(hours=1)
    with refresher_of(service, tmp_path, seconds=0) as refresher:
        assert [refresher.ask("/simple/origami/")[0] for _ in range(3)] == [200] * 3
        assert tokens_of(service) == 1
    service.callers.session = timedelta(minutes=4)
    service.forget()
    with refresher_of(service, tmp_path, seconds=0) as refresher:
        assert [refresher.ask("/simple/origami/")[0] for _ in range(2)] == [200] * 2
        assert tokens_of(service) == 2


def test_it_says_what_is_wrong_and_goes_on(service: CodeArtifact, tmp_path: Path) -> None:
    with refresher_of(service, tmp_path) as refresher:
        assert refresher.ask("/simple/nowhere/")[0] == 404
        service.throttle("Simple", 99)
        status, said = refresher.ask("/simple/origami/")
        assert (status, said[:26]) == (502, b"CodeArtifact: unreachable:")
        failed = refresher.install("origami", tmp_path / "failed")
        assert (failed.returncode, (tmp_path / "failed").exists()) == (1, False)
        service.throttle("Simple", 0)
        assert refresher.ask("/simple/origami/")[0] == 200
    assert re.search(r'FAIL path=/simple/origami/ status=502 code=unreachable what=".*429', "\n".join(refresher.log))


def test_it_outlives_codeartifact(tmp_path: Path) -> None:
    with CodeArtifact() as service:
        wheel = write_wheel(tmp_path / "made", "origami", "1.4")
        service.append("stable", "origami", "1.4", Asset(wheel.name, wheel.read_bytes()))
        with refresher_of(service, tmp_path) as refresher:
            service.__exit__()
            assert refresher.ask("/simple/origami/")[0] == 502
            service.closing.clear()
            with CodeArtifact(int(service.address.rpartition(":")[2])) as again:
                again.append("stable", "origami", "1.4", Asset(wheel.name, wheel.read_bytes()))
                assert refresher.ask("/simple/origami/")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/simple/",
        "/pypi/stable/",
        "/simple/../../other/x",
        "/simple/%2e%2e/%2e%2e/other",
        "//127.0.0.1:9/x",
        "/x?y",
    ],
)
def test_it_gives_nothing_but_projects_and_their_files(service: CodeArtifact, tmp_path: Path, path: str) -> None:
    with refresher_of(service, tmp_path) as refresher:
        service.forget()
        status, said = refresher.ask(path)
        assert status in {404, 502}
        assert not [each for each in service.requests if each.path.startswith("/pypi")], said


def test_a_file_that_breaks_off_is_not_taken_for_whole(tmp_path: Path) -> None:
    class Short(CodeArtifact):
        def answer(self, request: Request) -> Answer:
            said = super().answer(request)
            whole = len(said.content)
            return Answer(said.content[:99], length=whole) if request.path.endswith(".whl") else said

    with Short() as service, refresher_of(service, tmp_path) as refresher:
        wheel = write_wheel(tmp_path / "made", "origami", "1.4")
        service.append("stable", "origami", "1.4", Asset(wheel.name, wheel.read_bytes()))
        with pytest.raises(http.client.IncompleteRead):
            refresher.ask(f"/simple/origami/1.4/{wheel.name}")
        failed = refresher.install("origami", tmp_path / "failed")
        assert (failed.returncode, (tmp_path / "failed").exists()) == (1, False)
    assert any("code=unreachable" in each and "ended after 99 of" in each for each in refresher.log)


def test_it_only_reads(service: CodeArtifact, tmp_path: Path) -> None:
    with refresher_of(service, tmp_path) as refresher:
        assert refresher.ask("/simple/origami/", "POST")[0] == 501
        assert refresher.ask("/simple/origami/", "HEAD") == (200, b"")
    assert not [each for each in service.requests if each.method != "GET" and each.path.startswith("/pypi")]


def test_links_lead_to_it_and_nowhere_else(tmp_path: Path) -> None:
    class Absolute(CodeArtifact):
        def answer(self, request: Request) -> Answer:
            if not request.path.endswith("/origami/"):
                return super().answer(request)
            ours = f"{self.address}/pypi/stable/simple/origami/1.4/o.whl#sha256=00"
            page = f'<a href="{ours}" data-requires-python="&gt;=3.9">o.whl</a> <A HREF=\'https://example.com/o.whl\'>o</A>'
            return Answer(page.encode(), kind="text/html")

    with Absolute() as service, refresher_of(service, tmp_path) as refresher:
        status, page = refresher.ask("/simple/Origami")
    here = f"http://127.0.0.1:{refresher.port}/simple/origami/1.4/o.whl#sha256=00"
    assert (status, page.decode()) == (
        200,
        f'<a href="{here}" data-requires-python="&gt;=3.9">o.whl</a> <A HREF=\'#\'>o</A>',
    )


def test_it_listens_on_loopback_alone_and_once(service: CodeArtifact, tmp_path: Path) -> None:
    with refresher_of(service, tmp_path) as refresher:
        listening = Path(f"/proc/{os.getpid()}/net/tcp").read_text().splitlines()
        addresses = [each.split()[1] for each in listening if each.split()[1].endswith(f":{refresher.port:04X}")]
        assert "0100007F" in {each.partition(":")[0] for each in addresses}
        assert "00000000" not in {each.partition(":")[0] for each in addresses}
        (tmp_path / "second").mkdir()
        with start(settings_of(service, tmp_path / "second", refresher.port, 900)) as second:
            said, _ = second.communicate()
        assert (second.returncode, said[:22]) == (1, "refresher: FAIL port=" + str(refresher.port)[0])
        assert not (tmp_path / "second" / "pip.conf").exists()


def test_what_pip_was_told_before_is_kept_beside_it(service: CodeArtifact, tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("[global]\nextra-index-url = https://example.com/simple\n")
    for _ in range(2):
        with refresher_of(service, tmp_path) as refresher:
            said = (tmp_path / "pip.conf").read_text().splitlines()[1:]
            assert said == ["[global]", f"index-url = http://127.0.0.1:{refresher.port}/simple/"]
    assert "example.com" in (tmp_path / "pip.conf.before-wheelyard").read_text()
