from dataclasses import replace
from decimal import Decimal
from threading import Event

import pytest

from bot.delivery.open_risk import OpenRiskWatch
from engine.errors import BrokerUnavailable
from engine.model.trade import TradeState
from engine.model.view import RiskLevel
from tests.support.outbox import AAPL, Outbox, running
from tests.support.waiting import until

ONE = RiskLevel(share=Decimal("0.0100"), ceiling=Decimal("0.02"))
TWO = RiskLevel(share=Decimal("0.0151"), ceiling=Decimal("0.02"))


class Account:
    """What the broker tells of open risk, where it does."""

    def __init__(self) -> None:
        self.risk = ONE
        self.is_away = False
        self.looks = 0

    def __call__(self) -> RiskLevel:
        self.looks += 1
        if self.is_away:
            raise BrokerUnavailable("away")
        return self.risk


@pytest.fixture(name="account")
def _account() -> Account:
    return Account()


def test_a_waiting_card_is_drawn_again_once_when_the_risk_of_the_desk_changes(outbox: Outbox, account: Account) -> None:
    outbox.propose()
    notices = outbox.notices(risk=account)
    with running(notices):
        until(lambda: len(outbox.slack.posted()) == 1)
        account.risk = TWO
        until(lambda: any("Open risk 1.51% →" in card["text"] for card in outbox.slack.updated()))
        drawn, looks = len(outbox.slack.updated()), account.looks
        until(lambda: account.looks > looks + 3)
        assert len(outbox.slack.updated()) == drawn


def test_a_card_that_tells_the_risk_of_now_already_is_left_alone(outbox: Outbox, account: Account) -> None:
    outbox.propose()
    account.risk = RiskLevel(share=AAPL.sizing.risk_before, ceiling=Decimal("0.02"))
    with running(outbox.notices(risk=account)):
        until(lambda: account.looks > 3)
    assert outbox.slack.updated() == []


def test_homes_follow_another_risk_once_and_none_that_nobody_can_see(outbox: Outbox, account: Account) -> None:
    outbox.propose()
    changes = list[RiskLevel]()
    with running(outbox.notices(risk=account, changed=lambda: changes.append(account.risk))):
        until(lambda: bool(outbox.slack.posted()) and account.looks > 3)
        changes.clear()
        account.risk = replace(ONE, share=ONE.share + Decimal("0.0000001"))
        looks = account.looks
        until(lambda: account.looks > looks + 3)
        assert changes == []
        account.risk = TWO
        until(lambda: any("Open risk 1.51% →" in card["text"] for card in outbox.slack.updated()))
        until(lambda: changes == [TWO])


def test_a_decided_card_is_never_drawn_again_for_the_risk_of_the_desk(outbox: Outbox, account: Account) -> None:
    outbox.propose()
    notices = outbox.notices(risk=account)
    with running(notices):
        until(lambda: account.looks > 1)
        outbox.reject()
        until(lambda: any("rejected" in card["text"] for card in outbox.slack.updated()))
        account.risk = TWO
    notices.drain()
    assert "1.51%" not in outbox.slack.updated()[-1]["text"]


def test_while_the_broker_is_away_cards_keep_what_was_true_last(outbox: Outbox, account: Account) -> None:
    outbox.propose()
    woken = Event()
    watch = OpenRiskWatch(store=outbox.store, read=account, changed=woken.set, every=0.01, gap=0.01)
    watch.start()
    try:
        assert woken.wait(5)
        account.is_away = True
        looks = account.looks
        until(lambda: account.looks > looks + 1)
        assert watch() == ONE
    finally:
        watch.stop()


def test_nobody_asks_the_broker_while_nothing_waits(outbox: Outbox, account: Account) -> None:
    watch = OpenRiskWatch(store=outbox.store, read=account, changed=lambda: None, every=0.01, gap=0.0)
    outbox.propose()
    watch.start()
    try:
        until(lambda: watch() == ONE)
        with outbox.store.writing() as transaction:
            transaction.move(replace(AAPL, decided_by="U0TRADER"), TradeState.REJECTED)
        until(lambda: watch() is None)
    finally:
        watch.stop()
    looks = account.looks
    assert looks > 0
