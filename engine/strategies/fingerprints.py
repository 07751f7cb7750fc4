import inspect
import json
from dataclasses import fields, is_dataclass
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


def is_of_code(strategy: Any) -> bool:
    """Tell whether a strategy's fingerprint is that of its code, so that changed code has another one."""
    said = strategy.fingerprint
    try:
        return is_dataclass(strategy) and bool(said == code_fingerprint(strategy))
    except OSError:  # there is no source, as where somebody installed compiled files alone
        return False
