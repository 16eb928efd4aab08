"""Make the corpus again: `python -m tests.corpus.verify`."""

from __future__ import annotations

import shutil

from tests.corpus.verify.folders import COMMITTED, FOLDER, make_files


def write() -> int:
    """Take away every case, write all of them, and say how many files they have."""
    for each in COMMITTED:
        shutil.rmtree(each.folder)
    files = make_files()
    for name, content in files.items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return len(files)


if __name__ == "__main__":
    print(f"{write()} files")  # noqa: T201  # whoever called it sees that it is done
