"""The page /docs: the description of the HTTP side, made here; it loads nothing, and no script runs in it."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from fastapi import FastAPI
from starlette.responses import HTMLResponse

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
STYLE: Final = "body{font:1rem/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}code{font-weight:bold}"


class Docs:
    """The page of an application."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def page(self) -> HTMLResponse:
        """Show each address with what it takes and answers; all of it is in /openapi.json."""
        return HTMLResponse("\n".join(_page(self._app.openapi())), headers=HEADERS)


def _page(schema: Mapping[str, Any]) -> Iterator[str]:
    info = schema["info"]
    yield '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>{escape(info['title'])}</title><style>{STYLE}</style></head><body>"
    yield f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info.get('summary', ''))}</p>"
    yield '<p>The whole description, for tools such as swagger-ui: <a href="openapi.json">openapi.json</a></p>'
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield from _operation(path, method, operation)
    yield "</body></html>"


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation.get('description', ''))}</p><ul>"
    for given in operation.get("parameters", ()):
        needed = "needed" if given.get("required") else "optional"
        said = given.get("schema", {})
        hints = ", ".join([needed, *(str(said[name]) for name in ("type", "description") if name in said)])
        yield f"<li>{given['in']} <code>{escape(given['name'])}</code> ({escape(hints)})</li>"
    answers = ", ".join(f"{status} {answer['description']}" for status, answer in operation["responses"].items())
    yield f"<li>answers: {escape(answers)}</li></ul>"
