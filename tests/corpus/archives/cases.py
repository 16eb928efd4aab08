"""All cases of the corpus, in the order of the table."""

from __future__ import annotations

from tests.corpus.archives import (
    sdist_headers,
    sdist_members,
    sdist_streams,
    sdists_taken,
    wheel_contents,
    wheel_directory,
    wheel_headers,
    wheel_layout,
    wheel_members,
    wheel_mismatches,
    wheel_names,
    wheel_records,
    wheels_taken,
    wheels_taken_inside,
)

CASES = (
    *wheel_names.CASES,
    *wheel_mismatches.CASES,
    *wheel_headers.CASES,
    *wheel_layout.CASES,
    *wheel_directory.CASES,
    *wheel_members.CASES,
    *wheel_records.CASES,
    *wheel_contents.CASES,
    *wheels_taken.CASES,
    *wheels_taken_inside.CASES,
    *sdist_streams.CASES,
    *sdist_members.CASES,
    *sdist_headers.CASES,
    *sdists_taken.CASES,
)
