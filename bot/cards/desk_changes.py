"""How the desk trades now, who or what changed that, and which limits were reached."""

from bot.cards.answers import halt_note
from bot.cards.message import Message, note
from bot.cards.mrkdwn import actor, day_and_time, escaped, why
from bot.messages import Texts
from engine.model.notices.base import AFTER_OURS, NO_REASON
from engine.model.notices.desk import (
    AutoModeChanged,
    DeskFlat,
    DeskHalted,
    DeskReducing,
    DeskResumed,
    FlattenStarted,
    FlattenStuck,
    FlattenWaits,
    HaltReasonAdded,
    HaltTakenBack,
    LossLimitReached,
    RiskWarning,
    StrategySwitched,
    StrategyUnusable,
)
from engine.model.reason import Reason


def halted(told: DeskHalted, texts: Texts) -> Message:
    """Say that a person, or the engine, halted trading."""
    return halt_note(told.by, told.reason, texts)


def halt_reason_added(told: HaltReasonAdded, texts: Texts) -> Message:
    """Say that somebody halted a halted desk, and why."""
    return note(texts("halt-reason-added", by=actor(told.by)), texts("because", why=why(told.reason, texts)))


def halt_taken_back(told: HaltTakenBack, texts: Texts) -> Message:
    """Say that whoever halted took it back."""
    return note(texts(told.text, by=actor(told.by)))


def reducing(told: DeskReducing, texts: Texts) -> Message:
    """Say that the desk takes exits only, and why if that is known."""
    said = texts("reducing", by=actor(told.by))
    return note(said, texts("because", why=why(told.reason, texts))) if told.reason != Reason.NONE else note(said)


def resumed(told: DeskResumed, texts: Texts) -> Message:
    """Say that trading runs again."""
    return note(texts(told.text, by=actor(told.by)))


def auto_changed(told: AutoModeChanged, texts: Texts) -> Message:
    """Say how AUTO_MODE stands."""
    return note(texts("auto", mode="on" if told.is_on else "off"), texts("set-by", by=actor(told.by)))


def strategy_switched(told: StrategySwitched, texts: Texts) -> Message:
    """Say by which strategy the desk trades now, and by which before."""
    return note(texts(told.text, before=escaped(told.before, 80), after=escaped(told.after, 80)))


def strategy_unusable(told: StrategyUnusable, texts: Texts) -> Message:
    """Say why a strategy cannot be used, and what the desk does without it until that is put right."""
    role = "live" if told.is_live else "shadow"
    return note(texts("strategy-unusable", role=role), escaped(told.trouble, 600), texts("strategy-unusable-how"))


def flatten_started(told: FlattenStarted, texts: Texts) -> Message:
    """Say that everything is being sold."""
    return note(texts(told.text, by=actor(told.by)))


def flatten_waits(told: FlattenWaits, texts: Texts) -> Message:
    """Say until when what is being sold waits."""
    return note(texts(told.text, at=day_and_time(told.opens_at, texts)))


def flatten_stuck(told: FlattenStuck, texts: Texts) -> Message:
    """Say what could not be sold, and why."""
    words = {NO_REASON: "rejected-later", AFTER_OURS: "sold-after-ours"}
    why = texts(words[told.trouble]) if told.trouble in words else escaped(told.trouble)
    return note(texts(told.text, what=escaped(told.what, 60), detail=why))


def flat(told: DeskFlat, texts: Texts) -> Message:
    """Say that nothing is held any more."""
    return note(texts(told.text))


def risk_warning(told: RiskWarning, texts: Texts) -> Message:
    """Say that open risk comes near its limit."""
    return note(texts(told.text, figure=texts.part(told.open_risk)))


def loss_limit(told: LossLimitReached, texts: Texts) -> Message:
    """Say which rule about losses stops new entries."""
    reason = why(Reason.of(told.verdict), texts)
    return note(texts(told.text, rule=escaped(told.rule, 60), why=reason))
