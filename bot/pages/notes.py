"""What the reader of a backtest must know of its data, in words."""

from collections.abc import Sequence
from decimal import Decimal

from bot.messages import Texts
from engine.model.backtest import DataNote, NoteKind

MOST = 12
"""Notes that are told one by one; of hundreds of symbols nobody reads them all."""


def notes_told(notes: Sequence[DataNote], texts: Texts) -> list[str]:
    """Say each note in a sentence, and how many more there are."""
    told = [_sentence(note, texts) for note in notes[:MOST]]
    return [*told, texts("backtest-notes-more", count=len(notes) - MOST)] if len(notes) > MOST else told


def _sentence(note: DataNote, texts: Texts) -> str:
    return texts(
        "backtest-note",
        note=note.kind.value,
        symbol=_symbol(note, texts),
        day="" if note.on is None else texts.day(note.on),
        count=note.count,
        change=texts.change(Decimal(str(round(note.part, 4)))),
        part=texts.percent(Decimal(str(round(abs(note.part), 4))), 0),
    )


def _symbol(note: DataNote, texts: Texts) -> str:
    """Say of what a note is: a symbol, a flaw, or who scored the news."""
    match note.kind:
        case NoteKind.REFUSED:
            return texts("bar-flaw", flaw=note.symbol)
        case NoteKind.NEWS:
            return texts("scorer", scorer=note.symbol)
        case _:
            return note.symbol
