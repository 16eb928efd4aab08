"""What builds and tests a package, pinned with hashes: each `.in` names, its `.txt` locks, `hatch run lock` renews.

`build` builds, `test` runs a package's marked tests, `pyspark-*` is brought where a cluster would bring it.
"""

from pathlib import Path

TOOLCHAIN = Path(__file__).parent
