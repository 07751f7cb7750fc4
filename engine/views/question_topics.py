"""What a question is about, by our own reading: symbols, trades and topics. No model has a say in what it is shown."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_SYMBOLS: Final = 3
"""Symbols of a question that are looked up, and trades."""

_TRADE_ID: Final = re.compile(r"[A-Z][A-Z0-9.]{0,9}_\d{8}_\d{6}", re.IGNORECASE)
_WORD: Final = re.compile(r"(?<![A-Za-z0-9_.])\$?([A-Za-z]{1,5}(?:\.[A-Za-z])?)(?![A-Za-z0-9_])")
"""A word in Latin letters, also with a Korean particle behind it, as in AAPL은."""
_COMMON: Final = re.compile(
    r"a|all|am|an|and|any|are|as|at|auto|be|big|buy|by|can|cost|day|desk|did|do|does|else|ever|few|for|"
    r"from|get|go|had|halt|has|have|he|her|high|his|hit|how|i|if|in|is|it|its|key|last|live|long|loss|low|"
    r"many|may|me|more|most|much|my|new|news|next|no|not|now|of|off|ok|old|on|one|open|or|our|out|over|"
    r"own|pnl|per|risk|run|safe|see|sell|set|she|short|so|some|stay|stop|tell|than|that|the|them|then|"
    r"they|this|to|today|too|top|trade|up|us|was|way|we|well|were|what|when|where|which|who|why|will|win|"
    r"with|you|your"
)
"""Words that are a symbol only if they are written in capitals and known."""


class Topic(StrEnum):
    """What can be asked about beside a symbol or a trade."""

    RISK = "risk"
    HALT = "halt"
    SETTINGS = "settings"
    RESULTS = "results"
    HOLDINGS = "holdings"
    NEWS = "news"
    SIGNALS = "signals"
    DECISIONS = "decisions"


_ENGLISH: Final[Mapping[Topic, str]] = {
    Topic.RISK: r"risk|exposure|headroom|drawdown|at stake|lose",
    Topic.HALT: r"halt|stopped|resum|paus|kill|exits.only|auto",
    Topic.SETTINGS: r"setting|limit|threshold|maximum|max|cooldown|allow",
    Topic.RESULTS: r"p&l|pnl|profit|loss|lost|won|result|made|gain|closed|perform",
    Topic.HOLDINGS: r"hold|position|own|open|bought|exposed|shares|stop|target|cash|equity",
    Topic.NEWS: r"news|headline|article",
    Topic.SIGNALS: r"signal|score|rsi|macd|indicator|propos|why not|not (buy|bought|trade)|didn.t|did not|refus|reject",
    Topic.DECISIONS: r"who|approv|reject|decid|sold|clos|cancel|expire|refus",
}
_KOREAN: Final[Mapping[Topic, str]] = {
    Topic.RISK: "위험|리스크|노출|여유|낙폭",
    Topic.HALT: "중단|정지|멈|재개|자동매매",
    Topic.SETTINGS: "설정|한도|기준|최대|금지|허용",
    Topic.RESULTS: "손익|수익|손실|성과|실적|결과|벌|잃",
    Topic.HOLDINGS: "보유|포지션|잔고|현금|자산|매수|손절|익절|목표가",
    Topic.NEWS: "뉴스|기사|헤드라인",
    Topic.SIGNALS: "신호|시그널|점수|지표|제안|왜 안|안 샀|안 사|안 하|못 샀|거절|거부",
    Topic.DECISIONS: "누가|누구|승인|거절|거부|결정|매도|청산|취소|만료",
}
_PATTERNS: Final = {topic: re.compile(rf"\b(?:{_ENGLISH[topic]})|{_KOREAN[topic]}", re.IGNORECASE) for topic in Topic}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a question names: trades by their ids, symbols that the desk knows, others in capitals, and topics."""

    trades: tuple[str, ...]
    symbols: tuple[str, ...]
    unknown: tuple[str, ...]
    topics: frozenset[Topic]

    @property
    def is_open(self) -> bool:
        """Whether it names nothing, so that it may be about all that goes on."""
        return not (self.trades or self.symbols or self.unknown or self.topics)


def read_question(question: str, known: Collection[str]) -> Asked:
    """Return what a question is about; `known` are the symbols that the desk watches or has dealt in."""
    trades = list(dict.fromkeys(found.upper() for found in _TRADE_ID.findall(question)))[:MOST_SYMBOLS]
    symbols, unknown = dict[str, None](), dict[str, None]()
    for word in _WORD.findall(_TRADE_ID.sub(" ", question)):
        name = word.upper()
        is_capital = word == name
        if name in known and (is_capital or not _COMMON.fullmatch(word.lower())):
            symbols[name] = None
        elif (
            is_capital and len(name) > 1 and not _COMMON.fullmatch(name.lower()) and name not in {"RSI", "MACD", "AUTO"}
        ):
            unknown[name] = None
    return Asked(
        trades=tuple(trades),
        symbols=tuple(symbols)[:MOST_SYMBOLS],
        unknown=tuple(unknown)[:MOST_SYMBOLS],
        topics=frozenset(topic for topic, pattern in _PATTERNS.items() if pattern.search(question)),
    )
