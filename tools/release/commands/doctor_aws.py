"""`doctor --aws`: what is missing in the AWS account, and the checklist before the first release."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from release.adapters.aws_stack import AwsAccount
from release.commands.doctor_report import report
from release.model.diagnosis import unknown
from release.side_by_side import side_by_side
from release.steps.diagnosis.aws import (
    CHECKLIST,
    Site,
    look_at_bucket,
    look_at_credentials,
    look_at_domain,
    look_at_first_release,
    look_at_key,
    look_at_protection,
    look_at_repository,
    look_at_secrets,
    look_at_variables,
    sum_up,
)
from release.steps.diagnosis.aws_role import look_at_role
from release.steps.diagnosis.examine import code_of, examine
from release.targets import SECONDS

if TYPE_CHECKING:
    from release.model.diagnosis import Diagnosis
    from release.session import Session
    from release.steps.diagnosis.examine import Look

_REPOSITORIES: Final = (
    "CODEARTIFACT_STAGING_REPOSITORY",
    "CODEARTIFACT_REPOSITORY",
    "CODEARTIFACT_PREVIEW_REPOSITORY",
    "CODEARTIFACT_DEV_REPOSITORY",
)
_ROLES: Final = ("AWS_SIGNER_ROLE_ARN", "AWS_PUBLISHER_ROLE_ARN", "AWS_PROMOTER_ROLE_ARN", "AWS_AUDITOR_ROLE_ARN")
_WITHOUT_AWS: Final = {
    "variables": look_at_variables,
    "secrets": look_at_secrets,
    "branch protection": look_at_protection,
}


def look_at_aws(session: Session) -> int:
    """Look at the account that these credentials are of, and report; no repository of git is needed."""
    session.terminal.begin("doctor", "looks at the AWS account")
    variables = session.settings.environment
    site = Site(AwsAccount(session.settings.aws_region, SECONDS), variables)
    diagnoses = (*_look(site), *examine({item: partial(look, site) for item, look in _WITHOUT_AWS.items()}))
    told = sorted(diagnoses, key=lambda each: CHECKLIST.index(each.check))
    return report(session, told, sum_up(told))


def _look(site: Site) -> tuple[Diagnosis, ...]:
    """Ask AWS, and nothing more where nobody is let in."""
    credentials = examine({"credentials": partial(look_at_credentials, site)})
    if code_of(credentials):
        rest = [item for item in CHECKLIST if item not in {"credentials", *_WITHOUT_AWS}]
        return (*credentials, *(unknown(item, "not asked: nobody is let in", "mend the credentials") for item in rest))
    looks: list[tuple[str, Look]] = [
        ("domain", partial(look_at_domain, site)),
        *(("repositories", partial(look_at_repository, site, each)) for each in _REPOSITORIES),
        ("bucket", partial(look_at_bucket, site)),
        ("signing key", partial(look_at_key, site)),
        *(("roles", partial(look_at_role, site, each)) for each in _ROLES),
        ("first release", partial(look_at_first_release, site)),
    ]
    taken = side_by_side(lambda each: examine(dict([each])), looks, len(looks))
    return (*credentials, *(diagnosis for each in taken for diagnosis in each))
