"""uv as anybody runs it: with what the tests' own environment was at first, and held to no versions of ours."""

from __future__ import annotations

import os
import subprocess

import uv

_OUTSIDE = {name: value for name, value in os.environ.items() if not name.endswith("_CONSTRAINT")}


def run_uv(*words: str) -> None:
    """Run uv, with the Pythons that are here and no configuration of a user's."""
    done = subprocess.run(
        [uv.find_uv_bin(), *words],
        env={**_OUTSIDE, "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"uv {words[0]} failed; the wheels are fetched once, with a network:\n{done.stderr}"
