"""Install on one node what the signed lock of its cluster says, exactly that, and nothing of the runtime replaced.

    python -E -s install.py SETTINGS.json

The init script writes this file and those that it imports into a folder that only root can read, and runs it with the
runtime's own Python. The settings hold the pinned keys and no secret. What happens, in this order:

1. the driver's pointer, or the one in the volume, and the lock it points at are proven by those keys, and the lock is
   for this runtime;
2. every wheel of the lock is fetched and hashed: from the index, from the volume, or from there in its place;
3. nothing is there already that they would change, and what an earlier run left is taken back;
4. pip installs them without an index, and what is there now is compared with what was there before.

Whatever fails after 3 takes back what was installed. `installed.json` is removed first and written last: where it
stands, the node is as locked. One line goes to standard output and into `log`, what to do next to standard error.
"""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from databricks.changes import FULL, add, compare, moved_rows
    from databricks.promises import read_lock, read_pointer
    from databricks.wheels import fetch

    from databricks import verify
    from databricks.node import CODES, Failed, Node
else:
    import verify
    from changes import FULL, add, compare, moved_rows
    from node import CODES, Failed, Node
    from promises import read_lock, read_pointer
    from wheels import fetch


def install(node: Node) -> dict[str, str]:
    """Make the node as locked, and say what was done; Failed leaves it as it was, but for what an older lock added."""
    pointer = read_pointer(node)
    lock = read_lock(node, pointer)
    wheels, source = fetch(node, lock)
    before, missing = compare(node, wheels)
    if missing:
        add(node, missing, before)
    moved = moved_rows(node, before)
    held = {each.entry.name: {"version": each.entry.version, "sha256": each.entry.sha256} for each in wheels}
    lock_said = {"lock": str(lock.number), "sequence": str(pointer.sequence), "pointer": pointer.origin}
    done = {"source": source["source"], "lock_sha256": lock.sha256, "wheels": held, "moved": moved}
    node.write("installed.json", {**node.said, **lock_said, **done})
    seconds = f"{time.monotonic() - node.started:.1f}"
    counts = {"added": str(len(missing)), "already": str(len(wheels) - len(missing)), "seconds": seconds}
    return {**lock_said, **source, **counts, "moved": str(len(moved) or "")}


def give_up(number: int, _: object) -> NoReturn:
    """End at a signal, taking back what was begun."""
    raise Failed("interrupted", "it took too long" if number == signal.SIGALRM else f"signal {number}")


def end(node: Node, code: str, message: str) -> int:
    """Say what is wrong and what to do next, and give the exit code."""
    status, hint = CODES[code]
    for name in ("installed.json", "pointer.intoto.jsonl"):
        (node.place / name).unlink(missing_ok=True)  # a signal may come at any time
    node.print("FAIL", {"code": code, **node.said, "what": verify.plain(message)})
    print(f"hint: {hint}", file=sys.stderr, flush=True)
    return status


def main(words: list[str]) -> int:
    """Make this node as locked; the exit code is 0, or one of CODES."""
    try:
        node = Node(Path(words[0]))
    except (IndexError, KeyError, OSError, ValueError, verify.Misused) as error:
        print(f"wheelyard: FAIL code=settings what={json.dumps(verify.plain(str(error)))}", flush=True)
        return 20
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(each, give_up)
    signal.setitimer(signal.ITIMER_REAL, node.limits["whole"])
    try:
        node.print("OK", {**node.said, **install(node)})
    except Failed as error:
        return end(node, error.code, str(error))
    except OSError as error:
        return end(node, "disk" if error.errno in FULL else "defect", str(error))
    except Exception as error:  # noqa: BLE001  # whatever happened, the node is not as locked
        return end(node, "defect", repr(error))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
