"""What a build has left of a release: its receipt, its gates, and whether it is what the tagged tree says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from release.errors import BuildFailed, IllFormed
from release.model.artifact import KINDS, digest_of
from release.model.gate import Judgement, Timed, Verdict
from release.model.receipt import Receipt
from release.model.tag import shown
from release.steps.audit import Audit
from release.steps.build import compare_with_tree
from release.steps.check import Check
from release.steps.inspection.look import Doubt
from release.steps.record import receipt_name
from release.steps.runtimes import Runtimes
from release.steps.select import select_plans
from release.steps.smoke import Smoke

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.model.plan import Plan
    from release.steps.inspection.look import Look

GATES: Final = (Check.title, Smoke.title, Audit.title, Runtimes.title)
"""Every gate of ours, in the order in which they are shown."""
_AGAIN: Final = "build it again, where every gate can be asked: hatch run release build"


def require_tree(look: Look) -> str:
    """Require that wheel and sdist hold what the tagged tree holds, and say what its tag says."""
    plan = _plan_of(look)
    try:
        compare_with_tree(plan, look.delivery.folder, look.context)
    except IllFormed:
        raise
    except BuildFailed as error:
        raise Doubt("wrong-tree", error.message) from None
    return f"every file of wheel and sdist is that of {plan.commit.sha[:12]}"


def require_judged(look: Look) -> str:
    """Require a receipt of these bytes in which every gate has passed; one that was skipped says why."""
    plan = _plan_of(look)
    path = look.delivery.path(receipt_name(look.delivery.tag))
    receipt = read_built(look, path.read_bytes() if path.is_file() else b"")
    if receipt.publications:  # whoever publishes takes over what was published before at places that it does not ask
        place = shown(receipt.publications[0].target)
        raise Doubt("wrong-receipt", f"the receipt says that it is in {place}, and nobody has published it yet")
    gates = read_gates(receipt, plan)
    for name in GATES:
        if name not in gates:
            raise Doubt("gate-missing", f"the receipt does not say that {name} was asked")
        judgement = gates[name].made
        if judgement.verdict in {Verdict.REFUSED, Verdict.UNAVAILABLE}:
            raise Doubt(f"gate-{judgement.verdict}", f"{name} {judgement.verdict}: {judgement.detail}")
    return f"of these bytes: {', '.join(f'{name} {each.made.verdict}' for name, each in gates.items())}"


def read_built(look: Look, content: bytes, renewed: Mapping[str, str] | None = None) -> Receipt:
    """Read a receipt that has to be of these very files; `renewed` are digests that evidence had here before."""
    tag = look.delivery.tag
    if not content:
        raise Doubt("missing", f"there is no receipt in {look.delivery.folder}")
    try:
        receipt = Receipt.model_validate_json(content)
    except ValidationError as error:
        raise Doubt("wrong-receipt", f"the receipt is none: {shown(error.errors()[0]['msg'])}") from None
    if content != receipt.as_json().encode():
        raise Doubt("wrong-receipt", "the receipt is not as this tool writes one")
    said = (receipt.tag, receipt.package, receipt.version, receipt.channel, receipt.rehearsal)
    if said != (str(tag), tag.package, str(tag.version), tag.channel, False):
        raise Doubt("wrong-receipt", f"the receipt is of {shown(receipt.tag)}")
    if receipt.commit != look.proven.commit:
        raise Doubt("wrong-receipt", f"the receipt is of another commit: {receipt.commit[:12]}")
    artifacts = [(name, kind, look.digests[name]) for name, kind in zip(tag.files, KINDS, strict=True)]
    if [(each.name, each.kind, each.sha256) for each in receipt.artifacts] != artifacts:
        raise Doubt("wrong-receipt", f"the receipt is of other bytes than {' and '.join(tag.files)}")
    evidence = {each.name: each.sha256 for each in receipt.evidence}
    for name, digest in evidence.items():
        path = look.delivery.path(name)
        here = digest_of(path) if path.is_file() else ""
        if digest not in {here, (renewed or {}).get(name)}:
            raise Doubt("wrong-receipt", f"the receipt is not of {shown(name)} as it is")
    return receipt


def read_gates(receipt: Receipt, plan: Plan) -> dict[str, Timed[Judgement]]:
    """Give what each gate said, in the order in which they are shown; one that was skipped without need, said nothing.

    What a gate left as evidence is not in a receipt.
    """
    counted = Counter(gate.name for gate in receipt.gates)
    if strange := [name for name, number in counted.items() if number > 1 or name not in GATES]:
        raise Doubt("wrong-receipt", f"the receipt names {shown(strange[0])}, which is no gate of ours, or twice")
    said = {
        gate.name: Timed(Judgement(gate.verdict, gate.detail, _AGAIN), gate.seconds)
        for gate in receipt.gates
        if gate.verdict is not Verdict.SKIPPED or _may_be_skipped(gate.name, gate.detail, plan)
    }
    return {name: said[name] for name in _ordered(said)}


def _may_be_skipped(name: str, reason: str, plan: Plan) -> bool:
    """Whether there was nothing to judge: a package that names no runtimes has none to fit."""
    return name == Runtimes.title and bool(reason) and not plan.package.policy.runtimes


def _ordered(names: Iterable[str]) -> list[str]:
    return sorted(names, key=GATES.index)


def _plan_of(look: Look) -> Plan:
    plans, wrong = select_plans(look.context.source, look.context.policy, [str(look.delivery.tag)])
    for error in wrong.values():
        raise error
    return plans[str(look.delivery.tag)]
