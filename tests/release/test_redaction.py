"""No secret of an address is printed or kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from release.errors import ReleaseError
from release.redaction import redact
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from tests.release.scene import Scene

WORD = st.text(st.characters(blacklist_characters="/@ \t\n\r", blacklist_categories=("Z", "C")), min_size=8)


@given(WORD, WORD)
def test_credentials_leave_every_address(user: str, password: str) -> None:
    text = redact(f"asked https://{user}:{password}@index.example.com/simple and got 401")
    assert text == "asked https://***@index.example.com/simple and got 401"


def test_what_is_no_address_stays_as_it_is() -> None:
    assert redact("ada@example.com wrote // to @you") == "ada@example.com wrote // to @you"


def test_an_error_never_holds_a_secret() -> None:
    error = ReleaseError("https://bob:s3cret@example.com/ answers 401", hint="ask http://bob:s3cret@example.com/")
    assert "s3cret" not in f"{error}{error.message}{error.hint}"


def test_a_service_that_is_named_with_a_password_leaves_no_trace_of_it(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    address = closed_address().replace("://", "://bob:s3cret@")
    ended = scene.call(RELEASE_OSV_URL=f"{address}/v1/query").expect(0)
    receipt = scene.repository.dist("alpha") / "alpha-0.1.0.receipt.json"
    assert '"unavailable"' in receipt.read_text()
    kept = b"".join(path.read_bytes() for path in (scene.repository.root / "dist").rglob("*") if path.is_file())
    assert "s3cret" not in f"{ended.out}{ended.err}"
    assert b"s3cret" not in kept
