from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """Why there is no answer, as JSON: the error's name, a sentence, and the facts of a refusal."""

    model_config = ConfigDict(frozen=True)

    error: str
    detail: str
    facts: Mapping[str, str] = {}
