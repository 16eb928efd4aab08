"""What people read on GitHub, as it answers: https://docs.github.com/en/rest/issues."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _Answer(BaseModel):
    """Frozen; what is not read is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Author(_Answer):
    """Who wrote something."""

    login: str


class _Post(_Answer):
    body: str | None = None
    user: Author | None = None
    html_url: str = ""

    def is_of(self, author: str, mark: str) -> bool:
        """Whether it was written by somebody, and begins with a mark."""
        return self.user is not None and self.user.login == author and (self.body or "").startswith(mark)

    def says(self, body: str) -> bool:
        """Whether it says that already: forms and mail bring other ends of lines."""
        return (self.body or "").replace("\r\n", "\n").strip() == body.strip()


class Comment(_Post):
    """A comment on an issue or a pull request."""

    id: int


class Issue(_Post):
    """An issue; GitHub lists pull requests among them."""

    number: int
    title: str
    state: str
    pull_request: object = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state == "open"
