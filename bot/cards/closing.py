"""The question of /close and its answer."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from bot.cards import ids
from bot.cards.details import trade_line
from bot.cards.exits import exits_of
from bot.cards.message import Message, alert, message, note, section, sections
from bot.cards.mrkdwn import escaped, fitted, symbol
from bot.cards.reasons import TO_CLOSE, reason_fields
from bot.cards.trade_thread import sale_waits
from bot.messages import Texts
from engine.model.sale import Sale
from engine.model.trade import Trade


def close_modal(trade: Trade, texts: Texts) -> View:
    """Ask whether to sell what a trade holds."""
    question = texts("ask-close", symbol=symbol(trade.symbol), shares=trade.held_shares, exits=exits_of(trade))
    return _modal(trade.id, (alert(question, "warning"), section(trade_line(trade, texts))), texts)


def close_all_modal(trades: Sequence[Trade], texts: Texts) -> View:
    """Ask whether to sell what every open trade holds."""
    lines = fitted([trade_line(trade, texts) for trade in trades], texts)
    return _modal(
        ids.ALL_TRADES, (alert(texts("ask-close-all", count=len(trades)), "warning"), *sections(lines)), texts
    )


def closing(sale: Sale, texts: Texts) -> Message:
    """Say that what a trade holds is being sold, and what that waits for: a broker that is away comes first."""
    trade = sale.trade
    asked = texts("closing-asked", symbol=symbol(trade.symbol), shares=trade.held_shares, exits=exits_of(trade))
    return note(asked, *_broker_away([sale], texts), *sale_waits(sale, texts))


def closing_all(sales: Sequence[Sale], texts: Texts) -> Message:
    """Say which trades are being sold, and whose sales the broker refuses.

    It may be none, for they went their own way meanwhile.
    """
    sent = [sale for sale in sales if not sale.refused]
    count = (texts("closing-all", count=len(sent)),) if sent or not sales else ()
    waiting = sale_waits(sent[0], texts) if sent and sent[0].opens_at else ()
    lines = [escaped(sale.trade.id) for sale in sent] + [_refused(sale, texts) for sale in sales if sale.refused]
    return message(*sections((*count, *_broker_away(sent, texts), *waiting, *fitted(lines, texts))))


def _broker_away(sales: Sequence[Sale], texts: Texts) -> tuple[str, ...]:
    """Return that a sale goes out once the broker is back, where one waits for that."""
    return (texts("sale-broker-away"),) if any(sale.is_broker_away for sale in sales) else ()


def _refused(sale: Sale, texts: Texts) -> str:
    return texts("refused-sale", symbol=symbol(sale.trade.symbol), reason=escaped(sale.refused, 200))


def adopted(trade: Trade, texts: Texts) -> Message:
    """Say that shares are a trade now, and which exits protect it."""
    facts = {"stop": texts.price(trade.stop), "target": texts.price(trade.target), "id": escaped(trade.id)}
    return note(texts("adopted-answer", symbol=symbol(trade.symbol), shares=trade.held_shares, **facts))


def _modal(about: str, blocks: Sequence[Block], texts: Texts) -> View:
    return View(
        type="modal",
        callback_id=ids.CLOSE_MODAL,
        private_metadata=about,
        title=PlainTextObject(text=texts("modal-close")),
        submit=PlainTextObject(text=texts("button-sell")),
        close=PlainTextObject(text=texts("modal-cancel")),
        blocks=[*blocks, *reason_fields(TO_CLOSE, texts)],
    )
