"""How the desk stands, in lines; the home, the window and the answer of /desk are made of them."""

from collections.abc import Sequence
from decimal import Decimal

from bot.cards.details import awaiting_text, foreign_text, held_line
from bot.cards.exits import closing_line, target_price
from bot.cards.mrkdwn import (
    NO_FACT,
    actor,
    approver,
    day_and_time,
    escaped,
    fitted,
    halt_text,
    meter,
    overnight_line,
    symbol,
    why,
)
from bot.messages import Texts
from engine.model.performance import Performance
from engine.model.reason import Reason
from engine.model.status import Status
from engine.model.trade import Trade, TradeState
from engine.model.view import PositionLine

STEPS = "▁▂▃▄▅▆▇█"
CURVE_CELLS = 24


def state_title(status: Status, texts: Texts) -> str:
    """Return whether the desk trades, and whether it asks before it does."""
    return texts("home-title", state=status.desk.state.value, mode="on" if status.desk.auto else "off")


def state_lines(status: Status, texts: Texts) -> tuple[str, ...]:
    """Return whether nobody runs the timetable, who set the desk so and why, and the exchange's hours."""
    desk, hours, leaderless = status.desk, status.hours, status.leaderless_since
    turn = texts("home-hours", session=hours.session.value, then=hours.then.value, time=day_and_time(hours.at, texts))
    alarm = (texts("home-nobody-leads", since=day_and_time(leaderless, texts)),) if leaderless else ()
    if desk.since is None:
        return (*alarm, turn)
    reason = why(Reason.read(desk.reason), texts) if desk.reason else NO_FACT
    return (*alarm, texts("home-set", by=actor(desk.by), time=day_and_time(desk.since, texts), why=reason), turn)


def money_lines(status: Status, texts: Texts) -> tuple[str, ...]:
    """Return equity with the day's result, and open risk under its ceiling; one warning where nobody tells."""
    if status.portfolio is None:
        return (texts("home-no-broker"),)
    view, today = status.portfolio, status.today
    lines = [_equity(view.account.equity, today.equity_before, texts)]
    if today.trades:
        lines.append(texts("home-ended", trades=today.trades, wins=today.wins, result=texts.gain(today.result)))
    lines.append(texts("home-risk", risk=texts.part(view.open_risk), ceiling=texts.part(view.ceiling)))
    return (*lines, *night_lines(status, texts))


def money_pairs(status: Status, texts: Texts) -> tuple[tuple[str, str], ...]:
    """Return what the account comes to by name: equity, the day's result, what was closed, and open risk."""
    if status.portfolio is None:
        return ()
    view, today = status.portfolio, status.today
    equity, before = view.account.equity, today.equity_before
    told = [(texts("pair", name="equity"), texts.dollars(equity))]
    if before is not None and before > 0:
        told.append(
            (texts("pair", name="today"), f"{texts.gain(equity - before)} ({texts.change(equity / before - 1)})")
        )
    if today.trades:
        closed = texts("pair-closed", trades=today.trades, wins=today.wins, result=texts.gain(today.result))
        told.append((texts("pair", name="closed"), closed))
    risk = texts("pair-risk", risk=texts.part(view.open_risk), ceiling=texts.part(view.ceiling))
    return (*told, (texts("pair", name="risk"), risk))


def night_lines(status: Status, texts: Texts) -> tuple[str, ...]:
    """Return open risk as a bar, and what a night may cost; one warning where nobody tells."""
    if status.portfolio is None:
        return (texts("home-no-broker"),)
    view = status.portfolio
    return meter(view.open_risk, view.open_risk, view.ceiling), overnight_line(view.overnight, texts)


def curve_line(today: Performance, texts: Texts) -> str:
    """Return the day's equity as a small curve with its bounds in words; nothing while it has not moved."""
    if not today.has_curve:
        return ""
    figures = [point.equity for point in today.curve]
    low, high = min(figures), max(figures)
    return texts("home-curve", curve=sparkline(figures), low=texts.dollars(low), high=texts.dollars(high))


def sparkline(figures: Sequence[Decimal]) -> str:
    """Draw figures as a row of bars, the lowest as low and the highest as high as a bar can be."""
    if len(figures) > CURVE_CELLS:
        last = len(figures) - 1
        figures = [figures[round(cell * last / (CURVE_CELLS - 1))] for cell in range(CURVE_CELLS)]
    low, span = min(figures), max(figures) - min(figures)
    top = len(STEPS) - 1
    return "".join(STEPS[round((figure - low) / span * top) if span else top // 2] for figure in figures)


def position_text(line: PositionLine, texts: Texts) -> str:
    """Return what is held of a symbol, whether it is halted, and how far its price is from stop and target."""
    held, trade = held_line(line, texts), line.trade
    if line.halt:
        held = f"{held}\n{texts('inspect-halted', halt=halt_text(line.halt, texts))}"
    if trade is None:
        return f"{held}\n{foreign_text(line, texts)}"
    if trade.state is TradeState.CLOSING:
        return f"{held}\n{closing_line(trade, texts)}"
    if line.awaits:
        return f"{held}\n{awaiting_text(trade, line.risk, texts)}"
    if not trade.held_shares or line.price <= 0:
        return held
    exits = texts(
        "home-exits",
        stop=texts.price(trade.stop),
        stop_away=texts.change(trade.stop / line.price - 1),
        target=target_price(trade, texts),
        target_away=texts.change(trade.target / line.price - 1),
    )
    return f"{held}\n{exits}"


def service_line(status: Status, texts: Texts) -> str:
    """Return how each outside system is, in one line."""
    return " · ".join(
        texts(
            "home-service",
            service=escaped(health.service),
            since=NO_FACT if health.lost_since is None else day_and_time(health.lost_since, texts),
        )
        for health in status.services
    )


def decision_text(trade: Trade, texts: Texts) -> str:
    """Return a decision in one line: what about, by whom, when."""
    return texts(
        "home-decision",
        symbol=symbol(trade.symbol),
        shares=trade.shares,
        price=texts.price(trade.entry),
        decided=texts(
            "decided",
            state=trade.state.value,
            **approver(trade.decided_by),
            time=day_and_time(trade.decided_at or trade.expires_at, texts),
        ),
    )


def waiting_line(status: Status, texts: Texts) -> str:
    """Return how many proposals wait for a decision, and which."""
    names = fitted([escaped(trade.id) for trade in status.pending], texts, 300)
    return texts("home-waiting", count=len(status.pending), names=", ".join(names) or NO_FACT)


def _equity(equity: Decimal, before: Decimal | None, texts: Texts) -> str:
    if before is None or before <= 0:
        return texts("home-equity", equity=texts.dollars(equity), result=NO_FACT, part=NO_FACT)
    return texts(
        "home-equity",
        equity=texts.dollars(equity),
        result=texts.gain(equity - before),
        part=texts.change(equity / before - 1),
    )
