"""The init script with its values: what nodes trust, whom they ask, and that a shell takes it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cluster.steps.render.node_script import Scripts, describe_trust, find_index
from release.errors import UsageError
from release.model.trust import Builder, Trust, TrustedKey
from release.settings import Settings
from release.steps.runtime_tables import in_folder, read_runtimes
from tests.cluster.rendering import VOLUME, make_file
from tests.databricks.node import node as verify
from tests.databricks.provenance import NEXT, RELEASE, spki
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster.model.cluster_file import ClusterFile

REPOSITORY = "https://github.com/example/libraries"
TRUST = Trust(
    (
        TrustedKey(spki(RELEASE), "release", frozenset({Builder.SEPARATE_SIGNER.value}), date(2027, 12, 31)),
        TrustedKey(spki(NEXT), "", frozenset(each.value for each in Builder)),
    ),
    threshold=2,
)
CODEARTIFACT = {
    "AWS_REGION": "eu-central-1",
    "CODEARTIFACT_DOMAIN": "wheelyard",
    "CODEARTIFACT_ACCOUNT_ID": "111122223333",
    "CODEARTIFACT_REPOSITORY": "stable",
    "CODEARTIFACT_DEV_REPOSITORY": "dev",
}


def make_script(file: ClusterFile, floor: int = 1, variables: Mapping[str, str] | None = None) -> str:
    """Make the script of a cluster as a repository with these settings would."""
    scripts = Scripts(ROOT / "databricks", TRUST, REPOSITORY, Settings({**CODEARTIFACT, **(variables or {})}))
    make = scripts.maker("nightly-etl", file, read_runtimes(in_folder(ROOT), [file.runtime])[0])
    assert make
    return make(floor).decode()


def told(script: str) -> dict[str, Any]:
    """Give the values that stand in a script."""
    found = re.search(r"^\{\n.*?^\}$", script, re.DOTALL | re.MULTILINE)
    assert found
    values: dict[str, Any] = json.loads(found[0])
    return values


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give a script of every kind, as a file."""
    folder = tmp_path_factory.mktemp("scripts")
    kinds: list[dict[str, object]] = [
        {},
        {"source": "volume"},
        {"fallback": "volume", "refresher": True},
        {"runtime": "17.3", "channel": "dev"},
    ]
    paths = [folder / f"{number}.sh" for number, _ in enumerate(kinds)]
    for path, keys in zip(paths, kinds, strict=True):
        path.write_text(make_script(make_file(**keys)))
    return paths


def test_every_kind_of_script_is_one_that_bash_takes(scripts: list[Path]) -> None:
    for path in scripts:
        done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_shellcheck_has_nothing_to_say_of_any_kind_of_script(scripts: list[Path]) -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run(
        [str(shellcheck), "--norc", "--severity=style", *map(str, scripts)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_same_values_are_the_same_bytes_and_the_floor_is_one_of_them() -> None:
    file = make_file()
    assert make_script(file) == make_script(file)
    assert told(make_script(file, 7)) == {**told(make_script(file)), "floor": 7}


def test_nodes_are_told_the_keys_as_their_verifier_reads_them() -> None:
    trust = verify.read_trust(json.dumps(told(make_script(make_file()))["trust"]).encode())
    assert trust.repository == REPOSITORY
    assert trust.threshold == 2
    assert {(each.spki, each.name, each.builders, each.expires) for each in trust.keys} == {
        (spki(RELEASE), "release", (Builder.SEPARATE_SIGNER.value,), date(2027, 12, 31)),
        (spki(NEXT), "", tuple(sorted(each.value for each in Builder)), date.max),
    }


def test_one_signature_is_asked_for_at_least() -> None:
    assert describe_trust(Trust(TRUST.keys, 0), REPOSITORY)["threshold"] == 1


def test_nodes_are_told_where_the_cluster_has_its_place_in_the_volume() -> None:
    values = told(make_script(make_file(source="volume")))
    assert values["pointer"] == f"{VOLUME}/clusters/nightly-etl/current.intoto.jsonl"
    assert values["wheels"] == f"{VOLUME}/wheels"
    assert (values["cluster"], values["runtime"], values["python"]) == ("nightly-etl", "15.4", "3.11")
    assert "numpy==1.23.5" in values["shipped"]


@pytest.mark.parametrize(
    ("keys", "repository"),
    [({}, "stable"), ({"channel": "dev"}, "dev"), ({"source": "volume", "refresher": True}, "stable")],
)
def test_nodes_ask_the_repository_of_their_channel(keys: dict[str, object], repository: str) -> None:
    index = told(make_script(make_file(**keys)))["index"]
    assert (index["repository"], index["domain"], index["account"]) == (repository, "wheelyard", "111122223333")
    assert (index["region"], index["endpoint"]) == ("eu-central-1", None)


def test_nodes_that_take_all_from_the_volume_are_told_of_no_index() -> None:
    assert find_index(make_file(source="volume"), Settings({})) is None


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CODEARTIFACT"])
def test_an_endpoint_of_one_s_own_is_told_to_nodes(variable: str) -> None:
    index = find_index(make_file(), Settings({**CODEARTIFACT, variable: "https://vpce.example.com"}))
    assert index
    assert index.endpoint == "https://vpce.example.com"


def test_every_setting_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(UsageError, match="AWS_REGION, CODEARTIFACT_PREVIEW_REPOSITORY") as refused:
        find_index(make_file(channel="preview"), Settings({**CODEARTIFACT, "AWS_REGION": ""}))
    assert 'source = "volume"' in refused.value.hint


def test_serverless_compute_has_no_script() -> None:
    file = make_file(runtime="serverless-v4", source="volume")
    runtime = read_runtimes(in_folder(ROOT), ["15.4"])[0]
    assert Scripts(ROOT / "databricks", TRUST, REPOSITORY, Settings({})).maker("reports", file, runtime) is None


def test_no_variable_that_keeps_a_secret_gets_into_a_script() -> None:
    secrets = {name: f"value-of-{name}" for name in ("AWS_SECRET_ACCESS_KEY", "DATABRICKS_TOKEN", "TWINE_PASSWORD")}
    assert "value-of-" not in make_script(make_file(refresher=True), variables=secrets)
