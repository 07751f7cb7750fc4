"""Scores headlines by a short list of finance words and phrases, English and Korean: no model, no outside call."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from engine.model.market import Headline
from engine.model.signal import Finding

MOST = 3
"""The largest score of one finding, in tenths, either way."""
MOST_FINDINGS = 2
"""The most findings that one headline may give."""
READ = 500
"""How many characters of a headline are read."""

_EXPECTED = r"([\w']+ ){0,2}(expectations|estimates|forecasts|consensus)"
_PLANS = r"([\w'-]+ ){0,2}(guidance|outlook|forecasts?|targets?)"

# Tried in this order; what one phrase has matched is not matched again, so the longer ones come first.
ENGLISH = {
    rf"(beats?|beating|tops?|exceeds?|ahead of) {_EXPECTED}": 3,
    rf"(miss(es|ed)?|short of|below) {_EXPECTED}": -3,
    rf"(raises?|raised|lifts?) {_PLANS}": 3,
    rf"(cuts?|lowers?|lowered|withdraws?) {_PLANS}": -3,
    r"record (profits?|earnings|revenue|sales|quarter|orders)": 3,
    r"record (low|loss(es)?)": -2,
    r"(bankruptcy|insolvency|chapter 11)": -3,
    r"(fraud|accounting scandal|defaults?)": -3,
    r"(raises?|raised|increases?) (\w+ ){0,1}dividend": 2,
    r"(cuts?|suspends?) (\w+ ){0,1}dividend": -3,
    r"(buyback|share repurchase)": 2,
    r"(upgrades?|upgraded)": 2,
    r"(downgrades?|downgraded)": -2,
    r"(pre-?orders|orders|demand|sales|growth|bookings) (\w+ ){0,1}(strong|stronger|robust|solid)": 2,
    r"(strong|stronger|robust|solid) (\w+ ){0,1}(pre-?orders|orders|demand|sales|growth|bookings)": 2,
    r"(pre-?orders|orders|demand|sales|growth|bookings) (\w+ ){0,1}(weak|weaker|soft|slow)": -2,
    r"(weak|weaker|soft|slow) (\w+ ){0,1}(pre-?orders|orders|demand|sales|growth|bookings)": -2,
    r"wins (\w+ ){0,3}(contract|deal|order|case|patent|ruling)": 2,
    r"loses (\w+ ){0,3}(contract|deal|order|case|patent|ruling)": -2,
    r"(lawsuits?|sues|sued|antitrust)": -2,
    r"(probe|investigation|subpoena|fined?)": -2,
    r"(recalls?|data breach|hacked)": -2,
    r"(profit warning|warns)": -2,
    r"(soars?|surges?|jumps?|rall(y|ies))": 2,
    r"(plunges?|tumbles?|sinks?|slumps?)": -2,
    r"(lay-?offs|job cuts|outage|delays?|delayed|shortages?)": -1,
    r"(approval|approved|partnership|expands|milestone)": 1,
    r"(strong|robust|gains?|rises?|growth|profitable)": 1,
    r"(weak|loss(es)?|falls?|drops?|slides?|declines?)": -1,
}
KOREAN = {
    r"(예상|기대|전망)치?를? ?(상회|웃돌|뛰어넘)": 3,
    r"(예상|기대|전망)치?를? ?(하회|밑돌|못 ?미)": -3,
    r"(사상 ?최대|어닝 ?서프라이즈|흑자 ?전환)": 3,
    r"(파산|부도|횡령|분식 ?회계|어닝 ?쇼크|적자 ?전환)": -3,
    r"(급등|호조|수주|자사주 ?매입|상향)": 2,
    r"(급락|부진|소송|리콜|하향|과징금)": -2,
    r"(상승|성장|개선|승인)": 1,
    r"(하락|감소|악화|지연|감원)": -1,
}

_PHRASES = [
    *((re.compile(rf"(?<!\w){phrase}(?!\w)"), tenths) for phrase, tenths in ENGLISH.items()),
    *((re.compile(phrase), tenths) for phrase, tenths in KOREAN.items()),
]
_NEGATED_BEFORE = re.compile(
    r"(?<!\w)(not|no|never|without|denies|denied|fails? to|failed to|\w+n't)( [\w-]+){0,2} $",
)
_NEGATED_AFTER = re.compile(r"\w{0,2} ?(지 (않|못)|아니|없)")
_CLAUSE_ENDS = re.compile(r"[;:.!?](?=\s|$)|,(?!\d)")


class KeywordScorer:
    """Scores each clause of a headline on its own, so one that says two things gives two findings.

    Clauses end at commas, semicolons, colons and the ends of sentences. "Apple Q3 earnings beat expectations, iPhone 15
    pre-orders strong" gives +3 for the earnings and +2 for the demand, and both findings cite that headline. A clause's
    matches are added and clipped to +-3; a negated one counts one tenth the other way. Of more than two clauses the two
    strongest count. A headline without a match gives no finding.
    """

    name = "keywords"

    def findings(self, symbol: str, headlines: Sequence[Headline]) -> tuple[Finding, ...]:
        """Return what the headlines about a symbol say of it, in the order of the headlines."""
        return tuple(
            Finding.of(headline, symbol, tenths=tenths, reason=reason)
            for headline in headlines
            if symbol in headline.symbols
            for tenths, reason in _strongest(headline.text)
        )


def _strongest(text: str) -> list[tuple[int, str]]:
    scores = [score for clause in _CLAUSE_ENDS.split(_plain(text)) if (score := _score(clause))]
    kept = sorted(range(len(scores)), key=lambda place: -abs(scores[place][0]))[:MOST_FINDINGS]
    return [scores[place] for place in sorted(kept)]


def _plain(text: str) -> str:
    """Undo what would hide a word: look-alike forms, invisible characters, capitals, odd spaces and quotes."""
    text = unicodedata.normalize("NFKC", text[:READ]).replace("’", "'")
    visible = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(visible.casefold().split())


def _score(clause: str) -> tuple[int, str] | None:
    """Return a clause's tenths and the words that they rest on, None where no phrase matches."""
    matches = sorted(_matches(clause))
    if not matches:
        return None
    total = sum(tenths for _, tenths, _ in matches)
    return max(-MOST, min(MOST, total)), ", ".join(f"{words} {tenths:+d}" for _, tenths, words in matches)


def _matches(clause: str) -> Iterator[tuple[int, int, str]]:
    """Yield place, tenths and words of each phrase in a clause."""
    left = clause
    for phrase, tenths in _PHRASES:
        for match in phrase.finditer(left):
            start, end = match.span()
            left = left[:start] + "#" * (end - start) + left[end:]
            negation = _NEGATED_BEFORE.search(clause, 0, start) or _NEGATED_AFTER.match(clause, end)
            if negation is None:
                yield start, tenths, match[0]
            else:
                yield start, -1 if tenths > 0 else 1, f"{negation[0].strip()} … {match[0]}"
