"""What is asked of others: the package index, the vulnerability services, and the toolchain they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.errors import BuildFailed, GateUnavailable, ReleaseError
from release.model.closure import Pin
from release.model.diagnosis import Diagnosis, failed, ok, warning
from release.toolchain import TOOLCHAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.context import Context
    from release.steps.diagnosis.patient import Machine

_PROBE = "hatch-vcs"


def look_at_index(machine: Machine, context: Context) -> Iterator[Diagnosis]:
    """See whether the index answers, by looking for one version that the toolchain has anyway."""
    have = context.builder.provides.get(_PROBE)
    ran = machine.ask_index(f"{_PROBE}=={have}" if have else _PROBE)
    if ran.code:
        cure = "see how uv is configured (UV_DEFAULT_INDEX, uv.toml, proxies); releases of what is cached still work"
        yield warning("package index", f"it does not answer: {ran.last_lines}", cure)
    else:
        yield ok("package index", "it answers")


def look_at_service(service: str, context: Context) -> Iterator[Diagnosis]:
    """See whether a vulnerability service answers, and knows what everybody knows."""
    check = f"audit by {service}"
    name, _, version = context.policy.audit.canary.partition("==")
    canary = Pin(name, version)
    try:
        found = context.knowledge.ask(service, [canary])[canary]
    except GateUnavailable as error:
        cure = f"{error.hint}; until it answers, a release may go to `local` alone"
        yield warning(check, error.message, cure)
        return
    if found:
        yield ok(check, f"it answers, and names {found[0].id} for {canary}")
    else:
        detail = f"it knows of nothing wrong with {canary}, so its silence means nothing"
        yield warning(
            check, detail, "a mirror without data? ask it by hand, or choose services in [tool.release.audit]"
        )


def look_at_toolchain(context: Context) -> Iterator[Diagnosis]:
    """See whether the build toolchain can be installed as it is locked."""
    environment = context.resolver.environment(context.scratch / "doctor")
    try:
        environment.install_lock(TOOLCHAIN / "build.txt")
    except ReleaseError as error:
        detail = f"the build toolchain can't be installed: {error.message}"
        yield failed("toolchain", detail, "reach the index once, or renew the lock: hatch run lock", BuildFailed)
        return
    held = [f"{name} {context.builder.provides[name]}" for name in ("hatchling", "hatch-vcs")]
    yield ok("toolchain", f"{' and '.join(held)} install from their lock")
