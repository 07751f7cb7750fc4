"""The MCP server: what an agent may see of a desk and, signed, propose to it. It asks the bot over HTTP.

It has no way to the broker or the database, and to who has its secret the bot gives no more than a proposal.
The SDK comes with the extra `mcp`; only the command line brings this file in.
"""

import json
import threading
import time
from typing import Annotated, Any, Final

import httpx2
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from bot.settings import AgentSettings
from bot.signal_signature import SIGNATURE_HEADER, TIME_HEADER, signature_of

PATIENCE: Final = 30.0
"""Seconds that the bot may take to answer."""
LOOK: Final = ToolAnnotations(read_only_hint=True, open_world_hint=False)
PROPOSE: Final = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True)
INSTRUCTIONS: Final = (
    "You see a trading desk of US equities, and may propose buys to it. People decide on every proposal in Slack; you"
    " cannot approve, resize, reject, sell, halt or resume. A refusal says which field or rule was wrong."
)

Count = Annotated[int, Field(ge=1, le=200, strict=True)]
Price = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False, description="dollars a share")]
Dollars = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False, description="dollars, in place of shares")]
Shares = Annotated[int, Field(ge=1, strict=True, description="whole shares; the desk's own sizing unless given")]
Key = Annotated[
    str, Field(min_length=1, max_length=64, description="your own id of this proposal; the same one never makes two")
]
Symbol = Annotated[str, Field(max_length=20, description="a ticker on the desk's watchlist, such as AAPL")]
Why = Annotated[str, Field(max_length=200, description="why, for the people who decide")]


class DeskClient:
    """Asks a running bot over HTTP; what it refuses becomes a ToolError with its own words."""

    def __init__(self, settings: AgentSettings, http: httpx2.Client | None = None) -> None:
        token = settings.http_token.get_secret_value()
        self._secret = settings.mcp_secret.get_secret_value()
        self._name = settings.mcp_name
        self._http = http or httpx2.Client(base_url=settings.desk_url, timeout=PATIENCE)
        self._signing, self._signed_at = threading.Lock(), 0
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def look(self, path: str, **wanted: str | int) -> Any:
        """Return what an address shows."""
        params = {name: value for name, value in wanted.items() if value != ""}
        return self._answer("GET", path, params=params, headers=self._headers)

    def propose(self, said: dict[str, Any]) -> Any:
        """Sign and send a proposal; return what it made."""
        given = {"sender": self._name} | {name: value for name, value in said.items() if value is not None}
        body, at = json.dumps(given).encode(), self._moment()
        signed = {TIME_HEADER: str(at), SIGNATURE_HEADER: signature_of(self._secret, at, body)}
        return self._answer("POST", "/signals", content=body, headers=signed)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _moment(self) -> int:
        """Return a second that nothing was signed in: the same words may be sent again, the same signature may not."""
        with self._signing:
            self._signed_at = max(int(time.time()), self._signed_at + 1)
            return self._signed_at

    def _answer(self, method: str, path: str, **given: Any) -> Any:
        try:
            answer = self._http.request(method, path, **given)
            told = answer.json()
        except httpx2.HTTPError as error:
            raise ToolError(f"The bot can't be reached: {type(error).__name__}") from error
        except ValueError as error:
            raise ToolError(f"The bot answered {answer.status_code} without JSON") from error
        if answer.is_success:
            return told
        raise ToolError(_refusal(told, answer.status_code))


def server_of(desk: DeskClient) -> MCPServer[Any]:
    """Return the server with its tools: four that look, and one that proposes."""
    server = MCPServer[Any]("trading-bot", instructions=INSTRUCTIONS, log_level="WARNING")

    @server.tool(annotations=LOOK, structured_output=False)
    def read_portfolio() -> str:
        """Show the account, its positions, the desk's state and its risk."""
        return json.dumps(desk.look("/portfolio/summary"))

    @server.tool(annotations=LOOK, structured_output=False)
    def read_risk() -> str:
        """Show open risk, its limits, and the trades that make it up."""
        return json.dumps(desk.look("/risk"))

    @server.tool(annotations=LOOK, structured_output=False)
    def read_trades(state: str = "", symbol: str = "", limit: Count = 20) -> str:
        """List trades, newest first; state is proposed, open, closed and so on."""
        return json.dumps(desk.look("/trades", state=state, symbol=symbol, limit=limit))

    @server.tool(annotations=LOOK, structured_output=False)
    def read_signals(limit: Count = 20) -> str:
        """List the newest signals, those that no trade came of included."""
        return json.dumps(desk.look("/signals", limit=limit))

    @server.tool(annotations=PROPOSE, structured_output=False)
    def propose(
        symbol: Symbol,
        key: Key,
        reason: Why = "",
        shares: Shares | None = None,
        dollars: Dollars | None = None,
        limit: Price | None = None,
        stop: Price | None = None,
        target: Price | None = None,
    ) -> str:
        """Propose a buy to the people of the desk, within its rules; nothing is bought before one of them approves."""
        said = {"symbol": symbol, "key": key, "reason": reason, "shares": shares, "dollars": dollars}
        return json.dumps(desk.propose(said | {"limit": limit, "stop": stop, "target": target}))

    return server


def _refusal(told: Any, status: int) -> str:
    """Return what the bot said against it, with the facts by their names."""
    if not isinstance(told, dict) or "detail" not in told:
        return f"The bot answered {status}"
    facts = told.get("facts") or {}
    named = ", ".join(f"{name}={value}" for name, value in facts.items()) if isinstance(facts, dict) else ""
    return f"{told['detail']} ({named})" if named else str(told["detail"])
