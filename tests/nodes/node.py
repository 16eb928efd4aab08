"""A node: a throw-away machine with this one's programs, in mount and process namespaces of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from tests.nodes.environments import VOLUME
from tests.servers.account import ACCESS_KEY, SECRET_KEY, SESSION_TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_SESSION_TOKEN": SESSION_TOKEN,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_UNSHARE: Final = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
_AS_ROOT: Final = () if os.geteuid() == 0 else ("--user", "--map-root-user")
_ENTER: Final = """
set -e
mount -t tmpfs tmpfs "$STATE/root"
cd "$STATE/root"
mkdir -p databricks etc dev proc root run sys tmp var "./$BASE" "./$VOLUME"
for each in /bin /lib /lib32 /lib64 /sbin /usr; do
  if [ -L "$each" ]; then
    cp -P "$each" .
  elif [ -d "$each" ]; then
    mkdir ".$each"
    mount --rbind "$each" ".$each"
  fi
done
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$STATE/upper/etc,workdir=$STATE/aside/etc" etc
mount -t overlay overlay \
  -o "lowerdir=$LOWER/databricks,upperdir=$STATE/upper/databricks,workdir=$STATE/aside/databricks" databricks
[ -d "./$BASE/bin" ] || mount --bind "$BASE" "./$BASE"
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs -o mode=1777 tmpfs tmp
if [ -n "$VOLUME_AT" ]; then mount --bind "$VOLUME_AT" "./$VOLUME"; fi
eval "$MOUNTS"
unset LOWER STATE BASE VOLUME VOLUME_AT MOUNTS OLDPWD
exec chroot . "$@"
"""


@dataclass(frozen=True)
class Ran:
    """How a command on a node ended."""

    code: int
    output: str
    errors: str

    @property
    def line(self) -> str:
        """The line that the script printed, which has to be one."""
        lines = [each for each in self.output.splitlines() if each.startswith("wheelyard: ")]
        assert len(lines) == 1, f"{self.output}\n{self.errors}"
        return lines[0]

    @property
    def said(self) -> dict[str, str]:
        """What the line says, by name; the verdict is `verdict`."""
        _, verdict, *words = shlex.split(self.line)
        return {"verdict": verdict, **dict(word.split("=", 1) for word in words)}


@dataclass
class Node:
    """A machine with a runtime at `/databricks/python`; what it changes there and in `/etc` is kept apart."""

    environment: Path
    """What `make_environment` gave."""
    base: Path
    """Where the Python is installed whose environment that is."""
    state: Path
    """What the node has changed: `upper` below it holds every file that was written."""
    volume: Path | None = None
    """The folder that is the volume's."""
    variables: dict[str, str] = field(default_factory=dict)
    mounts: str = ""
    """More to mount, as a shell's words, in the folder that is the node's root."""

    def __post_init__(self) -> None:
        for name in ("upper/databricks", "upper/etc", "aside/databricks", "aside/etc", "root"):
            (self.state / name).mkdir(parents=True, exist_ok=True)

    @property
    def upper(self) -> Path:
        """What differs from the machine as it was made."""
        return self.state / "upper"

    def write(self, path: str, content: str) -> None:
        """Write a file below `/databricks` or `/etc` before the node runs."""
        place = self.upper / path.strip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)

    @property
    def packages(self) -> Path:
        """Where what differs among its distributions stands."""
        (found,) = (self.environment / "databricks/python/lib").glob("python3.*")
        return self.upper / found.relative_to(self.environment) / "site-packages"

    @property
    def changed(self) -> set[str]:
        """What stands beside the runtime's distributions that was not there, or was otherwise."""
        found = self.packages.rglob("*")
        names = {path.relative_to(self.packages).parts[0] for path in found if path.is_file() and path.suffix != ".pyc"}
        return names - {"watch.py", "watch.pth"}

    @property
    def state_files(self) -> set[str]:
        """What the script has left of its own."""
        return {path.name for path in (self.upper / "databricks" / "wheelyard").iterdir()}

    def install(self, wheel: Path) -> None:
        """Put a wheel there, as somebody else has."""
        with ZipFile(wheel) as archive:
            archive.extractall(self.packages)

    def watch(self) -> Path:
        """Have every Python of the node watched, and give the folder that holds what was seen."""
        seen = self.state / "watched"
        seen.mkdir()
        self.packages.mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("watch.py"), self.packages / "watch.py")
        (self.packages / "watch.pth").write_text("import watch\n")
        self.mounts += f"\nmkdir watched && mount --bind {seen} watched\n"
        return seen

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command as root of the node, with its own variables and no others."""
        names = {
            "LOWER": str(self.environment),
            "STATE": str(self.state),
            "BASE": str(self.base),
            "VOLUME": VOLUME,
            "VOLUME_AT": str(self.volume or ""),
            "MOUNTS": self.mounts,
            "PATH": os.defpath + ":/usr/sbin:/sbin",
        }
        words = [*_UNSHARE, *_AS_ROOT, "sh", "-c", _ENTER, "node", *command]
        return subprocess.Popen(
            words, env={**names, **self.variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *command: str) -> Ran:
        """Run a command to its end."""
        with self.start(*command) as process:
            output, errors = process.communicate(timeout=120)
        return Ran(process.returncode, output, errors)

    def boot(self, *, then: str = "") -> Ran:
        """Run the init script that the volume holds, as Databricks does; and then some more of a shell."""
        return self.run("/bin/bash", "-c", f'/bin/bash {VOLUME}/init.sh || exit "$?"\n{then}')


def cluster_variables(role: str = "executor", runtime: str = "15.4") -> dict[str, str]:
    """Give the variables that Databricks gives to init scripts."""
    return {
        "DB_CLUSTER_ID": "1122-334455-abcdefgh",
        "DB_CONTAINER_IP": "10.0.0.7",
        "DB_DRIVER_IP": "127.0.0.1",
        "DB_IS_DRIVER": "TRUE" if role == "driver" else "FALSE",
        "DATABRICKS_RUNTIME_VERSION": runtime,
    }


def base_of(environment: Path) -> Path:
    """Give where the Python of an environment is installed."""
    program = environment / "databricks" / "python" / "bin" / "python"
    asked = [str(program), "-I", "-c", "import sys; print(sys.base_prefix)"]
    return Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())


def below(pid: int) -> Sequence[int]:
    """Give the processes below one, the nearest first."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(each) for path in lists for each in path.read_text().split()]
    return [*children, *(other for each in children for other in below(each))]
