"""What a cluster really has, judged by everything that its workspace and its nodes say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cluster.model.judgement import Judgement, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cluster.model.layout import Layout
    from cluster.model.lock import ClusterLock
    from cluster.model.node_line import NodeLine
    from cluster.model.observed import Cluster, Event, Library, ScriptRun
    from cluster.model.promise import Pointer

SUCCEEDED: Final = "SUCCEEDED"
_NOT_RUN: Final = frozenset({SUCCEEDED, "UNKNOWN", "NOT_EXECUTED", "SKIPPED"})


@dataclass(frozen=True)
class Observation:
    """One cluster, and what it should have."""

    layout: Layout
    pointer: Pointer
    moved: datetime
    """When the pointer was written."""
    lock: ClusterLock
    """The one that is pointed at."""
    cluster: Cluster
    events: tuple[Event, ...]
    """Of its last start, newest first."""
    lines: tuple[NodeLine, ...]
    """The last of each node since then."""
    libraries: tuple[Library, ...]

    def judge(self) -> Judgement:
        """Say how it stands; what is worst is said first."""
        found = next(self._judgements(), None)
        return found or Judgement(
            Verdict.UNKNOWN,
            "it runs, and nothing says what its nodes have installed",
            f"have it run the init script that `hatch run cluster push {self.layout.cluster}` names, with a log "
            "destination in a volume",
        )

    def _judgements(self) -> Iterator[Judgement]:
        yield from self._failed_nodes()
        yield from self._failed_events()
        yield from self._failed_libraries()
        if not self.cluster.is_running:
            why = f"it is {self.cluster.state}" + (f" ({self.cluster.ended})" if self.cluster.ended else "")
            yield Judgement(
                Verdict.UNKNOWN, f"{why}: its next start installs lock {self.pointer.number}", "start it, and ask again"
            )
        yield from self._drifted()
        yield from self._stale()
        yield from self._as_locked()

    def _failed_nodes(self) -> Iterator[Judgement]:
        failed = [each for each in self.lines if not each.is_ok]
        if failed:
            first, others = failed[0], len(failed) - 1
            more = f", and {others} more" if others else ""
            why = f"{first.said}{more}"
            yield Judgement(
                Verdict.FAILED, why, f"{_CURE} {first.code or 'the code'}; then {self._restart}", first.place
            )

    def _failed_events(self) -> Iterator[Judgement]:
        for event in self.events:
            run = next((each for each in event.scripts if each.status not in _NOT_RUN), None)
            if run:
                other = "" if run.path.startswith(f"{self.layout.scripts}/") else f" {run.path}, which is none of ours,"
                why = f"init script{other} of node {event.node or '?'}: {run.status}{run.said and f': {run.said}'}"
                yield Judgement(Verdict.FAILED, why, self._after_script(run), self._log_folder)
        if "INIT_SCRIPT_FAILURE" in self.cluster.ended:
            how = (self.cluster.ended_how or {}).get("databricks_error_message", "")
            why = f"{self.cluster.ended}{how and f': {how}'}"
            yield Judgement(Verdict.FAILED, why, f"{_READ_LOG}; then {self._restart}", self._log_folder)

    def _after_script(self, run: ScriptRun) -> str:
        """Say what to do about a script that did not run well."""
        if run.status in {"FAILED_FETCH", "FUSE_MOUNT_FAILED"}:
            return (
                f"is {run.path} there, may the cluster's owner read the volume, and is the path on the allow-list? "
                f"hatch run cluster push {self.layout.cluster} --allow"
            )
        return f"{_READ_LOG}; then {self._restart}"

    def _failed_libraries(self) -> Iterator[Judgement]:
        for each in self.libraries:
            if each.status == "FAILED":
                why = f"library {each.name}: {'; '.join(each.messages) or 'FAILED'}"
                yield Judgement(Verdict.FAILED, why, f"take it off the cluster, then {self._restart}", self._log_folder)

    def _drifted(self) -> Iterator[Judgement]:
        beside = [each for each in self.libraries if each.is_python and not self._is_pushed(each)]
        if beside:
            names = ", ".join(f"{each.kind} {each.name}" for each in beside)
            yield Judgement(
                Verdict.DRIFTED,
                f"installed beside the lock: {names}",
                f"name it in databricks/clusters/{self.layout.cluster}.toml and lock, or take it off the cluster; then "
                f"{self._restart}",
            )
        others = [each for each in self.lines if each.cluster != self.layout.cluster]
        if others:
            why = f"node {others[0].node} was made for the cluster {others[0].cluster}"
            yield Judgement(Verdict.DRIFTED, why, f"name its own init script, then {self._restart}", others[0].place)
        numbers = sorted({each.lock for each in self.lines})
        if len(numbers) > 1:
            said = ", ".join(f"{_counted(self.lines, number)} lock {number}" for number in numbers)
            alone = sum(each.pointer == _SILENT for each in self.lines)
            asked = f" ({alone} could not ask the driver which)" if alone else ""
            yield Judgement(Verdict.DRIFTED, f"nodes differ: {said}{asked}", self._restart, self.lines[0].place)

    def _stale(self) -> Iterator[Judgement]:
        leaving = [each.name for each in self.libraries if each.status == "UNINSTALL_ON_RESTART"]
        if leaving:
            yield Judgement(Verdict.STALE, f"{', '.join(leaving)} goes with the next start", self._restart)
        if self.lines and self.lines[0].lock != self.pointer.number:
            why = f"its nodes have lock {self.lines[0].lock}, and the pointer is at lock {self.pointer.number}"
            yield Judgement(Verdict.STALE, why, self._restart, self.lines[0].place)
        scripts = [each for each in self.cluster.init_scripts if each.startswith(f"{self.layout.scripts}/")]
        if not self.lines and (scripts or self._wheels) and self.cluster.started and self.cluster.started < self.moved:
            why = f"it started {_shown(self.cluster.started)}, and the pointer moved {_shown(self.moved)}"
            yield Judgement(Verdict.STALE, why, self._restart)
        locked = {self.layout.wheel(each) for each in self.lock.wheels}
        if other := sorted(self._wheels ^ locked if self._wheels else ()):
            how = "not among them" if other[0] in locked else "not locked now"
            yield Judgement(
                Verdict.STALE,
                f"its libraries are of another lock: {other[0].rpartition('/')[2]} is {how}",
                f"hatch run cluster render {self.layout.cluster}, apply its policy, then {self._restart}",
            )

    def _as_locked(self) -> Iterator[Judgement]:
        number = self.pointer.number
        if self.lines:
            after = {each.after for each in self.lines if each.after}
            turned = f" ({', '.join(sorted(after))}: from the volume)" if after else ""
            yield Judgement(Verdict.AS_LOCKED, f"{_counted(self.lines, number)} lock {number}{turned}")
        ran = [run for each in self.events for run in each.scripts if run.path.startswith(f"{self.layout.scripts}/")]
        if ran and all(each.status == SUCCEEDED for each in ran):
            yield Judgement(
                Verdict.AS_LOCKED,
                f"its init script succeeded after the pointer moved to lock {number}, as one node reports",
                "to hear of every node, set a folder of a volume as the cluster's log destination",
            )
        if self._wheels and all(each.status in {"INSTALLED", "RESTORED"} for each in self.libraries):
            yield Judgement(Verdict.AS_LOCKED, f"its libraries are the {len(self.lock.wheels)} wheels of lock {number}")

    def _is_pushed(self, library: Library) -> bool:
        """Whether it is a wheel that some lock has brought into the volume."""
        return library.kind == "whl" and library.name.startswith(f"{self.layout.wheels}/")

    @property
    def _wheels(self) -> set[str]:
        """Such wheels that are libraries of the cluster: by a policy, and not by an init script."""
        return {each.name for each in self.libraries if self._is_pushed(each)}

    @property
    def _restart(self) -> str:
        return f"databricks clusters restart {self.cluster.id}"

    @property
    def _log_folder(self) -> str:
        place = f"{self.cluster.logs}/{self.cluster.id}/init_scripts/" if self.cluster.logs else ""
        return place or "/databricks/init_scripts/ on the node"


_SILENT: Final = "driver-silent"
_CURE: Final = "databricks/DATABRICKS_SETUP.md says what to do about"
_READ_LOG: Final = "read the log (without one, set a folder of a volume as the cluster's log destination)"


def _counted(lines: Iterable[NodeLine], number: int) -> str:
    """Say how many have a lock: `driver and 3 executors have`."""
    roles = [each.role for each in lines if each.lock == number]
    executors = sum(role != "driver" for role in roles)
    words = ["driver"] * (len(roles) > executors)
    words += [f"{executors} executor{'s' * (executors > 1)}"] if executors else []
    return f"{' and '.join(words)} {'has' if len(roles) == 1 else 'have'}"


def _shown(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC")
