"""`release` and `python -m release`."""

from __future__ import annotations

from release.cli import main

if __name__ == "__main__":
    main()
