"""What all groups share: where they are read from, the kinds of their numbers, and how a wrong one is told."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.errors import SettingsInvalid

Fraction = Annotated[Decimal, Field(gt=0, lt=1)]
A_YEAR = 366 * 86_400
"""Seconds of the longest time: what no calendar holds would fail whoever counts on or back from now."""
Seconds = Annotated[int, Field(ge=1, le=A_YEAR)]
Part = Annotated[Decimal, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Dollars = Annotated[Decimal, Field(ge=0)]


class GroupSettings(BaseSettings):
    """A group: frozen, read from the environment, and never shown in an error.

    Where it `is_shown`, /settings lists it.
    """

    is_shown: ClassVar[bool] = False

    model_config = SettingsConfigDict(
        frozen=True,
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )


Group = TypeVar("Group", bound=GroupSettings)


def read_group(kind: type[Group], **given: Any) -> Group:
    """Read one group; raises SettingsInvalid, which names the first setting that is wrong."""
    try:
        return kind(**{name: value for name, value in given.items() if name in kind.model_fields})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsInvalid(f"{name}: {problem}" if name else problem) from error
