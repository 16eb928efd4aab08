"""What a release's own audit knew: the report that the gate left beside it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from release.model.policy import Ignore  # pydantic reads the annotation


class _Said(BaseModel):
    """Something that is read and may say more than is asked of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Finding(_Said):
    id: str
    aliases: tuple[str, ...] = ()


class _Dependency(_Said):
    name: str
    version: str
    findings: dict[str, tuple[_Finding, ...]] = Field(default_factory=dict)


class AuditReport(_Said):
    """What was audited, what was found by then, and what of it was accepted."""

    dependencies: tuple[_Dependency, ...] = ()
    ignored: tuple[Ignore, ...] = ()

    @property
    def known(self) -> dict[tuple[str, str], frozenset[str]]:
        """Every identifier that was known then, by name and version."""
        return {
            (each.name, each.version): frozenset(
                name for found in each.findings.values() for one in found for name in (one.id, *one.aliases)
            )
            for each in self.dependencies
        }


_REPORT = TypeAdapter(AuditReport)


def read_report(document: object) -> AuditReport:
    """Read one that was parsed before; ValueError where it is none."""
    try:
        return _REPORT.validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
