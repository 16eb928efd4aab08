"""The words of the command line."""

from __future__ import annotations

import argparse

EXAMPLES = """\
examples:
  env-drift check requirements.txt                        the environment env-drift runs in
  env-drift check pylock.toml --path .venv/lib/python3.12/site-packages
  env-drift check requirements.txt --names-only           without reading files
  env-drift check requirements.txt --extra --json         what is not locked too, for a program
  env-drift check requirements.txt --allow sitecustomize.py

exit codes:
  0  the environment matches its lock
  1  it does not; every difference is named
  2  there is no answer: the lock or the environment could not be read
"""


def make_parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="env-drift",
        description="Does this Python environment match its lock?",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check = parser.add_subparsers(dest="command", required=True, metavar="command").add_parser(
        "check",
        help="compare an environment with a lock",
        description="Compare an environment with a requirements file or a pylock.toml.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("lock", metavar="LOCK", help="a requirements file, or a pylock.toml")
    check.add_argument(
        "--path", action="append", metavar="FOLDER", help="a site-packages; again for more, in the order of sys.path"
    )
    check.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    check.add_argument("--names-only", "--no-files", action="store_true", help="compare names and versions alone")
    check.add_argument("--extra", action="store_true", help="name what is installed and not locked too")
    check.add_argument(
        "--allow", action="append", default=[], metavar="PATTERN", help="an unlisted file that is expected; repeatable"
    )
    check.add_argument(
        "--python-version", metavar="X.Y.Z", help="the Python that markers are decided for; told from the path without"
    )
    check.add_argument(
        "--with-extra", action="append", default=[], metavar="NAME", help="an extra of a pylock that is installed"
    )
    check.add_argument(
        "--with-group", action="append", metavar="NAME", help="a dependency group of a pylock that is installed"
    )
    return parser
