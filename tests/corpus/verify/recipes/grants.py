"""Who may claim to have built it, and which files came of it."""

from __future__ import annotations

from hashlib import sha256

from release.model.proof import Reason
from release.model.trust import UNNAMED, Builder
from tests.corpus.verify.recipes.case import COMMIT, Case, changed, signed, statement, trusted, trusting
from tests.corpus.verify.recipes.files import PACKAGE, REPOSITORY, SBOM, SDIST, STEM, SUBJECTS, WHEEL, make_wheel
from tests.corpus.verify.recipes.keys import NEXT, RELEASE

_BUILDER = "predicate.runDetails.builder.id"
_WORKSTATION, _SEPARATE = Builder.WORKSTATION.value, Builder.SEPARATE_SIGNER.value
_AS_SEPARATE = changed(_BUILDER, _SEPARATE)
_EITHER = trusted(RELEASE, "release", builders=[_WORKSTATION, _SEPARATE])
_SIGNS = trusted(NEXT, "signer", builders=[_SEPARATE])
_LICENSE = b"MIT"


def _builder(name: str, why: str, document: object = None, *keys: dict[str, object], **asked: str) -> Case:
    return Case(name, why, signed(document), Reason.WRONG_BUILDER, trusting(*keys), asked=asked)


def _subject(name: str, why: str, document: object = None, file: str = WHEEL, own: bytes | None = None) -> Case:
    return Case(name, why, signed(document), Reason.WRONG_SUBJECT, file=file, own=own)


CASES = (
    _builder("builder_not_granted", "The key may not claim this builder.", _AS_SEPARATE),
    _builder(
        "builder_not_granted_to_a_signer",
        "A separate signer's key signs no workstation's build.",
        None,
        trusted(RELEASE, "signer", builders=[_SEPARATE]),
    ),
    _builder("builder_that_begins_alike", "A builder has one spelling.", changed(_BUILDER, f"{_WORKSTATION}/")),
    _builder("builder_by_its_short_name", "A builder has one spelling.", changed(_BUILDER, "workstation")),
    _builder("builder_empty", "A builder has a name.", changed(_BUILDER, "")),
    _builder("other_builder_asked", "Another builder is asked for.", None, _EITHER, builder=_SEPARATE),
    _builder(
        "other_builder_asked_of_two", "Another builder is asked for.", _AS_SEPARATE, _EITHER, builder=_WORKSTATION
    ),
    Case(
        "builder_granted_to_one_of_two",
        "Both have to be trusted for it.",
        signed(_AS_SEPARATE, RELEASE, NEXT),
        Reason.WRONG_BUILDER,
        trusting(trusted(RELEASE, "release"), _SIGNS, threshold=2),
    ),
    Case(
        "builder_granted_to_an_expired_key",
        "The key that may claim it is not taken any more.",
        signed(_AS_SEPARATE, RELEASE, NEXT),
        Reason.WRONG_BUILDER,
        trusting(trusted(RELEASE, "release"), {**_SIGNS, "expires": "2001-01-01"}),
    ),
    _subject("other_subject", "It says nothing of this file.", changed("subject.0.name", f"{STEM}-cp311-none-any.whl")),
    _subject("subject_in_a_folder", "A name is a name.", changed("subject.0.name", f"dist/{WHEEL}")),
    _subject("subject_with_nul_behind", "A name is a name.", changed("subject.0.name", f"{WHEEL}\0.txt")),
    _subject("subject_in_capitals", "A name is a name.", changed("subject.0.name", WHEEL.upper())),
    _subject(
        "subjects_digests_swapped",
        "The digest is another file's.",
        changed("subject.0.digest.sha256", SUBJECTS[SDIST], changed("subject.1.digest.sha256", SUBJECTS[WHEEL])),
    ),
    _subject("changed_file", "The file is another than was released.", own=make_wheel(b"import os\n")),
    _subject("empty_file", "The file is another than was released.", own=b""),
    _subject("changed_sdist", "The file is another than was released.", file=SDIST, own=make_wheel()),
    _subject(
        "subject_among_byproducts",
        "What came out beside was not released.",
        changed(
            "predicate.runDetails.byproducts",
            [{"name": WHEEL, "digest": {"sha256": SUBJECTS[WHEEL]}}],
            changed("subject", statement()["subject"][1:]),
        ),
    ),
    Case("sdist", "The sdist is proven.", signed(), file=SDIST),
    Case("sbom", "The SBOM is proven.", signed(), file=SBOM),
    Case(
        "everything_asked",
        "All of it is so.",
        signed(),
        trust=trusting(_EITHER),
        asked={
            "package": PACKAGE,
            "version": "1.2.0",
            "repository": REPOSITORY,
            "commit": COMMIT,
            "builder": _WORKSTATION,
        },
    ),
    Case(
        "repository_asked",
        "What is asked for counts, not what the trust says.",
        signed(),
        trust={**trusting(), "repository": UNNAMED},
        asked={"repository": REPOSITORY},
    ),
    Case(
        "repository_unnamed_and_trusted",
        "A release of no named repository may be trusted.",
        signed(statement(repository=UNNAMED)),
        trust={**trusting(), "repository": UNNAMED},
    ),
    Case(
        "file_by_another_name",
        "Any file that it lists is proven, where it is said what it belongs to.",
        signed(changed("subject.1", {"name": "LICENSE", "digest": {"sha256": sha256(_LICENSE).hexdigest()}})),
        file="LICENSE",
        own=_LICENSE,
        asked={"package": PACKAGE, "version": "1.2.0"},
    ),
    Case("separate_signer", "A signer of its own has signed.", signed(_AS_SEPARATE, NEXT), trust=trusting(_SIGNS)),
    Case(
        "separate_signer_beside_a_workstation",
        "Each key is trusted for what it may claim.",
        signed(_AS_SEPARATE, RELEASE, NEXT),
        trust=trusting(trusted(RELEASE, "release"), _SIGNS),
    ),
    Case(
        "builder_that_nobody_knows",
        "Who pins a key says what it may claim.",
        signed(changed(_BUILDER, "https://ci.example.com/builder")),
        trust=trusting(trusted(RELEASE, "release", builders=["https://ci.example.com/builder"])),
    ),
)
