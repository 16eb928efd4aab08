"""The key of this machine: made when it is first needed, and readable by its owner alone."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from release.adapters.disk import exclusive, replace_file, sweep
from release.adapters.libraries import await_library
from release.errors import UsageError
from release.model.trust import keyid_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PRIVATE = "signing-key.pem"
PUBLIC = "signing-key.pub"
_LIBRARY = "cryptography.hazmat.primitives.serialization"
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class LocalKey:
    """A signer that is a file: an ECDSA P-256 key as PKCS#8 PEM, and beside it what others verify with.

    `say` is told, once, when the key was made here and now.
    """

    def __init__(self, folder: Path, say: Callable[[str], object]) -> None:
        self.path = folder / PRIVATE
        self.name = f"the key of this machine, {self.path}"
        self._folder = folder
        self._say = say
        self._private: EllipticCurvePrivateKey | None = None
        self._opening = Lock()

    @property
    def key(self) -> bytes:
        """The public key, as DER SubjectPublicKeyInfo; UsageError where the file is no key, or others may read it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415  # as below

        return self._open().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        """Sign, and give the signature as DER."""
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # noqa: PLC0415  # 0.1 s that signers pay
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        return self._open().sign(message, ECDSA(SHA256()))

    def _open(self) -> EllipticCurvePrivateKey:
        with self._opening:
            if self._private is None:
                await_library(_LIBRARY)
                made = not self.path.exists() and self._make()
                self._private = self._read()
                self._show(self._private, made=made)
        return self._private

    def _make(self) -> bool:
        """Put a new key in place, unless another process was quicker; a file that stands there is never replaced."""
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive(self._folder):
            sweep(self._folder)
            if self.path.exists():
                return False
            made = ec.generate_private_key(ec.SECP256R1())
            pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            handle, part = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")  # of mode 0600
            with os.fdopen(handle, "wb") as stream:
                stream.write(pem)
                stream.flush()
                os.fsync(stream.fileno())
            Path(part).rename(self.path)
        return True

    def _read(self) -> EllipticCurvePrivateKey:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        self._require_private()
        with suppress(ValueError, TypeError, UnsupportedAlgorithm):  # what they say of it is not for a log
            private = load_pem_private_key(self.path.read_bytes(), None)
            if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
                return private
        raise UsageError(
            f"{self.path} is no P-256 private key in a PEM without password, and is left as it is",
            hint="put back the key that was there; or move the file away, and the next release makes another",
        )

    def _require_private(self) -> None:
        for path, forbidden, mode in ((self._folder, _WRITTEN_BY_OTHERS, "700"), (self.path, _OF_OTHERS, "600")):
            if path.stat().st_mode & forbidden:
                raise UsageError(
                    f"{path}: others than its owner have access to the signing key",
                    hint=f"chmod {mode} {path}; if somebody could have read it, move the key away and have a new one",
                )

    def _show(self, private: EllipticCurvePrivateKey, *, made: bool) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

        shown, public = self._folder / PUBLIC, private.public_key()
        replace_file(shown, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        if made:
            fingerprint = keyid_of(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
            self._say(f"made a signing key for this machine: {self.path}, fingerprint {fingerprint}; public: {shown}")


def read_public(folder: Path) -> str:
    """Give the public half that stands in a folder, as PEM; nothing, where none does.

    UsageError where another than its owner could have put it there.
    """
    path = folder / PUBLIC
    if not path.is_file():
        return ""
    for place in (folder, path):
        facts = place.stat()
        if facts.st_mode & _WRITTEN_BY_OTHERS or facts.st_uid not in {0, os.geteuid()}:
            raise UsageError(
                f"{place}: others than its owner could have changed whom this machine trusts",
                hint=f"see whose key it is, then: chmod go-w {place}; or name a key: --key release.pem",
            )
    return path.read_text(errors="replace")
