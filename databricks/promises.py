"""What the signed pointer and the signed lock of a cluster say, proven by the keys that the script pins."""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from databricks import beacon, verify
    from databricks.node import Entry, Failed, Lock, Node, Pointer
else:
    import beacon
    import verify
    from node import Entry, Failed, Lock, Node, Pointer

DOCUMENT = "https://github.com/wheelyard/wheelyard/blob/main/tools/cluster/promise/v1.md"
LOCK_TYPE, POINTER_TYPE = f"{DOCUMENT}#lock", f"{DOCUMENT}#pointer"
OPTIONAL = {LOCK_TYPE: set(), POINTER_TYPE: {"rolled_back_from"}}
LARGEST = 4 * 1024 * 1024

ROW = r"([a-z0-9-]+)==(\S+) \\\n    --hash=sha256:([0-9a-f]{64})\n    # ([^\s/]+\.whl)(?:, ours)?: .+\n"
LAST_LINE = "--only-binary :all:\n"
FACT = re.compile(r"^# ([a-z0-9-]+): (.+)$", re.MULTILINE)


def read_pointer(node: Node) -> Pointer:
    """Give the pointer that the cluster is to be made by, proven; a driver keeps it for the nodes that ask there."""
    if not Path(node.told["home"]).is_dir():
        raise Failed("volume", f"there is no {node.told['home']}, or this node may not read it")
    content, place, origin = choose_pointer(node)
    said, sha256 = prove(node, content, place, POINTER_TYPE, ("cluster", "number", "sequence"))
    number, sequence = verify.at(said, "number", int), verify.at(said, "sequence", int)
    if sequence < node.told["floor"]:
        raise Failed("replayed", f"{place} has the sequence {sequence}, and {node.told['floor']} was reached before")
    if node.said["role"] == "driver":
        node.put("pointer.intoto.jsonl", content)
    return Pointer(number, sequence, sha256, origin)


def choose_pointer(node: Node) -> tuple[bytes, str, str]:
    """Give the pointer's envelopes, where they are from, and whose word that is; only silence leads to the volume."""
    place, driver, port = node.told["pointer"], os.environ.get("DB_DRIVER_IP", ""), node.told["beacon"]
    if node.said["role"] == "driver" or not driver:
        return read(place), place, "volume"
    content = beacon.ask(driver, port, node.limits["driver"], LARGEST)
    if content is not None:
        return content, f"http://{driver}:{port}{beacon.PATH}", "driver"
    said = f"wheelyard: the driver {driver} gives no pointer on port {port}; the volume's is taken in its place"
    print(verify.plain(said), file=sys.stderr, flush=True)
    return read(place), place, "driver-silent"


def read_lock(node: Node, pointer: Pointer) -> Lock:
    """Read the lock that the pointer names, which is signed itself, for this cluster and this runtime."""
    place = f"{node.told['home']}/locks/{pointer.number}"
    content, bundle = read(f"{place}/lock.txt"), f"{place}/lock.intoto.jsonl"
    if hashlib.sha256(content).hexdigest() != pointer.sha256:
        raise Failed("untrusted", f"{place}/lock.txt is not the one that the pointer was signed for")
    said, signed = prove(node, read(bundle), bundle, LOCK_TYPE, ("cluster", "number", "runtime"))
    if (signed, said["number"]) != (pointer.sha256, pointer.number):
        raise Failed("untrusted", f"what was signed in {place} is another lock than {pointer.number}")
    head, found, body = content.decode().partition(LAST_LINE)
    if not found or not re.fullmatch(f"(?:{ROW})*", body):
        raise Failed("untrusted", f"{place}/lock.txt does not read as a lock does")
    require_runtime(node, said["runtime"], dict(FACT.findall(head)).get("python", ""))
    return Lock(pointer.number, pointer.sha256, tuple(Entry(*row) for row in re.findall(ROW, body)))


def prove(node: Node, bundle: bytes, place: str, kind: str, keys: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """Give what trusted keys have signed of this cluster's lock and its SHA-256, by the first line that shows it."""
    wrong: Exception = ValueError("it is empty")
    for line in bundle.splitlines():
        try:
            payload, payload_type, signatures = verify.read_envelope(line)
            verify.find_signers(payload, payload_type, signatures, node.trust, node.today)
            return judge(verify.parse_strictly(payload), kind, dict.fromkeys(keys) | {"cluster": node.told["cluster"]})
        except (verify.Unproven, ValueError) as error:
            wrong = error
    raise Failed("untrusted", f"{place} proves nothing: {wrong}")


def judge(statement: object, kind: str, wanted: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Give predicate and SHA-256 of a statement of this kind, cluster and shape; ValueError for any other."""
    types = (verify.at(statement, "_type", str), verify.at(statement, "predicateType", str))
    said: dict[str, Any] = verify.at(statement, "predicate", dict)
    subjects = verify.read_subjects(verify.at(statement, "subject", list))
    if types != (verify.STATEMENT_TYPE, kind) or set(subjects) != {"lock.txt"}:
        raise ValueError(f"it says {types[1]} of {', '.join(subjects)}, not {kind} of lock.txt")
    if set(said) - OPTIONAL[kind] != set(wanted) or said["cluster"] != wanted["cluster"]:
        raise ValueError(f"it is not of {wanted['cluster']}, or says other things than {', '.join(wanted)}")
    for name in {"number", *OPTIONAL[kind]} & set(said):
        verify.at(said, name, int)
    return said, subjects["lock.txt"]


def read(path: str) -> bytes:
    """Read a small file of the volume."""
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise Failed("volume", f"{path} can't be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise Failed("untrusted", f"{path} has more than {LARGEST} bytes")
    return content


def require_runtime(node: Node, runtime: str, python: str) -> None:
    """Refuse to install what was locked for another runtime than this one."""
    here = os.environ.get("DATABRICKS_RUNTIME_VERSION", "")
    table = re.match(r"\d+(?:\.\d+)?", node.told["runtime"])
    number = re.match(r"\d+\.\d+", here)
    if runtime != node.told["runtime"] or (number and table and not f"{number[0]}.".startswith(f"{table[0]}.")):
        raise Failed("runtime", f"the lock is for {runtime}, the script for {node.told['runtime']}, and here is {here}")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version != python:
        raise Failed("runtime", f"the lock is for Python {python}, and here is {version}")
