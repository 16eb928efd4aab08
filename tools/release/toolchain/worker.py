"""Runs inside the locked toolchain: builds the sdist and the wheel of the folder it is started in."""

import sys

sys.path.pop(0)  # this file's neighbours are no libraries; Python before 3.11 has no -P

import os
from pathlib import Path

from hatchling.build import build_sdist, build_wheel

if __name__ == "__main__":
    os.umask(0o022)
    made = Path(sys.argv[1])
    build_sdist(str(made))
    build_wheel(str(made))
