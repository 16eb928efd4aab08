"""Prove who built a wheel, and from which commit, before a cluster installs it.

    python -I verify.py --trust TRUST.json WHEEL...
    python -I verify.py --key KEY --repository URL WHEEL...

This file stands alone: the standard library and `cryptography`, which every Databricks runtime ships. It opens no
connection, and with `-I` it imports nothing that lies beside it. The public keys are what you pin, in an init script or
a cluster policy and never beside the wheel; the provenance lies beside the wheel and may come from anywhere, as it is
worth only what those keys signed.

What was verified are bytes: install the very file that was verified, from where nobody else can write, with no index.

One line for each file goes to standard output, `OK file=... commit=...` or `FAIL file=... code=...`; why it failed and
what to do next goes to standard error. Exit codes: 0 every file is proven; 16 a file is not; 2 the words, the trust or
a path is wrong, and what could not be read is not proven; 1 a defect, which proves nothing either.

To embed it: `prove(bundle, expected, trust, today)` returns `Proven` or raises `Unproven`, whose `code` is one of
`CODES`; `read_trust(content)` makes a `Trust` of a trust file's bytes or raises `Misused`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import re
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from itertools import accumulate
from pathlib import Path
from typing import NoReturn, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

DOCUMENT = "https://github.com/wheelyard/wheelyard/blob/main/tools/release/provenance/v1.md"
LEVELS = {"workstation": "SLSA Build L1", "separate-signer": "SLSA Build L2"}
BUILDERS = {short: f"{DOCUMENT}#{short}" for short in LEVELS}
WORKSTATION = BUILDERS["workstation"]

CODES = {  # in the order in which a line of a bundle is judged, with what to do next
    "empty": "it is UNSIGNED: fetch its provenance, or release it with a signing key",
    "malformed": "fetch the provenance again, from where the release was published",
    "wrong-payload-type": "fetch the provenance again: this is an envelope for something else",
    "unsigned": "release it with a signing key",
    "untrusted": "pin the key that signed, if it is yours; otherwise the provenance is not genuine",
    "threshold": "have more of the trusted keys sign it",
    "expired-key": "have it signed with a key that is trusted today",
    "malformed-statement": "release it again with a current version of the tool",
    "wrong-type": "release it again with a current version of the tool",
    "wrong-predicate": "this proves something else than where it was built: fetch its provenance",
    "wrong-build-type": "it was not built by the release of this repository: build it there",
    "unknown-parameter": "something steered the build that this verifier can't judge: use its current version",
    "wrong-package": "fetch the provenance of this package",
    "wrong-version": "fetch the provenance of this version",
    "wrong-repository": "use the release of the repository that you trust",
    "wrong-commit": "find out who moved the tag, or expect the commit that was built",
    "wrong-builder": "have it built and signed as these keys are trusted for",
    "wrong-subject": "fetch the file again: these bytes are not the ones that were released",
}

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
PARAMETERS = ("tag", "package", "repository")
LARGEST_BUNDLE = 4 * 1024 * 1024
LONGEST_NUMBER = 30
DEEPEST_NESTING = 32
MOST_SIGNATURES = 16
LONGEST_MESSAGE = 1000

# A P-256 SubjectPublicKeyInfo with an uncompressed point: this, then x and y. A key has no second way to be written.
SPKI_HEADER = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SCALAR = 32
LONGEST_DER = 72

PEM = re.compile(r"\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
SHA256 = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FILE_NAME = re.compile(r"([a-z0-9_]+)-([0-9a-z.!+]+)(?:-py3-none-any\.whl|\.tar\.gz|\.cdx\.json)")
PLAIN = re.compile(r"[A-Za-z0-9._+:/@,#-]+")

EXAMPLES = """\
examples:
  python -I verify.py --trust trust.json env_drift-0.1.0-py3-none-any.whl
  python -I verify.py --key key.pem --builder separate-signer --repository https://github.com/example/libraries *.whl

exit codes: 0 every file is proven, 16 a file is not, 2 the words, the trust or a path is wrong, 1 a defect
"""

T = TypeVar("T")


class Misused(Exception):
    """The words, the trust or a path is wrong; nothing was judged."""


class Unproven(Exception):
    """The bundle does not prove the file."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.progress = list(CODES).index(code)


@dataclass(frozen=True)
class Key:
    """A public key, with what its owner may claim."""

    spki: bytes
    public: ec.EllipticCurvePublicKey
    name: str = ""
    builders: tuple[str, ...] = (WORKSTATION,)
    expires: date = date.max

    @property
    def label(self) -> str:
        """Its name, or else how its identifier begins."""
        return self.name or hashlib.sha256(self.spki).hexdigest()[:12]


@dataclass(frozen=True)
class Trust:
    """The keys that are pinned, and how many different ones have to have signed."""

    keys: tuple[Key, ...]
    threshold: int = 1
    repository: str = ""

    def __post_init__(self) -> None:
        """Refuse a trust that anything or nothing could fulfil."""
        if not self.keys:
            raise Misused("the trust holds no keys: pin at least one")
        if not 1 <= self.threshold <= count_unique(self.keys):
            raise Misused(f"threshold {self.threshold} is not from 1 to {count_unique(self.keys)}, the number of keys")


@dataclass(frozen=True)
class Expected:
    """What the file is, and what it is taken for; an empty commit or builder is any."""

    name: str
    sha256: str
    package: str
    version: str
    repository: str
    commit: str = ""
    builder: str = ""


@dataclass(frozen=True)
class Proven:
    """What is proven of the file, and by whose keys."""

    commit: str
    builder: str
    keys: tuple[str, ...]


def prove(bundle: bytes, expected: Expected, trust: Trust, today: date) -> Proven:
    """Prove a file by one line of its bundle, or raise the Unproven of the line that came furthest."""
    if len(bundle) > LARGEST_BUNDLE:
        raise Unproven("malformed", f"the bundle has more than {LARGEST_BUNDLE} bytes")
    furthest = Unproven("empty", "there is no provenance")
    for line in bundle.split(b"\n"):
        if line.strip(b" \t\r"):
            try:
                return prove_by_line(line, expected, trust, today)
            except Unproven as error:
                furthest = max(furthest, error, key=lambda each: each.progress)
    raise furthest


def prove_by_line(line: bytes, expected: Expected, trust: Trust, today: date) -> Proven:
    """Judge one envelope: signatures first, so that nothing is believed that no trusted key has signed."""
    try:
        payload, payload_type, signatures = read_envelope(line)
    except ValueError as error:
        raise Unproven("malformed", f"a line of the bundle is no envelope: {error}") from None
    signers = find_signers(payload, payload_type, signatures, trust, today)
    try:
        commit, builder, subjects = check_statement(payload, expected)
    except ValueError as error:
        raise Unproven("malformed-statement", f"what was signed is no statement of a release: {error}") from None
    if expected.builder not in {"", builder}:
        raise Unproven("wrong-builder", f"it was built by {builder}, not by {expected.builder}")
    signers = [key for key in signers if builder in key.builders]
    if count_unique(signers) < trust.threshold:
        raise Unproven("wrong-builder", f"of the keys that signed, {count_unique(signers)} are trusted for {builder}")
    if subjects.get(expected.name) != expected.sha256:
        raise Unproven("wrong-subject", f"no {expected.name} with SHA-256 {expected.sha256} was built")
    return Proven(commit, builder, tuple({key.spki: key.label for key in signers}.values()))


def read_envelope(line: bytes) -> tuple[bytes, str, list[bytes]]:
    """Read a DSSE envelope: its payload, the payload's type and the signatures, whose key hints decide nothing."""
    envelope = parse_strictly(line)
    entries = at(envelope, "signatures", list)
    signatures = [decode_base64(at(entry, "sig", str)) for entry in entries]
    if len(entries) > MOST_SIGNATURES:
        raise ValueError(f"it has more than {MOST_SIGNATURES} signatures")
    if not all(isinstance(entry.get("keyid", ""), str) for entry in entries):
        raise ValueError("a keyid is no string")
    return decode_base64(at(envelope, "payload", str)), at(envelope, "payloadType", str), signatures


def find_signers(payload: bytes, payload_type: str, signatures: list[bytes], trust: Trust, today: date) -> list[Key]:
    """Find the trusted keys that signed and are taken today, or say why they are too few."""
    if payload_type != PAYLOAD_TYPE:
        raise Unproven("wrong-payload-type", f"the payload is {payload_type}, not {PAYLOAD_TYPE}")
    if not signatures:
        raise Unproven("unsigned", "the provenance holds no signature")
    kind = payload_type.encode()
    digest = hashlib.sha256(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)).digest()
    signers = [key for key in trust.keys if any(is_made_by(key, each, digest) for each in signatures)]
    if not signers:
        raise Unproven("untrusted", "no trusted key made any of its signatures")
    if count_unique(signers) < trust.threshold:
        raise Unproven("threshold", f"{count_unique(signers)} trusted keys signed, not {trust.threshold}")
    taken = [key for key in signers if today <= key.expires]
    if count_unique(taken) < trust.threshold:
        raise Unproven("expired-key", f"on {today} only {count_unique(taken)} of the keys that signed are taken")
    return taken


def is_made_by(key: Key, signature: bytes, digest: bytes) -> bool:
    """Whether a key made a signature, ECDSA with SHA-256, of a message with this digest."""
    r, s = read_signature(signature)
    if not (1 <= r < ORDER and 1 <= s < ORDER):
        return False
    try:
        key.public.verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except InvalidSignature:
        return False
    return True


def read_signature(signature: bytes) -> tuple[int, int]:
    """Read r and s: canonical DER, as versions differ about other, or 64 raw bytes; zeros, never valid, otherwise."""
    if len(signature) <= LONGEST_DER:
        with suppress(ValueError):  # it is no DER, and may be raw
            r, s = utils.decode_dss_signature(signature)
            if min(r, s) >= 0 and utils.encode_dss_signature(r, s) == signature:
                return r, s
    if len(signature) == 2 * SCALAR:
        return int.from_bytes(signature[:SCALAR], "big"), int.from_bytes(signature[SCALAR:], "big")
    return 0, 0


def count_unique(keys: tuple[Key, ...] | list[Key]) -> int:
    """Count keys, and not how often they are named."""
    return len({key.spki for key in keys})


def check_statement(payload: bytes, expected: Expected) -> tuple[str, str, dict[str, str]]:
    """Give commit, builder and subjects of a statement that says what is expected; ValueError for one of no shape."""
    statement = parse_strictly(payload)
    if not isinstance(statement, dict):
        raise ValueError("it is no object")
    if statement.get("_type") != STATEMENT_TYPE:
        raise Unproven("wrong-type", f"what was signed is no {STATEMENT_TYPE}")
    if statement.get("predicateType") != PREDICATE_TYPE:
        raise Unproven("wrong-predicate", f"what was signed is no {PREDICATE_TYPE}")
    subjects = read_subjects(at(statement, "subject", list))
    builder = at(statement, "predicate.runDetails.builder.id", str)
    return check_build(at(statement, "predicate.buildDefinition", dict), expected), builder, subjects


def read_subjects(entries: list[object]) -> dict[str, str]:
    """Give the SHA-256 of each file that was built."""
    subjects = {at(entry, "name", str): at(entry, "digest.sha256", str) for entry in entries}
    if not subjects or "" in subjects or len(subjects) != len(entries):
        raise ValueError("there are no subjects, or one has no name of its own")
    if not all(SHA256.fullmatch(each) for each in subjects.values()):
        raise ValueError("a subject's sha256 is not 64 lower-case hexadecimal digits")
    return subjects


def check_build(build: dict[str, object], expected: Expected) -> str:
    """Give the commit that was built, if the build was asked for what is expected."""
    build_type, parameters = at(build, "buildType", str), at(build, "externalParameters", dict)
    dependencies = at(build, "resolvedDependencies", list)
    if not all(isinstance(each, dict) for each in dependencies):
        raise ValueError("an element of resolvedDependencies is no object")
    if build_type != DOCUMENT:
        raise Unproven("wrong-build-type", f"the build type is {build_type}, not {DOCUMENT}")
    if unknown := sorted(set(parameters) - set(PARAMETERS)):
        raise Unproven("unknown-parameter", f"the build was also given {', '.join(unknown)}")
    tag, package, repository = (at(parameters, each, str) for each in PARAMETERS)
    if package != expected.package or not tag.startswith(f"{package}/v"):
        raise Unproven("wrong-package", f"package {package} was built from tag {tag}, not {expected.package}")
    if tag != f"{package}/v{expected.version}":
        raise Unproven("wrong-version", f"tag {tag} was built, not version {expected.version}")
    if repository != expected.repository:
        raise Unproven("wrong-repository", f"it was built from {repository}, not from {expected.repository}")
    source = f"git+{repository}@refs/tags/{tag}"
    commits = [commit for each in dependencies if each.get("uri") == source and (commit := read_commit(each))]
    if len(commits) != 1:
        raise ValueError(f"it names {len(commits)} commits of {source}, not one")
    if expected.commit not in {"", commits[0]}:
        raise Unproven("wrong-commit", f"commit {commits[0]} was built, not {expected.commit}")
    return commits[0]


def read_commit(dependency: dict[str, object]) -> str:
    """Give the commit of a dependency, empty where it names none."""
    digest = dependency.get("digest")
    commit = digest.get("gitCommit") if isinstance(digest, dict) else None
    return commit if isinstance(commit, str) and COMMIT.fullmatch(commit) else ""


def at(document: object, path: str, kind: type[T]) -> T:
    """Give what stands at a dotted path, if it has that type; ValueError otherwise."""
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    if not isinstance(document, kind) or isinstance(document, bool):
        raise ValueError(f"{path} is missing, or no {kind.__name__}")
    return document


def parse_strictly(content: bytes) -> object:
    """Read JSON that has one meaning for every reader, or raise ValueError."""
    text = content.decode("utf-8")
    brackets = re.findall(r"[][{}]", re.sub(r'"[^"]*"?', "", re.sub(r"(?s)\\.", "", text)))
    if max(accumulate(1 if each in "[{" else -1 for each in brackets), default=0) > DEEPEST_NESTING:
        raise ValueError(f"it is nested more than {DEEPEST_NESTING} deep")
    document: object = json.loads(
        text, object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_number
    )
    json.dumps(document, ensure_ascii=False).encode("utf-8")  # raises for half of a surrogate pair
    return document


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("an object has a key twice")
    return document


def _number(literal: str) -> float:
    if len(literal) > LONGEST_NUMBER or not math.isfinite(float(literal)):
        raise ValueError("a number is too long, or none")
    return int(literal) if literal.lstrip("-").isdigit() else float(literal)


def decode_base64(text: str) -> bytes:
    """Read either alphabet, but not both in one text, or raise ValueError."""
    if "+" not in text and "/" not in text:
        text = text.replace("-", "+").replace("_", "/")
    if len(text) % 4 or not BASE64.fullmatch(text):
        raise ValueError("a text is not base64")
    return base64.b64decode(text)


def read_key(text: str, name: str = "", builders: tuple[str, ...] = (WORKSTATION,), expires: date = date.max) -> Key:
    """Read a P-256 public key, PEM or base64 of DER; ValueError for any other."""
    pem = PEM.fullmatch(text)
    spki = decode_base64("".join(pem[1].split()) if pem else text.strip())
    if not spki.startswith(SPKI_HEADER) or len(spki) != len(SPKI_HEADER) + 2 * SCALAR:
        raise ValueError("a key is no ECDSA P-256 public key, PEM or base64 of DER, with an uncompressed point")
    point = spki[len(SPKI_HEADER) - 1 :]
    return Key(spki, ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point), name, builders, expires)


def read_trust(content: bytes) -> Trust:
    """Read the JSON of a trust file; Misused for whatever is missing, unknown or wrong in it."""
    try:
        given = fill(parse_strictly(content), {"threshold": 1, "repository": "", "keys": []})
        keys = tuple(map(read_trusted_key, at(given, "keys", list)))
        return Trust(keys, at(given, "threshold", int), at(given, "repository", str))
    except ValueError as error:
        raise Misused(f"the trust is wrong: {error}") from None


def read_trusted_key(document: object) -> Key:
    """Read one of the keys of a trust file."""
    given = fill(document, {"key": None, "name": "", "builders": [WORKSTATION], "expires": str(date.max)})
    builders, expires = at(given, "builders", list), at(given, "expires", str)
    if not builders or not all(isinstance(each, str) and ":" in each for each in builders):
        raise ValueError(f"builders is not a list of full identifiers, such as {WORKSTATION}")
    day = date.fromisoformat(expires)
    if str(day) != expires:
        raise ValueError("expires is not a day such as 2027-12-31")
    return read_key(at(given, "key", str), at(given, "name", str), tuple(builders), day)


def fill(document: object, defaults: dict[str, object]) -> dict[str, object]:
    """Give an object with what it left out; ValueError where it has a key that it should not have."""
    if not isinstance(document, dict):
        raise ValueError("an object is missing")
    if unknown := sorted(set(document) - set(defaults)):
        raise ValueError(f"unknown key {', '.join(unknown)}; there are {', '.join(defaults)}")
    return {**defaults, **document}


class Parser(argparse.ArgumentParser):
    """A parser that leaves it to the program how it ends."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print as it is."""
        raise Misused(f"{message}; see --help")


def make_parser() -> Parser:
    """Give the words of the command line."""
    parser = Parser(
        prog="verify.py",
        description="Prove who built a file of a release (wheel, sdist, SBOM), and from which commit; no network.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("files", nargs="+", type=Path, metavar="FILE", help="a wheel, an sdist or an SBOM")
    add("--trust", type=Path, metavar="TRUST.json", help="threshold, repository and keys that are trusted")
    add("--key", action="append", default=[], help="a trusted key: a PEM file, or base64 of its DER")
    add("--threshold", type=int, metavar="N", help="how many of the keys have to have signed (1)")
    add("--builder", action="append", default=[], help=f"what the keys are trusted for: {', '.join(BUILDERS)} or an id")
    add("--repository", default="", metavar="URL", help="the repository that it has to be built from")
    add("--provenance", type=Path, metavar="BUNDLE", help="the bundle (<name>-<version>.intoto.jsonl beside the file)")
    add("--package", default="", help="the package that it has to be (the one in the file's name)")
    add("--version", default="", help="the version that it has to be (the one in the file's name)")
    add("--commit", default="", help="the commit that it has to be built from (any)")
    return parser


def read_words(words: list[str]) -> tuple[Trust, list[tuple[Path, Path, Expected]]]:
    """Give whom to trust and what to prove; Misused before anything is judged."""
    given = make_parser().parse_args(words)
    if given.trust and (given.key or given.builder or given.threshold is not None):
        raise Misused("--trust says all about the keys: leave out --key, --threshold and --builder, or leave it out")
    if given.provenance and len(given.files) > 1:
        raise Misused("--provenance is of one file: name one file, or leave it out")
    if given.commit and not COMMIT.fullmatch(given.commit):
        raise Misused("--commit is no whole commit: give its 40 or 64 lower-case hexadecimal digits")
    try:
        trust = read_trust(given.trust.read_bytes()) if given.trust else trust_of(given)
        repositories = sorted({trust.repository, given.repository} - {""})
        if len(repositories) != 1:
            raise Misused(f"name one repository, in the trust or with --repository; named are {repositories}")
        return trust, [ask(path, given, *repositories) for path in given.files]
    except OSError as error:
        raise Misused(f"{error.filename} can't be read: {error.strerror}") from None


def trust_of(given: argparse.Namespace) -> Trust:
    """Make a trust of --key, --threshold and --builder."""
    builders = tuple(BUILDERS.get(each, each) for each in given.builder) or (WORKSTATION,)
    if unknown := [each for each in builders if ":" not in each]:
        raise Misused(f"--builder {unknown[0]} is unknown: give {', '.join(BUILDERS)} or a full identifier")
    start = base64.b64encode(SPKI_HEADER).decode()  # of a key itself; every other word is a path
    try:
        texts = [each if each.startswith(start) else Path(each).read_text("ascii") for each in given.key]
        return Trust(
            tuple(read_key(each, builders=builders) for each in texts),
            1 if given.threshold is None else given.threshold,
        )
    except ValueError as error:
        raise Misused(f"--key is wrong: {error}") from None


def ask(path: Path, given: argparse.Namespace, repository: str) -> tuple[Path, Path, Expected]:
    """Give a file, its bundle and what it is taken for: as given, or else as its name says."""
    if not path.is_file():
        raise Misused(f"there is no file {path}")
    match = FILE_NAME.fullmatch(path.name)
    if not match and not (given.package and given.version and given.provenance):
        raise Misused(f"{path.name} says no package and version: give --package, --version and --provenance")
    name, version = match.groups() if match else ("", "")
    bundle = given.provenance or path.with_name(f"{name}-{version}.intoto.jsonl")
    package = given.package or name.replace("_", "-")
    return path, bundle, Expected(path.name, "", package, given.version or version, repository, given.commit)


def judge(path: Path, bundle: Path, expected: Expected, trust: Trust) -> int:
    """Judge a file, say what became of it and give the exit code."""
    said = {"file": str(path), "code": "", "package": expected.package, "version": expected.version}
    try:
        expected = replace(expected, sha256=digest_of(path))
        proven = prove(read_bundle(bundle), expected, trust, datetime.now(timezone.utc).date())
    except Unproven as error:
        return fail({**said, "code": error.code}, str(error), CODES[error.code], 16)
    except OSError as error:
        return fail({**said, "code": "unreadable"}, str(error), "let this user read it, and verify again", 2)
    except Exception as error:  # noqa: BLE001  # whatever happened, nothing is proven
        return fail({**said, "code": "defect"}, repr(error), "report it, with the file and its bundle", 1)
    builder = {full: short for short, full in BUILDERS.items()}.get(proven.builder, proven.builder)
    built = {"commit": proven.commit, "builder": builder, "level": LEVELS.get(builder, "unknown")}
    print(line_of("OK", {**said, **built, "keys": ",".join(proven.keys)}), flush=True)
    return 0


def read_bundle(path: Path) -> bytes:
    """Read a bundle, and no more of it than shows that it is too large; one that is not there is empty."""
    if not path.is_file():
        return b""
    with path.open("rb") as stream:
        return stream.read(LARGEST_BUNDLE + 1)


def digest_of(path: Path) -> str:
    """Give a file's SHA-256, reading it once."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def fail(said: dict[str, str], message: str, hint: str, code: int) -> int:
    """Say why a file is not proven and what to do next."""
    print(line_of("FAIL", said), flush=True)
    print(plain(f"{said['file']}: {message}"), plain(f"hint: {hint}"), sep="\n", file=sys.stderr)
    return code


def line_of(verdict: str, said: dict[str, str]) -> str:
    """Write a line of the answer; a value that could be taken for something else is quoted as JSON does."""
    values = {key: value if PLAIN.fullmatch(value) else json.dumps(value) for key, value in said.items() if value}
    return " ".join([verdict, *(f"{key}={value}" for key, value in values.items())])


def plain(text: str) -> str:
    """Escape what a terminal or a log would not show as it is, and cut what would flood it."""
    return re.sub(r"[^ -~]", lambda match: match[0].encode("unicode_escape").decode(), text[:LONGEST_MESSAGE])


def main(words: list[str]) -> int:
    """Judge every file; the exit code is that of the worst."""
    try:
        trust, asked = read_words(words)
    except Misused as error:
        print(plain(f"verify.py: {error}"), file=sys.stderr)
        return 2
    codes = [judge(*each, trust) for each in asked]
    return 1 if 1 in codes else max(codes)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
