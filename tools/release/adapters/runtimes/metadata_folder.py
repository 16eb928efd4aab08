"""A runtime as a folder of metadata: pip, uv and `importlib.metadata` take what is described as installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from release.model.runtime import Runtime, Shipped


_FILES: Final = ("METADATA", "INSTALLER", "RECORD")


def lay_metadata(runtime: Runtime, folder: Path, extra: Iterable[Shipped] = (), *, whole: bool = True) -> Path:
    """Describe everything that a runtime ships in a folder; `extra` is there as well, or in a row's place.

    It has no code: 60 to 120 kB of text stand for an environment of a gigabyte. What is not `whole` is enough to be
    resolved against, and takes a quarter of the time; to install and uninstall there, pip wants the rest too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for each in {**runtime.by_name, **{row.name: row for row in extra}}.values():
        info = folder / f"{each.name.replace('-', '_')}-{each.version}.dist-info"
        info.mkdir()
        files = {"METADATA": _metadata(each)}
        if whole:
            files |= {"INSTALLER": "pip\n", "RECORD": "".join(f"{info.name}/{name},,\n" for name in _FILES)}
        for name, content in files.items():
            (info / name).write_bytes(content.encode())
    return folder


def _metadata(each: Shipped) -> str:
    needs = "".join(f"Requires-Dist: {line}\n" for line in each.requires)
    return f"Metadata-Version: 2.1\nName: {each.name}\nVersion: {each.version}\n{needs}"
