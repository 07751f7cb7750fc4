"""Ninety commands as people mistype them: each answer names the mistake, and gives an example that works."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.app import COMMANDS
from tests.support.answers import answered
from tests.support.engine_harness import EngineHarness
from tests.support.slack_harness import SlackHarness, embedded

Stage = SlackHarness[EngineHarness]

WRONG = [
    # what was typed, and what of it is the mistake, as the answer quotes it; '' where something is missing
    ("/pnl yestreday", "yestreday"),
    ("/pnl todya", "todya"),
    ("/pnl weke", "weke"),
    ("/pnl AAPL yestreday", "AAPL yestreday"),
    ("/pnl ZZQX", "ZZQX"),
    ("/pnl last wek", "last wek"),
    ("/pnl 2025-02-30", "2025-02-30"),
    ("/pnl 2025-13", "2025-13"),
    ("/pnl 2031", "2031"),
    ("/pnl 2025-08-19..2025-08-01", "2025-08-19..2025-08-01"),
    ("/pnl Feb 30", "feb 30"),
    ("/pnl 99999999d", "99999999d"),
    ("/pnl AAPL MSFT", "AAPL MSFT"),
    ("/pnl ???x", "???x"),
    ("/pnl 어제께", "어제께"),
    ("/pnl 지난즈", "지난즈"),
    ("/pnl 5%", "5%"),
    ("/trades opne", "opne"),
    ("/trades peding", "peding"),
    ("/trades yesterday", "yesterday"),
    ("/trades open closed", "open closed"),
    ("/trades AAPL", "AAPL"),
    ("/trades 대기", "대기"),
    ("/report premarkt", "premarkt"),
    ("/report tomorrow", "tomorrow"),
    ("/report day week", "day week"),
    ("/report 일일", "일일"),
    ("/auto yes", "yes"),
    ("/auto no", "no"),
    ("/auto onn", "onn"),
    ("/auto on now", "on now"),
    ("/auto 켜기", "켜기"),
    ("/inspect", ""),
    ("/inspect APPL", "APPL"),
    ("/inspect AAPL MSFT", "AAPL MSFT"),
    ("/inspect AAPL_1999", "AAPL_1999"),
    ("/inspect apple inc", "apple inc"),
    ("/inspect 애플", "애플"),
    ("/signals ZZQX", "ZZQX"),
    ("/signals AAPL MSFT", "AAPL MSFT"),
    ("/signals appl", "appl"),
    ("/news ZZQX", "ZZQX"),
    ("/news AAPL today", "AAPL today"),
    ("/news 애플", "애플"),
    ("/risk AAPL", "AAPL"),
    ("/risk now", "now"),
    ("/positions AAPL", "AAPL"),
    ("/positions open", "open"),
    ("/desk status", "status"),
    ("/desk hlep", "hlep"),
    ("/approve ZZQX", "ZZQX"),
    ("/approve AAPL MSFT", "AAPL MSFT"),
    ("/approve yes", "yes"),
    ("/approve AAPL_20990101_000000", "AAPL_20990101_000000"),
    ("/reject ZZQX too late", "ZZQX"),
    ("/reject 아니오", "아니오"),
    ("/stop", ""),
    ("/stop ZZQX 149.20", "ZZQX"),
    ("/stop AAPL cheap", "cheap"),
    ("/target", ""),
    ("/target ZZQX", "ZZQX"),
    ("/target AAPL moon", "moon"),
    ("/trail AAPL", "AAPL"),
    ("/trail ZZQX 2%", "ZZQX"),
    ("/trail AAPL wide", "wide"),
    ("/standing now", "now"),
    ("/size ZZQX", "ZZQX"),
    ("/size ZZQX 400", "ZZQX"),
    ("/size AAPL lots", "lots"),
    ("/size AAPL -5", "-5"),
    ("/size AAPL 0", "0"),
    ("/size AAPL 1.5", "1.5"),
    ("/size AAPL 1,5", "1,5"),
    ("/size AAPL €500", "€500"),
    ("/size AAPL 5% profit", "5% profit"),
    ("/size AAPL 많이", "많이"),
    ("/buy", ""),
    ("/buy ZZQX 100", "ZZQX"),
    ("/buy 애플 100", "애플"),
    ("/buy AAPL -5", "-5"),
    ("/buy AAPL 0", "0"),
    ("/buy AAPL 100 stop high", "high"),
    ("/close", ""),
    ("/close ZZQX", "ZZQX"),
    ("/close AAPL MSFT", "AAPL MSFT"),
    ("/close everything", "everything"),
    ("/close 전부", "전부"),
    ("/resume now", "now"),
    ("/resume please", "please"),
    ("/resume anyways", "anyways"),
    ("/resume 재개", "재개"),
    ("/watch AAPL", "AAPL"),
    ("/watch add", "add"),
    ("/watch remove", "remove"),
    ("/watch delete AAPL", "delete AAPL"),
    ("/watch list all", "list all"),
    ("/watch 추가 AAPL", "추가 AAPL"),
    ("/settings MAX_DAILY_LOSS", "MAX_DAILY_LOSS"),
    ("/settings MAX_DAYLY_LOSS 2%", "MAX_DAYLY_LOSS"),
    ("/settings FOO 2%", "FOO"),
    ("/settings MAX_DAILY_LOSS lots", "lots"),
    ("/settings MAX_DAILY_LOSS 200%", "200%"),
    ("/settings LOSSES_HALT maybe", "maybe"),
    ("/settings confirm", "confirm"),
    ("/settings confirm FOO", "FOO"),
    ("/strategy compare trend", "compare trend"),
    ("/strategy promot trend", "promot trend"),
    ("/strategy promote nosuch", "nosuch"),
    ("/duty dutty", "dutty"),
    ("/duty handover @nobody 2h", "@nobody"),
    ("/duty handover me 25:00", "25:00"),
    ("/duty holiday me 2025-02-30", "2025-02-30"),
    ("/duty rota first me mon-fri 22-06", "22-06"),
    ("/duty rota third me daily 22:00-06:00", "third"),
    ("/notify loud", "loud"),
    ("/notify quiet 23:00", "23:00"),
    ("/notify quiet 23:00-07:00 everything", "everything"),
]
EXAMPLE = re.compile(r"(?:e\.g\.|예:) (/.+?)\.?$")
"""The command with which such an answer ends."""
MISSING = ("Missing symbol.", "종목을 입력하세요.")
"""What is said where nothing was typed that could be quoted."""


@pytest.fixture(name="stage", scope="module", params=["en", "ko"])
def _stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("desk")
    with embedded(folder, request.param) as stage:
        stage.harness.play_the_signal()
        stage.card()
        yield stage


@cache
def worked(stage: Stage, example: str) -> str:
    """Return what an example is answered; each is tried once."""
    return answered(stage.admin, example)


def test_there_are_ninety_of_every_command_that_can_be_mistyped() -> None:
    assert len(WRONG) >= 90
    assert len({typed for typed, _ in WRONG}) == len(WRONG)
    told = {typed.partition(" ")[0] for typed, _ in WRONG}
    # A reason or a question may be anything, what is adopted must be held; a backtest has tests of its own.
    assert set(COMMANDS) - told == {"/halt", "/backtest", "/ask", "/adopt"}


@pytest.mark.parametrize(("typed", "mistake"), WRONG, ids=[typed for typed, _ in WRONG])
def test_the_answer_names_the_mistake_and_gives_an_example_that_works(stage: Stage, typed: str, mistake: str) -> None:
    said = answered(stage.admin, typed)
    assert f"“{mistake}”".lower() in said.lower() if mistake else said.startswith(MISSING), said
    example = EXAMPLE.search(said)
    assert example, said
    works = worked(stage, example[1])
    assert not EXAMPLE.search(works), f"{said} -> {works}"
