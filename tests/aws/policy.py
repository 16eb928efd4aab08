"""What IAM makes of policies: statements, their conditions, and the decision that follows from all of them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, for one account, as far as
the template goes; what is not known here is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.aws.condition import holds, is_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.aws.condition import Context

Statement = dict[str, Any]
_KNOWN: Final = frozenset({"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"})


@dataclass(frozen=True)
class Request:
    """Who asks for what; `principals` are all names the caller goes by: `AWS:arn…`, `Federated:arn…`, `Service:…`."""

    action: str
    resource: str
    principals: frozenset[str] = frozenset()
    context: Context = field(default_factory=dict)


def effects(policy: Mapping[str, Any], request: Request, *, names_principals: bool = False) -> set[str]:
    """Give the effects of the statements that a request meets: Allow, Deny, both or none."""
    return {
        str(each["Effect"])
        for each in many(policy["Statement"])
        if _meets(each, request, names_principals=names_principals)
    }


def is_allowed(request: Request, identity: Iterable[Mapping[str, Any]], resource: Mapping[str, Any] | None) -> bool:
    """Decide for a caller of the resource's own account: one Allow, wherever it stands, and no Deny anywhere."""
    said = [effects(each, request) for each in identity]
    if resource is not None:
        said.append(effects(resource, request, names_principals=True))
    found = set().union(*said)
    return "Allow" in found and "Deny" not in found


def is_allowed_by_key(
    request: Request, identity: Iterable[Mapping[str, Any]], key: Mapping[str, Any], root: str
) -> bool:
    """Decide for a KMS key: what its policy gives to the account alone, a policy of the account has to give as well.

    https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
    """
    own = set().union(*(effects(each, request) for each in identity))
    direct = effects(key, request, names_principals=True)
    through = effects(
        key, Request(request.action, request.resource, frozenset({root}), request.context), names_principals=True
    )
    if "Deny" in own | direct:
        return False
    return "Allow" in direct or ("Allow" in own and "Allow" in through)


def many(value: Any) -> list[Any]:  # noqa: ANN401  # a value or a list of them, wherever a policy says one
    """Give a list of what may be a list already."""
    return value if isinstance(value, list) else [value]


def _meets(statement: Statement, request: Request, *, names_principals: bool) -> bool:
    unknown = statement.keys() - _KNOWN
    if unknown:
        raise NotImplementedError(f"{', '.join(sorted(unknown))} in {statement}")
    if names_principals != ("Principal" in statement):
        raise ValueError(f"a statement {'without' if names_principals else 'with'} Principal: {statement}")
    return (
        _meets_principal(statement, request)
        and _meets_action(statement, request.action.lower())
        and _meets_resource(statement, request.resource)
        and holds(statement.get("Condition", {}), request.context)
    )


def _meets_principal(statement: Statement, request: Request) -> bool:
    named = statement.get("Principal", "*")
    if named == "*":
        return True
    return bool({f"{kind}:{each}" for kind, found in named.items() for each in many(found)} & request.principals)


def _meets_action(statement: Statement, action: str) -> bool:
    if "NotAction" in statement:
        return not any(is_like(each.lower(), action) for each in many(statement["NotAction"]))
    return any(is_like(each.lower(), action) for each in many(statement["Action"]))


def _meets_resource(statement: Statement, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(is_like(each, resource) for each in many(statement["NotResource"]))
    return any(is_like(each, resource) for each in many(statement.get("Resource", "*")))
