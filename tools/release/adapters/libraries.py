"""Libraries that are slow to import, imported while git, uv and the build keep other processors busy."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from threading import Lock, Thread

SLOW = ("pip_audit._service", "twine.commands.check", "cyclonedx.output.json", "jsonschema_rs")
_ready: set[str] = set()
_importing = Lock()  # two threads that enter a circle of imports at different ends would see halves of modules


def import_ahead() -> None:
    """Begin with all of them, and let whoever needs one wait for no more than that one."""
    Thread(target=_import_all, daemon=True).start()


def await_library(name: str) -> None:
    """Import a library, or wait until it is imported."""
    if name not in _ready:
        with _importing:
            import_module(name)
        _ready.add(name)


def _import_all() -> None:
    for name in SLOW:
        with suppress(ImportError):  # whoever needs it says so
            await_library(name)
