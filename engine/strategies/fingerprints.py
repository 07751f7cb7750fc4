import inspect
import json
from dataclasses import fields
from hashlib import sha256
from typing import Any

from engine.model.json_values import plain


def fingerprint_of(numbers: Any) -> str:
    """Return a hash of values, alike however they are ordered."""
    return sha256(json.dumps(plain(numbers), sort_keys=True).encode()).hexdigest()


def code_fingerprint(strategy: Any) -> str:
    """Return a hash of a strategy that is a dataclass: of its class, its fields but the name, its module's source."""
    numbers = {each.name: repr(getattr(strategy, each.name)) for each in fields(strategy) if each.name != "name"}
    source = inspect.getsource(inspect.getmodule(type(strategy)) or type(strategy))
    return sha256(
        f"{type(strategy).__qualname__}\0{json.dumps(numbers, sort_keys=True)}\0{source}".encode()
    ).hexdigest()
