"""A sentence that counts is given a number: no plural form ever matches a text, however it reads."""

import ast
from collections.abc import Iterator
from functools import cache

from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from bot.cards.refusals import REFUSALS
from bot.messages import LOCALES
from tests.bot.test_messages import catalogue, code

WRITERS = {"str", "escaped", "count", "number", "price", "dollars", "percent", "part", "join"}
"""What makes a text of a figure."""


class Counted(Visitor):
    """Collects the variables by which a message counts, and the messages that it refers to."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.messages: set[str] = set()

    def visit_SelectExpression(self, node: ftl.SelectExpression) -> None:  # noqa: N802 - the visitor's own name
        keys = [variant.key for variant in node.variants]
        counts = any(isinstance(key, ftl.NumberLiteral) or key.name == "one" for key in keys)
        if counts and isinstance(node.selector, ftl.VariableReference):
            self.variables.add(node.selector.id.name)
        self.generic_visit(node)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802 - the visitor's own name
        self.messages.add(node.id.name)


@cache
def counted(key: str) -> frozenset[str]:
    """Return the variables by which a sentence counts in any language, those of the messages in it too."""
    found = Counted()
    for locale in LOCALES:
        found.visit(catalogue(locale)[key])
    return frozenset(found.variables.union(*map(counted, found.messages)))


def given() -> Iterator[tuple[str, str, ast.expr]]:
    """Yield what the code gives to sentences for what they count by: the key, the variable, and the expression."""
    for node in code():
        first = node.args[0] if isinstance(node, ast.Call) and node.args else None
        key = first.value if isinstance(first, ast.Constant) else None
        if not isinstance(node, ast.Call) or key not in catalogue("en"):
            continue
        for each in node.keywords:
            if each.arg in counted(str(key)):
                yield str(key), str(each.arg), each.value


def is_text(value: ast.expr) -> bool:
    """Tell whether an expression makes a text of a figure; a word such as 'all' may be a variant of its own."""
    called = getattr(value.func, "id", getattr(value.func, "attr", "")) if isinstance(value, ast.Call) else ""
    return isinstance(value, ast.JoinedStr) or called in WRITERS


def test_what_a_sentence_counts_by_is_a_number() -> None:
    pairs = list(given())
    assert len(pairs) > 50
    assert [f"{key}: {name}={ast.unparse(value)}" for key, name, value in pairs if is_text(value)] == []


def test_each_refusal_that_counts_is_among_those_that_are_tested_with_numbers() -> None:
    assert {key for key in REFUSALS.values() if counted(key)} == {"refused-promotion"}
