"""What the tests of the page share: people, a manifest, and messages that use every block."""

from typing import Any, Final

from bot.local_slack.seed import Channel, User
from tests.bot.local_slack.workspaces import actions, asked, button, option, plain, section, written

DESK: Final = "C0DESK"
ANN: Final = "U0ANN"
BEN: Final = "U0BEN"
SIMULATED: Final = "Simulated prices, no real money"
MORE: Final = "The prices were recorded, and a paper broker fills the orders."
CLOCK: Final = "19 Aug 2025, 23:45 KST"
USERS: Final = (
    User(id=ANN, name="ann", real_name="Ann Lee", role="admin", colour="#7a3ea8"),
    User(id=BEN, name="ben", real_name="Ben Kim", role="trader", colour="#2465a8"),
)
CHANNELS: Final = (Channel(id=DESK, name="desk", topic="Proposals and fills"), Channel(id="C0OPS", name="ops"))
MANIFEST: Final[dict[str, Any]] = {
    "features": {
        "bot_user": {"display_name": "trading-bot"},
        "slash_commands": [
            {"command": "/halt", "description": "Stop new trades now", "usage_hint": "[reason]"},
            {"command": "/help", "description": "What the bot can do"},
            {"command": "/portfolio", "description": "Positions and risk"},
        ],
        "shortcuts": [
            {"name": "Halt trading", "type": "global", "callback_id": "halt", "description": "Stop"},
            {"name": "Explain this", "type": "message", "callback_id": "explain", "description": "The sums"},
        ],
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
}
CONFIRM: Final = {
    "title": plain("Approve 512 AAPL?"),
    "text": plain("Buys 512 shares."),
    "confirm": plain("Yes, approve"),
    "deny": plain("Not now"),
}
# 2025-08-19 23:45:15 in Seoul.
INSTANT: Final = 1_755_614_715

_MARKS: Final = (
    "*bold* _italic_ ~struck~ `code` <https://example.com|a link> <@U0BEN> :rocket: :no_such: 3*4*5 a_b_c\n"
    f"> quoted\n```fenced```\n<!date^{INSTANT}^{{date_num}} {{time_secs}}|some day>"
)


def _cell(value: str | float) -> dict[str, Any]:
    if isinstance(value, str):
        return {"type": "raw_text", "text": value}
    return {"type": "raw_number", "value": value, "text": f"${value:,.2f}"}


def data_table() -> dict[str, Any]:
    """Return a table of three symbols, in the order of neither column."""
    rows: list[list[str | float]] = [["Symbol", "Value"], ["MSFT", 900.0], ["AAPL", 1_200.0], ["FB", -30.5]]
    cells = [[_cell(value) for value in row] for row in rows]
    return {"type": "data_table", "block_id": "held", "caption": "Positions", "rows": cells}


def chart(kind: str, *rows: tuple[str, list[float]]) -> dict[str, Any]:
    """Return a chart of named figures over hours, or a pie of the first row's."""
    hours = [f"{9 + hour}:30" for hour in range(len(rows[0][1]))]
    if kind == "pie":
        segments = [{"label": hour, "value": value} for hour, value in zip(hours, rows[0][1], strict=True)]
        return {"type": "data_visualization", "title": "A pie", "chart": {"type": kind, "segments": segments}}
    series = [
        {"name": name, "data": [{"label": h, "value": v} for h, v in zip(hours, values, strict=True)]}
        for name, values in rows
    ]
    drawn = {"type": kind, "series": series, "axis_config": {"categories": hours, "y_label": "Dollars"}}
    return {"type": "data_visualization", "title": f"A chart: {kind}", "chart": drawn}


def _rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def every_block() -> list[dict[str, Any]]:
    """Return one block of every kind that a message may have, and one element of every kind."""
    choices = [option("aapl"), option("msft")]
    return [
        {"type": "header", "text": plain("Every block :bell:")},
        {**section(_MARKS), "accessory": {"type": "overflow", "action_id": "more", "options": choices}},
        {
            "type": "section",
            "fields": [plain("Entry 150.25"), plain("Stop 147.99")],
            "accessory": {
                "type": "multi_static_select",
                "action_id": "many",
                "placeholder": plain("Pick many"),
                "options": choices,
            },
        },
        {"type": "divider"},
        section("Reasons. " * 200),
        {"type": "context", "elements": [plain("Expires soon")]},
        actions(
            button("press", style="primary"),
            {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick one"), "options": choices},
            {"type": "users_select", "action_id": "who", "placeholder": plain("Pick a person")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2025-08-19"},
            {"type": "radio_buttons", "action_id": "side", "options": choices},
            {"type": "checkboxes", "action_id": "also", "options": choices},
        ),
        {
            "type": "rich_text",
            "elements": [
                _rich({"type": "text", "text": "rich", "style": {"bold": True}}, {"type": "user", "user_id": BEN}),
                {"type": "rich_text_list", "style": "bullet", "elements": [_rich({"type": "text", "text": "item"})]},
            ],
        },
        {"type": "markdown", "text": "# Heading\n\n- **strong**\n\n| a | b |\n|---|--:|\n| c | 1 |"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "cell"}]]},
        {
            "type": "container",
            "title": plain("Folded"),
            "is_collapsible": True,
            "default_collapsed": True,
            "child_blocks": [section("What is folded"), actions(button("inner"), block_id="inner")],
        },
        {"type": "container", "title": plain("Framed"), "has_header_divider": True, "child_blocks": [section("Seen")]},
        data_table(),
        chart("line", ("Equity", [1.0, 2.5, 2.0])),
        chart("bar", ("Won", [3.0, 0.0, 1.0]), ("Lost", [-1.0, -2.0, 0.0])),
        asked(written("words", placeholder=plain("Say it")), "note", dispatch_action=True, hint=plain("A hint")),
    ]


def resize_modal() -> dict[str, Any]:
    """Return a modal that asks for a number, a choice and a reason."""
    return {
        "type": "modal",
        "callback_id": "resize",
        "title": plain("Resize AAPL"),
        "submit": plain("Resize"),
        "close": plain("Cancel"),
        "blocks": [
            asked(
                {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "initial_value": "512"},
                "shares",
                label=plain("Shares"),
            ),
            asked(
                {"type": "static_select", "action_id": "t", "options": [option("market"), option("limit")]},
                "kind",
                label=plain("Order type"),
            ),
            asked(written("r", multiline=True), "reason", label=plain("Reason"), optional=True),
        ],
    }
