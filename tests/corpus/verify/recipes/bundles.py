"""What lines a bundle has, and which of them counts."""

from __future__ import annotations

from release.model.proof import Reason
from release.model.trust import Builder
from tests.corpus.verify.recipes.case import COMMIT, Case, changed, fields, line, payload, signed, trusted, trusting
from tests.corpus.verify.recipes.files import REPOSITORY
from tests.corpus.verify.recipes.keys import NEXT, RELEASE, STRANGER

OTHER_COMMIT = COMMIT[::-1]
FOREIGN = line({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": fields()})
OTHER_PACKAGE = signed(changed("predicate.buildDefinition.externalParameters.package", "paper-boat"))
OTHER_FILE = signed(changed("subject.0.name", "paper_plane-1.2.0-cp311-none-any.whl"))
OTHER_BUILD = signed(changed("predicate.buildDefinition.resolvedDependencies.0.digest.gitCommit", OTHER_COMMIT))
FOR_TWO = signed(None, RELEASE, NEXT)
BOTH = trusting(trusted(RELEASE, "release"), trusted(NEXT, "next"), threshold=2)

CASES = (
    Case("plain", "What the tool writes proves the file.", signed()),
    Case("empty", "No line at all: the release is unsigned.", b"", Reason.EMPTY),
    Case("blank_lines", "Lines that hold nothing are no provenance.", b"\n\r\n \t \n\r\r\n", Reason.EMPTY),
    Case("only_unknown_lines", "Lines of other kinds never help.", FOREIGN + b"hello\n", Reason.MALFORMED),
    Case("unknown_line_before", "A line of another kind is passed over.", FOREIGN + signed()),
    Case("unknown_line_after", "A line of another kind is not needed.", signed() + FOREIGN),
    Case("text_line_before", "A line that is no JSON is passed over.", b"# provenance\n" + signed()),
    Case("binary_line_before", "A line of bytes that are no text is passed over.", b"\xff\xfe\x00\n" + signed()),
    Case("blank_lines_between", "Lines that hold nothing are passed over.", b"\n\n \t\n" + signed() + b"\n\n"),
    Case("crlf", "Lines may end as Windows ends them.", signed().replace(b"\n", b"\r\n")),
    Case("no_last_newline", "The last line need not end.", signed().rstrip(b"\n")),
    Case("space_around_line", "JSON allows white space around it.", b" \t" + signed().rstrip(b"\n") + b" \t\r\n"),
    Case("second_line_proves", "A line that fails does not keep another from proving.", OTHER_PACKAGE + signed()),
    Case("first_line_proves", "The first line that proves is the one that counts.", signed() + OTHER_BUILD),
    Case("untrusted_line_before", "A stranger's line is passed over.", signed(None, STRANGER) + signed()),
    Case("same_line_twice", "Saying it twice changes nothing.", signed() * 2),
    Case(
        "commit_of_second_line",
        "The commit that is asked for is the second line's.",
        OTHER_BUILD + signed(),
        asked={"commit": COMMIT},
    ),
    Case(
        "second_builder_of_two",
        "The builder that is asked for is the second line's.",
        signed() + signed(changed("predicate.runDetails.builder.id", Builder.SEPARATE_SIGNER.value)),
        trust=trusting(trusted(RELEASE, "release", builders=list(Builder))),
        asked={"builder": Builder.SEPARATE_SIGNER.value},
    ),
    Case(
        "furthest_line_first",
        "The reason is that of the line that came furthest.",
        OTHER_FILE + OTHER_PACKAGE,
        Reason.WRONG_SUBJECT,
    ),
    Case(
        "furthest_line_last",
        "The reason is that of the line that came furthest.",
        b"hello\n" + signed(None, STRANGER) + OTHER_PACKAGE + OTHER_FILE,
        Reason.WRONG_SUBJECT,
    ),
    Case(
        "two_lines_for_two_keys",
        "A threshold is not reached by adding up lines.",
        signed(None, RELEASE) + signed(None, NEXT),
        Reason.THRESHOLD,
        BOTH,
    ),
    Case(
        "two_lines_one_for_two_keys",
        "A line that two keys signed is enough beside one that is not.",
        signed(None, RELEASE) + FOR_TWO,
        trust=BOTH,
    ),
    Case(
        "halves_on_two_lines",
        "An envelope that is broken over two lines is none.",
        signed().replace(b',"payloadType"', b',\n"payloadType"'),
        Reason.MALFORMED,
    ),
    Case(
        "carriage_returns_alone", "Only a line feed ends a line.", signed().replace(b"\n", b"\r") * 2, Reason.MALFORMED
    ),
    Case(
        "statement_without_envelope",
        "A statement that nobody sealed is no provenance.",
        payload(changed("predicate.runDetails.builder.id", REPOSITORY)) + b"\n",
        Reason.MALFORMED,
    ),
    Case("envelopes_in_a_list", "A list of envelopes is no envelope.", line([fields()]), Reason.MALFORMED),
)
