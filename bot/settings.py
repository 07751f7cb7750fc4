"""The bot's settings, read once from the environment (or a .env file), frozen, with the tokens hidden."""

from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.access import Access
from engine.errors import SettingsInvalid

Users = Annotated[
    tuple[Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[UW][A-Z0-9]+$")], ...],
    NoDecode,
]


class SlackSettings(BaseSettings):
    """Where Slack is, which channel is the desk's, and who may do what. Each description says what is expected."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    slack_bot_token: SecretStr = Field(description="a bot token, which starts with xoxb-")
    slack_app_token: SecretStr = Field(description="an app-level token with connections:write, which starts with xapp-")
    slack_api_url: str = Field(
        "https://slack.com/api/",
        pattern=r"^https?://[^/\s]+/\S*$",
        description="the URL of Slack's Web API, such as https://slack.com/api/",
    )
    slack_channel: str = Field(
        pattern=r"^[CG][A-Z0-9]+$", description="the id of the desk's channel, such as C0123456789"
    )
    admins: Users = Field((), description="Slack user ids such as U0123456789, separated by commas")
    traders: Users = Field((), description="Slack user ids such as U0123456789, separated by commas")
    viewers: Users = Field((), description="Slack user ids such as U0123456789, separated by commas")

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return _starts_with(token, "xoxb-")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, token: SecretStr) -> SecretStr:
        return _starts_with(token, "xapp-")

    @field_validator("slack_api_url")
    @classmethod
    def _folder(cls, url: str) -> str:
        return url if url.endswith("/") else f"{url}/"

    @field_validator("admins", "traders", "viewers", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return tuple(part for part in text.split(",") if part.strip()) if isinstance(text, str) else text

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read the environment; what is given by field name goes before it. Raises SettingsInvalid in one line."""
        try:
            return cls(**given)
        except ValidationError as error:
            name = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
            expected = cls.model_fields[name].description
            raise SettingsInvalid(f"{name.upper()}: expected {expected}") from error

    @property
    def access(self) -> Access:
        """The people by role."""
        return Access(
            admins=frozenset(self.admins),
            traders=frozenset(self.traders),
            viewers=frozenset(self.viewers),
        )


def _starts_with(token: SecretStr, prefix: str) -> SecretStr:
    if not token.get_secret_value().startswith(prefix):
        raise ValueError(prefix)
    return token
