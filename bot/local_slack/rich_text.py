"""The block that Slack's own editor writes: sections, lists, quotes and code, each of styled runs."""

from typing import Final

from bot.local_slack.elements import ID
from bot.local_slack.shapes import by_type, flag, many, shape, string, whole, word

_STYLE: Final = {"style": shape({}, {"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag})}
_RUN: Final = by_type(
    {
        "text": shape({"text": string(3000)}, _STYLE),
        "link": shape({"url": string(3000)}, {**_STYLE, "text": string(3000), "unsafe": flag}),
        "user": shape({"user_id": ID}, _STYLE),
        "channel": shape({"channel_id": ID}, _STYLE),
        "usergroup": shape({"usergroup_id": ID}, _STYLE),
        "broadcast": shape({"range": word("here", "channel", "everyone")}, _STYLE),
        "emoji": shape({"name": string(100)}, {**_STYLE, "unicode": string(100), "skin_tone": whole(1, 6)}),
        "color": shape({"value": string(20)}, _STYLE),
        "date": shape(
            {"timestamp": whole(0, 9_999_999_999), "format": string(200)},
            {**_STYLE, "url": string(3000), "fallback": string(200)},
        ),
    }
)
_RUNS: Final = {"elements": many(_RUN, most=3000, least=0)}
_BORDER: Final = {"border": whole(0, 1)}
_SECTION: Final = shape(_RUNS)
_PART: Final = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_preformatted": shape(_RUNS, {**_BORDER, "language": string(50)}),
        "rich_text_quote": shape(_RUNS, _BORDER),
        "rich_text_list": shape(
            {"elements": many(by_type({"rich_text_section": _SECTION}), most=3000), "style": word("bullet", "ordered")},
            {**_BORDER, "indent": whole(0, 8), "offset": whole(0, 3000)},
        ),
    }
)
RICH_TEXT: Final = shape({"elements": many(_PART, most=3000)}, {"block_id": ID})
