"""Install what was released from the index that offers it, as a user would, and see that it is that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import InstallFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release.context import Context
    from release.model.receipt import Receipt
    from release.model.tag import Channel

_SECONDS = 120.0
_ASK = "import importlib.metadata as m, sys; print(*(f'{n}=={m.version(n)}' for n in sys.argv[1:]))"


@dataclass(frozen=True)
class Install:
    """The step; it gives what is installed then, as pins."""

    channel: Channel
    title = "install"

    def run(self, receipts: Sequence[Receipt], context: Context) -> Installed:
        """Install every release into one fresh environment, from the channel's index alone."""
        environment = context.resolver.environment(context.scratch / f"installed-{self.channel}")
        wanted = tuple(f"{receipt.package}=={receipt.version}" for receipt in receipts)
        environment.install_from(context.dist.index(self.channel).as_uri(), *wanted)
        names = (receipt.package for receipt in receipts)
        ran = environment.run("-c", _ASK, *names, cwd=environment.folder, seconds=_SECONDS)
        if ran.code or tuple(ran.output.split()) != wanted:
            raise InstallFailed(f"asked for {', '.join(wanted)}, and got:\n{ran.last_lines}")
        return Installed(wanted)


@dataclass(frozen=True)
class Installed:
    """What an environment holds, as it was asked for."""

    pins: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The pins in a line."""
        return f"installed from the index: {', '.join(self.pins)}"
