"""A release in jobs, each in a clone of its own: what one leaves is copied to the next, as a workflow does it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.release.command import ReleaseCommand
from tests.release.scene import digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.release.command import Ended
    from tests.release.repository import Repository
    from tests.servers.world import World

TAG = "alpha/v0.1.0"
OTHER = "alpha/v0.1.1"
"""A second tag of the same commit."""
AWAY = ("--to", "codeartifact", "--to", "s3")
STEM = "alpha-0.1.0"
WHEEL, SDIST = f"{STEM}-py3-none-any.whl", f"{STEM}.tar.gz"
BUNDLE, RECEIPT, AUDIT, SBOM = (f"{STEM}.{each}" for each in ("intoto.jsonl", "receipt.json", "audit.json", "cdx.json"))
SUMS = "SHA256SUMS"
FILES = (WHEEL, SDIST, SBOM, AUDIT, BUNDLE, RECEIPT)
REPOSITORY = "ada/packages"


def policy(world: World) -> str:
    """Give settings that trust the key in KMS for what is signed apart from the build."""
    key = base64.b64encode(world.kms.key.public).decode()
    trusted = f'[[tool.release.trusted-keys]]\nname = "kms"\nkey = "{key}"\nbuilders = ["separate-signer"]\n'
    return f'[tool.release]\nrepository = "https://github.com/{REPOSITORY}"\n{trusted}'


@dataclass
class Job:
    """One job: a clone, and what the command says to the jobs after it."""

    folder: Path
    environment: Mapping[str, str]
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def dist(self) -> Path:
        """Where alpha's files are."""
        return self.folder / "dist" / "alpha" / "0.1.0"

    @property
    def files(self) -> dict[str, str]:
        """The digest of everything that an artifact of a workflow would hold: nothing hidden."""
        found = digests(self.folder / "dist")
        return {name: digest for name, digest in found.items() if not any(p.startswith(".") for p in name.split("/"))}

    def call(self, *words: str, **variables: str) -> Ended:
        """Call the command here."""
        output, summary = self.folder.parent / "output", self.folder.parent / "summary"
        told = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
        ended = ReleaseCommand(self.folder, self.environment)(*words, **{**told, **variables})
        if output.exists():
            self.outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
            output.unlink()
        return ended

    def take(self, other: Job) -> Job:
        """Download what another job has left, over what is here."""
        shutil.copytree(other.folder / "dist", self.folder / "dist", dirs_exist_ok=True, ignore=_hidden)
        return self

    def change(self, name: str, old: str, new: str) -> None:
        """Put one text in place of another in a file of alpha's."""
        text = (self.dist / name).read_text()
        assert old in text, f"{name} does not hold {old!r}"
        (self.dist / name).write_text(text.replace(old, new))


@dataclass
class Jobs:
    """A repository that is pushed somewhere, and everything outside."""

    repository: Repository
    environment: Mapping[str, str]
    world: World

    def open(self, folder: Path, **more: str) -> Job:
        """Clone the repository for a job that knows nothing of the others."""
        subprocess.run(["git", "clone", "--quiet", str(self.repository.root), str(folder)], check=True)
        outside = self.world.environment
        unheard = dict.fromkeys(self.world.webhooks.environment, "")
        return Job(folder, {**self.environment, **outside, **unheard, **more})

    def sign(self, job: Job, *words: str, tag: str = TAG) -> Ended:
        """Sign what stands in a job's folder, as a hosted job for a tag."""
        actions = {
            "GITHUB_ACTIONS": "true",
            "RUNNER_ENVIRONMENT": "github-hosted",
            "GITHUB_REF_TYPE": "tag",
            "GITHUB_REF_NAME": tag,
            "GITHUB_SHA": self.repository.git("rev-parse", "HEAD"),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "7",
        }
        bundles = sorted(str(path.relative_to(job.folder)) for path in job.folder.glob("dist/*/*/*.intoto.jsonl"))
        return job.call("sign", *bundles, *words, **actions)

    @property
    def brought(self) -> dict[str, object]:
        """Everything that stands at any target; nothing of it is there where nothing was brought."""
        packages = {
            name: sorted(repository.packages)
            for name, repository in self.world.codeartifact.domain.repositories.items()
        }
        return {
            "codeartifact": {name: found for name, found in packages.items() if found},
            "s3": self.world.s3.stored(),
            "github": sorted(each.tag_name for each in self.world.github.repository.releases),
        }


NOTHING: dict[str, object] = {"codeartifact": {}, "s3": [], "github": []}


def outputs_of(job: Job) -> dict[str, str]:
    """Give the digests that a job has told, by file name."""
    return dict(json.loads(job.outputs["digests"]))


def _hidden(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(".")]


def refuse(jobs: Jobs, job: Job, *words: str, code: int, says: str) -> Ended:
    """Require that publishing is refused, and that nothing was brought anywhere and nothing changed here."""
    before = job.files
    ended = job.call("publish", TAG, *(words or AWAY)).expect(code)
    assert says in ended.err, ended.err
    assert "hint: " in ended.err
    assert jobs.brought == NOTHING
    assert job.files == before
    return ended
