from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from release.adapters.runtimes import RuntimeGuard
from release.adapters.uv import lay_pages
from release.errors import GateUnavailable, Unresolvable
from release.model.compatibility import Action
from release.model.runtime import Shipped
from tests.release.adapters.shop import LATER, THEN, Shop, ours
from tests.release.runtimes import make_runtime
from tests.servers.index import Fault, PackageIndex
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from release.model.compatibility import Answer
    from release.model.runtime import Runtime

RUNTIME = make_runtime({"numpy==1.0": [], "scipy==1.0": ["numpy<2"]})


@pytest.fixture
def guard(shop: Shop, tmp_path: Path) -> RuntimeGuard:
    return RuntimeGuard(shop.environment, tmp_path / "scratch")


def ask(guard: RuntimeGuard, *wanted: str, runtime: Runtime = RUNTIME, **more: Any) -> Answer:  # noqa: ANN401  # what ask takes
    return guard.ask(runtime, [Requirement(each) for each in wanted], **more)


def test_what_the_runtime_has_is_left_alone_and_what_needs_it_is_told(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0", "scipy")
    shop.wheel("scipy", "9.0")
    answer = ask(guard, "alpha")
    assert answer.actions == (Action("alpha", "1.0", "installed"),)
    assert answer.needs["alpha==1.0"] == ("scipy",)
    assert answer.needs["scipy==1.0"] == ("numpy",)


def test_a_replacement_names_both_versions(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("numpy", "2.0")
    answer = ask(guard, "numpy>=2")
    assert answer.actions == (Action("numpy", "1.0", "uninstalled"), Action("numpy", "2.0", "installed"))
    assert answer.installed == {"numpy": "2.0"}


def test_a_constraint_bounds_what_may_be_chosen(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0")
    shop.wheel("alpha", "2.0", "numpy>=2")
    shop.wheel("numpy", "2.0")
    assert ask(guard, "alpha").installed == {"alpha": "2.0", "numpy": "2.0"}
    assert ask(guard, "alpha", constraints=["numpy==1.0"]).installed == {"alpha": "1.0"}


def test_what_is_taken_as_installed_is_there_too_or_in_a_rows_place(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "2.0")
    assert ask(guard, "alpha", installed=[Shipped("alpha", "1.0")]).actions == ()
    assert ask(guard, "numpy>=2", installed=[Shipped("numpy", "2.5")]).actions == ()


def test_pyspark_is_taken_as_there_so_that_whoever_asks_for_it_is_found(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0", "pyspark>=3.4")
    answer = ask(guard, "alpha")
    assert answer.installed == {"alpha": "1.0"}
    assert answer.needs["alpha==1.0"] == ("pyspark",)


def test_a_wheel_for_a_newer_glibc_or_another_processor_is_not_taken(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0", tag="cp311-cp311-manylinux_2_17_x86_64")
    shop.wheel("alpha", "2.0", tag="cp311-cp311-manylinux_2_39_x86_64")
    shop.wheel("alpha", "3.0", tag="cp312-cp312-manylinux_2_17_x86_64")
    shop.wheel("alpha", "4.0", tag="cp311-cp311-manylinux_2_17_aarch64")
    assert ask(guard, "alpha").installed == {"alpha": "1.0"}
    assert ask(guard, "alpha", architecture="aarch64").installed == {"alpha": "4.0"}


def test_our_own_names_come_from_our_pages_alone(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "9.9")
    pages = lay_pages(shop.folder / "pages", ours(shop, "0.1.0"))
    assert ask(guard, "alpha", pages=pages, as_of=THEN).installed == {"alpha": "0.1.0"}
    assert "alpha" not in shop.server.asked()


def test_pages_that_are_not_there_are_none(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0")
    assert ask(guard, "alpha", pages=shop.folder / "nowhere").installed == {"alpha": "1.0"}


def test_the_index_is_read_as_it_stood(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0")
    shop.wheel("alpha", "2.0", at=LATER)
    assert ask(guard, "alpha", as_of=THEN).installed == {"alpha": "1.0"}
    assert ask(guard, "alpha").installed == {"alpha": "2.0"}


def test_an_index_that_is_named_is_asked_in_place_of_all_others(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0")
    shelf = shop.folder / "other"
    write_wheel(shelf, "alpha", "7.0")
    with PackageIndex(shelf) as other:
        assert ask(guard, "alpha", index=other.url).installed == {"alpha": "7.0"}
    assert "alpha" not in shop.server.asked()


def test_a_runtime_is_laid_once(shop: Shop, guard: RuntimeGuard, tmp_path: Path) -> None:
    shop.wheel("alpha", "1.0")
    for _ in range(3):
        ask(guard, "alpha")
    (folder,) = (tmp_path / "scratch").iterdir()
    assert sorted(each.name for each in folder.glob("*.dist-info")) == [
        "numpy-1.0.dist-info",
        "pyspark-3.5.0.dist-info",
        "scipy-1.0.dist-info",
    ]


def test_what_nothing_fits_is_told_without_the_way_there(shop: Shop, guard: RuntimeGuard) -> None:
    shop.wheel("alpha", "1.0")
    with pytest.raises(Unresolvable, match="alpha>=7") as refused:
        ask(guard, "alpha>=7")
    assert "DEBUG" not in refused.value.message


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.UNAUTHORISED, Fault.HANG])
def test_an_index_that_does_not_answer_is_unavailable(shop: Shop, guard: RuntimeGuard, fault: Fault) -> None:
    shop.wheel("alpha", "1.0")
    shop.server.fail(fault)
    with pytest.raises(GateUnavailable) as unavailable:
        ask(guard, "alpha")
    assert shop.server.address in unavailable.value.message


def answer_with(patch: pytest.MonkeyPatch, folder: Path, *lines: str) -> Path:
    """Put a program in uv's place that says these lines; it keeps its words in the file that is given."""
    words, program = folder / "words.txt", folder / "uv"
    said = "".join(f"echo '{line}'\n" for line in lines)
    program.write_text(f'#!/bin/sh\necho "$@" >> {words}\n{said}')
    program.chmod(0o755)
    patch.setattr("uv.find_uv_bin", lambda: str(program))
    return words


def test_a_password_of_an_index_stands_in_no_word_of_a_program(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = shop.server.url.replace("://", "://aws:open-sesame@")
    words = answer_with(monkeypatch, tmp_path, '{"changes": []}')
    ask(RuntimeGuard(shop.environment, tmp_path / "scratch"), "alpha", index=address)
    assert "--dry-run" in words.read_text()
    assert "open-sesame" not in words.read_text()


def test_a_uv_that_words_its_way_otherwise_is_not_taken_for_one_that_needs_nothing(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = '{"changes": [{"name": "alpha", "version": "1.0", "action": "installed"}]}'
    answer_with(monkeypatch, tmp_path, "DEBUG Direct dependency added: alpha", changes)
    with pytest.raises(GateUnavailable, match="uv does not say what needs what"):
        ask(RuntimeGuard(shop.environment, tmp_path / "scratch"), "alpha")


def test_an_index_that_is_named_is_the_only_one_whatever_a_users_file_names(shop: Shop, tmp_path: Path) -> None:
    shop.wheel("alpha", "9.0")
    shelf = shop.folder / "other"
    write_wheel(shelf, "alpha", "7.0")
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text(f'[[index]]\nurl = "{shop.server.url}"\n')
    plain = {name: value for name, value in shop.environment.items() if name != "UV_NO_CONFIG"}
    guard = RuntimeGuard({**plain, "XDG_CONFIG_HOME": str(tmp_path)}, tmp_path / "scratch")
    with PackageIndex(shelf) as other:
        assert ask(guard, "alpha", index=other.url).installed == {"alpha": "7.0"}
