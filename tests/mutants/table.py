"""All mutants: for each call to the outside, what it may say wrongly."""

from typing import Final

from tests.mutants import alpaca, others
from tests.mutants.mutant import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (*alpaca.mutants(), *others.mutants())
