"""This machine as the doctor asks it: real programs, real disks, a real remote."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from release.adapters.machine import NOT_FOUND, Machine
from release.errors import Incomplete
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.repository import Repository


@pytest.fixture
def machine(repository: Repository) -> Machine:
    repository.commit()
    return Machine(os.environ, repository.root)


def test_a_program_that_is_not_there_is_no_crash(machine: Machine) -> None:
    assert machine.ask("no-such-program").code == NOT_FOUND


def test_a_program_that_waits_for_words_gets_none(machine: Machine) -> None:
    ran = machine.ask("cat")
    assert (ran.code, ran.output) == (0, "")


def test_java_home_goes_before_the_path(tmp_path: Path) -> None:
    assert Machine({"JAVA_HOME": "/opt/java"}, tmp_path).java == "/opt/java/bin/java"
    assert Machine({}, tmp_path).java == "java"


def test_tags_of_a_remote_name_commits_whatever_kind_they_are(repository: Repository, machine: Machine) -> None:
    sha = repository.commit("Later")
    repository.tag("annotated/v1", "a/b/c")
    repository.tag("light/v1", annotated=False)
    repository.git("remote", "add", "origin", str(repository.root))
    assert machine.remotes() == ("origin",)
    assert machine.remote_tags("origin") == {"annotated/v1": sha, "a/b/c": sha, "light/v1": sha}


def test_a_remote_that_does_not_answer_says_so_with_a_way_to_try_it(repository: Repository, machine: Machine) -> None:
    repository.git("remote", "add", "origin", f"{closed_address()}/it.git")
    with pytest.raises(Incomplete, match="origin does not answer") as raised:
        machine.remote_tags("origin")
    assert raised.value.hint == "git ls-remote --tags origin"


def test_a_folder_that_will_be_made_is_judged_by_the_one_above_it(machine: Machine, tmp_path: Path) -> None:
    later = tmp_path / "later" / "still"
    assert machine.objection_to_writing(later) == ""
    assert machine.free_bytes(later) > 0
    assert not later.parent.exists()


def test_a_file_in_a_folders_place_is_an_objection(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("a file")
    assert machine.objection_to_writing(tmp_path / "dist") == "Not a directory"


def test_a_link_that_leads_nowhere_is_an_objection(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "dist").symlink_to("nowhere")
    assert machine.objection_to_writing(tmp_path / "dist") == "No such file or directory"
