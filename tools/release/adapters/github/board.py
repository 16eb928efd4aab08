"""One page for one thing: an issue or a comment that is found again, kept up to date, and never doubled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from release.adapters.github.refusals import until_clear
from release.errors import UsageError

if TYPE_CHECKING:
    from release.adapters.github.conversation import Conversation
    from release.adapters.github.posts import Comment, Issue
    from release.model.story import Page


class Did(StrEnum):
    """What was done to a page."""

    NOTHING = "nothing"
    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Posted:
    """Where the page is, if it is anywhere."""

    did: Did
    address: str = ""


class Board:
    """Finds pages by their first line and by who wrote them; `patience` is for answers that are lost, in seconds."""

    def __init__(self, conversation: Conversation, patience: float) -> None:
        self._conversation = conversation
        self._patience = patience

    def keep_issue(self, mark: str, page: Page, farewell: str) -> Posted:
        """Let one issue say what is on the page: open where it is needed, else closed after a last comment.

        The farewell's first line is its mark, as a page's is: a comment that begins so is of this closing.
        """
        author = self._conversation.author()
        return until_clear(lambda: self._keep_issue(author, mark, page, farewell), self._patience)

    def keep_comment(self, number: int, mark: str, body: str) -> Posted:
        """Let one comment say something; it is left alone where it says that already."""
        author = self._conversation.author()
        return until_clear(lambda: self._keep_comment(number, author, mark, body), self._patience)

    def _keep_issue(self, author: str, mark: str, page: Page, farewell: str) -> Posted:
        ours = [each for each in self._conversation.list_issues(author) if each.is_of(author, mark)]
        issue = self._leave_oldest([each for each in ours if each.is_open]) or next(iter(ours), None)
        if not page.is_needed:
            return self._close(issue, author, page, farewell) if issue and issue.is_open else Posted(Did.NOTHING)
        if issue is None:
            return self._open(author, mark, page)
        self._leave_farewells(issue, author, farewell)
        changed = self._conversation.update_issue(issue.number, title=page.title, body=page.body, state="open")
        return Posted(Did.UPDATED if issue.is_open else Did.REOPENED, changed.html_url)

    def _open(self, author: str, mark: str, page: Page) -> Posted:
        """Open an issue, and look again: of two jobs that did so at once, the younger one's is closed."""
        made = self._conversation.create_issue(page.title, page.body)
        if not made.is_of(author, mark):
            self._conversation.update_issue(made.number, state="closed", state_reason="not_planned")
            raise _strange(author, made)
        listed = [each for each in self._conversation.list_issues(author) if each.is_open and each.is_of(author, mark)]
        every = {each.number: each for each in (*listed, made)}
        kept = self._leave_oldest([every[number] for number in sorted(every)]) or made
        if kept.number == made.number:
            return Posted(Did.OPENED, made.html_url)
        changed = self._conversation.update_issue(kept.number, title=page.title, body=page.body, state="open")
        return Posted(Did.UPDATED, changed.html_url)

    def _close(self, issue: Issue, author: str, page: Page, farewell: str) -> Posted:
        """Comment first: what is still open is closed by the next run, and what is closed is not looked at again."""
        self._keep_comment(issue.number, author, _first_line(farewell), farewell)
        changed = {"title": page.title, "body": page.body, "state": "closed", "state_reason": "completed"}
        closed = self._conversation.update_issue(issue.number, **changed)
        return Posted(Did.CLOSED, closed.html_url)

    def _leave_farewells(self, issue: Issue, author: str, farewell: str) -> None:
        """Let earlier ones stand without their first line: the next closing has one of its own."""
        mark = _first_line(farewell)
        for each in self._conversation.list_comments(issue.number):
            if each.body and each.is_of(author, mark):
                self._conversation.update_comment(each, each.body.removeprefix(mark).lstrip())

    def _leave_oldest(self, issues: list[Issue]) -> Issue | None:
        """Close all but the oldest; without the first line, they are never taken for it again."""
        for each in issues[1:]:
            said = f"It is said in #{issues[0].number}."
            self._conversation.update_issue(each.number, body=said, state="closed", state_reason="not_planned")
        return issues[0] if issues else None

    def _keep_comment(self, number: int, author: str, mark: str, body: str) -> Posted:
        comment = self._leave_oldest_comment(number, author, mark)
        if comment is None:
            made = self._conversation.create_comment(number, body)
            if not made.is_of(author, mark):
                self._conversation.delete_comment(made)
                raise _strange(author, made)
            comment = self._leave_oldest_comment(number, author, mark) or made
            if comment.id == made.id:
                return Posted(Did.OPENED, made.html_url)
        if comment.says(body):
            return Posted(Did.NOTHING, comment.html_url)
        return Posted(Did.UPDATED, self._conversation.update_comment(comment, body).html_url)

    def _leave_oldest_comment(self, number: int, author: str, mark: str) -> Comment | None:
        ours = [each for each in self._conversation.list_comments(number) if each.is_of(author, mark)]
        for each in ours[1:]:
            self._conversation.delete_comment(each)
        return ours[0] if ours else None


def _first_line(body: str) -> str:
    return body.partition("\n")[0]


def _strange(author: str, post: Issue | Comment) -> UsageError:
    """Refuse a name that can't be asked for: what it writes would be written anew each time."""
    writer = post.user.login if post.user else "nobody"
    return UsageError(
        f"the token writes as {writer}, and not as {author}: what it writes would not be found again",
        hint="use the job's own token (GITHUB_TOKEN: ${{ github.token }}), or a person's",
    )
