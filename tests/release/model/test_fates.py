from __future__ import annotations

from packaging.requirements import Requirement

from release.model.compatibility import Action, Answer, Effect, Fate
from release.model.fates import find_broken, judge, refuse
from tests.release.runtimes import make_runtime

RUNTIME = make_runtime(
    {
        "numpy==1.23.5": [],
        "pandas==1.5.3": ["numpy>=1.21", "pytz"],
        "pytz==2022.7": [],
        "scipy==1.10.1": ["numpy<1.27,>=1.19", 'pytest; extra == "test"'],
    }
)


def answer(needs: dict[str, tuple[str, ...]], **installed: str) -> Answer:
    return Answer(tuple(Action(name, version, "installed") for name, version in installed.items()), needs)


def requirements(*lines: str) -> list[Requirement]:
    return [Requirement(line) for line in lines]


def test_what_the_runtime_has_is_satisfied_with_all_that_it_needs_there() -> None:
    found = judge(RUNTIME, requirements("pandas"), answer({"pandas==1.5.3": ("numpy", "pytz")}))
    assert [str(each) for each in found.having(Effect.SATISFIED)] == ["numpy 1.23.5", "pandas 1.5.3", "pytz 2022.7"]
    assert found.is_good
    assert found.breaks is None


def test_what_the_runtime_lacks_is_added() -> None:
    found = judge(RUNTIME, requirements("rich"), answer({"rich==14.0": ("pytz",)}, rich="14.0"))
    assert found.having(Effect.ADDED) == (Fate("rich", Effect.ADDED, chosen="14.0"),)
    assert [each.name for each in found.having(Effect.SATISFIED)] == ["pytz"]
    assert found.is_good


def test_a_replacement_is_refused_and_says_what_it_breaks() -> None:
    found = judge(RUNTIME, requirements("numpy>=2"), answer({}, numpy="2.1.0"))
    assert [str(each) for each in found.replaced] == ["numpy 1.23.5 → 2.1.0"]
    assert found.breaks == {"scipy": ("numpy<1.27,>=1.19",)}
    assert not found.is_good


def test_a_replacement_with_leave_is_good_and_keeps_the_reason() -> None:
    found = judge(RUNTIME, requirements("numpy>=2"), answer({}, numpy="2.1.0"), {"numpy": "tested on 15.4"})
    assert found.is_good
    assert [each.allowed for each in found.having(Effect.REPLACED)] == ["tested on 15.4"]
    assert found.breaks == {"scipy": ("numpy<1.27,>=1.19",)}


def test_leave_for_one_name_is_none_for_another() -> None:
    said = answer({}, numpy="2.1.0", pytz="2030.1")
    found = judge(RUNTIME, requirements("numpy>=2", "pytz>=2030"), said, {"numpy": "tested on 15.4"})
    assert [each.name for each in found.replaced] == ["pytz"]


def test_what_is_replaced_too_is_not_broken() -> None:
    assert find_broken(RUNTIME, {"numpy": "2.1.0", "scipy": "1.17.0"}) == {}


def test_what_was_not_met_before_is_not_broken_by_a_replacement() -> None:
    runtime = make_runtime({"numpy==1.23.5": [], "old==1.0": ["numpy>=1.25,<2"]})
    assert find_broken(runtime, {"numpy": "2.1.0"}) == {}


def test_needs_that_nobody_can_read_are_left_to_others() -> None:
    runtime = make_runtime({"numpy==1.23.5": [], "old==1.0": ["numpy (>1.0)-and more", "numpy<2"]})
    assert find_broken(runtime, {"numpy": "2.1.0"}) == {"old": ("numpy<2",)}


def test_a_requirement_that_does_not_apply_there_has_no_fate() -> None:
    found = judge(RUNTIME, requirements("tomli; python_version < '3.11'", "pytz"), answer({}))
    assert [each.name for each in found.fates] == ["pytz"]


def test_pyspark_is_refused_wherever_it_comes_from() -> None:
    direct = judge(RUNTIME, requirements("pyspark"), answer({}))
    through = judge(
        RUNTIME,
        requirements("alpha"),
        answer({"alpha==1.0": ("beta",), "beta==2.0": ("pyspark",)}, alpha="1.0", beta="2.0"),
    )
    assert not direct.is_good
    assert direct.refusal.startswith("it asks for pyspark")
    assert through.refusal.startswith("beta needs pyspark")
    assert not through.is_good


def test_a_version_of_pyspark_that_nothing_fits_is_refused_as_pyspark() -> None:
    said = "No solution found\n  cause: Because all versions of alpha depend on pyspark>=4 and so on\n\nhint: no"
    assert refuse(RUNTIME, said).refusal.startswith("alpha needs pyspark")


def test_what_nothing_fits_is_refused_in_the_words_of_the_resolver() -> None:
    said = "No solution found\n  cause: Because only idna<=1.0 is available and\n     you require idna>=7\n\nhint: x"
    found = refuse(RUNTIME, said)
    assert found.refusal == "Because only idna<=1.0 is available and you require idna>=7"
    assert not found.is_good
