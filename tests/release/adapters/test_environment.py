from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from release.adapters.uv import Uv
from release.errors import BuildFailed, GateUnavailable, InstallFailed
from tests.servers.index import Fault
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from pathlib import Path


from tests.release.adapters.shop import Shop, ours


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
