from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.model.toolchain import NotATool, ToolFile, read_tools, write_requirements

TOOL = ToolFile("hatch-vcs", "0.5.0", "hatch_vcs-0.5.0-py3-none-any.whl", "b4" * 32)
OLD = ToolFile("tomli", "2.5.0", "tomli-2.5.0-py3-none-any.whl", "32" * 32, "python_full_version < '3.11'")
TEXT = f"""\
# hatch_vcs-0.5.0-py3-none-any.whl
hatch-vcs==0.5.0 \\
    --hash=sha256:{"b4" * 32}
# tomli-2.5.0-py3-none-any.whl
tomli==2.5.0 ; python_full_version < '3.11' \\
    --hash=sha256:{"32" * 32}
"""
names = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
versions = st.from_regex(
    r"(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){0,3}((a|b|rc)[1-9])?(\.post[1-9])?", fullmatch=True
)
digests = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
markers = st.sampled_from(["", "python_version < '3.11'", "sys_platform == 'win32' or os_name == 'nt'"])


@st.composite
def tools(draw: st.DrawFn) -> ToolFile:
    name, version = draw(names), draw(versions)
    file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    return ToolFile(name, version, file, draw(digests), draw(markers))


def test_a_lock_names_the_file_of_each_pin_its_digest_and_its_marker() -> None:
    assert read_tools(TEXT) == (TOOL, OLD)
    assert write_requirements([TOOL, OLD]) == TEXT


@given(st.lists(tools(), min_size=1, max_size=6, unique_by=lambda tool: tool.name))
def test_what_is_written_is_read_again(made: list[ToolFile]) -> None:
    assert read_tools(write_requirements(made)) == tuple(made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("# hatch_vcs-0.5.0-py3-none-any.whl\n", ""),
        TEXT.replace("hatch_vcs-0.5.0-py3", "hatch_vcs-0.6.0-py3"),
        TEXT.replace("# tomli-2.5.0-py3-none-any.whl", "# tomli-2.5.0.tar.gz"),
        TEXT.replace("32" * 32, "3" * 63),
        TEXT.rstrip("\n") + f" \\\n    --hash=sha256:{'0' * 64}\n",
        TEXT + "six==1.0\n",
        TEXT + "--index-url https://example.org/simple\n",
        TEXT + "\n",
        TEXT + TEXT,
    ],
)
def test_a_lock_that_leaves_a_choice_is_refused(text: str) -> None:
    with pytest.raises(NotATool, match=r"toolchain's lock|is not the|Invalid wheel"):
        read_tools(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "hatch_vcs"),
        ("name", "hatch-vcs\nevil"),
        ("version", "0.5"),
        ("version", "0.5.0 --index-url x"),
        ("version", "latest"),
        ("file", "hatch_vcs-0.5.0.tar.gz"),
        ("file", "hatch_vcs-0.5.0-cp311-cp311-linux_x86_64.whl"),
        ("file", "hatch_vcs-0.5.0-py2.py3-none-any.whl"),
        ("file", "hatch_vcs-0.5.0\n-py3-none-any.whl"),
        ("file", "hatch_vcs-0.6.0-py3-none-any.whl"),
        ("file", "../hatch_vcs-0.5.0-py3-none-any.whl"),
        ("sha256", "B4" * 32),
        ("sha256", "b4"),
        ("sha256", "b4" * 32 + "\n"),
        ("marker", "python_version < 3"),
        ("marker", 'python_version < "3"'),
        ("marker", "os_name == 'a' \\\nevil"),
    ],
)
def test_a_file_that_would_say_something_else_in_a_lock_is_refused(field: str, value: str) -> None:
    changed: dict[str, Any] = {field: value}
    with pytest.raises(NotATool):
        replace(TOOL, **changed)
