"""A stand-in for the part of GitHub's REST API that releases go through."""

from __future__ import annotations

from tests.servers.github.calls import REPOSITORY
from tests.servers.github.records import Asset, Release, Token
from tests.servers.github.service import TOKEN, GitHub

__all__ = ["REPOSITORY", "TOKEN", "Asset", "GitHub", "Release", "Token"]
