"""What the desk's decisions came to, beside what it decided against."""

from bot.cards.message import Message, context, header, message, section
from bot.cards.mrkdwn import day_and_time
from bot.messages import Texts
from engine.model.evaluation import FEWEST_TRADES
from engine.model.people_report import PeopleReport, Sum


def people(told: PeopleReport, texts: Texts) -> Message:
    """Show what saying no added or cost, what was taken, and what was not, by why."""
    left = told.left
    if not told.says_something:
        verdict = texts("people-too-few", trades=left.trades, fewest=FEWEST_TRADES)
    else:
        verdict = texts(
            "people-verdict", side="added" if told.added >= 0 else "cost", dollars=texts.dollars(abs(told.added))
        )
    lines = [
        texts("people-taken", **_facts(told.taken, texts)),
        texts("people-left", **_facts(left, texts)),
        *(
            texts("people-cause", cause=cause.value, **_facts(each, texts))
            for cause, each in told.not_taken.items()
            if each.trades
        ),
    ]
    small = [texts("people-simulated", open=told.open, void=told.void)]
    if told.since:
        small.append(texts("people-since", at=day_and_time(told.since, texts)))
    return message(header(texts("people-title")), section(verdict), section("\n".join(lines)), context(" ".join(small)))


def _facts(each: Sum, texts: Texts) -> dict[str, str | int]:
    return {
        "trades": each.trades,
        "result": texts.gain(each.dollars),
        "multiple": f"{texts.number(each.multiples, signed=True)}R",
    }
