"""An SBOM is of its wheel, and names what the wheel asks for and what that brings: no less, and no more."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from release.model.metadata import parse_metadata
from release.steps.inspection.closure import compare_closure

if TYPE_CHECKING:
    from collections.abc import Callable

WHEEL = "a" * 64
REQUIRES = ("Idna_Na>=3,<4", "six; python_version < '3.12'", "colorama; sys_platform == 'win32'", "extra; extra == 'x'")
Document = dict[str, Any]


def component(name: str, version: str, sha256: str = "b" * 64) -> Document:
    return {
        "bom-ref": f"{name}=={version}",
        "name": name,
        "version": version,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }


GOOD: Document = {
    "metadata": {"component": component("env-drift", "0.1.0", WHEEL)},
    "components": [
        component("idna-na", "3.10"),
        component("six", "1.16"),
        component("colorama", "0.4"),
        component("deep", "1"),
    ],
    "dependencies": [
        {"ref": "env-drift==0.1.0", "dependsOn": ["colorama==0.4", "idna-na==3.10", "six==1.16"]},
        {"ref": "idna-na==3.10", "dependsOn": ["deep==1"]},
        {"ref": "deep==1", "dependsOn": ["idna-na==3.10"]},
        {"ref": "six==1.16"},
    ],
}


def judge(document: Document, requires: tuple[str, ...] = REQUIRES, wheel: str = WHEEL) -> list[str]:
    lines = ("Metadata-Version: 2.4", "Name: Env_Drift", "Version: 0.1.0", *(f"Requires-Dist: {r}" for r in requires))
    return list(compare_closure(document, wheel, parse_metadata("\n".join(lines).encode())))


def changed(change: Callable[[Document], object]) -> Document:
    document = copy.deepcopy(GOOD)
    change(document)
    return document


def add(document: Document, *, direct: bool) -> None:
    document["components"].append(component("evil", "6"))
    document["dependencies"][0 if direct else 3].setdefault("dependsOn", []).append("evil==6")


def test_an_sbom_of_its_wheel_gives_nothing_to_say() -> None:
    assert judge(GOOD) == []


def test_a_wheel_that_asks_for_nothing_has_an_sbom_of_nothing() -> None:
    alone = {"metadata": GOOD["metadata"]}
    assert judge(alone, ()) == []
    assert judge(alone, ("six",)) == ["it lacks six, which the wheel asks for"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda it: it["dependencies"][0]["dependsOn"].remove("six==1.16") or it["components"].pop(1),
         "it lacks six, which the wheel asks for"),
        (lambda it: it["dependencies"][0]["dependsOn"].remove("colorama==0.4") or it["components"].pop(2),
         "it lacks colorama, which the wheel asks for"),
        (lambda it: it["dependencies"][0]["dependsOn"].append("deep==1"), "the wheel does not ask for deep"),
        (lambda it: add(it, direct=True), "the wheel does not ask for evil"),
        (lambda it: it["components"][0].update(version="4.0"), "the wheel asks for Idna_Na<4,>=3, and it has 4.0"),
        (lambda it: it["components"].append(component("evil", "6")), "nothing asks for evil==6"),
        (lambda it: it["dependencies"][1].update(dependsOn=[]), "nothing asks for deep==1"),
        (lambda it: it["components"][3].update(hashes=[]), "deep==1 has no SHA-256"),
        (lambda it: it["components"][3].pop("hashes"), "deep==1 has no SHA-256"),
        (lambda it: it["components"][3]["hashes"][0].update(alg="MD5"), "deep==1 has no SHA-256"),
        (lambda it: it["components"].pop(3), "it does not describe deep==1"),
        (lambda it: it["dependencies"][0]["dependsOn"].append("ghost==1"), "it does not describe ghost==1"),
        (lambda it: it["metadata"]["component"].update(version="0.2.0"), "it is of env-drift 0.2.0"),
        (lambda it: it["metadata"]["component"].update(name="paper"), "it is of paper 0.1.0"),
        (lambda it: it["metadata"]["component"]["hashes"].clear(), "it is of a wheel with other bytes"),
        (lambda it: it["metadata"]["component"]["hashes"][0].update(alg="SHA-512"),
         "it is of a wheel with other bytes"),
        (lambda it: it["components"].append(component("six", "1.16", "c" * 64)), "it describes six==1.16 2 times"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_said(change: Callable[[Document], object], says: str) -> None:
    assert judge(changed(change)) == [says]


def test_the_sbom_of_other_bytes_is_not_this_wheels() -> None:
    assert judge(GOOD, wheel="d" * 64) == ["it is of a wheel with other bytes"]


def test_an_sbom_without_a_subject_is_of_nothing() -> None:
    said = judge(changed(lambda it: it.pop("metadata")))
    assert said[:2] == ["it is of None None", "it is of a wheel with other bytes"]
    assert "it lacks Idna_Na, which the wheel asks for" in said


def test_what_a_need_brings_may_be_more_than_the_wheel_asks_for() -> None:
    assert judge(changed(lambda it: add(it, direct=False))) == []


@pytest.mark.parametrize(
    ("marker", "is_needed"),
    [
        ("python_version < '3.8'", False),
        ("python_full_version < '3.10'", False),
        ("python_version >= '4'", False),
        ("python_version < '3.9' and sys_platform == 'win32'", False),
        ("sys_platform == 'sunos5'", False),
        ("python_version < '3.11'", True),
        ("python_version >= '3.14'", True),
        ("platform_system == 'Darwin'", True),
        ("os_name == 'nt' and python_version >= '3.12'", True),
    ],
)
def test_only_what_no_supported_python_asks_for_may_be_missing(marker: str, is_needed: bool) -> None:  # noqa: FBT001
    said = ["it lacks old, which the wheel asks for"] if is_needed else []
    assert judge(GOOD, (*REQUIRES, f"old; {marker}")) == said


def test_each_side_of_a_fork_may_have_the_version_that_one_of_the_requirements_allows() -> None:
    document = changed(lambda it: it["components"].append(component("six", "2.0rc1")))
    document["dependencies"][0]["dependsOn"].append("six==2.0rc1")
    fork = (REQUIRES[0], REQUIRES[2], "six<2.0rc1; python_version < '3.12'", "six>=2.0rc1; python_version >= '3.12'")
    assert judge(document, fork) == []
    assert judge(document, (*fork[:3], "six<2.0rc1")) == [
        'the wheel asks for six<2.0rc1; python_version < "3.12", and it has 2.0rc1'
    ]
