import pytest

from bot.local_slack.errors import SlackRefused
from bot.local_slack.passes import ResponseUrls, Tickets, Triggers
from bot.local_slack.rules import Rules
from tests.bot.local_slack.workspaces import ANN, BEN, DESK, StillTime


@pytest.fixture
def rules() -> Rules:
    return Rules()


def test_a_trigger_works_once(rules: Rules, still: StillTime) -> None:
    triggers = Triggers(rules, still)
    trigger_id = triggers.issue(ANN)
    assert triggers.spend(trigger_id).user == ANN
    with pytest.raises(SlackRefused, match="exchanged_trigger_id"):
        triggers.spend(trigger_id)


def test_a_trigger_lives_three_seconds(rules: Rules, still: StillTime) -> None:
    triggers = Triggers(rules, still)
    early, late = triggers.issue(ANN), triggers.issue(ANN)
    still.advance(2.9)
    triggers.spend(early)
    still.advance(0.1)
    with pytest.raises(SlackRefused, match="expired_trigger_id"):
        triggers.spend(late)


def test_an_invented_trigger_is_invalid(rules: Rules, still: StillTime) -> None:
    with pytest.raises(SlackRefused, match="invalid_trigger_id"):
        Triggers(rules, still).spend("1.2.abc")


def test_a_response_url_works_five_times(rules: Rules, still: StillTime) -> None:
    urls = ResponseUrls(rules, still)
    token = urls.issue(DESK, BEN)
    for _ in range(5):
        assert urls.spend(token).user == BEN
    with pytest.raises(SlackRefused, match="used_url"):
        urls.spend(token)


def test_a_response_url_lives_half_an_hour(rules: Rules, still: StillTime) -> None:
    urls = ResponseUrls(rules, still)
    token = urls.issue(DESK, BEN)
    still.advance(1799)
    urls.spend(token)
    still.advance(1)
    with pytest.raises(SlackRefused, match="expired_url"):
        urls.spend(token)


def test_an_invented_response_url_is_invalid(rules: Rules, still: StillTime) -> None:
    with pytest.raises(SlackRefused, match="invalid_url"):
        ResponseUrls(rules, still).spend("abc")


def test_a_ticket_is_good_once_and_for_a_short_time(rules: Rules, still: StillTime) -> None:
    tickets = Tickets(rules, still)
    first, second = tickets.issue(), tickets.issue()
    assert tickets.spend(first)
    assert not tickets.spend(first)
    still.advance(30)
    assert not tickets.spend(second)
