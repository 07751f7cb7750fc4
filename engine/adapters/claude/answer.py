"""The format of an answer, and the judge of it: a model that was talked out of one line was talked out of them all."""

from collections import Counter
from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from engine.adapters.claude.prompt import visible

MOST = 3
"""The largest score of one finding, in tenths, either way."""
MOST_FINDINGS = 2
"""The most findings that one headline may give."""
LONGEST_REASON = 120

# The API refuses ranges and lengths in a schema, so the points are listed, and the rest is checked here.
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "headline_id": {"type": "string", "description": "the id of the headline that says it"},
                    "points_tenths": {"type": "integer", "enum": list(range(-MOST, MOST + 1))},
                    "reason": {"type": "string", "description": "why, in English, at most 80 characters"},
                },
                "required": ["headline_id", "points_tenths", "reason"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["findings"],
    "additionalProperties": False,
}


def _said(reason: str) -> str:
    if not (plain := visible(reason)):
        raise ValueError("a finding without a reason")
    return plain


class ModelFinding(BaseModel):
    """One finding as the model gives it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    headline_id: str
    points_tenths: Annotated[int, Field(ge=-MOST, le=MOST)]
    reason: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(_said)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    findings: list[ModelFinding]


def verdicts(text: str, stop_reason: str, asked: Collection[str]) -> tuple[ModelFinding, ...]:
    """Return what an answer says about the headlines asked; raises ValueError when any part of it is not as agreed."""
    if stop_reason != "end_turn":
        raise ValueError(f"the answer was ended by {stop_reason}")
    given = _Answer.model_validate_json(text).findings
    counts = Counter(verdict.headline_id for verdict in given)
    if unknown := counts.keys() - set(asked):
        raise ValueError(f"{len(unknown)} headlines cited that were never asked about")
    if any(count > MOST_FINDINGS for count in counts.values()):
        raise ValueError(f"more than {MOST_FINDINGS} findings in one headline")
    return tuple(given)
