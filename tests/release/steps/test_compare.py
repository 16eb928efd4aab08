from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.errors import BuildFailed
from release.model.tag import parse_tag
from release.model.tree import TreeFile
from release.steps.compare import compare_sdist, compare_wheel
from tests.release.doors import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Files = Mapping[PurePosixPath, bytes]

PLAN = make_plan(parse_tag("alpha/v0.1.0"))
FOLDER = PurePosixPath("packages/alpha")
INFO = "alpha-0.1.0.dist-info"
SOURCES = {
    "src/alpha/__init__.py": b"",
    "src/alpha/one.py": b"ONE = 1\n",
    "src/alpha/deep/two.py": b"TWO = 2\n",
    "src/alpha/data/table.csv": b"a;b\n",
    "src/alpha/py.typed": b"",
}
OTHERS = {
    "pyproject.toml": b"[project]\n",
    "README.md": b"# alpha\n",
    "CHANGELOG.md": b"# Changelog\n",
    "LICENSE": b"MIT\n",
    "tests/test_alpha.py": b"import alpha\n",
}
GENERATED = ("METADATA", "RECORD", "WHEEL", "entry_points.txt")
WHEEL = {
    **{PurePosixPath(path).relative_to("src"): content for path, content in SOURCES.items()},
    **{PurePosixPath(INFO, name): b"generated" for name in GENERATED},
    PurePosixPath(INFO, "licenses/LICENSE"): OTHERS["LICENSE"],
}
SDIST = {PurePosixPath(path): content for path, content in {**SOURCES, **OTHERS, "PKG-INFO": b"generated"}.items()}
FOLDERS = ["", "alpha", "alpha/deep", INFO, f"{INFO}/licenses", "alpha-0.1.0.data/scripts", "beta", "..", "src"]
LETTERS = st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_characters="/.'\"\\\x7f")
NEW_PATHS = st.builds(
    lambda folder, name: PurePosixPath(folder, f"{name}.x"), st.sampled_from(FOLDERS), st.text(LETTERS, min_size=1)
)
BOTH = pytest.mark.parametrize(("compare", "inside"), [(compare_wheel, WHEEL), (compare_sdist, SDIST)])


def tree(modes: Mapping[str, str] | None = None, more: Mapping[str, bytes] | None = None) -> list[TreeFile]:
    """Give the tagged tree, with other modes for some files and further files."""
    contents = {**SOURCES, **OTHERS, **(more or {})}
    return [
        TreeFile(FOLDER / path, (modes or {}).get(path, "100644"), oid_of(content))
        for path, content in contents.items()
    ]


def oid_of(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def refusal(compare: Callable[..., None], inside: Files, files: list[TreeFile]) -> str:
    with pytest.raises(BuildFailed) as refused:
        compare(PLAN, "built", inside, files)
    assert refused.value.exit_code == 11
    assert refused.value.message.startswith("alpha/v0.1.0: ")
    assert refused.value.hint
    return refused.value.message


@BOTH
def test_what_was_built_from_the_tree_alone_passes(compare: Callable[..., None], inside: Files) -> None:
    compare(PLAN, "built", inside, tree())
    with pytest.raises(BuildFailed):
        compare(PLAN, "built", inside, [])


@BOTH
@given(path=NEW_PATHS, content=st.binary(max_size=20))
def test_any_file_more_is_refused_and_named(
    compare: Callable[..., None], inside: Files, path: PurePosixPath, content: bytes
) -> None:
    said = refusal(compare, {**inside, path: content}, tree())
    assert "which is not in the tag" in said
    assert path.name.encode("ascii", "backslashreplace").decode() in said


@BOTH
@given(data=st.data())
def test_any_source_less_is_refused_and_named(compare: Callable[..., None], inside: Files, data: st.DataObject) -> None:
    needed = [path for path in inside if "alpha" in path.parts or path.name == "pyproject.toml"]
    gone = data.draw(st.sampled_from(needed))
    left = {path: content for path, content in inside.items() if path != gone}
    assert f"built lacks {gone}, which is in the tag" in refusal(compare, left, tree())


@BOTH
@given(data=st.data())
def test_any_byte_that_differs_is_refused_and_named(
    compare: Callable[..., None], inside: Files, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from([each for each, content in inside.items() if content != b"generated"]))
    other = data.draw(st.binary(max_size=20).filter(lambda content: content != inside[path]))
    said = refusal(compare, {**inside, path: other}, tree())
    assert "with other bytes than packages/alpha/" in said
    assert path.name in said


@BOTH
@pytest.mark.parametrize("mode", ["120000", "160000"])
@given(data=st.data())
def test_any_link_or_submodule_in_the_tree_is_refused_and_named(
    compare: Callable[..., None], inside: Files, mode: str, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from([*SOURCES, "LICENSE"]))
    assert f"packages/alpha/{path} is a link or a submodule" in refusal(compare, inside, tree({path: mode}))


@BOTH
@pytest.mark.parametrize("path", ["alpha/run.pth", "run.pth"])
def test_a_pth_is_refused_even_if_it_was_committed(compare: Callable[..., None], inside: Files, path: str) -> None:
    place = f"src/{path}" if compare is compare_sdist else path
    said = refusal(
        compare, {PurePosixPath(place): b"import os\n", **inside}, tree(more={f"src/{path}": b"import os\n"})
    )
    assert f"{place}: a .pth runs code in every Python" in said


@pytest.mark.parametrize("name", ["RECORD.jws", "top_level.txt", "direct_url.json", "REQUESTED", "METADATA/x"])
def test_nothing_else_is_generated_into_a_dist_info(name: str) -> None:
    assert f"{INFO}/{name}" in refusal(compare_wheel, {**WHEEL, PurePosixPath(INFO, name): b""}, tree())


def test_a_licence_is_one_of_the_packages_own_files() -> None:
    said = refusal(compare_wheel, {**WHEEL, PurePosixPath(INFO, "licenses/COPYING"): b"MIT\n"}, tree())
    assert "COPYING, which is not in the tag" in said


def test_an_sdist_may_leave_out_what_no_build_needs() -> None:
    left_out = {"README.md", "CHANGELOG.md", "LICENSE", "tests/test_alpha.py", "PKG-INFO"}
    compare_sdist(PLAN, "built", {path: each for path, each in SDIST.items() if str(path) not in left_out}, tree())
    assert "pyproject.toml" in refusal(
        compare_sdist, {p: c for p, c in SDIST.items() if p.name != "pyproject.toml"}, tree()
    )


def test_an_sdist_may_hold_the_roots_gitignore_as_it_is() -> None:
    ignore = TreeFile(PurePosixPath(".gitignore"), "100644", oid_of(b"dist/\n"))
    compare_sdist(PLAN, "built", {**SDIST, PurePosixPath(".gitignore"): b"dist/\n"}, [*tree(), ignore])
    said = refusal(compare_sdist, {**SDIST, PurePosixPath(".gitignore"): b"other\n"}, [*tree(), ignore])
    assert ".gitignore with other bytes than .gitignore has" in said


def test_a_file_of_another_package_is_not_in_the_tag() -> None:
    stranger = TreeFile(PurePosixPath("packages/beta/src/alpha/three.py"), "100644", oid_of(b""))
    assert "three.py" in refusal(compare_wheel, {**WHEEL, PurePosixPath("alpha/three.py"): b""}, [*tree(), stranger])
