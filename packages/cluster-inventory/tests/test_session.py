"""What is imported when, and what a task does where Spark has put it."""

# ruff: noqa: SLF001  # PySpark's worker puts a task in its place with the same words

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from cluster_inventory import PySparkMissing, ask
from cluster_inventory.answer import answer_batches, answer_rows
from cluster_inventory.node import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    PutTask = Callable[[int], None]


@pytest.fixture
def put_task() -> Iterator[PutTask]:
    """Put this process in a task's place among three, of which the first two share an executor, as a worker does."""
    pyspark = pytest.importorskip("pyspark")
    kind: Any = pyspark.BarrierTaskContext

    def put(partition: int) -> None:
        kind._initialize(4040, "secret")
        context = kind._getOrCreate()
        context._partitionId = partition
        context._localProperties = {"addresses": "10.0.0.1:1,10.0.0.1:1,10.0.0.2:1"}

    yield put
    for one in (kind, pyspark.TaskContext):
        one._taskContext = None


@pytest.mark.smoke
def test_without_pyspark_the_error_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(PySparkMissing, match="hint: run this on the cluster"):
        ask(None)  # type: ignore[arg-type]  # there is no session without PySpark


@pytest.mark.smoke
def test_the_import_does_not_import_pyspark() -> None:
    asked = f"import sys; sys.path = {sys.path}; import cluster_inventory; print('pyspark' in sys.modules)"
    command = [sys.executable, "-c", asked]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.spark
def test_the_first_task_of_an_executor_answers_for_it(put_task: PutTask) -> None:
    put_task(0)
    rows = iter(range(3))
    assert [read_answer(answer).address for answer in answer_rows(rows)] == ["10.0.0.1:1"]
    assert list(rows) == []


@pytest.mark.spark
def test_the_second_task_of_an_executor_keeps_silent(put_task: PutTask) -> None:
    put_task(1)
    assert list(answer_rows(iter(()))) == []
    assert list(answer_batches(iter(()))) == []


@pytest.mark.spark
@pytest.mark.skipif(find_spec("pyarrow") is None, reason="PyArrow is not installed")
def test_an_answer_over_arrow_is_one_row(put_task: PutTask) -> None:
    put_task(2)
    (batch,) = answer_batches(iter(()))
    (row,) = batch.to_pylist()  # type: ignore[attr-defined]  # PyArrow is not a dependency
    assert read_answer(row["answer"]).address == "10.0.0.2:1"
