from itertools import product

import pytest

from tests.support.samples import crossed, sample

WAYS, PLANS, TOLD = ("left", "cancelled", "adjusted"), ("trail", "breakeven", "time", "bars"), (True, False)
Axes = tuple[tuple[object, ...], ...]


@pytest.fixture(autouse=True)
def _usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIDE", raising=False)


def test_a_sample_has_the_first_row_and_the_last() -> None:
    assert sample(range(10), 4) == [0, 3, 6, 9]
    assert sample(range(3), 4) == [0, 1, 2]


@pytest.mark.parametrize(("axes", "most"), [((WAYS, PLANS), 4), ((WAYS, TOLD), 3), ((PLANS, WAYS, TOLD), 5)])
def test_every_value_of_an_axis_is_in_some_row_and_no_row_comes_twice(
    axes: tuple[tuple[object, ...]], most: int
) -> None:
    rows = crossed(*axes, most=most)
    assert len(set(rows)) == most
    assert [set(column) for column in zip(*rows, strict=True)] == [set(axis) for axis in axes]


def test_more_rows_than_there_are_is_all_of_them() -> None:
    assert crossed(WAYS, TOLD, most=99) == list(product(WAYS, TOLD))


def test_a_wide_run_has_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIDE", "1")
    assert crossed(WAYS, PLANS, TOLD, most=4) == list(product(WAYS, PLANS, TOLD))
    assert sample(range(10), 2) == list(range(10))
