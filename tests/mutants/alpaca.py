# ruff: noqa: E501 (a line of the table is the line of the source, as it stands there)
"""What the adapters of Alpaca may say wrongly."""

from collections.abc import Iterator

from tests.mutants.mutant import Mutant

FOLDER = "engine/adapters/alpaca"
TESTS = "tests/engine/adapters/alpaca"
EXACTLY = f"{TESTS}/test_exact_requests.py"
BROKER = (EXACTLY, f"{TESTS}/test_broker.py")
LISTS = (EXACTLY, f"{TESTS}/test_order_lookup.py", f"{TESTS}/test_hand_moved.py")

CHANGES: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str, str], ...]], ...] = (
    (
        "broker.py",
        BROKER,
        (
            ("a cancel by our own id", "end_order(self._wire, order.broker_id,", "end_order(self._wire, order.client_order_id,"),
            ("a replacement by our own id", 'self._wire.patch(f"/orders/{order.broker_id}", body', 'self._wire.patch(f"/orders/{order.client_order_id}", body'),
            ("a look before a replacement by our own id", "now = self._finder.by_id(order.broker_id)", "now = self._finder.by_id(order.client_order_id)"),
            ("orders to the prices' address", 'AlpacaClient(access.trading, "v2", access)', 'AlpacaClient(access.data, "v2", access)'),
            ("another version of the API", 'AlpacaClient(access.trading, "v2", access)', 'AlpacaClient(access.trading, "v1", access)'),
            ("positions in place of the account", 'account_of(self._wire.read("/account"))', 'account_of(self._wire.read("/positions"))'),
            ("the account in place of positions", 'self._wire.read("/positions")', 'self._wire.read("/account")'),
            ("an asset without its symbol", 'f"/assets/{symbol}"', '"/assets"'),
            ("an order sent elsewhere", 'self._wire.post("/orders", body, last_look)', 'self._wire.post("/positions", body, last_look)'),
            ("a sale without a look whether it was sent", "if self._finder.by_client_id(client_order_id, urgent=True) is not None:", "if False:"),
        ),
    ),
    (
        "orders.py",
        BROKER,
        (
            ("an order without our id", '{"client_order_id": client_order_id, "symbol": symbol,', '{"symbol": symbol,'),
            ("a bracket for the day", '**priced,\n        "time_in_force": "gtc",', '**priced,\n        "time_in_force": "day",'),
            ("a bracket without its class", '"order_class": "bracket",', ""),
            ("a bracket of two", '"order_class": "bracket",', '"order_class": "oto",'),
            ("a bracket without a stop", '"order_class": "bracket",\n        "stop_loss": {"stop_price": _money(entry.stop)},', '"order_class": "bracket",'),
            ("an entry at the market in place of its limit", '{"type": "limit", "limit_price": _money(entry.limit)}', '{"type": "market"}'),
            ("an extended order for regular hours", '"extended_hours": True,', ""),
            ("an extended order until it is cancelled", '"time_in_force": "day",\n        "extended_hours"', '"time_in_force": "gtc",\n        "extended_hours"'),
            ("a lone stop for the day", '"stop_price": _money(stop),\n        "time_in_force": "gtc",', '"stop_price": _money(stop),\n        "time_in_force": "day",'),
            ("a stop and a target that do not end each other", '"order_class": "oco",', ""),
            ("a stop and a target for the day", '"time_in_force": "gtc",\n        "order_class": "oco",', '"time_in_force": "day",\n        "order_class": "oco",'),
            ("a sale that buys", '_order(client_order_id, symbol, Side.SELL, shares) | {"type": "market"', '_order(client_order_id, symbol, Side.BUY, shares) | {"type": "market"'),
            ("a purchase of a short that sells", '_order(client_order_id, symbol, Side.BUY, shares) | {"type": "market"', '_order(client_order_id, symbol, Side.SELL, shares) | {"type": "market"'),
            ("a stop's new price as a limit", '"stop_price" if order.role is OrderRole.STOP else "limit_price"', '"limit_price"'),
        ),
    ),
    (
        "order_lookup.py",
        LISTS,
        (
            ("an order without its legs", '{"nested": "true"}', "{}"),
            ("an order by our own id where Alpaca's is needed", 'broker_id = str(raw["id"])', 'broker_id = str(raw["client_order_id"])'),
            ("our id where a list is", '"/orders:by_client_order_id"', '"/orders"'),
            ("our id under another name", 'asked = {"client_order_id": client_order_id}', 'asked = {"order_id": client_order_id}'),
        ),
    ),
    (
        "closing.py",
        LISTS,
        (
            ("a protective order cancelled by our own id", "end_order(self._wire, best.broker_id,", "end_order(self._wire, best.client_order_id,"),
            ("a cancel of a position", 'wire.delete(f"/orders/{broker_id}",', 'wire.delete(f"/positions/{broker_id}",'),
            ("open orders that are closed", '{"status": "open"}', '{"status": "closed"}'),
            ("all orders without legs", 'asked | {"status": "all", "nested": "true"}', 'asked | {"status": "all"}'),
            ("all orders that are only the open ones", 'asked | {"status": "all", "nested": "true"}', 'asked | {"nested": "true"}'),
            ("orders of every symbol", '{"symbols": symbol} if symbol else {}', "{}"),
            ("the newest orders without legs", '_pages(wire, {"status": "all", "nested": "true"}, urgent=False)', '_pages(wire, {"status": "all"}, urgent=False)'),
            ("the newest of the open orders", '_pages(wire, {"status": "all", "nested": "true"}, urgent=False)', '_pages(wire, {"nested": "true"}, urgent=False)'),
            ("as many orders as Alpaca likes", 'asked = asked | {"limit": MOST_ORDERS}', "asked = dict(asked)"),
            ("the same page again", 'asked = asked | {"until": last.isoformat()}', "asked = dict(asked)"),
            ("everything sold while orders hold it", 'wire.delete("/positions", {"cancel_orders": "true"}, last_look)', 'wire.delete("/positions", last_look=last_look)'),
            ("positions in place of orders", 'wire.delete("/orders", last_look=last_look) if', 'wire.delete("/positions", last_look=last_look) if'),
            ("shares that are held, not those that are free", 'int(Decimal(raw["qty_available"]))', 'int(Decimal(raw["qty"]))'),
        ),
    ),
    (
        "market.py",
        (EXACTLY, f"{TESTS}/test_market.py"),
        (
            ("prices of Alpaca's own choice of feed", '"feed": self._feed, ', ""),
            ("prices of another feed", '"feed": self._feed, ', '"feed": "sip", '),
            ("prices of the other feed", '"feed": self._feed, ', '"feed": "iex", '),
            ("bars that splits are left in", '"adjustment": "split"', '"adjustment": "raw"'),
            ("bars adjusted for dividends too", '"adjustment": "split"', '"adjustment": "all"'),
            ("bars without an adjustment", '"adjustment": "split",', ""),
            ("bars of another length", 'f"{self._slots.bar_seconds // 60}Min"', '"1Min"'),
            ("bars from the beginning of the day", '"start": first, ', ""),
            ("bars up to now", '"end": last, ', ""),
            ("short pages of bars", ', "limit": PAGE}', "}"),
            ("the first page of bars for ever", 'page = {"page_token": answer["next_page_token"]}', "page = {}"),
            ("snapshots in place of bars", '"/stocks/bars"', '"/stocks/snapshots"'),
            ("bars in place of snapshots", '"/stocks/snapshots"', '"/stocks/bars"'),
            ("symbols under another name", '{"symbols": ",".join(asked)', '{"symbol": ",".join(asked)'),
            ("prices from the orders' address", "AlpacaClient(access.data", "AlpacaClient(access.trading"),
        ),
    ),
    (
        "daily_bars.py",
        (EXACTLY, f"{TESTS}/test_market.py"),
        (
            ("days of another length", 'timeframe="1Day"', 'timeframe="1Hour"'),
            ("days since ever", '"start": min(days).isoformat(), ', ""),
            ("days up to now", ', "end": (max(days) + timedelta(days=1)).isoformat()', ""),
            ("days without the last", "(max(days) + timedelta(days=1)).isoformat()", "max(days).isoformat()"),
        ),
    ),
    (
        "news.py",
        (EXACTLY, f"{TESTS}/test_news.py"),
        (
            ("news of everything", '"symbols": ",".join(symbols),', ""),
            ("news since ever", '"start": since.isoformat(),', ""),
            ("news without an end", '"end": until.isoformat(),', ""),
            ("short pages of news", '"limit": PAGE,', ""),
            ("the oldest news first", '"sort": "desc"', '"sort": "asc"'),
            ("the first page of news for ever", 'params["page_token"] = answer["next_page_token"]', "pass"),
            ("news from the orders' address", "AlpacaClient(access.data", "AlpacaClient(access.trading"),
            ("another version of the API of news", '"v1beta1"', '"v2"'),
        ),
    ),
    (
        "calendar.py",
        (f"{TESTS}/test_calendar.py",),
        (
            ("a calendar from the beginning", '"start": first.isoformat(), "end"', '"end"'),
            ("a calendar to the end", '"start": first.isoformat(), "end": last.isoformat()', '"start": first.isoformat()'),
            ("the clock in place of the calendar", 'self._wire.read("/calendar"', 'self._wire.read("/clock"'),
            ("a calendar from the prices' address", "AlpacaClient(access.trading", "AlpacaClient(access.data"),
        ),
    ),
    (
        "activities.py",
        (EXACTLY, f"{TESTS}/test_activities.py"),
        (
            ("activities since ever", '{"after": f"{after:%Y-%m-%dT%H:%M:%SZ}", "direction"', '{"direction"'),
            ("the newest activities first", '"direction": "asc"', '"direction": "desc"'),
            ("short pages of activities", ', "page_size": PAGE}', "}"),
            ("the first page of activities for ever", 'params = params | {"page_token": _last_id(page)}', "params = dict(params)"),
            ("activities of another account", '"/account/activities"', '"/activities"'),
        ),
    ),
    (
        "corporate_actions.py",
        (EXACTLY, f"{TESTS}/test_corporate_actions.py"),
        (
            ("corporate actions of everybody", '"symbols": ",".join(symbols),', ""),
            ("corporate actions of every type", '"types": ",".join(READERS),', ""),
            ("corporate actions from today", '"start": (first - AROUND).isoformat(),', ""),
            ("corporate actions until today", '"end": (last + AROUND).isoformat(),', ""),
            ("short pages of corporate actions", '"limit": PAGE,', ""),
            ("the first page of corporate actions for ever", 'params = params | {"page_token": answer["next_page_token"]}', "params = dict(params)"),
            ("corporate actions from the orders' address", "AlpacaClient(access.data", "AlpacaClient(access.trading"),
        ),
    ),
    (
        "stream.py",
        (f"{TESTS}/test_stream.py",),
        (
            ("another stream", '{"streams": ["trade_updates"]}', '{"streams": ["account_updates"]}'),
            ("no stream", 'socket.send(json.dumps({"action": "listen"', 'str(json.dumps({"action": "listen"'),
            ("keys that are swapped", '{"key_id": self._access.key, "secret_key": self._access.secret}', '{"key_id": self._access.secret, "secret_key": self._access.key}'),
        ),
    ),
    (
        "status_stream.py",
        (f"{TESTS}/test_status_stream.py",),
        (
            ("no statuses", '"statuses": ["*"]', '"statuses": []'),
            ("price bands of nobody", '"lulds": sorted(names)', '"lulds": []'),
            ("halts of one tape", 'frozenset({"2", "H", "P"})', 'frozenset({"H", "P"})'),
            ("quotes that end a halt", 'frozenset({"3", "T"})', 'frozenset({"3", "T", "Q"})'),
            ("late words that undo newer ones", "known.at <= status.at", "known is not None"),
        ),
    ),
)  # fmt: skip
"""By file: the tests that must notice, and what is said wrongly (name, text, what stands there instead)."""


def mutants() -> Iterator[Mutant]:
    """Yield one mutant for each change."""
    for file, tests, changes in CHANGES:
        for name, text, instead in changes:
            yield Mutant(name=name, file=f"{FOLDER}/{file}", text=text, instead=instead, tests=tests)
