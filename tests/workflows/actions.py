"""The actions that workflows use, each by what it does; inputs that it does not have are errors.

Each is at the version that the workflows pin, as its `action.yml` and its source have it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.workflows.artifacts import find_files
from tests.workflows.checkout import check_out
from tests.workflows.stage import StepFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.workflows.artifacts import Artifact
    from tests.workflows.stage import Stage

_MOST_DAYS: Final = 90


@dataclass(frozen=True)
class Action:
    """What an action takes and gives, and what it does; nothing here, where it can run on GitHub alone."""

    inputs: frozenset[str]
    required: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    behave: Callable[[Stage, Mapping[str, str]], dict[str, str]] | None = None


def set_up_python(stage: Stage, given: Mapping[str, str]) -> dict[str, str]:
    """Put Pythons on the PATH, the last one first; one that is not here gives its place to the running one."""
    asked = given["python-version"].split()
    if not asked or not all(each[:2] == "3." and each[2:].isdigit() for each in asked):
        raise StepFailedError(f"python-version: {given['python-version']!r} is not known here")
    for each in asked:
        version = stage.machine.python(each)
        if version != each:
            stage.not_run.append(f"Python {each}: there is none on this machine, and {version} takes its place")
        stage.machine.prepare(version, stage.origin.bare)
        stage.paths.append(str(stage.machine.programs(version)))
        stage.exported["HATCH_DATA_DIR"] = str(stage.machine.data(version))
    program = stage.machine.programs(version) / "python"
    return {"python-version": version, "python-path": str(program), "cache-hit": ""}


def set_up_java(stage: Stage, given: Mapping[str, str]) -> dict[str, str]:
    """See that Java is there, of the version that is asked for."""
    if given["distribution"] not in {"temurin", "zulu", "corretto"}:
        raise StepFailedError(f"distribution: {given['distribution']!r} is not known here")
    program = shutil.which("java")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr if program else ""
    version = said.partition('version "')[2].partition(".")[0]
    if version != given["java-version"]:
        stage.not_run.append(f"Java {given['java-version']}: this machine has {version or 'none'}")
    return {"distribution": given["distribution"], "version": version, "path": program or "", "cache-hit": "false"}


def upload(stage: Stage, given: Mapping[str, str]) -> dict[str, str]:
    """Keep files for other jobs."""
    files = find_files(given["path"], stage.machine.workspace, hidden=given.get("include-hidden-files") == "true")
    if not files:
        missing = given.get("if-no-files-found", "warn")
        if missing == "error":
            raise StepFailedError(f"No files were found with the provided path: {given['path']}")
        stage.say(f"{missing}: no files")
        return {}
    days = int(given.get("retention-days") or _MOST_DAYS)
    if not 1 <= days <= _MOST_DAYS:
        raise StepFailedError(f"retention-days: {days}")
    overwrite = given.get("overwrite") == "true"
    try:
        kept = stage.artifacts.upload(given.get("name", "artifact"), files, days=days, overwrite=overwrite)
    except FileExistsError as error:
        raise StepFailedError(str(error)) from None
    stage.say(f"uploaded {kept.name} ({kept.id}, sha256:{kept.digest}):", *files)
    return {
        "artifact-id": str(kept.id),
        "artifact-digest": kept.digest,
        "artifact-url": f"https://example.org/{kept.id}",
    }


def download(stage: Stage, given: Mapping[str, str]) -> dict[str, str]:
    """Fetch artifacts: by ids, by a name, or all of them; of several each goes into a folder of its name."""
    found = _chosen(stage, given)
    folder = stage.machine.workspace / given.get("path", "")
    is_flat = len(found) == 1 and bool(given.get("name") or given.get("artifact-ids"))
    for each in found:
        if _digest(each) != each.digest and given.get("digest-mismatch", "error") == "error":
            raise StepFailedError(f"{each.name}: the digest is {_digest(each)}, and should be {each.digest}")
        for name, content in each.files.items():
            path = folder / ("" if is_flat or given.get("merge-multiple") == "true" else each.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        stage.say(f"downloaded {each.name} ({each.id}):", *each.files)
    return {"download-path": str(folder), "artifacts": json.dumps([{"name": each.name} for each in found])}


def _chosen(stage: Stage, given: Mapping[str, str]) -> list[Artifact]:
    kept = stage.artifacts.kept
    if given.get("name") and given.get("artifact-ids"):
        raise StepFailedError("Inputs 'name' and 'artifact-ids' cannot be used together")
    if name := given.get("name"):
        found = [each for each in kept.values() if each.name == name]
        if not found:
            raise StepFailedError(f"Artifact '{name}' not found")
        return found
    if ids := given.get("artifact-ids"):
        numbers = [int(each) for each in ids.split(",")]
        if missing := [each for each in numbers if each not in kept]:
            raise StepFailedError(f"there is no artifact {missing}")
        return [kept[each] for each in numbers]
    return list(kept.values())


def _digest(artifact: Artifact) -> str:
    return hashlib.sha256(artifact.archive).hexdigest()


_CHECKOUT: Final = Action(
    frozenset(
        {"clean", "fetch-depth", "fetch-tags", "filter", "github-server-url", "lfs", "path", "persist-credentials"}
        | {"ref", "repository", "set-safe-directory", "show-progress", "sparse-checkout", "sparse-checkout-cone-mode"}
        | {"ssh-key", "ssh-known-hosts", "ssh-strict", "ssh-user", "submodules", "token"}
    ),
    frozenset({"persist-credentials"}),  # without it, the token stays in a file that all later steps can read
    frozenset({"commit", "ref"}),
    check_out,
)
ACTIONS: Final[Mapping[str, Action]] = {
    "actions/checkout": _CHECKOUT,
    "actions/setup-python": Action(
        frozenset(
            {"allow-prereleases", "architecture", "cache", "cache-dependency-path", "check-latest", "freethreaded"}
            | {"pip-install", "pip-version", "python-version", "python-version-file", "token", "update-environment"}
        ),
        frozenset({"python-version"}),
        frozenset({"cache-hit", "python-path", "python-version"}),
        set_up_python,
    ),
    "actions/setup-java": Action(
        frozenset({"architecture", "cache", "check-latest", "distribution", "java-package", "java-version", "token"}),
        frozenset({"distribution", "java-version"}),
        frozenset({"cache-hit", "distribution", "path", "version"}),
        set_up_java,
    ),
    "actions/upload-artifact": Action(
        frozenset(
            {"archive", "compression-level", "if-no-files-found", "include-hidden-files", "name", "overwrite", "path"}
            | {"retention-days"}
        ),
        frozenset({"path"}),
        frozenset({"artifact-digest", "artifact-id", "artifact-url"}),
        upload,
    ),
    "actions/download-artifact": Action(
        frozenset(
            {"artifact-ids", "digest-mismatch", "github-token", "merge-multiple", "name", "path", "pattern"}
            | {"repository", "run-id", "skip-decompress"}
        ),
        frozenset(),
        frozenset({"artifacts", "download-path"}),
        download,
    ),
    "actions/dependency-review-action": Action(
        frozenset(
            {"allow-dependencies-licenses", "allow-ghsas", "allow-licenses", "base-ref", "comment-summary-in-pr"}
            | {"config-file", "deny-groups", "deny-packages", "fail-on-scopes", "fail-on-severity", "head-ref"}
            | {"license-check", "repo-token", "show-openssf-scorecard", "vulnerability-check", "warn-only"}
        ),
        outputs=frozenset({"comment-content", "dependency-changes", "invalid-license-changes", "vulnerable-changes"}),
    ),
    "github/codeql-action/init": Action(
        frozenset({"build-mode", "config", "config-file", "languages", "packs", "queries", "source-root", "tools"})
    ),
    "github/codeql-action/analyze": Action(frozenset({"category", "output", "ref", "sha", "upload"})),
    "github/codeql-action/upload-sarif": Action(
        frozenset({"category", "checkout_path", "ref", "sarif_file", "sha", "token", "wait-for-processing"}),
        frozenset({"sarif_file"}),
    ),
    "ossf/scorecard-action": Action(
        frozenset({"file_mode", "publish_results", "repo_token", "results_file", "results_format"}),
        frozenset({"results_file", "results_format"}),
    ),
}
