from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Return a hint at the known word that is nearest to what was written, with its comma; '' where none is near."""
    near = get_close_matches(written, list(known), n=1)
    return f", did you mean {near[0]!r}?" if near else ""
