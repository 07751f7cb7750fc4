from tests.mutants.__main__ import ROOT, flaw
from tests.mutants.table import MUTANTS


def test_what_each_mutant_changes_stands_there_once() -> None:
    """Code moves on; a mutant whose text is gone attacks nothing."""
    assert {f"{mutant.file}: {mutant.name}": found for mutant in MUTANTS if (found := flaw(mutant))} == {}


def test_no_two_mutants_have_one_name() -> None:
    assert len({(mutant.file, mutant.name) for mutant in MUTANTS}) == len(MUTANTS)


def test_the_tests_that_attack_a_mutant_are_there() -> None:
    assert [name for mutant in MUTANTS for name in mutant.tests if not (ROOT / name).exists()] == []
