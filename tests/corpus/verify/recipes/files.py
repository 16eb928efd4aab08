"""The release that all cases are about: a wheel, an sdist and an SBOM of a few bytes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile

PACKAGE, VERSION = "paper-plane", "1.2.0"
REPOSITORY = "https://git.example.com/ada/paper-plane"
STEM = f"paper_plane-{VERSION}"
WHEEL, SDIST, SBOM = f"{STEM}-py3-none-any.whl", f"{STEM}.tar.gz", f"{STEM}.cdx.json"
_METADATA = f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: {VERSION}\n".encode()


def make_wheel(code: bytes = b"def fold(): ...\n") -> bytes:
    """Make a wheel that is not compressed, so that every zlib gives the same bytes."""
    info = f"{STEM}.dist-info"
    files = {
        "paper_plane.py": code,
        f"{info}/METADATA": _METADATA,
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{name},sha256={_urlsafe(content)},{len(content)}\n" for name, content in files.items()]
    files[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def _urlsafe(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def make_sdist() -> bytes:
    """Make an sdist, not compressed either."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo(f"{STEM}/PKG-INFO")
        member.size = len(_METADATA)
        archive.addfile(member, io.BytesIO(_METADATA))
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", compresslevel=0, fileobj=packed, mtime=0) as stream:
        stream.write(made.getvalue())
    return packed.getvalue()


FILES = {WHEEL: make_wheel(), SDIST: make_sdist(), SBOM: b'{"bomFormat": "CycloneDX", "specVersion": "1.6"}\n'}
SUBJECTS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
