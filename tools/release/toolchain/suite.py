"""Runs inside a smoke environment: the package's own tests marked `smoke`, with a pytest from beside it.

What the environment has is found first; pytest's folder only fills what is missing.
"""

import sys

if __name__ == "__main__":
    beside, marker, settings, tests = sys.argv[1:]
    sys.path.append(beside)
    import pytest

    words = ["-q", "-m", marker, "--import-mode=importlib", "-p", "no:cacheprovider", "-c", settings, tests]
    raise SystemExit(pytest.main(words))
