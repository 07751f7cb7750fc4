"""What the Messages API refuses in a request, as far as the bot could get it wrong."""

from typing import Any

MODELS = {"claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"}
FIELDS = {
    "model",
    "max_tokens",
    "system",
    "messages",
    "output_config",
    "metadata",
    "stop_sequences",
    "tools",
    "thinking",
}
KEYWORDS = {
    "type",
    "properties",
    "items",
    "required",
    "additionalProperties",
    "enum",
    "const",
    "anyOf",
    "description",
    "title",
}
MOST_BREAKPOINTS = 4
VERSION = "2026-10-21"


class Wrong(Exception):
    """A request that the API refuses."""

    def __init__(self, text: str, status: int = 400, kind: str = "invalid_request_error") -> None:
        super().__init__(text)
        self.status = status
        self.kind = kind


def check_headers(path: str, headers: dict[str, str], key: str) -> None:
    if path != "/v1/messages":
        raise Wrong(f"no such path: {path}", 404, "not_found_error")
    if headers.get("authorization") != f"Bearer {key}":
        raise Wrong("invalid bearer token", 401, "authentication_error")
    _demand(headers.get("anthropic-version") == VERSION, f"anthropic-version: {VERSION} is spoken here")
    _demand(headers.get("content-type") == "application/json", "content-type: must be application/json")


def check_body(body: dict[str, Any]) -> None:
    for name in body.keys() - FIELDS:
        raise Wrong(f"{name}: extra inputs are not permitted")
    if body.get("model") not in MODELS:
        raise Wrong(f"model: {body.get('model')}", 404, "not_found_error")
    _demand(
        type(body.get("max_tokens")) is int and body["max_tokens"] > 0, "max_tokens: a positive integer is required"
    )
    _check_messages(body.get("messages"))
    blocks = body.get("system", [])
    _demand(isinstance(blocks, list), "system: this fake takes a list of text blocks")
    _check_cache_control(blocks)
    for block in blocks:
        _demand(block.get("type") == "text" and bool(block.get("text")), "system: text blocks must be non-empty")
    _check_output(body.get("output_config", {}))


def _check_messages(messages: object) -> None:
    _demand(isinstance(messages, list) and bool(messages), "messages: at least one message is required")
    assert isinstance(messages, list)
    _demand(messages[-1]["role"] == "user", "messages: this model does not support a prefilled answer")
    for message in messages:
        _demand(
            message.keys() == {"role", "content"} and bool(message["content"]), "messages: content must be non-empty"
        )


def _check_cache_control(blocks: list[dict[str, Any]]) -> None:
    marked = [block["cache_control"] for block in blocks if "cache_control" in block]
    _demand(len(marked) <= MOST_BREAKPOINTS, "cache_control: at most 4 blocks")
    for mark in marked:
        _demand(
            mark.get("type") == "ephemeral" and mark.get("ttl", "5m") in {"5m", "1h"}, "cache_control: unknown type"
        )


def _check_output(config: dict[str, Any]) -> None:
    _demand(config.keys() <= {"format", "effort"}, "output_config: unknown field")
    if "format" in config:
        wanted = config["format"]
        _demand(
            wanted.keys() == {"type", "schema"} and wanted["type"] == "json_schema", "output_config.format: unknown"
        )
        _check_schema(wanted["schema"])


def _check_schema(schema: dict[str, Any]) -> None:
    for name in schema.keys() - KEYWORDS:
        raise Wrong(f"output_config.format.schema: property '{name}' is not supported")
    if schema.get("type") == "object":
        _demand(schema.get("additionalProperties") is False, "schema: 'additionalProperties' must be explicitly false")
        _demand(set(schema.get("required", [])) <= schema["properties"].keys(), "schema: unknown name in 'required'")
    for inner in schema.get("properties", {}).values():
        _check_schema(inner)
    if "items" in schema:
        _check_schema(schema["items"])


def _demand(fine: bool, text: str) -> None:
    if not fine:
        raise Wrong(text)
