"""A job on a cluster whose session is there already, as Databricks has it, and the cells of a notebook before it.

`cells.py CHECK_LOCK.py FOLDER CELLS JOB`: the folder comes first on the path. CELLS is a JSON list of lists of words,
with each of which the program is asked once; what came of it is printed as a line of JSON. The last cell stops at
drift, as a notebook's does. Then the process becomes the job: it runs the program as a script with the words of JOB.
"""

# ruff: noqa: T201  # a script, as a job is one

from __future__ import annotations

import contextlib
import importlib
import io
import json
import runpy
import sys
from pathlib import Path

from pyspark.sql import SparkSession


def main(program: str, folder: str, cells: str, job: str) -> None:
    """Run every cell, and the job."""
    sys.path[:0] = [folder, str(Path(program).parent)]
    check_lock = importlib.import_module("check_lock")
    words = json.loads(job)
    for cell in json.loads(cells):
        said, hinted = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(hinted):
            code = check_lock.main(cell)
        print(json.dumps([code, said.getvalue(), hinted.getvalue()]))
    try:
        check_lock.require_lock(SparkSession.builder.getOrCreate(), status=Path(words[-1]))
    except check_lock.Drifted as error:
        print(json.dumps(["Drifted", str(error), error.hint]), flush=True)
    sys.argv = [program, *words]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
