"""The target `github`: a GitHub Release for each tag, brought as a draft and published once."""

from __future__ import annotations

from release.adapters.github.target import open_target

__all__ = ["open_target"]
