"""Everything outside a job: services as the template and GitHub make them, and the variables that lead to them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import tomli

from tests.servers.account import NO_FILES
from tests.servers.faults import Faults
from tests.servers.kms import Key
from tests.servers.stand_in import closed_address
from tests.servers.vulnerabilities import CANARY, Vulnerabilities
from tests.servers.world import World
from tests.workflows.check import Known
from tests.workflows.lending import VARIABLES, RoleS3, TrustingSts
from tests.workflows.tokens import TokenService
from tests.workflows.workflow import read_composite

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path
    from typing import Self

    from tests.servers.index import PackageIndex
    from tests.workflows.origin import Origin

_LOOPBACK: Final = "127.0.0.1,::1,localhost"
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_", "GITHUB_API_URL")


class Outside:
    """All services, with nobody let in yet."""

    def __init__(self, index: PackageIndex, cache: Path) -> None:
        self.world = World()
        self.world.kms.keys = [Key(id="wheelyard-Key")]  # as the template names it
        self.tokens = TokenService()
        self.world.s3 = self.s3 = RoleS3()
        self.sts = TrustingSts(self.world, self.s3, self.tokens)
        self.world.sts = self.sts
        self.world.arm(self.world.faults)
        self.vulnerabilities = Vulnerabilities()
        self.index, self._cache = index, cache

    def __enter__(self) -> Self:
        self.world.__enter__()
        self.tokens.__enter__()
        self.vulnerabilities.__enter__()
        self.lock_out()
        return self

    def __exit__(self, *left: object) -> None:
        self.vulnerabilities.__exit__(*left)
        self.tokens.__exit__(*left)
        self.world.__exit__(*left)

    def lock_out(self) -> None:
        """Take every key away that is not lent to a job."""
        self.world.codeartifact.callers.keys.clear()
        self.world.kms.callers.clear()
        self.world.github.tokens.clear()
        self.s3.lent.clear()
        self.s3.callers.clear()

    def empty(self) -> None:
        """Begin anew, with nothing published and nobody told."""
        self.world.empty()
        self.world.arm(Faults())
        self.world.github.conversations.posts.clear()
        self.vulnerabilities.mend()
        self.vulnerabilities.without_data()
        self.vulnerabilities.add(CANARY)
        self.tokens.given.clear()
        self.sts.asked.clear()
        self.sts.refused.clear()

    @property
    def secrets(self) -> dict[str, dict[str, str]]:
        """The secrets of each environment; the repository itself has none."""
        return {"notify": dict(self.world.webhooks.environment)}

    @property
    def variables(self) -> dict[str, str]:
        """The variables by which programs find the stand-ins, and nothing else; none of them is a secret."""
        nowhere = closed_address()
        proxies = {
            name: nowhere for each in ("http", "https", "all") for name in (f"{each}_proxy", f"{each}_PROXY".upper())
        }
        found = {name: value for name, value in self.world.environment.items() if name.startswith(_ENDPOINTS)}
        return {
            **found,
            **proxies,
            **NO_FILES,
            **self.vulnerabilities.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "GIT_CONFIG_NOSYSTEM": "1",
            "NO_PROXY": _LOOPBACK,
            "no_proxy": _LOOPBACK,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.index.url,
            "UV_CACHE_DIR": str(self._cache),
            "UV_DEFAULT_INDEX": self.index.url,
            "UV_NO_CONFIG": "1",
        }

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Let a fault that kills find the step, and all that it has started."""
        self.world.faults.victim = -process.pid

    def known(self, origin: Origin, commit: str) -> Known:
        """Give what workflows of a commit can count on."""
        scripts = tomli.loads(origin.read(commit, "hatch.toml"))["envs"]["default"]["scripts"]
        return Known(
            variables=VARIABLES,
            secrets={name for each in self.secrets.values() for name in each},
            composite=lambda place: read_composite(place, origin.read(commit, place)),
            scripts=scripts,
        )
