"""Which wheel a cluster's nodes get, beside what pip and packaging say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.model.platform import Platform

NODE = Platform("3.11", "x86_64", "2.28")
ANY = "a-1-py3-none-any.whl"
TAGS = (
    "cp311-cp311-manylinux_2_28_x86_64",
    "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
    "cp311-cp311-manylinux_2_5_x86_64.manylinux1_x86_64",
    "cp311-cp311-linux_x86_64",
    "cp311-abi3-manylinux_2_17_x86_64",
    "cp311-none-manylinux_2_17_x86_64",
    "cp39-abi3-manylinux_2_17_x86_64",
    "py311-none-manylinux_2_17_x86_64",
    "py3-none-manylinux_2_17_x86_64",
    "cp311-none-any",
    "py311-none-any",
    "py3-none-any",
)
UNFIT = (
    "cp311-cp311-manylinux_2_35_x86_64",
    "cp312-cp312-manylinux_2_17_x86_64",
    "cp312-abi3-manylinux_2_17_x86_64",
    "cp311-cp311-manylinux_2_17_aarch64",
    "cp311-cp311-musllinux_1_2_x86_64",
    "cp311-cp311-macosx_11_0_arm64",
    "cp311-cp311-win_amd64",
    "py2-none-any",
    "pp310-pypy310_pp73-manylinux_2_17_x86_64",
    "py3-none-any./../../a",
)


@given(st.permutations(TAGS), st.integers(1, len(TAGS)))
def test_of_several_wheels_the_one_that_fits_closest_is_chosen(shuffled: list[str], count: int) -> None:
    some = shuffled[:count]
    best = min(some, key=TAGS.index)
    assert NODE.choose(f"a-1-{tag}.whl" for tag in some) == f"a-1-{best}.whl"


@pytest.mark.parametrize("tag", UNFIT)
def test_a_wheel_for_other_machines_is_never_chosen(tag: str) -> None:
    assert NODE.choose([f"a-1-{tag}.whl"]) == ""
    assert NODE.choose([f"a-1-{tag}.whl", ANY]) == ANY


def test_of_two_builds_the_later_is_chosen_and_what_is_no_wheel_is_passed_over() -> None:
    builds = ["a-1-2-py3-none-any.whl", "a-1-10-py3-none-any.whl", ANY]
    assert NODE.choose(builds) == "a-1-10-py3-none-any.whl"
    assert NODE.choose(["a-1.tar.gz", "a-one-py3-none-any.whl", "a.whl"]) == ""
    assert NODE.choose([]) == ""
    assert NODE.choose(["a-1-py2.py3-none-any.whl"]) == "a-1-py2.py3-none-any.whl"


def test_an_arm_machine_and_an_older_library_have_tags_of_their_own() -> None:
    graviton = Platform("3.12", "aarch64", "2.35")
    assert graviton.name == "aarch64-manylinux_2_35"
    assert graviton.choose(["a-1-cp312-cp312-manylinux_2_34_aarch64.whl", ANY]).endswith("aarch64.whl")
    assert graviton.choose(["a-1-cp312-cp312-manylinux_2_12_aarch64.whl"]) == ""
    assert Platform("3.11", "x86_64", "2.17").choose([f"a-1-{TAGS[0]}.whl", ANY]) == ANY
