from __future__ import annotations

import pytest

from env_drift import LockError, marker_environment
from env_drift.environment import complete_environment
from env_drift.marker import MarkerError
from env_drift.marker_text import parse_marker

LINUX = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.7",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6.1.0-18-amd64",
    "platform_system": "Linux",
    "platform_version": "#1 SMP",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
    "sys_platform": "linux",
    "extra": "",
}
MARKERS = [
    ('python_version < "3.9"', False),
    ('python_version >= "3.9"', True),
    ("python_full_version != '3.11.*'", False),
    ('python_version ~= "3.8"', True),
    ('"3.12" > python_version', True),
    ('sys_platform == "linux" and (os_name == "nt" or platform_machine in "x86_64 arm64")', True),
    ('sys_platform == "win32" or python_version < "3" or os_name == "posix"', True),
    ("sys_platform not in 'win32, darwin'", True),
    ('platform_python_implementation == "PyPy"', False),
    ("extra == 'dev'", False),
    ("os.name == 'posix' and sys.platform == 'linux'", True),
    ("python_implementation == 'CPython'", True),
    ("((((python_version > '3'))))", True),
]


@pytest.mark.smoke
@pytest.mark.parametrize(("text", "expected"), MARKERS)
def test_a_marker_holds_as_pep_508_says(text: str, expected: bool) -> None:  # noqa: FBT001  # pytest passes it by name
    assert parse_marker(text).holds(LINUX) is expected


def test_names_are_compared_as_names() -> None:
    selected: dict[str, str | frozenset[str]] = {
        **LINUX,
        "extra": "Big_Data",
        "extras": frozenset({"big-data"}),
        "dependency_groups": frozenset({"dev"}),
    }
    assert parse_marker("extra == 'big.data'").holds(selected)
    assert parse_marker("'Big_Data' in extras and 'test' not in dependency_groups").holds(selected)
    assert not parse_marker("'dev' in extras").holds(selected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "python_version",
        "python_version <",
        "'3' < '4'",
        "python_version < 3",
        "unknown == '1'",
        "(os_name == 'nt'",
        "(os_name == 'nt' os_name",
        "os_name == 'nt')",
        "os_name == 'nt' os_name",
        "os_name not '1'",
        "os_name and '1'",
        "os_name == 'nt' and",
        "os_name == \"nt'",
        "(" * 60 + "os_name == 'nt'" + ")" * 60,
        "os_name == 'nt' xor os_name == 'nt'",
        ") == 'a'",
    ],
)
def test_what_is_no_marker_is_refused(text: str) -> None:
    with pytest.raises(MarkerError, match="marker"):
        parse_marker(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sys_platform < 'linux'", "orders what is not a version"),
        ("python_version < 'three'", "orders what is not a version"),
        ("python_version < '4,>3'", "orders what is not a version"),
        ("extras == 'dev'", "can only stand after"),
        ("'dev' == extras", "several names; `in` can"),
        ("os_name == extras", "several names; `in` can"),
        ("dependency_groups == 'dev'", "not known for this environment"),
    ],
)
def test_what_cannot_be_decided_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MarkerError, match=reason):
        parse_marker(text).holds({**LINUX, "extras": frozenset[str]()})


def test_what_cannot_change_the_answer_may_be_unknown() -> None:
    known = {"python_version": "3.11"}
    assert not parse_marker("python_version < '3' and sys_platform == 'linux'").holds(known)
    with pytest.raises(MarkerError, match="sys_platform is not known"):
        parse_marker("python_version > '3' and sys_platform == 'linux'").holds(known)


# pyparsing deprecates what packaging 21 calls.
@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
def test_packaging_reads_the_same_markers_alike() -> None:
    markers = pytest.importorskip("packaging.markers")
    running = marker_environment()
    for text, _ in MARKERS:
        assert parse_marker(text).holds({**running, "extra": ""}) is markers.Marker(text).evaluate({"extra": ""})


def test_the_running_environment_is_the_one_packaging_tells() -> None:
    markers = pytest.importorskip("packaging.markers")
    assert marker_environment() == markers.default_environment()


def test_a_python_named_without_its_last_number_has_none() -> None:
    made = complete_environment({"python_version": "3.12"})
    assert made["python_version"] == "3.12"
    assert "python_full_version" not in made
    assert made["sys_platform"] == marker_environment()["sys_platform"]


def test_a_full_version_says_the_short_one() -> None:
    made = complete_environment({"python_full_version": "3.12.4"})
    assert (made["python_version"], made["implementation_version"]) == ("3.12", "3.12.4")
    assert "implementation_version" not in complete_environment(
        {"python_full_version": "3.10.4", "implementation_name": "pypy"}
    )


def test_an_undecidable_marker_of_a_lock_is_a_lock_error() -> None:
    from env_drift.lock import Entry, Lock, Pin  # noqa: PLC0415  # the parts, not the public reading

    lock = Lock("a lock", (Entry(Pin("foo", "1.0"), "line 1", parse_marker("python_full_version > '3.1.4'")),))
    with pytest.raises(LockError, match="line 1: the marker of foo cannot be decided"):
        lock.pins({"python_version": "3.12"})
