"""`trading-bot mcp` driven by the SDK's own client: an agent sees the desk and proposes, whatever else it tries."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from mcp import Client, MCPError, StdioServerParameters

from bot.agent_tools import DeskClient, server_of
from bot.http.app import build_http
from bot.http.server import HttpServer
from bot.settings import AgentSettings
from engine.errors import SettingsInvalid
from engine.model.origin import Source
from engine.model.trade import TradeState
from tests.support.http_desk import HttpDesk
from tests.support.signal_posts import SECRETS, door

ROOT = Path(__file__).parents[2]
TOKEN = "to-read-the-desk"
TOOLS = ["propose", "read_portfolio", "read_risk", "read_signals", "read_trades"]

Agent = Callable[[Client], Awaitable[None]]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[HttpDesk]:
    with HttpDesk.priced(tmp_path) as desk:
        yield desk


@contextmanager
def served(desk: HttpDesk) -> Iterator[str]:
    """Serve a desk over HTTP; return where."""
    app = build_http(desk.sources, host="127.0.0.1", token=TOKEN, signals=door(desk.harness.engine.commands, desk))
    with HttpServer(app, host="127.0.0.1", port=0) as server:
        yield server.url


def settings(url: str, **given: str) -> AgentSettings:
    return AgentSettings.read(
        **{"desk_url": url, "mcp_secret": SECRETS[Source.MCP], "http_token": TOKEN, "mcp_name": "scout"} | given
    )


def run(agent: Agent, server: Any) -> None:
    """Let an agent talk to a server through the SDK's client."""

    async def talk() -> None:
        async with Client(server, read_timeout_seconds=30) as client:
            await agent(client)

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop: that of a browser
        thread.submit(lambda: asyncio.run(talk())).result()


def here(desk: HttpDesk, agent: Agent, **given: str) -> None:
    """Let an agent talk to the server of a desk in this process."""
    with served(desk) as url:
        client = DeskClient(settings(url, **given))
        run(agent, server_of(client))
        client.close()


async def said(client: Client, tool: str, **given: Any) -> tuple[bool, str]:
    """Call a tool; return whether it worked, and what it said."""
    try:
        result = await client.call_tool(tool, given)
    except MCPError as error:
        return False, str(error)
    [content] = result.content
    return not result.is_error, str(getattr(content, "text", ""))


def test_a_client_of_the_sdk_drives_it_over_standard_input_and_output(desk: HttpDesk) -> None:
    async def agent(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert sorted(tool.name for tool in tools) == TOOLS
        ok, portfolio = await said(client, "read_portfolio")
        assert ok
        assert json.loads(portfolio)["data"]["desk"]["state"] == "active"
        ok, told = await said(client, "propose", symbol="AAPL", key="one", reason="breakout", shares=100, stop=148.0)
        assert ok
        made.update(json.loads(told)["data"])

    made: dict[str, Any] = {}
    with served(desk) as url:
        given = {"DESK_URL": url, "MCP_SECRET": SECRETS[Source.MCP], "HTTP_TOKEN": TOKEN, "MCP_NAME": "scout"}
        paths = os.pathsep.join([str(ROOT), *(path for path in sys.path if path)])
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "HOME": str(ROOT), **given}
        run(agent, StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], env=environment))
    trade = desk.trade(made["trade_id"])
    assert (trade.state, trade.source, trade.source_by, trade.shares) == (TradeState.PROPOSED, Source.MCP, "scout", 100)


def test_it_reads_what_the_desk_holds_risks_and_did(desk: HttpDesk) -> None:
    async def agent(client: Client) -> None:
        for tool, given in (("read_risk", {}), ("read_trades", {"state": "open", "limit": 5}), ("read_signals", {})):
            ok, told = await said(client, tool, **given)
            assert ok, told
            assert "data" in json.loads(told)
        ok, told = await said(client, "read_trades", state="nonsense")
        assert not ok

    here(desk, agent)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"stop": 151.0}, "stop"),
        ({"target": 149.0}, "target"),
        ({"limit": 1502.5}, "limit"),
        ({"symbol": "APPL"}, "symbol"),
        ({"shares": 0}, "shares"),
        ({"shares": "100"}, "shares"),
        ({"shares": 0.5}, "shares"),
        ({"limit": "149.5"}, "limit"),
        ({"key": ""}, "key"),
        ({"reason": "x" * 201}, "reason"),
        ({"shares": 1, "dollars": 100.0}, "dollars"),
    ],
)
def test_bad_input_is_refused_by_its_name(desk: HttpDesk, given: dict[str, Any], field: str) -> None:
    async def agent(client: Client) -> None:
        ok, told = await said(client, "propose", **{"symbol": "AAPL", "key": "one"} | given)
        assert not ok
        assert field in told

    here(desk, agent)
    assert desk.harness.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_the_same_key_never_makes_two(desk: HttpDesk) -> None:
    async def agent(client: Client) -> None:
        answers = [await said(client, "propose", symbol="AAPL", key="one") for _ in range(2)]
        assert [json.loads(told)["data"]["repeated"] for _, told in answers] == [False, True]
        ok, told = await said(client, "propose", symbol="AAPL", key="one", shares=7)
        assert (ok, "key" in told) == (False, True)

    here(desk, agent)
    assert len(desk.harness.engine.queries.trades({TradeState.PROPOSED})) == 1


def test_with_another_secret_it_proposes_nothing(desk: HttpDesk) -> None:
    async def agent(client: Client) -> None:
        ok, told = await said(client, "propose", symbol="AAPL", key="one")
        assert (ok, "Not signed" in told) == (False, True)

    here(desk, agent, mcp_secret="a secret of somebody else's desk")
    assert desk.harness.engine.queries.trades({TradeState.PROPOSED}) == ()


def test_a_bot_that_does_not_run_is_told(desk: HttpDesk) -> None:
    async def agent(client: Client) -> None:
        ok, told = await said(client, "read_risk")
        assert (ok, "The bot can't be reached: ConnectError" in told) == (False, True)

    client = DeskClient(settings("http://127.0.0.1:1"))
    run(agent, server_of(client))
    client.close()
    del desk


def test_its_settings_name_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MCP_SECRET", raising=False)
    for given, name in (({}, "MCP_SECRET"), ({"mcp_secret": "x" * 20, "desk_url": "http://desk.example"}, "DESK_URL")):
        with pytest.raises(SettingsInvalid, match=name):
            AgentSettings.read(**given)


TRIED = ("approve", "reject", "resize", "halt", "resume", "flatten", "close", "set_setting", "execute", "sell", "auto")


def test_an_agent_that_tries_everything_can_only_propose(desk: HttpDesk) -> None:
    random = Random(7)  # noqa: S311 repeatable, not secret
    words = [
        "AAPL",
        "MSFT",
        "TSLA",
        "U0ADMIN",
        "../approve",
        "*",
        "",
        "AAPL_20250819_234430",
        "{{close}}",
        "1e9",
        "\ud83d",
    ]
    values: list[Any] = [*words, 0, -1, 1, 100, 10**12, 0.5, 149.5, -3.5, None, True, [], {}, ["AAPL"], {"a": 1}]
    names = [
        "symbol",
        "key",
        "reason",
        "shares",
        "dollars",
        "limit",
        "stop",
        "target",
        "state",
        "by",
        "approve",
        "trade_id",
    ]
    before = desk.harness.engine.queries.desk(), desk.harness.broker.positions(), desk.harness.broker.orders()

    async def agent(client: Client) -> None:
        for verb in TRIED:
            ok, _ = await said(client, verb, trade_id="AAPL", symbol="AAPL", key="k")
            assert not ok
        for number in range(150):
            given = {name: random.choice(values) for name in random.sample(names, random.randint(0, 6))}
            given |= {"symbol": random.choice(words), "key": f"k{number}"} if number % 2 else {}
            try:
                await said(client, random.choice(TOOLS), **given)
            except (UnicodeError, ValueError):  # the client itself sends no such thing
                continue
        await said(client, "propose", symbol="AAPL", key="last")
        for lister in (client.list_resources, client.list_prompts):
            try:
                listed = await lister()
            except MCPError:
                continue
            assert not getattr(listed, "resources", None)
            assert not getattr(listed, "prompts", None)

    here(desk, agent)
    after = desk.harness.engine.queries.desk(), desk.harness.broker.positions(), desk.harness.broker.orders()
    assert after == before
    made = [trade for trade in desk.harness.engine.queries.trades() if trade.origin.is_manual]
    assert made
    assert {(trade.state, trade.source) for trade in made} == {(TradeState.PROPOSED, Source.MCP)}
