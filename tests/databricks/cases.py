"""Ask the verifier about every case of a folder: `python cases.py VERIFY.py FOLDER DAY` prints its answers as JSON.

It needs what the verifier needs and no more, and so runs wherever that does. A case is a folder with
`bundle.intoto.jsonl`, `trust.json` and `expected.json`; the file that it is about stands in it, or is one of those that
all share, beside the cases or in `files` there.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import platform
import sys
from datetime import date
from pathlib import Path
from typing import Any

import cryptography

ASKED = ("package", "version", "repository", "commit", "builder")


def load(path: Path) -> Any:  # noqa: ANN401  # the verifier belongs to no package
    """Import the verifier from its path."""
    spec = importlib.util.spec_from_file_location("verify", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} can't be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify"] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def find_file(case: Path, name: str) -> Path:
    """Find the file that a case is about."""
    for folder in (case, case.parent, case.parent / "files"):
        if (folder / name).is_file():
            return folder / name
    raise SystemExit(f"{case.name}: there is no {name}")


def ask(verify: Any, case: Path, today: date) -> dict[str, object]:  # noqa: ANN401  # as above
    """Give the verifier's answer to a case: a reason, or what is proven."""
    asked = json.loads((case / "expected.json").read_text("utf-8"))
    path = find_file(case, asked["file"])
    try:
        trust = verify.read_trust((case / "trust.json").read_bytes())
        claims = {"repository": trust.repository}
        if match := verify.FILE_NAME.fullmatch(path.name):
            claims.update({"package": match[1].replace("_", "-"), "version": match[2]})
        claims.update({key: asked[key] for key in ASKED if asked.get(key)})
        expected = verify.Expected(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), **claims)
        proven = verify.prove((case / "bundle.intoto.jsonl").read_bytes(), expected, trust, today)
    except verify.Misused:
        return {"reason": "misused"}
    except verify.Unproven as error:
        return {"reason": error.code}
    return {"reason": None, "commit": proven.commit, "builder": proven.builder, "keys": list(proven.keys)}


def main() -> None:
    """Ask about every case, and say who was asked."""
    verify, folder, today = load(Path(sys.argv[1])), Path(sys.argv[2]), date.fromisoformat(sys.argv[3])
    cases = sorted(path.parent for path in folder.glob("*/expected.json"))
    said = {"python": platform.python_version(), "cryptography": cryptography.__version__}
    print(json.dumps({**said, "answers": {case.name: ask(verify, case, today) for case in cases}}))


if __name__ == "__main__":
    main()
