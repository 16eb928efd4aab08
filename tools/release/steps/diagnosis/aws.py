"""AWS: whether what releases need stands in the account, guarded as `tools/aws/stack.yaml` describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from release.errors import Incomplete, UsageError
from release.model.account import forbids
from release.model.diagnosis import Diagnosis, State, failed, ok, unknown, warning
from release.model.trust import keyid_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release.model.account import Bucket, Repository, Role

DEPLOY: Final = "deploy tools/aws/stack.yaml, as tools/aws/README.md says"
_PYPI: Final = "public:pypi"
_DELETING: Final = tuple(
    f"codeartifact:{each}" for each in ("DeletePackage", "DeletePackageVersions", "DisposePackageVersions")
)
_WITHOUT_TLS: Final = {"Bool": {"aws:SecureTransport": "false"}}
VARIABLES: Final = (
    "AWS_REGION",
    "CODEARTIFACT_DOMAIN",
    "CODEARTIFACT_ACCOUNT_ID",
    "CODEARTIFACT_REPOSITORY",
    "CODEARTIFACT_PREVIEW_REPOSITORY",
    "CODEARTIFACT_DEV_REPOSITORY",
    "CODEARTIFACT_STAGING_REPOSITORY",
    "S3_WHEELS_BUCKET",
    "RELEASE_KMS_KEY_ID",
    "AWS_SIGNER_ROLE_ARN",
    "AWS_PUBLISHER_ROLE_ARN",
    "AWS_PROMOTER_ROLE_ARN",
    "AWS_AUDITOR_ROLE_ARN",
)
"""What the stack's output `Variables` gives."""
CHECKLIST: Final = (
    "credentials",
    "domain",
    "repositories",
    "bucket",
    "signing key",
    "roles",
    "variables",
    "secrets",
    "branch protection",
    "first release",
)
"""What has to be done before the first release, in this order; each is a check."""


class Account(Protocol):
    """The account that is looked at."""

    def caller(self) -> str: ...
    def has_domain(self, domain: str, owner: str) -> bool: ...
    def repository(self, domain: str, owner: str, name: str) -> Repository | None: ...
    def holds_ours(self, domain: str, owner: str, name: str) -> bool: ...
    def bucket(self, name: str) -> Bucket | None: ...
    def signing_key(self, key_id: str) -> bytes: ...
    def role(self, arn: str) -> Role | None: ...
    def audiences(self, provider: str) -> tuple[str, ...] | None: ...


@dataclass(frozen=True)
class Site:
    """The account, and the variables that say what is ours in it."""

    account: Account
    variables: Mapping[str, str]

    def named(self, *names: str) -> tuple[str, ...]:
        """Give the values of some variables; UsageError where one is missing."""
        if missing := [name for name in names if not self.variables.get(name)]:
            raise UsageError(f"{', '.join(missing)}: not set, so nothing can be asked", hint=f"set it, or {DEPLOY}")
        return tuple(self.variables[name] for name in names)


def look_at_credentials(site: Site) -> Iterator[Diagnosis]:
    """Say who asks."""
    yield ok("credentials", site.account.caller())


def look_at_domain(site: Site) -> Iterator[Diagnosis]:
    """See whether the domain is there."""
    domain, owner = site.named("CODEARTIFACT_DOMAIN", "CODEARTIFACT_ACCOUNT_ID")
    if site.account.has_domain(domain, owner):
        yield ok("domain", f"{domain} of {owner} is there")
    else:
        yield failed("domain", f"there is no domain {domain} of {owner}", DEPLOY, UsageError)


def look_at_repository(site: Site, variable: str) -> Iterator[Diagnosis]:
    """See whether a repository is there and keeps its versions, a channel with public packages behind it."""
    domain, owner, name = site.named("CODEARTIFACT_DOMAIN", "CODEARTIFACT_ACCOUNT_ID", variable)
    check, place = "repositories", f"{domain}/{name}"
    found = site.account.repository(domain, owner, name)
    if found is None:
        yield failed(check, f"there is no repository {place}, which {variable} names", DEPLOY, UsageError)
        return
    faults = []
    if not forbids(found.policy, _DELETING):
        faults.append(failed(check, f"{place}: its policy lets versions be deleted", DEPLOY, UsageError))
    if variable == "CODEARTIFACT_STAGING_REPOSITORY":
        if behind := (*found.upstreams, *found.connections):
            said = f"{place}: {', '.join(behind)} behind it, and releases are copied from there"
            faults.append(failed(check, said, f"take the upstream away, or {DEPLOY}", UsageError))
    elif not _reaches_public_packages(site, domain, owner, found):
        said = f"{place}: no public packages behind it, so an install needs another index besides"
        faults.append(warning(check, said, f"put a repository with {_PYPI} behind it, or {DEPLOY}"))
    yield from faults or [ok(check, f"{place} is there, and keeps its versions")]


def look_at_bucket(site: Site) -> Iterator[Diagnosis]:
    """See whether the bucket is there, and guarded."""
    (name,) = site.named("S3_WHEELS_BUCKET")
    check, found = "bucket", site.account.bucket(name)
    if found is None:
        yield failed(check, f"there is no bucket {name}", DEPLOY, UsageError)
        return
    objects = f"arn:aws:s3:::{name}/*"
    everything = ["s3:*"], (objects.removesuffix("/*"), objects)
    faults = {
        "it is not versioned: what is deleted or replaced by hand is gone": found.is_versioned,
        "S3 does not block all that would make it public": found.is_closed,
        "its policy lets it be reached without TLS": forbids(found.policy, *everything, _WITHOUT_TLS),
        "its policy lets versions of objects be deleted": forbids(found.policy, ["s3:DeleteObjectVersion"], [objects]),
        f"lifecycle rules delete what is current: {', '.join(found.ending)}": not found.ending,
    }
    wrong = [failed(check, f"{name}: {said}", DEPLOY, UsageError) for said, is_right in faults.items() if not is_right]
    yield from wrong or [ok(check, f"{name} is there, versioned, closed to the public, and asks for TLS")]


def look_at_key(site: Site) -> Iterator[Diagnosis]:
    """See whether the key is there that signs, and is one that a release can be signed with."""
    (key_id,) = site.named("RELEASE_KMS_KEY_ID")
    yield ok(
        "signing key", f"{key_id} signs with P-256; its public key is {keyid_of(site.account.signing_key(key_id))}"
    )


def look_at_variables(site: Site) -> Iterator[Diagnosis]:
    """See whether everything is set that a release to AWS reads."""
    if missing := [name for name in VARIABLES if not site.variables.get(name)]:
        cure = "hand the stack's output `Variables` to `gh variable set --env-file -`, and to this shell"
        yield failed("variables", f"not set here: {', '.join(missing)}", cure, UsageError)
    else:
        yield ok("variables", f"all {len(VARIABLES)} are set here; gh variable list says whether GitHub has them")


def look_at_secrets(_site: Site) -> Iterator[Diagnosis]:
    """Say what AWS can't know of secrets."""
    said = (
        "AWS needs none: each job shows its own token. Webhooks, an index's password and Databricks' token are secrets"
    )
    yield unknown("secrets", said, "look with: gh secret list")


def look_at_protection(_site: Site) -> Iterator[Diagnosis]:
    """Say what AWS can't know of GitHub."""
    said = "AWS can't see who may push to main, make tags and pass environments"
    yield unknown("branch protection", said, "hatch run release doctor --github")


def look_at_first_release(site: Site) -> Iterator[Diagnosis]:
    """See whether anything was released."""
    check = "first release"
    domain, owner, name = site.named("CODEARTIFACT_DOMAIN", "CODEARTIFACT_ACCOUNT_ID", "CODEARTIFACT_REPOSITORY")
    if site.account.holds_ours(domain, owner, name):
        yield ok(check, f"{domain}/{name} holds packages of ours")
    else:
        cure = "hatch run release rehearse; then hatch run release tag PACKAGE final --push"
        yield warning(check, f"{domain}/{name} holds no package of ours yet", cure)


def sum_up(diagnoses: Sequence[Diagnosis]) -> dict[str, State]:
    """Give the checklist: the worst state of each item; one that was not looked at is a defect."""
    worst = tuple(State)
    states = {item: [each.state for each in diagnoses if each.check == item] for item in CHECKLIST}
    if missing := [item for item, found in states.items() if not found]:
        raise Incomplete(f"not looked at: {', '.join(missing)}", hint="run the same command again")
    return {item: max(found, key=worst.index) for item, found in states.items()}


def _reaches_public_packages(site: Site, domain: str, owner: str, repository: Repository) -> bool:
    if _PYPI in repository.connections:
        return True
    behind = (site.account.repository(domain, owner, each) for each in repository.upstreams)
    return any(each is not None and _PYPI in each.connections for each in behind)
