from anthropic import Anthropic, APIConnectionError, APIStatusError
from anthropic.types import ModelInfo

from engine.adapters.claude.api import OWN_URL
from engine.adapters.claude.connection import watched_client
from engine.adapters.deadline import within
from engine.errors import NewsUnavailable, SettingsInvalid

SECONDS = 10.0
REFUSED = range(400, 500)


def ask_for_model(*, api_key: str, model: str, url: str, seconds: float = SECONDS) -> str:
    """Ask for a model, which costs nothing, and return its id; raises SettingsInvalid and NewsUnavailable."""
    client = Anthropic(
        api_key=api_key, base_url=url or OWN_URL, timeout=seconds, max_retries=0, http_client=watched_client()
    )
    with client, within(seconds) as call:
        try:
            found = client.models.retrieve(model)
        except APIStatusError as error:
            if error.status_code in REFUSED:
                raise SettingsInvalid(f"Claude refuses the key or the model {model} ({error.status_code})") from error
            raise NewsUnavailable(f"Claude answers with status {error.status_code}") from error
        except APIConnectionError as error:
            raise NewsUnavailable("Claude cannot be reached") from error
    if call.is_over or not isinstance(found, ModelInfo):
        raise NewsUnavailable("Claude gave no answer that makes sense")
    return found.id
