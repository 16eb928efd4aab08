"""`sign`: sign what another job has built, by digests alone."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from release.adapters.disk import replace_file
from release.adapters.ecdsa import Ecdsa
from release.adapters.kms import KmsSigner
from release.adapters.local_key import LocalKey, read_public
from release.commands.handover import tell_digests
from release.commands.witness import find_builder, find_witness
from release.errors import UsageError, VerificationFailed
from release.keys import pin_keys, trusted_keys
from release.model.artifact import digest_of
from release.model.digests import parse_digests
from release.model.policy import RootPolicy
from release.model.tag import shown
from release.model.trust import keyid_of
from release.session import Session, digests_option, json_option
from release.steps.prove import LARGEST
from release.steps.sign import Notary, Signed
from release.wiring import find_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from release.model.trust import Builder, Trust
    from release.ports import Signer
    from release.settings import Settings

_NO_REPOSITORY: Final = ("not a git repository (or any", "git is not on the PATH")
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Told:
    """How it ended for one bundle."""

    path: Path
    signed: Signed | None = None
    written: tuple[Path, ...] = ()
    error: VerificationFailed | None = None


@click.command()
@click.argument("bundles", nargs=-1, required=True, metavar="BUNDLE...", type=_FILE)
@click.option("--tag", "tags", multiple=True, help="What was to be built; repeatable.  [default: the job's]")
@click.option("--commit", default="", metavar="SHA", help="What it was to be built from.  [default: the job's]")
@click.option("--repository", default="", metavar="URL", help="Where that is.  [default: the job's]")
@click.option("--key", "keys", multiple=True, help="Sign beside this public key, a PEM's path or base64; repeatable.")
@click.option("--github-attestation", type=_FILE, metavar="FILE", help="Keep this bundle of actions/attest beside.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Put what is signed here instead.")
@digests_option("What the BUNDLEs must be")
@json_option
@click.pass_obj
def command(  # noqa: PLR0913  # an option each
    session: Session,
    bundles: Sequence[Path],
    *,
    tags: Sequence[str],
    commit: str,
    repository: str,
    keys: Sequence[str],
    github_attestation: Path | None,
    output: Path | None,
    digests: Sequence[str],
) -> int:
    """Sign BUNDLEs, `<stem>.intoto.jsonl` as a build leaves them, with the KMS key or else this machine's own.

    No wheel, no source and no repository is needed. A statement is signed only if tag, commit, repository and the
    toolchain are what this job, or whoever calls it, knows by itself. Where a key that is trusted has signed the very
    same already, one more signature is added.

    With --digests, what another job has left must be what it said: a BUNDLE that differs, or that is named there and
    not given, is not signed. GITHUB_OUTPUT is given the digests of what is signed.

    \b
    Examples:
      hatch run release sign env_drift-0.1.0.intoto.jsonl          in a job of GitHub Actions, which knows the rest
      hatch run release sign dist/*/*/*.intoto.jsonl --digests @DIGESTS
      hatch run release sign env_drift-0.1.0.intoto.jsonl --tag env-drift/v0.1.0 --commit SHA --repository URL
      hatch run release sign *.intoto.jsonl --github-attestation attestation.json --output signed
    """
    settings, named = session.settings, parse_digests(digests)
    witness, builder = find_witness(settings, tags, commit, repository), find_builder(settings)
    trust = _find_trust(settings, keys, builder)
    invocation = settings.actions_run or uuid.uuid4().urn
    signer = _open_signer(session)
    notary = Notary(signer, Ecdsa(), witness, trust, builder, version("wheelyard"), invocation)
    attestation = _read(github_attestation) if github_attestation else b""
    if len({each.name for each in bundles}) < len(bundles):
        raise UsageError("two BUNDLEs have one name", hint="name each release's bundle once")
    if attestation:
        session.terminal.say(
            "GitHub's attestation is kept as it is, and not verified here: gh attestation verify does that"
        )
    _require_handed_over(bundles, named)
    done = [_sign(each, notary, session, attestation, output or each.parent) for each in bundles]
    tell_digests(session, {path.name: digest_of(path) for each in done for path in each.written})
    return _conclude(session, done)


def _require_handed_over(bundles: Sequence[Path], digests: Mapping[str, str]) -> None:
    """Refuse bundles that are other than the job before has named them; it names what else it left, too."""
    ending, hint = ".intoto.jsonl", "sign what was built and verified alone: run the jobs before this one again"
    given = {path.name: path for path in bundles}
    wanted = {name: digest for name, digest in digests.items() if name.endswith(ending)} if digests else {}
    for name in sorted(given.keys() | wanted.keys()) if digests else ():
        if name not in given:
            raise VerificationFailed(f"{name} is named by --digests, and not given", hint=hint)
        if name not in wanted:
            raise VerificationFailed(f"{shown(name)} is given, and --digests does not name it", hint=hint)
        if digest_of(given[name]) != wanted[name]:
            raise VerificationFailed(f"{name} holds other bytes than --digests names", hint=hint)


def _open_signer(session: Session) -> Signer:
    settings = session.settings
    if settings.kms_key_id:
        return KmsSigner(settings.kms_key_id, settings.aws_region)
    if settings.is_hosted and not read_public(settings.config_folder):
        raise UsageError(
            "RELEASE_KMS_KEY_ID is not set, and a key that this job makes would be gone with its machine",
            hint="gh variable set RELEASE_KMS_KEY_ID, as the stack's output Variables says",
        )
    return LocalKey(settings.config_folder, session.terminal.say)


def _find_trust(settings: Settings, keys: Sequence[str], builder: Builder) -> Trust:
    """Trust the keys that are named, or those of the repository around this folder, if there is one."""
    if keys:
        return pin_keys(keys, 1, builder.value)
    try:
        source = find_source(settings)
    except UsageError as error:
        if not any(each in error.message for each in _NO_REPOSITORY):
            raise  # there is one, and who is trusted is not known as long as git does not read it
        return trusted_keys(RootPolicy())
    return trusted_keys(settings.policy(source.read))


def _read(path: Path) -> bytes:
    """Read a file, and of one that is too large no more than tells so."""
    if not path.is_file():
        raise UsageError(f"{path} is no file", hint="name the bundle that a build has left")
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def _sign(path: Path, notary: Notary, session: Session, attestation: bytes, folder: Path) -> Told:
    """Sign one, and put it in place whole or not at all; one that is wrong does not stop the others."""
    started = time.perf_counter()
    session.terminal.begin(path.name, "sign")
    try:
        signed = notary.sign(path.name, _read(path), attestation)
    except VerificationFailed as error:
        session.terminal.end(path.name, "sign", time.perf_counter() - started, f"refused: {error.message}")
        return Told(path, error=error)
    if attestation:
        replace_file(folder / signed.attestation_name, attestation)
    replace_file(folder / signed.bundle_name, signed.bundle)
    session.terminal.end(path.name, "sign", time.perf_counter() - started, f"{signed.state} as {signed.builder.short}")
    names = (signed.bundle_name, *((signed.attestation_name,) if attestation else ()))
    return Told(folder / signed.bundle_name, signed, tuple(folder / name for name in names))


def _conclude(session: Session, done: Sequence[Told]) -> int:
    code = next((each.error.exit_code for each in done if each.error), 0)
    if session.as_json:
        session.answer({"bundles": [_as_json(each) for each in done], "exit_code": code})
    else:
        session.terminal.table(("", "bundle", ""), [_row(each) for each in done])
    for each in done:
        if each.error:
            session.terminal.fail(f"{each.path}: not signed: {each.error.message}", each.error.hint)
    return code


def _row(told: Told) -> tuple[str, str, str]:
    if told.signed is None:
        return "refused", str(told.path), told.error.message if told.error else ""
    signed = told.signed
    keys = ", ".join(keyid_of(key)[:12] for key in signed.keys)
    gone = f"; the build's statement is gone, with its signatures ({signed.replaced})" if signed.replaced else ""
    return signed.state, str(told.path), f"by {keys}, {signed.builder.short} ({signed.builder.level}){gone}"


def _as_json(told: Told) -> dict[str, object]:
    document: dict[str, object] = {"path": str(told.path), "state": "refused", "reason": "", "hint": ""}
    if told.error:
        return document | {"reason": told.error.message, "hint": told.error.hint}
    if told.signed:
        signed = told.signed
        said = {"state": signed.state, "tag": str(signed.tag), "builder": signed.builder.value}
        document |= said | {"level": signed.builder.level, "keys": [keyid_of(key) for key in signed.keys]}
    return document
