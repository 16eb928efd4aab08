"""Whether what a statement says is what its reader expects."""

from __future__ import annotations

from release.model.proof import Reason
from release.model.trust import BUILD_TYPE, UNNAMED, Builder
from tests.corpus.verify.recipes.case import COMMIT, TAG, Case, changed, signed, statement, without
from tests.corpus.verify.recipes.files import PACKAGE, REPOSITORY

_DEFINITION = "predicate.buildDefinition"
_PARAMETERS = f"{_DEFINITION}.externalParameters"


def _claim(reason: Reason, name: str, why: str, document: object, **asked: str) -> Case:
    return Case(name, why, signed(document), reason, asked=asked)


def _type(name: str, document: object) -> Case:
    return _claim(Reason.WRONG_TYPE, name, "It is no statement of version 1.", document)


def _predicate(name: str, document: object) -> Case:
    return _claim(Reason.WRONG_PREDICATE, name, "It says something else than how a file was built.", document)


def _build_type(name: str, value: str) -> Case:
    document = changed(f"{_DEFINITION}.buildType", value)
    return _claim(Reason.WRONG_BUILD_TYPE, name, "It was built in a way that nobody here knows.", document)


def _parameter(name: str, why: str, document: object) -> Case:
    return _claim(Reason.UNKNOWN_PARAMETER, name, why, document)


def _package(name: str, why: str, document: object = None, **asked: str) -> Case:
    return _claim(Reason.WRONG_PACKAGE, name, why, document, **asked)


def _version(name: str, why: str, tag: str = TAG, **asked: str) -> Case:
    return _claim(Reason.WRONG_VERSION, name, why, statement(tag), **asked)


def _repository(name: str, why: str, repository: str = REPOSITORY, **asked: str) -> Case:
    return _claim(Reason.WRONG_REPOSITORY, name, why, statement(repository=repository), **asked)


CASES = (
    _type("older_type", changed("_type", "https://in-toto.io/Statement/v0.1")),
    _type("type_missing", without("_type")),
    _type("type_number", changed("_type", 1)),
    _type("type_with_slash_behind", changed("_type", "https://in-toto.io/Statement/v1/")),
    _type("type_of_http", changed("_type", "http://in-toto.io/Statement/v1")),
    _predicate("older_predicate", changed("predicateType", "https://slsa.dev/provenance/v0.2")),
    _predicate("predicate_type_missing", without("predicateType")),
    _predicate("predicate_type_list", changed("predicateType", ["https://slsa.dev/provenance/v1"])),
    _predicate("predicate_of_a_judgement", changed("predicateType", "https://slsa.dev/verification_summary/v1")),
    _predicate("predicate_of_contents", changed("predicateType", "https://cyclonedx.org/bom")),
    _build_type("build_type_of_a_service", "https://actions.github.io/buildtypes/workflow/v1"),
    _build_type("build_type_of_a_builder", Builder.WORKSTATION),
    _build_type("build_type_of_another_version", BUILD_TYPE.replace("v1", "v2")),
    _build_type("build_type_empty", ""),
    _parameter("unknown_parameter", "Something steered the build.", changed(f"{_PARAMETERS}.ref", "refs/heads/main")),
    _parameter("unknown_parameter_null", "Something could have steered it.", changed(f"{_PARAMETERS}.ref", None)),
    _parameter("unknown_parameter_without_name", "Something steered the build.", changed(f"{_PARAMETERS}.", "x")),
    _parameter(
        "unknown_parameter_and_one_missing",
        "What is too much is found before what is too little.",
        changed(f"{_PARAMETERS}.Tag", TAG, without(f"{_PARAMETERS}.tag")),
    ),
    _package("other_package", "It is another package's.", statement("paper-boat/v1.2.0", "paper-boat")),
    _package("other_package_by_its_tag", "The tag is another package's.", statement("paper-boat/v1.2.0")),
    _package("other_package_asked", "Another package is asked for.", package="paper-boat"),
    _package("package_not_normalised", "A package has one spelling.", statement("paper_plane/v1.2.0", "paper_plane")),
    _package("package_in_capitals", "A package has one spelling.", statement("Paper-Plane/v1.2.0", "Paper-Plane")),
    _package("package_that_begins_alike", "It is a longer name.", statement("paper-plane-x/v1.2.0", "paper-plane-x")),
    _package("package_with_nul_behind", "It is a longer name.", changed(f"{_PARAMETERS}.package", f"{PACKAGE}\0")),
    _package("tag_without_v", "A tag's version begins with v.", statement(f"{PACKAGE}/1.2.0")),
    _package("tag_with_ref_in_front", "A tag begins with the package.", statement(f"refs/tags/{TAG}")),
    _version("older_version", "It is an older version's.", f"{PACKAGE}/v1.1.0"),
    _version("older_version_asked", "Another version is asked for.", version="1.1.0"),
    _version("version_that_begins_alike", "It is a longer version.", f"{TAG}.post1"),
    _version("version_of_equal_meaning", "A version has one spelling.", f"{PACKAGE}/v1.2"),
    _version("version_with_newline_behind", "Nothing stands behind a version.", f"{TAG}\n"),
    _version("version_empty", "A tag has a version.", f"{PACKAGE}/v"),
    _repository("other_repository", "It was built elsewhere.", "https://git.example.com/eve/paper-plane"),
    _repository(
        "other_repository_asked",
        "Another repository is asked for.",
        repository="https://git.example.com/eve/paper-plane",
    ),
    _repository("repository_with_ending", "A repository has one spelling.", f"{REPOSITORY}.git"),
    _repository("repository_of_http", "A repository has one spelling.", REPOSITORY.replace("https", "http")),
    _repository("repository_in_capitals", "A repository has one spelling.", REPOSITORY.upper()),
    _repository("repository_unnamed", "A release of no named repository is none of this one.", UNNAMED),
    _claim(Reason.WRONG_COMMIT, "other_commit_asked", "Another commit was built.", None, commit="0" * 40),
    _claim(Reason.WRONG_COMMIT, "short_commit_asked", "A commit is whole.", None, commit=COMMIT[:12]),
    _claim(Reason.WRONG_COMMIT, "commit_in_capitals_asked", "A commit has one spelling.", None, commit=COMMIT.upper()),
)
