"""The init script of a cluster: one file that needs nothing but a runtime, and is the same for the same values."""

from __future__ import annotations

import base64
import bz2
import hashlib
import json
import re
import shlex
from typing import TYPE_CHECKING, Final

from release.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cluster.model.node_settings import NodeSettings

SOURCES: Final = (
    "verify.py",
    "codeartifact.py",
    "beacon.py",
    "node.py",
    "promises.py",
    "wheels.py",
    "changes.py",
    "install.py",
    "refresher.py",
)
"""What a node runs, in the order in which it is to be read."""
LARGEST: Final = 64 * 1024
"""What Databricks has documented as the most that an init script may be, in bytes."""
_PLACE = re.compile(r"@(cluster|runtime|interpreter|place|refresher|beacon|settings|sources|digests)@")
_WIDTH: Final = 100


def join_script(folder: Path, settings: NodeSettings) -> str:
    """Join the skeleton in `databricks/` with what it runs and with a cluster's values."""
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in SOURCES}
    values = {
        "cluster": shlex.quote(settings.cluster),
        "runtime": shlex.quote(settings.runtime),
        "interpreter": shlex.quote(settings.interpreter),
        "place": shlex.quote(settings.place),
        "refresher": str(settings.refresher or ""),
        "beacon": str(settings.beacon),
        "settings": settings.as_json().rstrip("\n"),
        "sources": pack(sources),
        "digests": "\n".join(f"#   {_sha256(text)}  {name}" for name, text in sources.items()),
    }
    skeleton = (folder / "init.sh").read_text(encoding="utf-8")
    script = _PLACE.sub(lambda match: values[match[1]], skeleton)
    if len(script.encode()) > LARGEST:
        raise UsageError(
            f"the init script of {settings.cluster} has {len(script.encode())} bytes, and at most {LARGEST} are taken",
            hint="pin fewer keys in the trust",
        )
    return script


def pack(sources: dict[str, str]) -> str:
    """Pack files by their names into lines of base64; the same files are the same lines wherever they are packed."""
    packed = base64.b64encode(bz2.compress(json.dumps(sources, sort_keys=True).encode())).decode()
    return "\n".join(packed[begin : begin + _WIDTH] for begin in range(0, len(packed), _WIDTH))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def unpack(script: str) -> dict[str, str]:
    """Give the files that a script runs by their names, for whoever reviews one; UsageError where it has none."""
    blocks = re.findall(r"<<'@end@'[^\n]*\n(.*?)\n@end@\n", script, re.DOTALL)
    if len(blocks) < 2:  # noqa: PLR2004  # the settings, then the sources
        raise UsageError("this is no init script of ours", hint="render one: hatch run cluster render")
    unpacked: dict[str, str] = json.loads(bz2.decompress(base64.b64decode(blocks[1])))
    return unpacked
