from anthropic import Anthropic, APIConnectionError, APIStatusError

from engine.adapters.claude.api import OWN_URL
from engine.errors import NewsUnavailable, SettingsInvalid

SECONDS = 10.0
REFUSED = range(400, 500)


def ask_for_model(*, api_key: str, model: str, url: str) -> str:
    """Ask for a model, which costs nothing, and return its id; raises SettingsInvalid and NewsUnavailable."""
    with Anthropic(api_key=api_key, base_url=url or OWN_URL, timeout=SECONDS, max_retries=0) as client:
        try:
            return client.models.retrieve(model).id
        except APIStatusError as error:
            if error.status_code in REFUSED:
                raise SettingsInvalid(f"Claude refuses the key or the model {model} ({error.status_code})") from error
            raise NewsUnavailable(f"Claude answers with status {error.status_code}") from error
        except APIConnectionError as error:
            raise NewsUnavailable("Claude cannot be reached") from error
