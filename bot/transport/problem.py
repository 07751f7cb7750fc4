from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse


class Problem(BaseModel):
    """Why there is no answer, as JSON: the error's name, a sentence, and the facts of a refusal."""

    model_config = ConfigDict(frozen=True)

    error: str
    detail: str
    facts: Mapping[str, str] = {}

    def response(self, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """Return the answer of this status that says so."""
        return JSONResponse(self.model_dump(), status, headers)


UNFINISHED: Final = Problem(error="RequestTimeout", detail="The request did not come in whole")
