"""What a cluster file may say, and what it is told where it says anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import tomlkit
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from cluster.model import cluster_file as module
from cluster.model.cluster_file import ClusterFile
from release.errors import UsageError
from release.model.tag import Channel
from release.settings import parse_table, parse_toml
from tests.repository.tree import ROOT

SCHEMA = json.loads(Path(module.__file__).with_name("cluster_file.schema.json").read_text())
FILE: dict[str, Any] = {
    "runtime": "15.4",
    "source": "codeartifact",
    "fallback": "volume",
    "volume": "/Volumes/main/libraries/wheelyard",
    "packages": {"env-drift": ">=0.1,<0.2"},
}


def read(content: bytes) -> ClusterFile:
    return parse_table(content, "etl.toml", ClusterFile)


def changed(**more: object) -> bytes:
    document = {**FILE, **more}
    return tomlkit.dumps({key: value for key, value in document.items() if value is not None}).encode()


def test_a_file_says_a_runtime_packages_and_where_they_come_from() -> None:
    file = read(changed(packages={"Rich": "", "env_drift": " >= 0.1"}))
    assert (file.runtime, file.channel, file.source, file.fallback) == (
        "15.4",
        Channel.STABLE,
        "codeartifact",
        "volume",
    )
    assert file.requirements == (Requirement("env-drift>=0.1"), Requirement("rich"))
    assert (file.architecture, file.refresher, file.is_serverless) == ("x86_64", False, False)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"runtim": "15.4"}, "etl.toml: runtim: unknown key"),
        ({"runtime": None}, "etl.toml: runtime: Field required"),
        ({"runtime": 15.4}, "runtime: Input should be a valid string"),
        ({"channel": "nightly"}, "channel: Input should be 'stable', 'preview' or 'dev'"),
        ({"source": "s3"}, "source: Input should be 'codeartifact' or 'volume'"),
        ({"source": "volume"}, 'fallback is for source = "codeartifact"'),
        ({"volume": None}, "volume: Field required"),
        ({"volume": "/Volumes/main/libraries"}, "a volume's path is /Volumes/<catalog>/<schema>/<volume>"),
        ({"volume": "/Volumes/main/../x/y"}, "a volume's path is"),
        ({"volume": "/Volumes/main/libraries/a b"}, "a volume's path is"),
        ({"volume": "/Volumes/main/libraries/$(id)"}, "a volume's path is"),
        ({"volume": "/Volumes/main/libraries/x\n"}, "a volume's path is"),
        ({"packages": {}}, "packages: Dictionary should have at least 1 item"),
        ({"packages": {"a": "", "A": ""}}, "a is named twice"),
        ({"packages": {"a": "1.0"}}, "packages: Value error, a: "),
        ({"packages": {"a": "@ https://example.com/a.whl"}}, "a range of versions is wanted, and no address or marker"),
        ({"packages": {"a": '; python_version > "3"'}}, "a range of versions is wanted, and no address or marker"),
        ({"packages": {"a": "\n--index-url http://127.0.0.1/"}}, "packages: Value error, a: "),
        ({"packages": {"-r other.txt": ""}}, "'-r other.txt' is no name of a package"),
        ({"packages": {"rich>=1": ""}}, "'rich>=1' is no name of a package"),
        ({"packages": {"rich": ">=1", "Rich[jupyter]": ""}}, "rich is named twice"),
        ({"architecture": "sparc"}, "architecture: Input should be 'x86_64' or 'aarch64'"),
        ({"runtime": "serverless-v4"}, "serverless compute takes no init script"),
        (
            {"runtime": "serverless-v4", "source": "volume", "fallback": None, "refresher": True},
            "serverless compute takes no init script",
        ),
    ],
)
def test_what_is_wrong_is_told_by_file_and_key_with_what_may_stand_there(more: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(changed(**more))
    assert says in refused.value.message
    assert refused.value.message.startswith("etl.toml: ")
    assert (
        "may hold: architecture, channel, fallback, packages, refresher, runtime, source, volume" in refused.value.hint
    )


@settings(max_examples=50)
@given(st.binary(max_size=200))
@example(b'runtime = "15.4"\n[packages')
def test_whatever_stands_in_a_file_is_read_or_refused_in_words(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"etl\.toml"):
        read(content)


KEYS = st.sampled_from([*FILE, "channel", "architecture", "refresher", "other"])
VALUES = st.one_of(
    st.sampled_from(
        ["15.4", "serverless-v4", "volume", "codeartifact", "stable", "aarch64", "/Volumes/a/b/c", "/Volumes/a/.."]
    ),
    st.booleans(),
    st.integers(-3, 3),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=6),
    st.dictionaries(st.sampled_from(["rich", "Rich", "a b", ""]), st.sampled_from(["", ">=1", "1", ";x"]), max_size=2),
)


@settings(max_examples=60)
@given(st.dictionaries(KEYS, VALUES, max_size=4))
@example({"refresher": 0})
@example({"refresher": "off"})
def test_what_is_read_is_also_good_by_the_schema_that_ships(more: dict[str, Any]) -> None:
    content = changed(**more)
    try:
        file = read(content)
    except UsageError:
        return  # what it says is the parameters' above
    jsonschema_rs.validate(SCHEMA, parse_toml(content, "etl.toml"))
    assert not any(each.url or each.marker for each in file.requirements)


def test_the_schema_that_ships_is_the_models_own() -> None:
    own = ClusterFile.model_json_schema(by_alias=True)
    assert own == SCHEMA, f"write it again: {json.dumps(own, indent=2)}"


def test_the_examples_are_good_by_the_schema_and_name_runtimes_that_are_known() -> None:
    paths = sorted((ROOT / "databricks" / "clusters").glob("*.toml"))
    assert [path.stem for path in paths] == ["analytics-shared", "nightly-etl", "serverless-reports"]
    for path in paths:
        jsonschema_rs.validate(SCHEMA, parse_toml(path.read_bytes(), path.name))
        file = parse_table(path.read_bytes(), path.name, ClusterFile)
        assert (ROOT / "databricks" / "runtimes" / f"{file.runtime}.txt").is_file()
        assert path.read_text().startswith("#:schema ../../tools/cluster/model/cluster_file.schema.json\n")
