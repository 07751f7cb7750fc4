from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One wrong thing said to the outside: `text`, which stands once in `file`, becomes `instead`.

    `tests` are the files of which at least one test must fail then.
    """

    name: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]
