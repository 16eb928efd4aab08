"""What a job hands to the next one: how each release ended, and the digest of every file that it leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from release.commands.summary import conclude
from release.job_summary import tell_job
from release.model.artifact import digest_of
from release.model.digests import names_of, write_digests
from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from release.model.dist import Dist
    from release.model.outcome import Outcome
    from release.model.plan import Plan
    from release.session import Session


def hand_over(session: Session, outcomes: Sequence[Outcome], plans: Mapping[str, Plan], dist: Dist) -> int:
    """Say how each release ended and what it leaves in `dist/`, and give the code of the first that failed."""
    digests = {
        name: digest_of(path)
        for outcome in outcomes
        if outcome.is_good
        for name in names_of(plans[outcome.tag].tag)
        if (path := dist.folder(plans[outcome.tag].tag) / name).is_file()
    }
    code = conclude(session, outcomes, dist, more={"digests": digests})
    tell_digests(session, digests)
    return code


def tell_digests(session: Session, digests: Mapping[str, str]) -> None:
    """Give them to the job that follows, as one word, and to whoever reads the job's page."""
    output, _ = session.settings.outputs
    if not digests:
        return
    if output:
        with Path(output).open("a", encoding="utf-8") as stream:
            stream.write(redact(f"digests={write_digests(digests)}\n"))
    rows = [(f"`{name}`", f"`{digest}`") for name, digest in digests.items()]
    tell_job(session, "", ("file", "SHA-256"), rows)
