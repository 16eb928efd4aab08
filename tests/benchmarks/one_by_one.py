"""Publishing as pages of AWS and of the packaging guide show it: twine and the AWS command line, call after call."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uv

from tests.benchmarks.stopwatch import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TWINE = Path(sys.executable).parent / "twine"
_FORMAT = ("--format", "pypi")


@dataclass(frozen=True)
class OneByOne:
    """Both tools, and where they find the services; GitHub is left out, nothing is signed and nothing read back."""

    scratch: Path
    environment: Mapping[str, str]

    def prepare(self) -> None:
        """Make an environment with the AWS command line, which this project does without."""
        self._run(uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, self.scratch / "aws")
        python = self.scratch / "aws" / "bin" / "python"
        self._run(uv.find_uv_bin(), "pip", "install", "--quiet", "--python", python, "awscli>=1.42")

    def log_in(self) -> dict[str, str]:
        """Get a token for all packages, and the address of staging."""
        token = self._aws("get-authorization-token", *self._domain, "--query", "authorizationToken")
        staging = self.environment["CODEARTIFACT_STAGING_REPOSITORY"]
        words = ("get-repository-endpoint", *self._domain, *_FORMAT, "--repository", staging)
        address = self._aws(*words, "--query", "repositoryEndpoint")
        return {"TWINE_USERNAME": "aws", "TWINE_PASSWORD": token, "TWINE_REPOSITORY_URL": address}

    def publish_all(self, folders: Iterable[Path], login: Mapping[str, str]) -> None:
        """Publish one release after the other."""
        for folder in folders:
            self.publish(folder, login)

    def publish(self, folder: Path, login: Mapping[str, str]) -> None:
        """Bring a final release to staging, copy it into each channel, and put all of its files into the bucket."""
        package, version = folder.parts[-2:]
        files = sorted(path for path in folder.iterdir() if not path.name.endswith(".receipt.json"))
        artifacts = [path for path in files if path.name.endswith((".whl", ".tar.gz"))]
        run([_TWINE, "upload", "--non-interactive", *artifacts], folder, {**self.environment, **login})
        staging = ("--source-repository", self.environment["CODEARTIFACT_STAGING_REPOSITORY"])
        what = (*_FORMAT, "--package", package, "--versions", version)
        for name in ("CODEARTIFACT_REPOSITORY", "CODEARTIFACT_PREVIEW_REPOSITORY", "CODEARTIFACT_DEV_REPOSITORY"):
            channel = ("--destination-repository", self.environment[name])
            self._aws("copy-package-versions", *self._domain, *staging, *channel, *what)
        for path in files:
            key = f"stable/{package}/{version}/{path.name}"
            where = ("--bucket", self.environment["S3_WHEELS_BUCKET"], "--key", key)
            self._aws("put-object", *where, "--body", str(path), "--if-none-match", "*", service="s3api")

    @property
    def _domain(self) -> tuple[str, ...]:
        owner = self.environment["CODEARTIFACT_ACCOUNT_ID"]
        return ("--domain", self.environment["CODEARTIFACT_DOMAIN"], "--domain-owner", owner)

    def _aws(self, *words: str, service: str = "codeartifact") -> str:
        program = str(self.scratch / "aws" / "bin" / "aws")
        region = {"AWS_DEFAULT_REGION": self.environment["AWS_REGION"]}
        command = [program, service, *words, "--output", "text"]
        ran = subprocess.run(command, env={**self.environment, **region}, check=True, stdout=subprocess.PIPE, text=True)
        return ran.stdout.strip()

    def _run(self, *words: str | Path) -> None:
        run(words, self.scratch, self.environment)
