from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from release.adapters.cyclonedx import UNKNOWN, CycloneDX
from release.errors import BuildFailed
from release.model.closure import Closure, Component, Pin
from tests.release.doors import COMMIT, METADATA, make_artifacts

if TYPE_CHECKING:
    from release.model.artifact import Artifacts

TOMLI_MARKER = "python_full_version < '3.11'"
IDNA = Component(Pin("idna", "3.10", sha256=("a" * 64, "f" * 64)), (), "BSD-3-Clause", "Kim Davies")
SIX = Component(Pin("six", "1.17.0", sha256=("b" * 64,)), (), "", "")
BETA = Component(
    Pin("beta", "0.1.0", sha256=("c" * 64,), first_party=True),
    ("idna", "tomli"),
    "LicenseRef-Proprietary",
    "Ada Lovelace",
)
OLD_TOMLI = Component(Pin("tomli", "1.0", TOMLI_MARKER, ("d" * 64,)), (), "MIT License", "A. U. Thor")
NEW_TOMLI = Component(
    Pin("tomli", "2.0", "python_full_version >= '3.11'", ("e" * 64,)), ("six",), "MIT OR Apache-2.0", ""
)
EVERYTHING = (BETA, IDNA, SIX, OLD_TOMLI, NEW_TOMLI)


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return make_artifacts(tmp_path, requires=["beta", "six"])


def sbom(artifacts: Artifacts, components: tuple[Component, ...] = EVERYTHING) -> dict[str, Any]:
    closure = Closure(Path("/nowhere/pylock.toml"), components, ("beta", "six") if components else (), None)
    document: dict[str, Any] = json.loads(CycloneDX().sbom(artifacts, closure))
    return document


def components(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{each['name']}=={each['version']}": each for each in document["components"]}


@pytest.mark.parametrize("listed", [EVERYTHING, ()])
def test_the_librarys_own_strict_validator_takes_it(artifacts: Artifacts, listed: tuple[Component, ...]) -> None:
    errors = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(sbom(artifacts, listed)))
    assert errors is None


def test_it_is_the_same_bytes_each_time_whatever_the_order(artifacts: Artifacts) -> None:
    first, second = (
        CycloneDX().sbom(artifacts, Closure(Path(place), listed, ("beta", "six"), None))
        for place, listed in (("/here/lock", EVERYTHING), ("/there/lock", EVERYTHING[::-1]))
    )
    assert first == second
    assert first.endswith("}\n")


def test_the_root_is_the_wheel(artifacts: Artifacts) -> None:
    root = sbom(artifacts)["metadata"]["component"]
    assert (root["name"], root["version"], root["purl"]) == ("alpha", "0.1.0", "pkg:pypi/alpha@0.1.0")
    assert root["hashes"] == [{"alg": "SHA-256", "content": artifacts.wheel.sha256}]
    assert root["licenses"] == [{"license": {"id": "MIT"}}]
    assert root["supplier"] == {"name": METADATA["Author-email"]}


def test_the_root_refers_to_both_files_and_to_the_commit(artifacts: Artifacts) -> None:
    references = sbom(artifacts)["metadata"]["component"]["externalReferences"]
    files = {each["url"]: each["hashes"][0]["content"] for each in references if each["type"] == "distribution"}
    assert files == {each.name: each.sha256 for each in artifacts}
    (vcs,) = (each for each in references if each["type"] == "vcs")
    assert vcs["url"] == "https://example.com/alpha"
    assert COMMIT.sha in vcs["comment"]
    assert "alpha/v0.1.0" in vcs["comment"]


def test_its_time_is_the_commits_and_its_number_the_wheels(artifacts: Artifacts) -> None:
    document = sbom(artifacts)
    assert document["metadata"]["timestamp"] == "2026-01-02T03:04:05+00:00"
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"sha256:{artifacts.wheel.sha256}")
    assert document["serialNumber"] == f"urn:uuid:{number}"
    assert document["specVersion"] == "1.6"


def test_who_made_it_how_and_when_is_said(artifacts: Artifacts) -> None:
    metadata = sbom(artifacts)["metadata"]
    assert metadata["supplier"] == {"name": METADATA["Author-email"]}
    assert metadata["authors"] == [{"name": METADATA["Author-email"]}]
    assert metadata["lifecycles"] == [{"phase": "build"}]
    tools = {each["name"]: each["version"] for each in metadata["tools"]["components"]}
    assert tools.keys() == {"cyclonedx-python-lib", "wheelyard"}
    assert all(tools.values())


def test_every_component_has_what_the_minimum_elements_ask_for(artifacts: Artifacts) -> None:
    listed = components(sbom(artifacts))
    assert listed.keys() == {str(each.pin) for each in EVERYTHING}
    for each in EVERYTHING:
        described = listed[str(each.pin)]
        assert described["purl"] == f"pkg:pypi/{each.pin.name}@{each.pin.version}"
        assert described["hashes"] == [{"alg": "SHA-256", "content": each.pin.sha256[0]}]
        assert described["supplier"]["name"] == (each.author or UNKNOWN)
        assert len(described["licenses"]) == 1


def test_a_licence_is_an_identifier_an_expression_words_or_an_unknown(artifacts: Artifacts) -> None:
    listed = components(sbom(artifacts))
    assert listed["idna==3.10"]["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert listed["beta==0.1.0"]["licenses"] == [{"expression": "LicenseRef-Proprietary"}]
    assert listed["tomli==2.0"]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert listed["tomli==1.0"]["licenses"] == [{"license": {"name": "MIT License"}}]
    assert listed["six==1.17.0"]["licenses"] == [{"license": {"name": "NOASSERTION"}}]


def test_the_graph_is_the_locks(artifacts: Artifacts) -> None:
    document = sbom(artifacts)
    names = {each["bom-ref"]: key for key, each in components(document).items()}
    names[document["metadata"]["component"]["bom-ref"]] = "alpha"
    graph = {names[each["ref"]]: {names[ref] for ref in each.get("dependsOn", [])} for each in document["dependencies"]}
    assert graph == {
        "alpha": {"beta==0.1.0", "six==1.17.0"},
        "beta==0.1.0": {"idna==3.10", "tomli==1.0", "tomli==2.0"},
        "tomli==2.0": {"six==1.17.0"},
        "idna==3.10": set(),
        "six==1.17.0": set(),
        "tomli==1.0": set(),
    }


def test_what_is_needed_on_some_pythons_only_says_on_which(artifacts: Artifacts) -> None:
    listed = components(sbom(artifacts))
    assert listed["idna==3.10"]["scope"] == "required"
    assert listed["tomli==1.0"]["scope"] == "optional"
    assert listed["tomli==1.0"]["properties"] == [{"name": "wheelyard:marker", "value": TOMLI_MARKER}]


def test_the_graph_is_complete_unless_something_could_not_be_read(artifacts: Artifacts) -> None:
    (whole,) = sbom(artifacts)["compositions"]
    assert (whole["aggregate"], len(whole["dependencies"])) == ("complete", len(EVERYTHING) + 1)
    unread = (*EVERYTHING[:-1], replace(NEW_TOMLI, is_described=False))
    assert [each["aggregate"] for each in sbom(artifacts, unread)["compositions"]] == ["incomplete"]


def test_neither_installers_nor_this_machine_are_in_it(artifacts: Artifacts) -> None:
    text = json.dumps(sbom(artifacts))
    assert "file:" not in text
    assert "/nowhere" not in text
    assert str(artifacts.wheel.path.parent) not in text
    assert {"pip", "setuptools", "uv"}.isdisjoint(each.partition("==")[0] for each in components(json.loads(text)))


@pytest.mark.parametrize(
    ("metadata", "supplier"),
    [
        ({"Author": "Ada"}, "Ada"),
        ({"Author-email": "ada@example.com"}, "ada@example.com"),
        ({"Maintainer": "Grace"}, "Grace"),
        ({}, "NOASSERTION"),
    ],
)
def test_the_supplier_is_whoever_the_metadata_names(tmp_path: Path, metadata: dict[str, str], supplier: str) -> None:
    root = sbom(make_artifacts(tmp_path, metadata=metadata), ())["metadata"]["component"]
    assert root["supplier"]["name"] == supplier
    assert root["licenses"] == [{"license": {"name": "NOASSERTION"}}]


def test_a_document_that_is_not_valid_is_never_given(artifacts: Artifacts) -> None:
    wrong = replace(IDNA, pin=replace(IDNA.pin, sha256=("no digest",)))
    with pytest.raises(BuildFailed, match=r"not valid CycloneDX 1\.6"):
        sbom(artifacts, (BETA, SIX, wrong, OLD_TOMLI))
