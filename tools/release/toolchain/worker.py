"""Runs inside the locked toolchain: builds the sdist and the wheel of the folder it is started in."""

import os
import sys
from pathlib import Path

from hatchling.build import build_sdist, build_wheel

if __name__ == "__main__":
    os.umask(0o022)
    made = Path(sys.argv[1])
    build_sdist(str(made))
    build_wheel(str(made))
