from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from release.adapters.process import TIMED_OUT, run

ROOT = Path(__file__).parents[3]
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"],
                         stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""


def python(*words: str, seconds: float = 30, folder: Path = ROOT, **variables: str) -> tuple[int, str]:
    ran = run([sys.executable, *words], cwd=folder, environment={**os.environ, **variables}, seconds=seconds)
    return ran.code, ran.output


def is_alive(pid: int) -> bool:
    """Say whether a process runs: one that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def require_ended(pid: int) -> None:
    """Wait until the kernel has ended a process that was killed."""
    limit = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < limit, f"process {pid} still runs"
        os.sched_yield()


def test_what_a_program_says_on_both_streams_is_given_with_its_code() -> None:
    program = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"
    assert python("-c", program) == (3, "out\nerr\n")


def test_a_program_has_the_folder_and_the_environment_it_is_given(tmp_path: Path) -> None:
    program = "import os; print(os.getcwd(), os.environ['ONLY'])"
    assert python("-c", program, folder=tmp_path, ONLY="this") == (0, f"{tmp_path} this\n")


def test_a_program_that_asks_gets_no_answer() -> None:
    assert python("-c", "import sys; print(repr(sys.stdin.read()))") == (0, "''\n")


def test_bytes_that_are_no_text_are_shown_as_far_as_they_can_be() -> None:
    assert python("-c", r"import sys; sys.stdout.buffer.write(b'caf\xe9 \xff')") == (0, "caf\ufffd \ufffd")


def test_the_last_lines_are_the_last_dozen() -> None:
    ran = run([sys.executable, "-c", "[print(n) for n in range(40)]"], cwd=ROOT, environment=os.environ, seconds=30)
    assert ran.last_lines.split() == [str(number) for number in range(28, 40)]


def test_a_time_out_ends_everything_the_program_started() -> None:
    code, output = python("-c", PARENT, seconds=2)
    grandchild, said = output.split(maxsplit=1)
    assert code == TIMED_OUT
    assert said.strip() == "ended after 2 s"
    require_ended(int(grandchild))


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        run(["no-such-program"], cwd=ROOT, environment=os.environ, seconds=1)


def end_of(program: str, tmp_path: Path) -> str:
    """Run a program that calls `words`, which write their id to `ready` and wait; give what it says."""
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    child = f"import os, time; open({str(ready)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    head = (
        "import os, pathlib, signal, sys, threading\n"
        "from release.adapters.process import run, stop_all\n"
        "from release.errors import ReleaseError\n"
        f"ready, here, words = {str(ready)!r}, pathlib.Path.cwd(), [sys.executable, '-c', {child!r}]\n"
        "def work():\n"
        "    try:\n"
        "        run(words, cwd=here, environment=os.environ, seconds=60)\n"
        "    except (ReleaseError, KeyboardInterrupt) as error:\n"
        "        print(type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", head + program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_stopping_ends_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    said = end_of(
        "thread = threading.Thread(target=work)\n"
        "thread.start()\n"
        "print(open(ready).read())\n"
        "stop_all()\n"
        "thread.join()\n"
        "work()\n",
        tmp_path,
    )
    pid, *ends = said.split()
    assert ends == ["ReleaseError", "ReleaseError"]
    require_ended(int(pid))


def test_an_interrupt_ends_what_is_waited_for(tmp_path: Path) -> None:
    said = end_of(
        "def interrupt():\n"
        "    print(open(ready).read(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "threading.Thread(target=interrupt).start()\n"
        "work()\n",
        tmp_path,
    )
    pid, end = said.split()
    assert end == "KeyboardInterrupt"
    require_ended(int(pid))
