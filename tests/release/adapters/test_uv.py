from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import tomli
from packaging.requirements import Requirement

from release.adapters.local import offer_of
from release.adapters.uv import Uv
from release.errors import BuildFailed, GateUnavailable, InstallFailed, Unresolvable
from release.settings import Settings
from tests.servers.index import Fault, PackageIndex
from tests.servers.stand_in import closed_address
from tests.servers.wheel import write_sdist, write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from release.model.offer import Offer

THEN = datetime(2026, 1, 2, tzinfo=UTC)
LATER = "2026-06-01T00:00:00Z"


@dataclass(frozen=True)
class Shop:
    """An index, a door that asks it alone, and the lock that comes of it."""

    server: PackageIndex
    folder: Path
    uv: Uv
    environment: Mapping[str, str]

    @property
    def shelf(self) -> Path:
        """Where the index has its files."""
        return self.server.folders[0]

    @property
    def lock(self) -> Path:
        """Where the lock is written."""
        return self.folder / "resolved" / "pylock.toml"

    def wheel(self, name: str, version: str, *requires: str, at: str = "", **more: Any) -> Path:  # noqa: ANN401
        """Add a wheel, uploaded at a time if one is given."""
        wheel = write_wheel(self.shelf, name, version, requires=requires, **more)
        if at:
            self.server.date(wheel, at)
        return wheel

    def resolve(self, *wanted: str, ours: Mapping[str, Sequence[Offer]] | None = None) -> datetime | None:
        """Resolve requirements as of THEN."""
        self.lock.parent.mkdir(exist_ok=True)
        return self.uv.resolve([Requirement(each) for each in wanted], ours or {}, THEN, self.lock)

    @property
    def packages(self) -> list[dict[str, Any]]:
        """The packages of the lock."""
        found: list[dict[str, Any]] = tomli.loads(self.lock.read_text()).get("packages", [])
        return found

    @property
    def pins(self) -> list[str]:
        """What was locked: `idna==3.10`."""
        return [f"{each['name']}=={each['version']}" for each in self.packages]


@pytest.fixture
def shop(tmp_path: Path, uv_cache: Path) -> Iterator[Shop]:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with PackageIndex(shelf) as server:
        quick = {"UV_HTTP_TIMEOUT": "1", "UV_HTTP_RETRIES": "0", "UV_CACHE_DIR": str(uv_cache)}
        environment = Settings({**os.environ, **quick, "UV_DEFAULT_INDEX": server.url}).for_tools
        yield Shop(server, tmp_path, Uv(environment), environment)


def ours(shop: Shop, *versions: str, name: str = "alpha") -> dict[str, list[Offer]]:
    """Offer wheels of our own."""
    wheels = [write_wheel(shop.folder / "ours", name, version) for version in versions]
    return {name: [offer_of(wheel, wheel.as_uri()) for wheel in wheels]}


def test_the_index_is_read_as_it_stood(shop: Shop) -> None:
    shop.wheel("idna", "1.0", "six")
    shop.wheel("idna", "2.0", at=LATER)
    shop.wheel("six", "1.0")
    shop.wheel("six", "1.1", at=LATER)
    assert shop.resolve("idna") == THEN
    assert shop.pins == ["idna==1.0", "six==1.0"]


@pytest.mark.parametrize("fault", [Fault.NO_UPLOAD_TIME, Fault.HTML])
def test_an_index_without_upload_times_is_read_as_it_stands_today(shop: Shop, fault: Fault) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0", at=LATER)
    shop.server.fail(fault)
    assert shop.resolve("idna") is None
    assert shop.pins == ["idna==2.0"]


def test_what_did_not_exist_then_is_taken_as_of_today(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0", at=LATER)
    assert shop.resolve("idna>=2") is None
    assert shop.pins == ["idna==2.0"]


def test_our_own_names_never_come_from_another_index(shop: Shop) -> None:
    shop.wheel("alpha", "9.9")
    assert shop.resolve("alpha", ours=ours(shop, "0.1.0", "0.2.0")) == THEN
    assert shop.pins == ["alpha==0.2.0"]
    assert "alpha" not in shop.server.asked()


def test_our_own_names_are_safe_when_somebody_else_needs_them(shop: Shop) -> None:
    shop.wheel("idna", "1.0", "alpha>=0.1")
    shop.wheel("alpha", "9.9")
    shop.resolve("idna", ours=ours(shop, "0.1.0"))
    assert shop.pins == ["alpha==0.1.0", "idna==1.0"]
    assert "alpha" not in shop.server.asked()


@pytest.mark.parametrize("wanted", ["alpha", "alpha>=1"])
def test_a_name_of_ours_that_we_do_not_offer_is_not_had_elsewhere(shop: Shop, wanted: str) -> None:
    shop.wheel("alpha", "9.9")
    with pytest.raises(Unresolvable, match="alpha"):
        shop.resolve(wanted, ours=ours(shop, *(["0.1.0"] if wanted != "alpha" else [])))
    assert "alpha" not in shop.server.asked()


def test_our_offers_have_no_upload_times_and_are_taken_all_the_same(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0", at=LATER)
    assert shop.resolve("alpha", "idna", ours=ours(shop, "0.1.0")) == THEN
    assert shop.pins == ["alpha==0.1.0", "idna==1.0"]


def test_a_candidate_is_taken_where_it_is_asked_for(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0rc1")
    shop.resolve("idna", "alpha>=0.2.0rc1", ours=ours(shop, "0.1.0", "0.2.0rc1"))
    assert shop.pins == ["alpha==0.2.0rc1", "idna==1.0"]


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.UNAUTHORISED, Fault.HANG])
def test_an_index_that_does_not_answer_is_unavailable(shop: Shop, fault: Fault) -> None:
    shop.wheel("idna", "1.0")
    shop.server.fail(fault)
    with pytest.raises(GateUnavailable) as unavailable:
        shop.resolve("idna")
    assert shop.server.address in unavailable.value.message
    assert unavailable.value.hint


def test_an_index_that_fails_once_gives_no_other_closure(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.server.fail(Fault.ERROR)
    with pytest.raises(GateUnavailable):
        shop.resolve("idna")
    asked = [request for request in shop.server.requests if request.parts == ("simple", "idna")]
    assert len(asked) == 1


def test_an_index_that_nobody_runs_is_unavailable(shop: Shop) -> None:
    nowhere = closed_address()
    shop.lock.parent.mkdir()
    uv = Uv({**shop.environment, "UV_DEFAULT_INDEX": f"{nowhere}/simple/"})
    with pytest.raises(GateUnavailable, match=nowhere):
        uv.resolve([Requirement("idna")], {}, THEN, shop.lock)


@pytest.mark.parametrize(
    ("wanted", "named"), [(["nowhere"], "nowhere"), (["idna>=7"], "idna>=7"), (["six", "idna"], "six")]
)
def test_what_cannot_be_had_is_named(shop: Shop, wanted: list[str], named: str) -> None:
    shop.wheel("idna", "1.0", "six<1")
    shop.wheel("six", "1.0")
    with pytest.raises(Unresolvable, match=named) as unresolvable:
        shop.resolve(*wanted)
    assert unresolvable.value.exit_code == 12
    assert "project.dependencies" in unresolvable.value.hint


def test_a_fork_locks_two_versions_with_their_markers(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.wheel("idna", "2.0")
    shop.resolve("idna<2; python_version < '3.12'", "idna>=2; python_version >= '3.12'")
    assert shop.pins == ["idna==1.0", "idna==2.0"]
    assert all("3.12" in each["marker"] for each in shop.packages)


def test_what_only_other_platforms_need_is_locked_too(shop: Shop) -> None:
    shop.wheel("colorama", "1.0")
    shop.resolve("colorama; sys_platform == 'win32'")
    assert shop.pins == ["colorama==1.0"]


def test_every_file_is_locked_with_its_digest(shop: Shop) -> None:
    files = [
        shop.wheel("idna", "1.0", tag="py3-none-any"),
        shop.wheel("idna", "1.0", tag="cp311-cp311-win_amd64"),
        write_sdist(shop.shelf, "idna", "1.0"),
    ]
    shop.resolve("idna")
    (package,) = shop.packages
    locked = {each["hashes"]["sha256"] for each in [*package["wheels"], package["sdist"]]}
    assert locked == {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_bytes_that_are_not_what_was_locked_are_not_installed(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.resolve("idna")
    shop.wheel("idna", "1.0", files={"idna/__init__.py": "evil = True\n"})
    shop.server.fail(Fault.OTHER_BYTES)
    environment = shop.uv.environment(shop.folder / "environment")
    with pytest.raises(InstallFailed, match="idna"):
        environment.install_lock(shop.lock)
    assert not list(environment.folder.rglob("idna"))


def test_what_is_at_hand_is_not_fetched_again(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.resolve("idna")
    shop.uv.environment(shop.folder / "first").install_lock(shop.lock)
    shop.server.forget()
    environment = shop.uv.environment(shop.folder / "second")
    environment.install_lock(shop.lock)
    assert shop.server.requests == ()
    assert environment.run("-c", "import idna; print(idna.__version__)", cwd=shop.folder, seconds=20).output == "1.0\n"


def test_installing_from_one_index_asks_no_other(shop: Shop) -> None:
    offer = ours(shop, "0.1.0")["alpha"][0]
    shop.wheel("alpha", "0.1.0", files={"alpha/__init__.py": "evil = True\n"})
    page = shop.folder / "index" / "alpha" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="{offer.url}#sha256={offer.sha256}">{offer.name}</a>')
    more = {"UV_INDEX": shop.server.url, "UV_FIND_LINKS": str(shop.shelf), "UV_EXTRA_INDEX_URL": shop.server.url}
    environment = Uv({**shop.environment, **more}).environment(shop.folder / "environment")
    environment.install_from((shop.folder / "index").as_uri(), "alpha==0.1.0")
    ran = environment.run("-c", "import alpha; print(alpha.__version__)", cwd=shop.folder, seconds=20)
    assert ran.output == "0.1.0\n"
    assert "alpha" not in shop.server.asked()


def test_a_name_that_an_index_lacks_is_not_installed(shop: Shop) -> None:
    (shop.folder / "index").mkdir()
    environment = shop.uv.environment(shop.folder / "environment")
    with pytest.raises(InstallFailed, match="alpha"):
        environment.install_from((shop.folder / "index").as_uri(), "alpha==0.1.0")


def test_a_wheel_is_installed_without_what_it_needs(shop: Shop) -> None:
    wheel = write_wheel(shop.folder, "alpha", "0.1.0", requires=["idna"])
    environment = shop.uv.environment(shop.folder / "environment")
    environment.install_wheels(wheel)
    assert environment.run("-c", "import alpha", cwd=shop.folder, seconds=20).code == 0
    assert shop.server.requests == ()


def test_a_wheel_that_cannot_be_installed_is_named(shop: Shop) -> None:
    wheel = write_wheel(shop.folder, "alpha", "0.1.0", tag="cp27-cp27m-win32")
    environment = shop.uv.environment(shop.folder / "environment")
    with pytest.raises(InstallFailed, match="alpha"):
        environment.install_wheels(wheel)


def test_an_environment_has_nothing_of_this_process(shop: Shop) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", "swordfish")
        patch.setenv("PYTHONPATH", "/nowhere")
        environment = Uv({**shop.environment, "SECRET": "swordfish"}).environment(shop.folder / "environment")
        program = "import os, sys; print(*os.environ, *sys.path); print(os.environ['HOME'], os.environ['MORE'])"
        ran = environment.run("-c", program, cwd=shop.folder, seconds=20, variables={"MORE": "this"})
    names, said = ran.output.splitlines()
    assert "SECRET" not in names
    assert "/nowhere" not in names
    assert said == f"{environment.folder} this"


def test_an_environment_has_this_python_and_no_distribution(shop: Shop) -> None:
    environment = shop.uv.environment(shop.folder / "environment")
    program = "import sys, importlib.metadata as m; print(sys.version_info[:2], len(list(m.distributions())))"
    assert environment.run("-c", program, cwd=shop.folder, seconds=20).output == f"{sys.version_info[:2]} 0\n"


def test_a_lock_is_laid_beside_once_whoever_asks_first(shop: Shop) -> None:
    digest = hashlib.sha256(shop.wheel("idna", "1.0").read_bytes()).hexdigest()
    lock, folder = shop.folder / "lock.txt", shop.folder / "beside"
    lock.write_text(f"idna==1.0 --hash=sha256:{digest}\n")
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: shop.uv.beside(lock, folder), range(4))) == [folder] * 4
    assert (folder / "idna" / "__init__.py").is_file()
    assert len([request for request in shop.server.requests if request.path.endswith(".whl")]) == 1


@pytest.mark.parametrize("way", ["PATH", "JAVA_HOME"])
def test_java_is_found_by_the_path_or_by_its_home(tmp_path: Path, way: str) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\n")
    java.chmod(0o755)
    nothing = {"PATH": str(tmp_path / "empty")}
    assert not Uv(nothing).has_java
    assert Uv(nothing | {way: str(java.parent if way == "PATH" else tmp_path)}).has_java


def test_a_place_where_no_environment_can_be_made_is_named(shop: Shop) -> None:
    (shop.folder / "environment").write_text("a file")
    with pytest.raises(BuildFailed, match=r"no environment could be made at .*/environment"):
        shop.uv.environment(shop.folder / "environment")


def test_a_lock_that_cannot_be_fetched_is_unavailable(shop: Shop) -> None:
    shop.wheel("idna", "1.0")
    shop.resolve("idna")
    environment = Uv({**shop.environment, "UV_CACHE_DIR": str(shop.folder / "cache")}).environment(shop.folder / "e")
    lock = shop.folder / "lock.txt"
    lock.write_text(f"idna==1.0 --hash=sha256:{'0' * 64}\n")
    shop.server.fail(Fault.ERROR)
    with pytest.raises(GateUnavailable, match="idna"):
        environment.install_lock(lock)
