"""One click that Slack delivers many times, early, late and at once, through the real Bolt App."""

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot.cards import ids
from bot.local_slack.launch import ADMIN, CHANNEL, TRADER


def click(user: str, value: str, trigger: str) -> dict[str, Any]:
    """Return the body of a click on Approve; the button carries `value`, and repeated deliveries share a `trigger`."""
    return {
        "type": "block_actions",
        "team": {"id": "T0LOCAL"},
        "user": {"id": user},
        "api_app_id": "A0LOCALBOT",
        "channel": {"id": CHANNEL.id},
        **({"trigger_id": trigger} if trigger else {}),
        "actions": [{"type": "button", "action_id": ids.APPROVE, "block_id": ids.DECISION_BLOCK, "value": value}],
    }


def deliver(app: App, values: Sequence[str], times: int, seed: int) -> Counter[int]:
    """Deliver a click on each button so many times, by two people, in any order and at once; count the answers.

    Half of them are one click that Slack repeats, the others are clicks of their own.
    """
    dice = random.Random(seed)  # noqa: S311 (a seed is the point of it)
    bodies = [
        click(user := dice.choice((TRADER.id, ADMIN.id)), value, dice.choice((f"{user} {value}", "")))
        for value in values
        for _ in range(times)
    ]
    dice.shuffle(bodies)
    with ThreadPoolExecutor(10) as crowd:
        answers = crowd.map(lambda body: app.dispatch(BoltRequest(mode="socket_mode", body=body)).status, bodies)
        return Counter(answers)
