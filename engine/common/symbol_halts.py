"""Which symbols an exchange has halted, as the database has it.

Whoever leads hears it from the stream and keeps it; whoever is asked to approve reads it in the transaction that
decides.
"""

from collections.abc import Mapping

from engine.errors import SymbolHalted
from engine.model.symbol_halt import SYMBOL_HALTS, SymbolHalt, halts_in, setting_of
from engine.ports.store import Reader, Transaction


def symbol_halts(reader: Reader) -> Mapping[str, SymbolHalt]:
    """Return every halt that is known, by symbol."""
    return halts_in(reader.setting(SYMBOL_HALTS))


def keep_symbol_halts(transaction: Transaction, halts: Mapping[str, SymbolHalt]) -> None:
    """Keep which symbols are halted, in the place of those that were."""
    transaction.set_setting(SYMBOL_HALTS, setting_of(halts))


def refuse_halted(reader: Reader, symbol: str) -> None:
    """Raise SymbolHalted where trading in a symbol is known to be halted."""
    halt = symbol_halts(reader).get(symbol)
    if halt is not None:
        raise SymbolHalted(symbol, halt.since, halt.reason, halt.code)
