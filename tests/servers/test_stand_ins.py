from __future__ import annotations

import hashlib
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from tests.servers.index import Fault, PackageIndex
from tests.servers.stand_in import closed_address
from tests.servers.vulnerabilities import CANARY
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PackageIndex]:
    write_wheel(tmp_path, "idna", "1.0", requires=["six"])
    with PackageIndex(tmp_path) as server:
        yield server


def test_the_vulnerability_services_run_as_a_command() -> None:
    words = [sys.executable, "-m", "tests.servers.vulnerabilities"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = dict(process.stdout.readline().strip().removeprefix("export ").split("=", 1) for _ in range(2))
        question = {"package": {"name": CANARY.name, "ecosystem": "PyPI"}, "version": CANARY.version}
        osv = requests.post(said["RELEASE_OSV_URL"], json=question, timeout=10).json()
        url = f"{said['RELEASE_PYPI_JSON_URL']}/{CANARY.name}/{CANARY.version}/json"
        pypi = requests.get(url, timeout=10).json()
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0
    assert [each["id"] for each in osv["vulns"]] == [CANARY.id]
    assert [each["id"] for each in pypi["vulnerabilities"]] == [CANARY.id]


def test_an_index_speaks_json_to_who_asks_for_it_and_html_to_others(index: PackageIndex, tmp_path: Path) -> None:
    digest = hashlib.sha256((tmp_path / "idna-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    (file,) = requests.get(f"{index.url}idna/", headers=JSON, timeout=10).json()["files"]
    assert (file["hashes"], file["upload-time"]) == ({"sha256": digest}, "2020-02-02T00:00:00.000000Z")
    page = requests.get(f"{index.url}idna/", timeout=10).text
    assert re.findall(r'#sha256=(\w+)">([^<]+)<', page) == [(digest, "idna-1.0-py3-none-any.whl")]
    assert index.asked() == {"idna"}


def test_an_index_gives_files_and_their_metadata(index: PackageIndex) -> None:
    (file,) = requests.get(f"{index.url}idna/", headers=JSON, timeout=10).json()["files"]
    content = requests.get(file["url"], timeout=10).content
    assert hashlib.sha256(content).hexdigest() == file["hashes"]["sha256"]
    metadata = requests.get(f"{file['url']}.metadata", timeout=10).content
    assert hashlib.sha256(metadata).hexdigest() == file["core-metadata"]["sha256"]
    assert b"Requires-Dist: six" in metadata


def test_an_index_lists_its_projects_and_no_others(index: PackageIndex) -> None:
    assert requests.get(index.url, headers=JSON, timeout=10).json()["projects"] == [{"name": "idna"}]
    assert 'href="idna/"' in requests.get(index.url, timeout=10).text
    for path in ("simple/six/", "files/00/six.whl", "elsewhere"):
        assert requests.get(f"{index.address}/{path}", timeout=10).status_code == 404


@pytest.mark.parametrize(("fault", "status"), [(Fault.ERROR, 500), (Fault.UNAUTHORISED, 401)])
def test_a_fault_of_one_project_is_not_the_others(index: PackageIndex, fault: Fault, status: int) -> None:
    index.fail(fault, "six")
    assert requests.get(f"{index.url}six/", timeout=10).status_code == status
    assert requests.get(f"{index.url}idna/", timeout=10).status_code == 200
    index.mend()
    assert requests.get(f"{index.url}six/", timeout=10).status_code == 404


def test_nobody_listens_at_a_closed_address() -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(closed_address(), timeout=10)


def test_no_test_reaches_beyond_this_machine() -> None:
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        requests.get("http://192.0.2.1/", timeout=10, proxies={"http": ""})
