"""`doctor` on a machine that lacks something."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.commands.diagnosis import Doctor, Programs
    from tests.release.repository import Repository


def test_a_git_that_is_too_old_is_named(repository: Repository, doctor: Doctor, programs: Programs) -> None:
    git = shutil.which("git")
    programs.fake("git", f'[ "$1" = --version ] && echo git version 2.20.1 || exec {git} "$@"')
    repository.add("alpha").commit()
    found = doctor.finds("git", "failed", code=2, PATH=programs.first)
    assert found["detail"] == "git 2.20.1 is too old"
    assert found["cure"] == "install git 2.31 or newer"


def test_without_git_this_machine_is_looked_at_all_the_same(
    repository: Repository, doctor: Doctor, programs: Programs
) -> None:
    repository.add("alpha").commit()
    path = programs.alone("sh")
    assert doctor.finds("git", "failed", code=2, PATH=path)["cure"] == "install git 2.31 or newer"
    assert doctor.finds("repository", "failed", code=2, PATH=path)["detail"] == "git is not on the PATH"
    (uv,) = doctor.says("uv", code=2, PATH=path)
    assert uv["state"] == "ok"


@pytest.mark.parametrize(
    ("wanted", "state", "code"), [(">=1.18.2", "failed", 2), (">=1.0", "ok", 0), ("newest", "failed", 2)]
)
def test_hatch_is_what_the_repository_asks_for(  # noqa: PLR0913, PLR0917  # the first three are a case
    wanted: str, state: str, code: int, repository: Repository, doctor: Doctor, programs: Programs
) -> None:
    programs.fake("hatch", "echo Hatch, version 1.14.0")
    repository.write("hatch.toml", f'requires-hatch = "{wanted}"\n')
    repository.add("alpha").commit()
    assert wanted in doctor.finds("hatch", state, code=code, PATH=programs.first)["detail"]


def test_a_missing_hatch_is_a_warning_since_no_release_needs_it(
    repository: Repository, doctor: Doctor, programs: Programs
) -> None:
    repository.add("alpha").commit()
    found = doctor.finds("hatch", "warning", PATH=programs.alone("git", "sh"))
    assert found["cure"] == "install it: uv tool install 'hatch'"


def test_a_git_that_knows_nobody_is_a_warning_since_only_tags_need_it(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    assert doctor.finds("git identity", "ok")["detail"] == "Ada Lovelace"
    found = doctor.finds("git identity", "warning", GIT_COMMITTER_NAME="")
    assert found["cure"].startswith("git config --global user.name")


def test_a_package_for_another_python_is_named(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha")
    repository.edit("packages/alpha/pyproject.toml", ">=3.10", ">=3.99")
    repository.commit()
    assert "alpha needs Python >=3.99" in doctor.finds("python", "failed", code=2)["detail"]


def test_a_python_requirement_that_is_none_is_named(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha")
    repository.edit("packages/alpha/pyproject.toml", ">=3.10", "three")
    repository.commit()
    assert "'three'" in doctor.finds("python", "failed", code=10)["detail"]


SPARK = '[tool.release.smoke]\nspark = "4.0"\n'


def test_a_java_home_without_java_is_named_as_spark_would_find_it(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha", policy=SPARK).commit()
    found = doctor.finds("java", "warning", JAVA_HOME="/nowhere")
    assert found["detail"].startswith("/nowhere/bin/java does not run, and Spark 4.0 needs Java 17 or newer: ")
    assert found["cure"] == "install Java 17, and put it on the PATH or name it in JAVA_HOME"


@pytest.mark.parametrize(
    ("version", "spark", "state"),
    [
        ('openjdk version "11.0.2"', "4.0", "failed"),
        ('java version "1.8.0_392"', "4.0", "failed"),
        ('java version "1.8.0_392"', "3.5", "ok"),
        ('openjdk version "21" 2023-09-19', "4.0", "ok"),
        ("Unable to locate a Java Runtime", "4.0", "warning"),
    ],
)
def test_java_is_new_enough_for_the_spark_that_is_asked_for(  # noqa: PLR0913, PLR0917  # the first three are a case
    version: str, spark: str, state: str, repository: Repository, doctor: Doctor, programs: Programs
) -> None:
    programs.fake("java", f"echo '{version}' >&2")
    repository.add("alpha", policy=SPARK.replace("4.0", spark)).commit()
    doctor.finds("java", state, code=12 if state == "failed" else 0, PATH=programs.first, JAVA_HOME="")


def test_java_is_not_looked_for_where_nobody_needs_spark(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta", policy=SPARK).commit()
    doctor.finds("java", "ok", "alpha", JAVA_HOME="/nowhere")


def test_a_spark_without_a_lock_is_named_with_those_that_have_one(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha", policy=SPARK.replace("4.0", "9.9")).commit()
    assert "4.0" in doctor.finds("spark", "failed", code=2, JAVA_HOME="/nowhere")["cure"]


def test_a_dist_that_can_not_be_written_is_named(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.write("dist", "a file")
    (_, found) = doctor.says("disks", code=15)
    assert found["state"] == "failed"
    assert "Not a directory" in found["detail"]
    assert found["cure"] == "mend its owner and permissions"


def test_a_variable_that_names_a_version_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    found = doctor.finds("variables", "warning", SETUPTOOLS_SCM_PRETEND_VERSION="9.9")
    assert found["cure"] == "unset SETUPTOOLS_SCM_PRETEND_VERSION"
