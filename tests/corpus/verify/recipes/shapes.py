"""Whether what was signed has the shape of a statement."""

from __future__ import annotations

from release.model.proof import Reason
from release.model.trust import BUILD_TYPE
from tests.corpus.verify.recipes.case import COMMIT, Case, changed, signed, statement, without
from tests.corpus.verify.recipes.files import SUBJECTS, WHEEL

_DEFINITION = "predicate.buildDefinition"
_PARAMETERS, _SOURCES = f"{_DEFINITION}.externalParameters", f"{_DEFINITION}.resolvedDependencies"
_SHA256 = SUBJECTS[WHEEL]
_URI = statement()["predicate"]["buildDefinition"]["resolvedDependencies"][0]["uri"]
_SOURCE = {"uri": _URI, "digest": {"gitCommit": COMMIT}}
_WITHOUT_COMMIT = {"uri": _URI, "digest": {"sha256": "0" * 64}}
_HATCHLING = {"uri": "pkg:pypi/hatchling@1.33.0", "name": "hatchling-1.33.0-py3-none-any.whl"}
_BROKEN_AND_OLD = changed("_type", "https://in-toto.io/Statement/v0.1", without("subject"))
_BROKEN_AND_OTHER = changed("predicateType", "https://spdx.dev/Document", without("predicate"))
_BROKEN_AND_FOREIGN = changed(f"{_DEFINITION}.buildType", f"{BUILD_TYPE}/2", without("predicate.runDetails"))


def _malformed(name: str, why: str, content: object) -> Case:
    """Have the right key sign what is no statement; bytes as they are, other things as JSON."""
    return Case(f"statement_{name}", why, signed(content), Reason.MALFORMED_STATEMENT)


CASES = (
    _malformed("subject_missing", "It says of no file.", without("subject")),
    _malformed("subject_empty", "It says of no file.", changed("subject", [])),
    _malformed("subject_object", "Subjects are a list.", changed("subject", {WHEEL: {"sha256": _SHA256}})),
    _malformed("subject_text", "A subject is an object.", changed("subject.2", WHEEL)),
    _malformed("subject_without_name", "A file has a name.", without("subject.1.name")),
    _malformed("subject_with_empty_name", "A file has a name.", changed("subject.1.name", "")),
    _malformed("subject_with_number_as_name", "A name is a text.", changed("subject.1.name", 7)),
    _malformed("subject_without_digest", "A file has a digest.", without("subject.1.digest")),
    _malformed("subject_with_text_as_digest", "A digest has a name.", changed("subject.1.digest", _SHA256)),
    _malformed(
        "subject_with_sha_512_alone", "The digest is SHA-256.", changed("subject.0.digest", {"sha512": "0" * 128})
    ),
    _malformed(
        "subject_with_capital_digits",
        "Hexadecimal has small letters.",
        changed("subject.0.digest.sha256", _SHA256.upper()),
    ),
    _malformed("subject_with_short_digest", "A digest is whole.", changed("subject.0.digest.sha256", _SHA256[:-1])),
    _malformed(
        "subject_with_newline_behind",
        "Nothing stands behind a digest.",
        changed("subject.0.digest.sha256", f"{_SHA256}\n"),
    ),
    _malformed(
        "subject_with_wide_digits",
        "A digit of another script is none.",
        changed("subject.0.digest.sha256", "\uff11" * 64),
    ),
    _malformed("subject_twice_in_list", "A file stands once.", changed("subject.1", statement()["subject"][0])),
    _malformed(
        "subject_with_two_digests",
        "A file has one digest.",
        changed("subject.1", {"name": WHEEL, "digest": {"sha256": "0" * 64}}),
    ),
    _malformed("predicate_missing", "It says nothing of a build.", without("predicate")),
    _malformed("predicate_list", "A predicate is an object.", changed("predicate", [])),
    _malformed("definition_missing", "It does not say what was built.", without(_DEFINITION)),
    _malformed("build_type_missing", "It does not say how it was built.", without(f"{_DEFINITION}.buildType")),
    _malformed("build_type_number", "A build type is a text.", changed(f"{_DEFINITION}.buildType", 1)),
    _malformed("parameters_missing", "It does not say what was asked.", without(_PARAMETERS)),
    _malformed("parameters_list", "Parameters have names.", changed(_PARAMETERS, ["tag"])),
    _malformed("tag_missing", "It does not say which tag.", without(f"{_PARAMETERS}.tag")),
    _malformed("package_number", "A package is a text.", changed(f"{_PARAMETERS}.package", 1)),
    _malformed("repository_null", "A repository is a text.", changed(f"{_PARAMETERS}.repository", None)),
    _malformed("dependencies_missing", "It does not say of what it was built.", without(_SOURCES)),
    _malformed("dependencies_object", "Dependencies are a list.", changed(_SOURCES, _SOURCE)),
    _malformed("dependency_text", "A dependency is an object.", changed(_SOURCES, [_SOURCE, "hatchling"])),
    _malformed("details_missing", "It does not say who built.", without("predicate.runDetails")),
    _malformed("builder_missing", "It does not say who built.", without("predicate.runDetails.builder")),
    _malformed("builder_without_id", "A builder has a name.", changed("predicate.runDetails.builder", {"version": {}})),
    _malformed("builder_number", "A builder's name is a text.", changed("predicate.runDetails.builder.id", 2)),
    _malformed("no_commit", "It does not say which commit.", changed(_SOURCES, [])),
    _malformed("two_commits", "One commit was built.", changed(_SOURCES, [_SOURCE, _SOURCE])),
    _malformed(
        "two_other_commits",
        "One commit was built.",
        changed(_SOURCES, [_SOURCE, {**_SOURCE, "digest": {"gitCommit": "0" * 40}}]),
    ),
    _malformed("short_commit", "A commit is whole.", changed(f"{_SOURCES}.0.digest.gitCommit", COMMIT[:7])),
    _malformed(
        "commit_in_capitals", "A commit has small letters.", changed(f"{_SOURCES}.0.digest.gitCommit", COMMIT.upper())
    ),
    _malformed(
        "commit_of_a_branch",
        "The tag was built, not a branch.",
        changed(f"{_SOURCES}.0.uri", _URI.replace("tags/", "heads/")),
    ),
    _malformed(
        "commit_of_another_tag",
        "The tag that was built is the one of the parameters.",
        changed(f"{_SOURCES}.0.uri", f"{_URI}.1"),
    ),
    _malformed(
        "commit_under_sha_1", "A commit is called gitCommit.", changed(f"{_SOURCES}.0.digest", {"sha1": COMMIT})
    ),
    _malformed("digest_list_for_the_commit", "A digest has a name.", changed(f"{_SOURCES}.0.digest", [COMMIT])),
    Case(
        "statement_of_old_type_and_no_shape",
        "What it is is asked before what it says.",
        signed(_BROKEN_AND_OLD),
        Reason.WRONG_TYPE,
    ),
    Case(
        "statement_of_other_predicate_and_no_shape",
        "What it is is asked before what it says.",
        signed(_BROKEN_AND_OTHER),
        Reason.WRONG_PREDICATE,
    ),
    _malformed("of_other_build_type_and_no_shape", "The shape is asked before the build type.", _BROKEN_AND_FOREIGN),
    Case(
        "statement_of_more_digests",
        "Other digests may stand beside.",
        signed(changed("subject.0.digest.sha512", "not looked at")),
    ),
    Case(
        "statement_of_a_hundred_files",
        "A release may have many files.",
        signed(
            changed(
                "subject",
                statement()["subject"] + [{"name": f"{n}", "digest": {"sha256": "0" * 64}} for n in range(100)],
            )
        ),
    ),
    Case(
        "statement_of_one_file", "A release may have one file.", signed(changed("subject", statement()["subject"][:1]))
    ),
    Case(
        "statement_with_toolchain",
        "What it was built with stands beside the commit.",
        signed(changed(_SOURCES, [_HATCHLING, _SOURCE, {}, {"uri": 1}])),
    ),
    Case(
        "statement_with_source_without_commit",
        "Only what names a commit counts.",
        signed(changed(_SOURCES, [_WITHOUT_COMMIT, _SOURCE])),
    ),
    Case(
        "statement_with_sha_256_commit",
        "A commit may have 64 digits.",
        signed(changed(f"{_SOURCES}.0.digest.gitCommit", "0123456789abcdef" * 4)),
    ),
)
