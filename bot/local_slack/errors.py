from collections.abc import Sequence


class SlackRefused(Exception):
    """Slack's Web API says no: `error` is its word, `messages` its sentences."""

    def __init__(self, error: str, messages: Sequence[str] = ()) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = tuple(messages)


class MissingScope(SlackRefused):
    """The token lacks a scope; `needed` names those of which one would do, separated by commas."""

    def __init__(self, needed: str) -> None:
        super().__init__("missing_scope")
        self.needed = needed


class RateLimited(SlackRefused):
    """The bot calls too fast; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class NotAcknowledged(Exception):
    """The bot did not answer: `error` is dispatch_failed, operation_timeout or bad_response."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(error, detail)
        self.error = error
        self.detail = detail


class PersonRefused(Exception):
    """The people's API says no, with an HTTP status, a word and a sentence."""

    def __init__(self, status: int, error: str, detail: str) -> None:
        super().__init__(f"{status} {error}: {detail}")
        self.status = status
        self.error = error
        self.detail = detail
