"""Builds that make something else than the tagged tree says: refused with code 11, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.scene import Scene

_HOOK = """\
import pathlib, shutil
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        root = pathlib.Path(self.root)
        if self.target_name == "wheel":
            {body}

    def finalize(self, version, build_data, artifact):
        if self.target_name == "wheel":
            {end}
"""
_USED = "[tool.hatch.build.hooks.custom]\n"


def hook(body: str = "pass", end: str = "pass") -> dict[str, str]:
    """Give the file of a build hook."""
    return {"hatch_build.py": _HOOK.format(body=body, end=end)}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            '(root / "src/alpha/made.py").write_text("X = 1")',
            "alpha-0.1.0-py3-none-any.whl holds alpha/made.py, which is not in the tag",
        ),
        (
            '(root / "src/alpha/__init__.py").write_text("X = 1")',
            "holds alpha/__init__.py with other bytes than packages/alpha/src/alpha/__init__.py has in the tag",
        ),
        (
            '(root / "evil.pth").write_text("x"); build_data["force_include"][str(root / "evil.pth")] = "evil.pth"',
            "holds evil.pth: a .pth runs code in every Python",
        ),
        ('(root / "src/alpha/__init__.py").unlink()', "lacks alpha/__init__.py, which is in the tag"),
        (
            '(root / "x").write_text("x"); build_data["shared_data"][str(root / "x")] = "etc/x"',
            "alpha-0.1.0.data/data/etc/x, which is not in the tag",
        ),
        (
            '(root / "x").write_text("x"); build_data["extra_metadata"] = {str(root / "x"): "x"}',
            "alpha-0.1.0.dist-info/extra_metadata/x, which is not in the tag",
        ),
        ('build_data["tag"] = "cp311-cp311-linux_x86_64"', "the build made alpha-0.1.0-cp311-cp311-linux_x86_64.whl"),
        ('raise RuntimeError("the hook broke")', "RuntimeError: the hook broke"),
    ],
)
def test_a_build_hook_that_adds_changes_or_takes_away_is_refused(scene: Scene, body: str, says: str) -> None:
    scene.add("alpha", files=hook(body), project=_USED).tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("alpha/v0.1.0", says))


def test_a_second_wheel_is_refused(scene: Scene) -> None:
    end = 'shutil.copy(artifact, artifact.replace("0.1.0-py3", "0.2.0-py3"))'
    scene.add("alpha", files=hook(end=end), project=_USED).tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("alpha/v0.1.0: the build made", "alpha-0.2.0-py3-none-any.whl", "not alpha-0.1.0-py3"))


def test_a_hook_cannot_see_what_the_environment_says(scene: Scene) -> None:
    end = 'import os; assert "SECRET" not in os.environ and os.environ["HOME"] != "/root", dict(os.environ)'
    scene.add("alpha", files=hook(end=end), project=_USED).tagged("alpha/v0.1.0")
    scene.call(SECRET="hunter2").expect(0)  # noqa: S106  # no secret of anybody


def test_a_file_that_the_settings_leave_out_is_refused(scene: Scene) -> None:
    files = {"src/alpha/data.json": "{}"}
    scene.add("alpha", files=files, project='[tool.hatch.build]\nexclude = ["*.json"]\n').tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("lacks alpha/data.json, which is in the tag",), hint="look at `exclude`")


def test_a_tracked_file_that_git_would_ignore_is_refused(scene: Scene) -> None:
    scene.add("alpha", files={"src/alpha/data.json": "{}"}).tagged()
    scene.repository.write("packages/alpha/.gitignore", "*.json\n")
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("lacks", "data.json, which is in the tag"), hint="look at")


def test_a_link_is_refused(scene: Scene) -> None:
    scene.add("alpha")
    (scene.repository.root / "packages/alpha/src/alpha/passwords").symlink_to("/etc/passwd")
    scene.tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("src/alpha/passwords", "is a link"), hint="put a file with its content")


def test_a_path_file_among_the_sources_is_refused(scene: Scene) -> None:
    scene.add("alpha", files={"src/alpha/evil.pth": "import os\n"}).tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("evil.pth: a .pth runs code in every Python",), hint="remove it")


def test_package_data_of_any_name_is_packed_as_it_is(scene: Scene) -> None:
    files: dict[str, str | bytes] = {
        "src/alpha/data/bytes.bin": bytes(range(256)),
        "src/alpha/data/ümlaut and space.txt": "\r\n mixed \n",
        "src/alpha/data/empty": "",
        "src/alpha/_deep/er/__init__.py": "",
    }
    scene.add("alpha", files=files).tagged("alpha/v0.1.0")
    scene.call().expect(0)


def test_an_attribute_that_changes_line_ends_is_refused(scene: Scene) -> None:
    scene.repository.write(".gitattributes", "*.py text eol=crlf\n")
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.refuse(code=11, says=("with other bytes than packages/alpha/",), hint="an attribute in .gitattributes")


@pytest.mark.parametrize("version", ["0.2.0", "0.1.0.post1"])
def test_a_written_version_that_differs_from_the_tag_is_refused(scene: Scene, version: str) -> None:
    scene.add("alpha")
    scene.repository.edit("packages/alpha/pyproject.toml", 'dynamic = ["version"]', f'version = "{version}"')
    scene.tagged("alpha/v0.1.0")
    scene.refuse(
        code=11,
        says=(f"the build made alpha-{version}-py3-none-any.whl", "not alpha-0.1.0-py3-none-any.whl"),
        hint="is the version dynamic",
    )


def test_a_build_that_fails_beside_a_good_one_does_not_stop_it(scene: Scene) -> None:
    scene.add("alpha", files=hook('raise RuntimeError("no")'), project=_USED).add("solo")
    scene.tagged("alpha/v0.1.0", "solo/v0.1.0")
    ended = scene.call().expect(11)
    assert "alpha/v0.1.0: the build failed" in ended.err
    assert len(scene.versions("solo")) == 2
    assert not (scene.repository.root / "dist/alpha").exists()
