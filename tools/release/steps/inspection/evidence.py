"""What stands beside the artifacts, and whether it is theirs."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from release.model.artifact import digest_of
from release.model.digests import CHECKSUMS
from release.model.metadata import parse_metadata
from release.model.receipt import Receipt, read_receipt
from release.model.strict_json import NotStrict, parse_strictly
from release.model.tag import shown
from release.model.trust import Builder
from release.steps.inspection.closure import compare_closure
from release.steps.inspection.look import Doubt
from release.steps.record import receipt_name
from release.steps.vouch import is_written_by

if TYPE_CHECKING:
    from release.steps.inspection.look import Look


def require_sbom(look: Look) -> str:
    """Require an SBOM that is one, and of this wheel."""
    path = look.delivery.path(look.delivery.sbom)
    if not path.is_file():
        raise Doubt("missing", f"{path.name} is not in {path.parent}: put it there, or say --no-sbom")
    if digest_of(path) != look.statement.subjects.get(path.name):
        raise Doubt("wrong-subject", f"{path.name} holds other bytes than the provenance names")
    document = _read(look, path.name, path.read_bytes())
    wheel, info = look.delivery.tag.files[0], f"{look.delivery.tag.stem}.dist-info"
    if wheel not in look.delivery.files:
        return "valid CycloneDX"
    metadata = parse_metadata(look.members[wheel][PurePosixPath(info, "METADATA")])
    if problems := tuple(compare_closure(document, look.digests[wheel], metadata)):
        raise Doubt("wrong-closure", f"{path.name}: {'; '.join(problems)}")
    return f"valid CycloneDX, of this wheel and the {len(document.get('components', ()))} it brings"


def _read(look: Look, name: str, content: bytes) -> dict[str, Any]:
    try:
        document = parse_strictly(content)
    except NotStrict as error:
        raise Doubt("malformed-sbom", f"{name}: {error}") from None
    if problems := look.context.documents.problems(document):
        raise Doubt("malformed-sbom", f"{name} is no CycloneDX 1.6: {problems[0]}")
    return dict(document)


def require_checksums(look: Look) -> str:
    """Require that SHA256SUMS names just these files."""
    path = look.delivery.path(CHECKSUMS)
    wanted = "".join(f"{digest}  {name}\n" for name, digest in sorted(look.digests.items()))
    if not path.is_file() or path.read_bytes() != wanted.encode():
        raise Doubt("wrong-checksums", f"{CHECKSUMS} does not name just these files with just these digests")
    return f"{CHECKSUMS} names {len(look.digests)} files"


def require_audit(look: Look) -> str:
    """Require the report that the provenance names."""
    reports = look.statement.byproducts
    if (wanted := f"{look.delivery.tag.stem}.audit.json") not in reports:
        raise Doubt("missing", f"the provenance names no {wanted}")
    for name, digest in reports.items():
        path = look.delivery.path(name)
        if not path.is_file() or digest_of(path) != digest:
            raise Doubt("wrong-byproduct", f"{shown(name)} is not what the provenance names")
    return f"{', '.join(reports)}, as the provenance names it"


def require_receipt(look: Look) -> str:
    """Require a receipt of these bytes."""
    path = look.delivery.path(receipt_name(look.delivery.tag))
    receipt = read_receipt(path)
    if receipt is None:
        raise Doubt("missing", f"there is no receipt in {look.delivery.folder}")
    if path.read_bytes() != receipt.as_json().encode():
        raise Doubt("wrong-receipt", "the receipt is not as this tool writes one")
    _require_current(receipt, look)
    unlike = [name for name, digest in look.digests.items() if receipt.digests.get(name) != digest]
    if unlike or receipt.commit != look.proven.commit:
        raise Doubt("wrong-receipt", f"the receipt is not of {unlike[0] if unlike else 'this commit'}")
    if not _is_signed(receipt, look):
        return "of these bytes, and UNSIGNED: what it says of the gates is nobody's word"
    return f"signed, of these bytes: {', '.join(f'{gate.name} {gate.verdict}' for gate in receipt.gates)}"


def _require_current(receipt: Receipt, look: Look) -> None:
    """Require a receipt of this release, which ended well, with the provenance that is proven."""
    if receipt.tag != str(look.delivery.tag) or not receipt.is_complete:
        raise Doubt("wrong-receipt", f"the receipt is of {shown(receipt.tag)}, or of a release that did not end well")
    statement = hashlib.sha256(look.proven.statement).hexdigest()
    if receipt.provenance is None or receipt.provenance.statement != statement:
        renew = f"hatch run release run {look.delivery.tag} renews it"
        raise Doubt("stale-receipt", f"the receipt names another statement than the one that is signed: {renew}")


def _is_signed(receipt: Receipt, look: Look) -> bool:
    """Whether it has a signature: one that built and signed in one process has signed this, too."""
    if receipt.signature is None:
        if look.proven.builder == Builder.WORKSTATION:
            raise Doubt("unsigned", "the receipt is UNSIGNED, and whoever made this release signs its receipts")
        return False
    if not is_written_by(look.proven, receipt, look.context.signatures):
        raise Doubt("wrong-receipt", "the receipt was changed, or signed by a key that did not sign the release")
    return True
