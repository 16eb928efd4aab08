"""The repository: its history, its work tree, and its tags, here and at the remote."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.errors import Incomplete
from release.model.diagnosis import Diagnosis, failed, faults_or_ok, ok, warning
from release.model.tag import is_meant_as_release, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release.steps.diagnosis.patient import Patient

_FEW = 5
_MANY = 20
_REMOTE = "origin"


def look_at_history(patient: Patient) -> Iterator[Diagnosis]:
    """See whether history is whole."""
    if patient.context.source.is_shallow:
        yield failed("history", "the clone is shallow", "git fetch --unshallow --tags")
    else:
        yield ok("history", "the clone is whole")


def look_at_branches(patient: Patient) -> Iterator[Diagnosis]:
    """See whether a release branch exists, and whether HEAD is on it."""
    source, names = patient.context.source, patient.context.policy.branches
    refs = [ref for name in names for ref in (f"heads/{name}", f"remotes/{_REMOTE}/{name}")]
    there = [ref for ref in refs if source.commit(f"refs/{ref}")]
    if not there:
        detail = f"there is no release branch {' or '.join(names)}, here or at {_REMOTE}"
        yield failed(
            "branch", detail, f"git fetch, make it (git branch {names[0]}), or name yours: [tool.release] branches"
        )
    elif source.branches_with(patient.head.sha, names):
        yield ok("branch", f"HEAD is on a release branch ({', '.join(names)})")
    else:
        detail = f"HEAD ({patient.head.sha[:12]}) is on no release branch ({', '.join(names)}): its tags are refused"
        yield warning("branch", detail, "merge it before you tag")


def look_at_work_tree(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether the work tree is what was committed."""
    source = patient.context.source
    faults = []
    if changes := source.changes:
        detail = f"not clean, so no tag at HEAD is released: {_few(changes)}"
        faults.append(warning("work tree", detail, "commit, stash or remove them; what follows is said of HEAD"))
    if hidden := source.hidden_changes:
        cure = f"git update-index --no-assume-unchanged --no-skip-worktree {shown(hidden[0])}"
        faults.append(warning("work tree", f"git was told not to look at changes of {_few(hidden)}", cure))
    return faults_or_ok("work tree", faults, "clean")


def look_at_tags(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether every tag that is meant as a release is one, of a package that is or was there."""
    here = {ref.name for ref in patient.context.source.tags if ref.commit == patient.head.sha}
    faults = [
        _tag_fault(name, error.message, error.hint, here)
        for name, error in patient.malformed.items()
        if is_meant_as_release(name, patient.known_packages)
    ]
    known = ", ".join(sorted(patient.packages.names)) or "none"
    for name in _homeless(patient):
        detail = f"tag {name}: its commit has no package {patient.tags[name].package}"
        faults.append(_tag_fault(name, detail, f"packages: {known}; git tag -d {name}", here))
    if len(faults) > _MANY:
        rest = warning("tags", f"and {len(faults) - _MANY} more", "git tag --list shows them all")
        faults = [*sorted(faults, key=lambda each: -each.exit_code)[:_MANY], rest]
    return faults_or_ok("tags", faults, f"{len(patient.tags)} release tags, all well-formed")


def look_at_twins(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether one commit carries two versions of a package."""
    together: dict[tuple[str, str], list[str]] = {}
    for ref in patient.context.source.tags:
        if tag := patient.tags.get(ref.name):
            together.setdefault((tag.package, ref.commit), []).append(ref.name)
    faults = [
        warning(
            "twin tags",
            f"{' and '.join(names)} name one commit ({sha[:12]}): both are released, with the same content",
            f"take away the one that is not meant: git tag -d {names[-1]}",
        )
        for (_, sha), names in together.items()
        if len(names) > 1
    ]
    return faults_or_ok("twin tags", faults[:_MANY], "no commit has two versions of a package")


def look_at_remote(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether the remote's tags name the same commits."""
    if _REMOTE not in patient.machine.remotes():
        return (ok("remote tags", f"there is no remote {_REMOTE} to compare with"),)
    try:
        there = patient.machine.remote_tags(_REMOTE)
    except Incomplete as error:
        return (warning("remote tags", error.message, error.hint),)
    here = {ref.name: ref.commit for ref in patient.context.source.tags}
    faults = [
        failed(
            "remote tags",
            f"tag {name} is {here[name][:12]} here and {there[name][:12]} at {_REMOTE}",
            f"find out who moved it, then: git fetch {_REMOTE} +refs/tags/{name}:refs/tags/{name}",
        )
        for name in patient.tags
        if there.get(name, here[name]) != here[name]
    ]
    if missing := [name for name in there if name not in here and is_meant_as_release(name, patient.known_packages)]:
        faults.append(warning("remote tags", f"not fetched: {_few(missing)}", f"git fetch {_REMOTE} --tags"))
    return faults_or_ok("remote tags", faults, f"{_REMOTE} has the same commits under the same names")


def _homeless(patient: Patient) -> list[str]:
    """Give the tags whose own commit has no folder for their package; a package may be gone since."""
    strangers = [name for name, tag in patient.tags.items() if tag.package not in patient.packages.names]
    places = [
        (name, f"refs/tags/{name}:{PurePosixPath(member).parent / patient.tags[name].package}")
        for name in strangers
        for member in patient.context.policy.members
    ]
    ids = patient.context.source.tree_ids(place for _, place in places)
    housed = {name for (name, _), oid in zip(places, ids, strict=True) if oid}
    return [name for name in strangers if name not in housed]


def _tag_fault(name: str, detail: str, cure: str, here: set[str]) -> Diagnosis:
    """At HEAD it makes a release fail; elsewhere nobody asks for it."""
    return failed("tags", detail, cure) if name in here else warning("tags", detail, cure)


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(shown(name.strip()) for name in names[:_FEW]) + more
