"""Bundles that prove a file, and bundles that only look as if they did.

A folder for each case, whose name ends with `_fail` where the bundle must be rejected. It holds `bundle.intoto.jsonl`,
`trust.json` with the keys that its reader pins, and `expected.json` with the one reason (null where the file is proven)
and what is asked. The file that the case is about lies in the folder, or else in `files/`.

`python -m tests.corpus.verify` makes all of it again, byte for byte.
"""
