"""A terminal whose `hatch run` is the environment that tests run in, and whose pip installs into a folder."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTALLED = Path("dist", "installed")
_HATCH = """\
#!/bin/sh
[ "$1" = run ] && shift
export PYTHONPATH="$PWD/tools$(printf ':%s' "$PWD"/packages/*/src)"
case "$1" in
  release | cluster) exec {python} -m "$@" ;;
  test) shift && exec {python} -m pytest -q -p no:cacheprovider {words} "$@" ;;
esac
echo "hatch run $1 is not stood in for" >&2
exit 2
"""
_PIP = """\
#!/bin/sh
exec {python} -m pip --isolated "$@" --target "$PWD/{installed}"
"""


@dataclass(frozen=True)
class Terminal:
    """Runs what somebody types, block by block."""

    environment: Mapping[str, str]

    @classmethod
    def make(cls, programs: Path, environment: Mapping[str, str], *words: str) -> Terminal:
        """Write `hatch` and `pip` into a folder that comes first on the path; `words` go to pytest."""
        programs.mkdir()
        python = shlex.quote(sys.executable)
        for name, text in (("hatch", _HATCH), ("pip", _PIP)):
            (programs / name).write_text(text.format(python=python, words=shlex.join(words), installed=INSTALLED))
            (programs / name).chmod(0o755)
        return cls({**environment, "PATH": f"{programs}{os.pathsep}{environment['PATH']}"})

    def type(self, block: str, folder: Path) -> Path:
        """Run the lines of a block, each of which must succeed, and give the folder that they end in."""
        done = subprocess.run(
            ["bash", "-euc", f"{block}\npwd"],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return Path(done.stdout.splitlines()[-1])
