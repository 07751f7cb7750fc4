# ruff: noqa: E501 (a line of the table is the line of the source, as it stands there)
"""What the adapters of Redis and Claude, and what posts to Slack, may say wrongly."""

from collections.abc import Iterator

from tests.mutants.mutant import Mutant

REDIS = "engine/adapters/redis"
STREAM = (
    "tests/contracts/test_stream.py",
    "tests/contracts/test_stream_poison.py",
    "tests/engine/adapters/redis/test_redis.py",
)
BREAKER = ("tests/contracts/test_breaker.py",)
PRICES = ("tests/contracts/test_price_cache.py", "tests/engine/adapters/redis/test_redis.py")
POSTING = (
    "tests/bot/delivery/test_slack_poster.py",
    "tests/bot/delivery/test_delivery.py",
    "tests/bot/delivery/test_notices.py",
    "tests/bot/delivery/test_trade_cards.py",
)
CLAUDE = (
    "tests/engine/adapters/claude/test_traps.py",
    "tests/engine/adapters/claude/test_scorer.py",
    "tests/engine/adapters/claude/test_spending_limit.py",
    "tests/engine/adapters/claude/test_deadline.py",
)

CHANGES: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str, str], ...]], ...] = (
    (
        f"{REDIS}/stream.py",
        STREAM,
        (
            ("an entry without its trade", '"trade_id": trade.id,', ""),
            ("an entry with the symbol for its trade", '"trade_id": trade.id,', '"trade_id": trade.symbol,'),
            ("a stream without an end", "fields, maxlen=STREAM_LENGTH, approximate=True", "fields"),
            ("a group that begins with what comes next", 'id="0", mkstream=True', 'id="$", mkstream=True'),
            ("a group without a stream", 'id="0", mkstream=True', 'id="0"'),
            ("what is new is not read", 'entries |= self._group(">")', "pass"),
            ("what was left is not read", 'entries |= self._group("0")', "pass"),
            ("what others left is not taken over", "entries |= self._abandoned()", "pass"),
            ("what others are at is taken over", "self._consumer, self._min_idle_ms, cursor)", "self._consumer, 0, cursor)"),
            ("another group's entry is acknowledged", "self._client.xack(SIGNAL_STREAM, GROUP, *entry_ids)", 'self._client.xack(SIGNAL_STREAM, "other", *entry_ids)'),
            ("what is set aside comes again", "pipeline.xack(SIGNAL_STREAM, GROUP, *entry_ids)", "pass"),
            ("what is set aside is not kept", "pipeline.xadd(ASIDE, _numbered(entry_id, fields), maxlen=ASIDE_LENGTH, approximate=True)", "pass"),
            ("what is set aside grows without an end", "_numbered(entry_id, fields), maxlen=ASIDE_LENGTH, approximate=True)", "_numbered(entry_id, fields))"),
        ),
    ),
    (
        f"{REDIS}/breaker.py",
        BREAKER,
        (
            ("two probes at once", '"1", nx=True, px=PROBE_FOR', '"1", px=PROBE_FOR'),
            ("a probe for ever", '"1", nx=True, px=PROBE_FOR', '"1", nx=True'),
            ("a breaker open for ever", '"1", px=self._open_for', '"1"'),
            ("failures that are never forgotten", "pipeline.expire(self._failures, FORGOTTEN)", "pipeline.persist(self._failures)"),
            ("an answer that leaves the failures", "self._client.delete(self._failures, self._open, self._probe)", "self._client.delete(self._open, self._probe)"),
            ("a probe that failed and still stands", "self._client.delete(self._probe)", "pass"),
            ("one breaker for all services", 'f"breaker:{service}:{part}"', 'f"breaker:{part}"'),
        ),
    ),
    (
        f"{REDIS}/prices.py",
        PRICES,
        (
            ("prices that are kept for ever", "redis.call('EXPIRE', instant, ARGV[1])", ""),
            ("prices without an instant of their own", "redis.call('HSET', instant, unpack(fields, 1, shown))", "redis.call('HSET', instant, 'other', 1)"),
            ("the latest price without its instant", "        snapshot.at.isoformat(),\n", '        "",\n'),
            ("bid and ask swapped", "        str(snapshot.bid),\n        str(snapshot.ask),\n", "        str(snapshot.ask),\n        str(snapshot.bid),\n"),
            ("prices stamped in another zone", "datetime.fromtimestamp(seconds, self._zone)", "datetime.fromtimestamp(seconds, ZoneInfo('Asia/Kathmandu'))"),
        ),
    ),
    (
        f"{REDIS}/memory.py",
        ("tests/engine/adapters/test_desk_memory.py",),
        (("a memory under another key", "pipe.set(self.KEY,", 'pipe.set("desk:other",'),),
    ),
    (
        "bot/transport/slack_calls.py",
        POSTING,
        (

        ),
    ),
    (
        "bot/delivery/slack_poster.py",
        POSTING,
        (
            ("a post that cannot be found again", 'marked = {"metadata": {"event_type": "notice", "event_payload": {"key": key}}} if key else {}', "marked = dict[str, Any]()"),
            ("a search that shows no metadata", ", include_all_metadata=True, **more", ", **more"),
            ("the first page of a search for ever", 'more = {"cursor": cursor} if cursor else {}', "more = dict[str, Any]()"),
            ("a search since ever", "partial(self._client.conversations_history, oldest=oldest)", "partial(self._client.conversations_history)"),
            ("a search of a thread since ever", "ts=thread_ts, oldest=oldest", "ts=thread_ts"),
            ("a search that leaves threads out", "if thread_ts:\n            looks", "if False:\n            looks"),
            ("short pages of a search", "channel=self._channel, limit=PAGE, include", "channel=self._channel, include"),
            ("a message of a thread in the channel", 'thread = {"thread_ts": thread_ts, "reply_broadcast": broadcast} if thread_ts else {}', "thread = dict[str, Any]()"),
            ("a message of a thread that the channel does not see", '"thread_ts": thread_ts, "reply_broadcast": broadcast}', '"thread_ts": thread_ts}'),
            ("another message redrawn", "channel=posted.channel, ts=posted.ts, **attempt", 'channel=posted.channel, ts="1.000001", **attempt'),
            ("a message posted again in place of redrawn", "call(self._client.chat_update,", "call(self._client.chat_postMessage,"),
            ("a redrawn message that keeps its blocks", '"text": payload["text"][:PLAIN_TEXT_LIMIT], "blocks": []}', '"text": payload["text"][:PLAIN_TEXT_LIMIT]}'),
            ("a post to nowhere", "call(self._client.chat_postMessage, channel=self._channel, **attempt, **marked)", 'call(self._client.chat_postMessage, channel="C0OTHER", **attempt, **marked)'),
        ),
    ),
    (
        "bot/delivery/home_publisher.py",
        ("tests/bot/delivery/test_home_publisher.py",),
        (("another person's home", "user_id=user, view=view", 'user_id="U0OTHER", view=view'),),
    ),
    (
        "bot/user_groups.py",
        ("tests/bot/test_user_groups.py",),
        (("another group's people", "usergroup=group", 'usergroup="S0OTHER"'),),
    ),
    (
        "bot/delivery/admin_alerts.py",
        ("tests/bot/delivery/test_admin_alerts.py",),
        (("an alarm to somebody else", "channel=admin, **message.payload()", 'channel="U0OTHER", **message.payload()'),),
    ),
    (
        "bot/delivery/unfinished_requests.py",
        ("tests/bot/delivery/test_unfinished_requests.py",),
        (("what was not finished, told to somebody else", "channel=person, **message.payload()", 'channel="U0OTHER", **message.payload()'),),
    ),
    (
        "bot/delivery/heartbeat.py",
        ("tests/bot/delivery/test_heartbeat.py",),
        (("a look at another channel", "call(look, channel=self._channel)", 'call(look, channel="C0OTHER")'),),
    ),
    (
        "engine/adapters/claude/api.py",
        CLAUDE,
        (
            ("another model", "model=self._model,\n            max_tokens", 'model="claude-other",\n            max_tokens'),
            ("a short answer", "max_tokens=self._task.most_output", "max_tokens=16"),
            ("no instructions", 'system=[{"type": "text", "text": self._task.instructions, "cache_control": {"type": "ephemeral"}}],', ""),
            ("instructions that are not cached", ', "cache_control": {"type": "ephemeral"}', ""),
            ("any form of answer", 'output_config={"format": {"type": "json_schema", "schema": self._task.schema}},', ""),
            ("the SDK's own second tries", "max_retries=0", "max_retries=2"),
            ("another key", "api_key=api_key, base_url", 'api_key="other", base_url'),
            ("no request", '"content": request}', '"content": "hello"}'),
        ),
    ),
)  # fmt: skip
"""By file: the tests that must notice, and what is said wrongly (name, text, what stands there instead)."""


def mutants() -> Iterator[Mutant]:
    """Yield one mutant for each change."""
    for file, tests, changes in CHANGES:
        for name, text, instead in changes:
            yield Mutant(name=name, file=file, text=text, instead=instead, tests=tests)
