"""Which repository is whose: one for each channel, and one that files are brought to first, where there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from release.errors import UsageError
from release.model.tag import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping

_STAGING: Final = "CODEARTIFACT_STAGING_REPOSITORY"
_CHANNELS: Final = {
    Channel.STABLE: "CODEARTIFACT_REPOSITORY",
    Channel.PREVIEW: "CODEARTIFACT_PREVIEW_REPOSITORY",
    Channel.DEV: "CODEARTIFACT_DEV_REPOSITORY",
}
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{1,99}"
_FORMS: Final = {
    "CODEARTIFACT_DOMAIN": (r"[a-z][a-z0-9-]{0,48}[a-z0-9]", "a domain's name"),
    "CODEARTIFACT_ACCOUNT_ID": (r"[0-9]{12}", "the 12 digits of the account that owns the domain"),
    **dict.fromkeys([*_CHANNELS.values(), _STAGING], (_NAME, "a repository's name alone")),
}


@dataclass(frozen=True)
class Repositories:
    """The repositories of one domain that are ours."""

    domain: str
    owner: str
    """The account that owns the domain."""
    channels: Mapping[Channel, str]
    staging: str
    """Empty where there is none."""

    @property
    def everything(self) -> tuple[str, ...]:
        """All of them, staging last."""
        return (*self.channels.values(), *([self.staging] if self.staging else []))

    def place(self, repository: str) -> str:
        """Name a repository as people do."""
        return f"{self.domain}/{repository}"

    def home(self, channel: Channel) -> str:
        """Give the repository that a channel's files are brought to."""
        return self.staging or self.channels[channel]

    def destinations(self, channel: Channel) -> tuple[str, ...]:
        """Give the repositories that they are copied into from there."""
        offering = (self.channels[each] for each in channel.offered_in)
        return tuple(name for name in offering if name != self.home(channel))

    def shown_in(self, channel: Channel) -> tuple[str, ...]:
        """Give the repositories that offer a channel's files in the end."""
        return tuple(self.channels[each] for each in channel.offered_in)


def read_repositories(environment: Mapping[str, str]) -> Repositories:
    """Read the names out of the environment; UsageError where one can't be right, or two are the same."""
    named = {name: environment.get(name, "") for name in _FORMS}
    for name, (form, what) in _FORMS.items():
        if not re.fullmatch(form, named[name]) and (named[name] or name != _STAGING):
            raise UsageError(f"codeartifact: {name} is {named[name]!r}", hint=f"set {name} to {what}")
    ours = [name for name in (*_CHANNELS.values(), _STAGING) if named[name]]
    for name in ours:
        twins = [other for other in ours if named[other].lower() == named[name].lower()]
        if len(twins) > 1:
            raise UsageError(
                f"codeartifact: {' and '.join(twins)} name the same repository, {named[name]}",
                hint="give each channel, and staging, a repository of its own: what is in one must not reach another",
            )
    return Repositories(
        named["CODEARTIFACT_DOMAIN"],
        named["CODEARTIFACT_ACCOUNT_ID"],
        {channel: named[name] for channel, name in _CHANNELS.items()},
        named[_STAGING],
    )
