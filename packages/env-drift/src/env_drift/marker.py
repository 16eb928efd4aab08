"""Environment markers: PEP 508, with the `extras` and `dependency_groups` that PEP 751 adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from env_drift.name import normalize_name
from env_drift.version import satisfies

if TYPE_CHECKING:
    from collections.abc import Mapping

    Environment = Mapping[str, str | frozenset[str]]

VERSIONS = frozenset({"python_version", "python_full_version", "implementation_version", "platform_release"})
NAMES = frozenset({"extra", "extras", "dependency_groups"})
VARIABLES = (
    NAMES
    | VERSIONS
    | {
        "implementation_name",
        "os_name",
        "platform_machine",
        "platform_python_implementation",
        "platform_system",
        "platform_version",
        "sys_platform",
    }
)
OLD_SPELLINGS = {
    "os.name": "os_name",
    "sys.platform": "sys_platform",
    "platform.version": "platform_version",
    "platform.machine": "platform_machine",
    "platform.python_implementation": "platform_python_implementation",
    "python_implementation": "platform_python_implementation",
}


class MarkerError(ValueError):
    """A marker cannot be read, or cannot be decided for an environment."""


@dataclass(frozen=True)
class Operand:
    """A quoted text, or the variable of that name."""

    text: str
    variable: bool

    def value(self, environment: Environment) -> str | frozenset[str]:
        """Give what the operand stands for in an environment that must know it."""
        if not self.variable:
            return self.text
        if self.text not in environment:
            raise MarkerError(f"{self.text} is not known for this environment")
        return environment[self.text]


@dataclass(frozen=True)
class Condition:
    """One comparison, `python_version < "3.11"`."""

    left: Operand
    operator: str
    right: Operand

    def holds(self, environment: Environment) -> bool:
        """Whether the comparison is true there."""
        left, right = self.left.value(environment), self.right.value(environment)
        variables = {operand.text for operand in (self.left, self.right) if operand.variable}
        if isinstance(left, frozenset):
            raise MarkerError(f"{self.left.text} holds several names and can only stand after `in`")
        if isinstance(right, frozenset) or variables & NAMES:
            return _hold_names(left, self.operator, right)
        if variables & VERSIONS and self.operator not in ("in", "not in") and "," not in right:
            decided = satisfies(left, f"{self.operator}{right}")
            if decided is not None:
                return decided
        return _hold_texts(left, self.operator, right)


@dataclass(frozen=True)
class Junction:
    """Several conditions, all or any of which must hold."""

    word: str
    parts: tuple[Condition | Junction, ...]

    def holds(self, environment: Environment) -> bool:
        """Whether it holds there; what cannot change the answer is not looked at."""
        join = all if self.word == "and" else any
        return join(part.holds(environment) for part in self.parts)


def _hold_names(left: str, operator: str, right: str | frozenset[str]) -> bool:
    wanted = normalize_name(left)
    if isinstance(right, frozenset):
        if operator not in ("in", "not in"):
            raise MarkerError(f"`{operator}` cannot be asked of several names; `in` can")
        return (wanted in right) is (operator == "in")
    return _hold_texts(wanted, operator, normalize_name(right))


def _hold_texts(left: str, operator: str, right: str) -> bool:
    if operator in ("in", "not in"):
        return (left in right) is (operator == "in")
    if operator in ("==", "===", "!="):
        return (left == right) is (operator != "!=")
    raise MarkerError(f"`{left} {operator} {right}` orders what is not a version")


def name_variable(word: str, text: str) -> str:
    """Give the variable's name of today; a word that is no variable is refused."""
    name = OLD_SPELLINGS.get(word, word)
    if name not in VARIABLES:
        raise MarkerError(f"marker `{text}`: `{word}` is no marker variable")
    return name
