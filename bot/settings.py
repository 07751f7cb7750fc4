"""The bot's settings, read once from the environment, frozen, with the tokens hidden."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.access import Access
from engine.errors import SettingsInvalid
from engine.model.address import keeps_secrets

Users = Annotated[
    tuple[Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[UWS][A-Z0-9]+$")], ...],
    NoDecode,
]


PEOPLE = "ids of Slack users (U0123456789) and user groups (S0123456789), separated by commas; nobody unless set"


class _Group(BaseSettings):
    """Settings whose descriptions say what is expected."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read the environment; what is given by field name goes before it. Raises SettingsInvalid in one line."""
        try:
            return cls(**given)
        except ValidationError as error:
            name = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
            expected = cls.model_fields[name].description
            raise SettingsInvalid(f"{name.upper()}: expected {expected}") from error


class SlackSettings(_Group):
    """Where Slack is, which channel is the desk's, and who may do what. Each description says what is expected."""

    needs_a_way_in: ClassVar[bool] = True

    slack_bot_token: SecretStr = Field(description="a bot token, which starts with xoxb-")
    slack_signing_secret: SecretStr = Field(
        SecretStr(""), description="the app's signing secret, only where Slack sends its requests to HTTP_PORT"
    )
    slack_app_token: SecretStr = Field(
        SecretStr(""),
        validate_default=True,
        description="an app-level token with connections:write, which starts with xapp-, or else SLACK_SIGNING_SECRET;"
        " exactly one of the two",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        pattern=r"^https?://[^/\s]+/\S*$",
        description="the URL of Slack's Web API, such as https://slack.com/api/; http:// only on this machine",
    )
    slack_channel: str = Field(
        pattern=r"^[CG][A-Z0-9]+$", description="the id of the desk's channel, such as C0123456789"
    )
    admins: Users = Field((), description=PEOPLE)
    traders: Users = Field((), description=PEOPLE)
    viewers: Users = Field((), description=PEOPLE)

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return _starts_with(token, "xoxb-")

    @field_validator("slack_app_token")
    @classmethod
    def _one_way_in(cls, token: SecretStr, info: ValidationInfo) -> SecretStr:
        over_http, over_socket = (
            bool(info.data["slack_signing_secret"].get_secret_value()),
            bool(token.get_secret_value()),
        )
        if over_http and over_socket:
            raise ValueError("both")
        if cls.needs_a_way_in and not over_http and not over_socket:
            raise PydanticCustomError("missing", "neither")
        return _starts_with(token, "xapp-") if over_socket else token

    @field_validator("slack_api_url")
    @classmethod
    def _folder(cls, url: str) -> str:
        if not keeps_secrets(url):
            raise ValueError("a token would be sent in the clear")
        return url if url.endswith("/") else f"{url}/"

    @field_validator("admins", "traders", "viewers", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return tuple(part for part in text.split(",") if part.strip()) if isinstance(text, str) else text

    @property
    def over_http(self) -> bool:
        """Whether Slack sends its requests to our HTTP port; else we hold a Socket Mode connection."""
        return bool(self.slack_signing_secret.get_secret_value())

    @property
    def access(self) -> Access:
        """The people by role."""
        return Access(
            admins=frozenset(self.admins),
            traders=frozenset(self.traders),
            viewers=frozenset(self.viewers),
        )


class PostingSlackSettings(SlackSettings):
    """The same for a process that only posts, and is given no secret of a way in."""

    needs_a_way_in: ClassVar[bool] = False


class AgentSettings(_Group):
    """What `trading-bot mcp` needs to show a desk to an agent; HTTP_TOKEN and MCP_SECRET are those of the bot."""

    desk_url: str = Field(
        "http://127.0.0.1:8000",
        pattern=r"^https?://[^/\s]+/?$",
        description="where `trading-bot mcp` finds the bot's HTTP side; http:// only on this machine",
    )
    mcp_name: str = Field(
        "agent", pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$", description="the agent's name on the cards it proposes"
    )
    http_token: SecretStr = Field(SecretStr(""), description="the bot's HTTP_TOKEN, where it has one")
    mcp_secret: SecretStr = Field(description="the bot's MCP_SECRET, such as openssl rand -hex 32 makes")

    @field_validator("desk_url")
    @classmethod
    def _private(cls, url: str) -> str:
        if not keeps_secrets(url):
            raise ValueError("a token would be sent in the clear")
        return url


class LogSettings(_Group):
    """The log, on standard error."""

    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="json, text, or auto: text at a terminal, JSON everywhere else"
    )
    log_level: Literal["debug", "info", "warning"] = Field(
        "info", description="the least that is written: debug (the libraries as well), info or warning"
    )


def _starts_with(token: SecretStr, prefix: str) -> SecretStr:
    if not token.get_secret_value().startswith(prefix):
        raise ValueError(prefix)
    return token
