from tests.mutants.__main__ import flaw
from tests.mutants.table import MUTANTS


def test_what_each_mutant_changes_stands_there_once() -> None:
    """Code moves on; a mutant whose text is gone attacks nothing."""
    assert {f"{mutant.file}: {mutant.name}": found for mutant in MUTANTS if (found := flaw(mutant))} == {}


def test_no_two_mutants_have_one_name() -> None:
    assert len({(mutant.file, mutant.name) for mutant in MUTANTS}) == len(MUTANTS)
