"""`doctor`: each thing that is wrong is named with its cure, and only what makes a release fail fails."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.index import Fault
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import ReleaseCommand
    from tests.release.repository import Repository
    from tests.servers.index import PackageIndex
    from tests.servers.vulnerabilities import Vulnerabilities

Check = dict[str, Any]


class Doctor:
    """The command, and what it says of one check."""

    def __init__(self, release: ReleaseCommand) -> None:
        self._release = release

    def says(self, check: str, *words: str, code: int = 0, **variables: str) -> list[Check]:
        """Give every line about one check, after requiring the exit code."""
        document = self._release("doctor", "--json", *words, **variables).expect(code).document
        assert document["exit_code"] == code
        return [each for each in document["checks"] if each["check"] == check]

    def finds(self, check: str, state: str, *words: str, code: int = 0, **variables: str) -> Check:
        """Require that one check has one line, which is in a state and has a cure."""
        (found,) = self.says(check, *words, code=code, **variables)
        assert (found["state"], found["exit_code"]) == (state, code if state == "failed" else 0), found
        assert bool(found["cure"]) == (state != "ok"), found
        return found


@pytest.fixture
def doctor(release: ReleaseCommand) -> Doctor:
    return Doctor(release)


@pytest.fixture
def programs(tmp_path: Path, outside: dict[str, str]) -> Programs:
    return Programs(tmp_path / "programs", outside["PATH"])


class Programs:
    """A folder to find programs in, before or in place of all others."""

    def __init__(self, folder: Path, path: str) -> None:
        folder.mkdir()
        self._folder = folder
        self._path = path

    def fake(self, name: str, script: str) -> None:
        """Put a script in the place of a program."""
        (self._folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (self._folder / name).chmod(0o755)

    @property
    def first(self) -> str:
        """A PATH on which these programs come first."""
        return f"{self._folder}:{self._path}"

    def alone(self, *others: str) -> str:
        """Give a PATH on which there are these programs and the others named, and nothing else."""
        for name in others:
            (self._folder / name).symlink_to(str(shutil.which(name)))
        return str(self._folder)


def test_a_sound_repository_is_ok_in_every_point_that_a_release_needs(
    repository: Repository, release: ReleaseCommand, programs: Programs
) -> None:
    programs.fake("hatch", "echo Hatch, version 1.18.2")
    repository.add("alpha").commit()
    checks = release("doctor", "--json", PATH=programs.first).expect(0).document["checks"]
    assert [each for each in checks if each["state"] != "ok"] == []
    assert {"git", "uv", "hatch", "disks", "policy", "tags", "versioning", "metadata", "toolchain"} <= {
        each["check"] for each in checks
    }


def test_a_person_reads_a_line_for_each_check_with_the_cure_below_it(
    repository: Repository, release: ReleaseCommand
) -> None:
    repository.add("alpha", changelog="").commit()
    ended = release("doctor").expect(10)
    lines = [line.rstrip() for line in ended.out.splitlines()]
    at = lines.index("failed   changelog      packages/alpha/CHANGELOG.md says nothing of any version")
    assert lines[at + 1].strip() == "→ add a section `## [Unreleased]`"
    assert "1 failed" in ended.err


def test_the_first_failure_gives_the_exit_code(repository: Repository, doctor: Doctor) -> None:
    repository.write("pyproject.toml", "[tool.release]\nbranch = 1\n")
    repository.add("alpha", changelog="").commit()
    doctor.finds("policy", "failed", code=2)


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


def test_outside_a_repository_it_says_so(release: ReleaseCommand, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    checks = release("doctor", "--json", folder=tmp_path / "elsewhere").expect(2).document["checks"]
    (found,) = [each for each in checks if each["check"] == "repository"]
    assert "is not in a git repository" in found["detail"]


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
    found = doctor.finds("java", "failed", code=2, JAVA_HOME="/nowhere")
    assert found["detail"] == "/nowhere/bin/java does not run, and Spark 4.0 needs Java 17 or newer"
    assert found["cure"] == "install Java 17, and put it on the PATH or name it in JAVA_HOME"


@pytest.mark.parametrize(
    ("version", "spark", "state"),
    [
        ('openjdk version "11.0.2"', "4.0", "failed"),
        ('java version "1.8.0_392"', "4.0", "failed"),
        ('java version "1.8.0_392"', "3.5", "ok"),
        ('openjdk version "21" 2023-09-19', "4.0", "ok"),
        ("Unable to locate a Java Runtime", "4.0", "failed"),
    ],
)
def test_java_is_new_enough_for_the_spark_that_is_asked_for(  # noqa: PLR0913, PLR0917  # the first three are a case
    version: str, spark: str, state: str, repository: Repository, doctor: Doctor, programs: Programs
) -> None:
    programs.fake("java", f"echo '{version}' >&2")
    repository.add("alpha", policy=SPARK.replace("4.0", spark)).commit()
    doctor.finds("java", state, code=2 if state == "failed" else 0, PATH=programs.first, JAVA_HOME="")


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


def test_a_shallow_clone_is_named_with_the_way_to_deepen_it(
    repository: Repository, release: ReleaseCommand, tmp_path: Path
) -> None:
    repository.add("alpha").commit()
    repository.commit("Again")
    repository.git("clone", "--quiet", "--depth=1", repository.root.as_uri(), str(tmp_path / "shallow"))
    checks = release("doctor", "--json", folder=tmp_path / "shallow").expect(10).document["checks"]
    (found,) = [each for each in checks if each["check"] == "history"]
    assert (found["state"], found["cure"]) == ("failed", "git fetch --unshallow --tags")


def test_a_release_branch_that_is_nowhere_is_named(repository: Repository, doctor: Doctor) -> None:
    repository.write("pyproject.toml", '[tool.release]\nbranches = ["trunk"]\n')
    repository.add("alpha").commit()
    assert "git branch trunk" in doctor.finds("branch", "failed", code=10)["cure"]


def test_a_release_branch_at_a_remote_is_enough(
    repository: Repository, release: ReleaseCommand, tmp_path: Path
) -> None:
    repository.add("alpha").commit()
    repository.git("clone", "--quiet", str(repository.root), str(tmp_path / "clone"))
    repository.git("-C", str(tmp_path / "clone"), "checkout", "--quiet", "--detach")
    repository.git("-C", str(tmp_path / "clone"), "branch", "--delete", "--force", "main")
    checks = release("doctor", "--json", folder=tmp_path / "clone").expect(0).document["checks"]
    assert [each["state"] for each in checks if each["check"] == "branch"] == ["ok"]


def test_a_head_on_no_release_branch_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit("Not merged")
    assert doctor.finds("branch", "warning")["cure"] == "merge it before you tag"


def test_a_work_tree_that_is_not_clean_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.write("packages/alpha/README.md", "changed")
    assert "M packages/alpha/README.md" in doctor.finds("work tree", "warning")["detail"]


def test_changes_that_git_does_not_look_at_are_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.git("update-index", "--assume-unchanged", "packages/alpha/README.md")
    repository.write("packages/alpha/README.md", "changed")
    found = doctor.finds("work tree", "warning")
    assert found["cure"] == "git update-index --no-assume-unchanged --no-skip-worktree packages/alpha/README.md"


def test_a_variable_that_names_a_version_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    found = doctor.finds("variables", "warning", SETUPTOOLS_SCM_PRETEND_VERSION="9.9")
    assert found["cure"] == "unset SETUPTOOLS_SCM_PRETEND_VERSION"


@pytest.mark.parametrize(
    ("tag", "said"),
    [("alpha/v1.0.0-rc1", "write alpha/v1.0.0rc1"), ("v1.0", ""), ("beta/v1.0", "tag -d beta/v1.0")],
)
def test_a_tag_at_head_that_would_be_refused_is_a_failure(
    tag: str, said: str, repository: Repository, doctor: Doctor
) -> None:
    repository.add("alpha").commit()
    repository.tag(tag)
    found = doctor.finds("tags", "failed", code=10)
    assert tag in found["detail"]
    assert said in found["cure"]


def test_a_malformed_tag_elsewhere_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.tag("alpha/1.0")
    repository.commit("Later")
    assert "alpha/1.0" in doctor.finds("tags", "warning")["detail"]


def test_tags_of_a_package_that_is_gone_since_are_history(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta").commit()
    repository.tag("beta/v0.1.0", "nightly")
    shutil.rmtree(repository.root / "packages" / "beta")
    repository.commit("Retire beta")
    doctor.finds("tags", "ok")


def test_many_malformed_tags_are_summed_up_with_those_at_head_first(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").commit()
    repository.tag(*(f"alpha/{number}" for number in range(30)))
    repository.commit("Later")
    repository.tag("alpha/99")
    lines = doctor.says("tags", code=10)
    assert [each["state"] for each in lines] == ["failed", *["warning"] * 20]
    assert lines[-1]["detail"] == "and 11 more"


def test_two_versions_on_one_commit_are_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha", versions=["0.2.0", "0.1.0"]).commit()
    repository.tag("alpha/v0.1.0", "alpha/v0.2.0")
    assert doctor.finds("twin tags", "warning")["cure"].endswith("git tag -d alpha/v0.2.0")


@pytest.fixture
def clone(repository: Repository, release: ReleaseCommand, tmp_path: Path) -> tuple[Doctor, Path]:
    """Give a doctor for a clone of the repository, and the clone."""
    repository.add("alpha").commit()
    repository.tag("alpha/v0.1.0")
    folder = tmp_path / "clone"
    repository.git("clone", "--quiet", str(repository.root), str(folder))
    return Doctor(type(release)(folder, release.environment)), folder


def test_a_tag_that_was_moved_at_the_remote_is_a_failure(clone: tuple[Doctor, Path], repository: Repository) -> None:
    repository.commit("Later")
    repository.git("tag", "--force", "alpha/v0.1.0")
    found = clone[0].finds("remote tags", "failed", code=10)
    assert "+refs/tags/alpha/v0.1.0:refs/tags/alpha/v0.1.0" in found["cure"]


def test_a_tag_with_the_same_commit_at_the_remote_is_ok(clone: tuple[Doctor, Path]) -> None:
    clone[0].finds("remote tags", "ok")


def test_tags_that_were_not_fetched_are_a_warning(clone: tuple[Doctor, Path], repository: Repository) -> None:
    repository.tag("alpha/v0.2.0")
    assert clone[0].finds("remote tags", "warning")["cure"] == "git fetch origin --tags"


def test_a_remote_that_does_not_answer_is_a_warning(clone: tuple[Doctor, Path], repository: Repository) -> None:
    repository.git("-C", str(clone[1]), "remote", "set-url", "origin", f"{closed_address()}/it.git")
    assert "does not answer" in clone[0].finds("remote tags", "warning")["detail"]


def test_a_policy_that_can_not_be_read_hides_nothing_else(repository: Repository, doctor: Doctor) -> None:
    repository.write("pyproject.toml", "[tool.release]\nbranch = 1\n")
    repository.add("alpha").commit()
    assert "branches" in doctor.finds("policy", "failed", code=2)["cure"]
    assert "alpha" in doctor.finds("packages", "ok", code=2)["detail"]


IGNORE = '[[tool.release.audit.ignore]]\nid = "CVE-1"\nreason = "not called"\nowner = "Ada"\nexpires = {}\n'


@pytest.mark.parametrize(("expires", "state", "code"), [("2020-01-01", "failed", 2), ("2999-01-01", "ok", 0)])
def test_an_acceptance_that_is_over_is_a_failure(
    expires: str, state: str, code: int, repository: Repository, doctor: Doctor
) -> None:
    repository.write("pyproject.toml", IGNORE.format(expires))
    repository.add("alpha").commit()
    doctor.finds("audit ignores", state, code=code)


def test_an_acceptance_that_ends_soon_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415  # of use here alone

    repository.write("pyproject.toml", IGNORE.format((datetime.now(UTC) + timedelta(days=3)).date()))
    repository.add("alpha").commit()
    assert "Ada decides" in doctor.finds("audit ignores", "warning")["cure"]


def test_a_broken_package_is_named_and_hides_no_other(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta")
    repository.write("packages/beta/pyproject.toml", "not TOML")
    repository.commit()
    assert "packages/beta/pyproject.toml" in doctor.finds("packages", "failed", code=2)["detail"]
    assert "alpha" in doctor.finds("packages", "ok", "alpha")["detail"]


def test_a_package_that_takes_others_tags_is_a_failure(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta")
    repository.edit("packages/alpha/pyproject.toml", '"alpha/v[0-9]*"', '"*/v[0-9]*"')
    repository.commit()
    found = doctor.finds("versioning", "failed", code=10)
    assert found["detail"] == "packages/alpha/pyproject.toml: describe_command takes beta/v9.8.7 too"
    assert '"--match", "alpha/v[0-9]*"]' in found["cure"]


@pytest.mark.parametrize(("wanted", "locked"), [("poetry-core>=2", "does not have"), ("hatchling>=99", "has hatch")])
def test_a_build_system_that_is_not_locked_is_a_failure(
    wanted: str, locked: str, repository: Repository, doctor: Doctor
) -> None:
    repository.add("alpha")
    repository.edit("packages/alpha/pyproject.toml", "hatchling>=1.27", wanted)
    repository.commit()
    found = doctor.finds("build system", "failed", code=10)
    assert locked in found["detail"]
    assert "hatch run lock" in found["cure"]


def test_a_missing_changelog_is_a_failure(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha")
    (repository.root / "packages/alpha/CHANGELOG.md").unlink()
    repository.commit()
    assert "keepachangelog" in doctor.finds("changelog", "failed", code=10)["cure"]


def test_missing_metadata_is_a_failure_with_the_line_to_write(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha")
    repository.edit("packages/alpha/pyproject.toml", 'license = "MIT"\n', "")
    repository.commit()
    assert doctor.finds("metadata", "failed", code=10)["cure"] == '[project]\nlicense = "MIT"'


def test_each_circle_is_named_once(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha", requires=["beta"]).add("beta", requires=["alpha"]).commit()
    assert "alpha → beta → alpha" in doctor.finds("circles", "failed", code=10)["detail"]


def test_a_sibling_of_which_no_version_fits_is_a_failure(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta", requires=["alpha>=7"]).commit()
    repository.tag("alpha/v0.1.0")
    found = doctor.finds("siblings", "failed", code=10)
    assert found["detail"] == "beta needs alpha>=7, and no release of it fits (tagged: 0.1.0)"


def test_a_sibling_that_waits_for_its_tag_is_a_warning(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta", requires=["alpha>=0.1"]).commit()
    assert doctor.finds("siblings", "warning")["cure"].endswith("hatch run release tag alpha 0.1.0")


def test_a_sibling_that_is_tagged_is_enough(repository: Repository, doctor: Doctor) -> None:
    repository.add("alpha").add("beta", requires=["alpha>=0.1"]).commit()
    repository.tag("alpha/v0.1.0")
    doctor.finds("siblings", "ok")


def test_an_index_that_does_not_answer_is_a_warning_where_the_toolchain_is_at_hand(
    repository: Repository, doctor: Doctor, index: PackageIndex
) -> None:
    repository.add("alpha").commit()
    doctor.finds("package index", "ok")
    index.fail(Fault.UNAUTHORISED)
    assert "UV_DEFAULT_INDEX" in doctor.finds("package index", "warning")["cure"]
    doctor.finds("toolchain", "ok")


def test_a_toolchain_that_can_not_be_installed_is_a_failure(
    repository: Repository, doctor: Doctor, index: PackageIndex, tmp_path: Path
) -> None:
    repository.add("alpha").commit()
    index.fail(Fault.UNAUTHORISED)
    found = doctor.finds("toolchain", "failed", code=2, UV_CACHE_DIR=str(tmp_path / "empty"))
    assert "hatch run lock" in found["cure"]


def test_a_service_that_does_not_answer_is_a_warning(
    repository: Repository, doctor: Doctor, vulnerabilities: Vulnerabilities
) -> None:
    repository.add("alpha").commit()
    unreached = doctor.finds("audit by osv", "warning", RELEASE_OSV_URL=f"{closed_address()}/query")
    assert "RELEASE_OSV_URL" in unreached["cure"]
    assert "PYSEC-2019-217 for jinja2==2.4.1" in doctor.finds("audit by osv", "ok")["detail"]
    assert vulnerabilities.asked("pypi")


def test_a_service_that_does_not_name_the_canary_is_a_warning(
    repository: Repository, doctor: Doctor, vulnerabilities: Vulnerabilities
) -> None:
    repository.add("alpha").commit()
    vulnerabilities.without_data()
    assert "its silence means nothing" in doctor.finds("audit by pypi", "warning")["detail"]


def test_a_service_that_is_not_chosen_is_not_asked(
    repository: Repository, doctor: Doctor, vulnerabilities: Vulnerabilities
) -> None:
    repository.write("pyproject.toml", '[tool.release.audit]\nservices = ["osv"]\n')
    repository.add("alpha").commit()
    assert doctor.says("audit by pypi") == []
    assert vulnerabilities.asked("pypi") == []


def test_a_package_that_is_not_there_is_refused(repository: Repository, release: ReleaseCommand) -> None:
    repository.add("alpha").commit()
    assert "packages: alpha" in release("doctor", "gamma").expect(2).err


def test_a_repository_without_a_commit_is_refused(repository: Repository, release: ReleaseCommand) -> None:
    assert repository.root.is_dir()
    assert "no commit yet" in release("doctor").expect(2).err
