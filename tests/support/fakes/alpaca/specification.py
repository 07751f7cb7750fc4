"""Alpaca's own OpenAPI files, which every answer of the fake must obey."""

import gzip
import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, Registry

_DATA: Final = Path(__file__).parents[3] / "data"
_MESSAGE: Final = Draft202012Validator({"type": "object", "required": ["message"]})


class Specification:
    """One of Alpaca's files: `trading` or `market-data`."""

    def __init__(self, name: str) -> None:
        text = gzip.decompress((_DATA / f"alpaca-{name}-api.json.gz").read_bytes())
        self._document: dict[str, Any] = json.loads(text)
        self._name = name
        self._registry = Registry([("urn:alpaca", self._document)])
        self._validators: dict[str, Draft202012Validator] = {}
        self._flawless: set[bytes] = set()

    def complaints(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Say where an answer breaks the specification; `path` as the file writes it.

        A desk asks for the same again and again: what was flawless is not looked through a second time.
        """
        answer = sha256(json.dumps((method, path, status, body)).encode()).digest()
        if answer in self._flawless:
            return []
        found = self._complaints(method, path, status, body)
        if not found:
            self._flawless.add(answer)
        return found

    def _complaints(self, method: str, path: str, status: int, body: Any) -> list[str]:
        if status >= 400:
            validator = self._validator("/components/schemas/Error") if self._name == "trading" else _MESSAGE
        else:
            validator = self._of_answer(method, path, status)
        return [
            f"{method} {path} {status}: {error.instance_path} {error.message}" for error in validator.iter_errors(body)
        ]

    def _of_answer(self, method: str, path: str, status: int) -> Draft202012Validator:
        part = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
        return self._validator(f"/paths/{part}/{method.lower()}/responses/{status}/content/application~1json/schema")

    def _validator(self, pointer: str) -> Draft202012Validator:
        if pointer not in self._validators:
            self._validators[pointer] = Draft202012Validator(
                {"$ref": f"urn:alpaca#{pointer}"}, registry=self._registry, validate_formats=True
            )
        return self._validators[pointer]


@cache
def specification(name: str) -> Specification:
    """Return a specification, read once."""
    return Specification(name)
