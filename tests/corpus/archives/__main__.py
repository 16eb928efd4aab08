"""Make the table anew: `hatch run test:python -m tests.corpus.archives`; prints the counts that the README has."""

from __future__ import annotations

import json
import sys

from tests.corpus.archives.table import TABLE, make_table, summarise, write_table

if __name__ == "__main__":
    write_table(make_table())
    sys.stdout.write("\n".join(summarise(json.loads(TABLE.read_text())["cases"])) + "\n")
