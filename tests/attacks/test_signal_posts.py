"""POST /signals under fire: a short run in the suite, and `INPUTS=10000 make fuzz` for any length."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.signal_signature import SIGNATURE_HEADER, TIME_HEADER, signature_of
from engine.model.origin import Source
from tests.attacks.texts import nonsense
from tests.support.http_desk import HttpDesk
from tests.support.signal_posts import SECRETS, client_of, headers_of, written

SEED = int(os.environ.get("SEED", "7"))
INPUTS = int(os.environ.get("INPUTS", "10000"))
Post = tuple[bytes, dict[str, str]]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[HttpDesk]:
    """A desk on which the good example would be proposed, if it were not for what is wrong with each post."""
    with HttpDesk.priced(tmp_path) as desk:
        yield desk


def forged(random: Random, number: int) -> Post:
    """Sign with another secret, sign something else, or cut, lengthen and change a good signature."""
    body = written(key=f"k{number}")
    good = headers_of(body)
    signature = good[SIGNATURE_HEADER]
    place = random.randrange(3, len(signature))
    other = "0" if signature[place] != "0" else "1"
    forgeries: list[dict[str, str]] = [
        headers_of(body, secret=f"guess {random.random()}"),
        headers_of(written(key=f"k{number}", shares=1)),
        good | {SIGNATURE_HEADER: signature[:place] + other + signature[place + 1 :]},
        good | {SIGNATURE_HEADER: signature[:-1]},
        good | {SIGNATURE_HEADER: signature.upper()},
        good | {SIGNATURE_HEADER: signature.replace("v1=", "v0=")},
        good | {TIME_HEADER: str(int(good[TIME_HEADER]) + random.randint(1, 50))},
        {TIME_HEADER: good[TIME_HEADER]},
        {SIGNATURE_HEADER: signature},
        {"Authorization": f"Bearer {SECRETS[Source.WEBHOOK]}"},
    ]
    return body, random.choice(forgeries)


def late(random: Random, number: int) -> Post:
    """Sign truly, too long ago or in time to come."""
    body, off = written(key=f"k{number}"), random.randint(62, 10**7)
    return body, headers_of(body, at=time.time() + random.choice((-off, off)))


def malformed(random: Random, number: int) -> Post:
    """Sign truly what is no signal: other types, other values, nonsense, JSON that is none."""
    text = nonsense(random).encode(errors="surrogatepass").decode(errors="replace")
    values: list[Any] = ["150", "", text, True, [], {}, [1], -1, 0, 0.001, 1e12, "{{close}}"]
    wrong: dict[str, Any] = {
        "shares": random.choice([*values, 0.5]),
        "limit": random.choice([*values, 1502.5]),
        "stop": random.choice([*values, 151]),
        "target": random.choice([*values[:9], 149]),
        "symbol": random.choice(["APPL", "", 7, ["AAPL"], "NASDAQ:AAPL", "A" * 30]),
        "action": random.choice(["sell", "approve", 1, "halt"]),
        "time": random.choice(["yesterday", "2025-08-19T14:45:00Z", 5]),
        "sender": random.choice(["<!channel>", "", "é" * 3, 5, "x" * 41]) or "<",
        "key": random.choice(["", "k" * 65, 5, ["k"]]),
        random.choice(["qty", "approve", "halt", "by", "source", "__proto__"]): 1,
    }
    field = random.choice(list(wrong))
    body = written(**({"key": f"k{number}"} | {field: wrong[field]}))
    broken = [body[:-1], body + b",", b"[" + body + b"]", b"\xff" + body, text.encode(errors="replace"), b"", b"null"]
    body = random.choice([body] * 3 + broken[:7])
    return body, headers_of(body)


KINDS: tuple[Callable[[Random, int], Post], ...] = (forged, late, malformed)


def campaign(desk: HttpDesk, inputs: int, seed: int) -> Counter[str]:
    """Send so many bad posts of each kind in turn, some of them twice; return what became of them."""
    random, client, tally = Random(seed), client_of(desk), Counter[str]()  # noqa: S311 repeatable, not secret
    sent = list[Post]()
    for number in range(inputs):
        kind = KINDS[number % len(KINDS)]
        is_again = bool(sent) and random.random() < 0.2
        body, headers = random.choice(sent) if is_again else kind(random, number)
        answer = client.post("/signals", content=body, headers=headers)
        tally[f"{'again' if is_again else kind.__name__} {answer.status_code}"] += 1
        json.loads(answer.content)
        sent = [*sent[-200:], (body, headers)]
    return tally


def state(desk: HttpDesk) -> tuple[object, ...]:
    """All that a post could want to change."""
    harness = desk.harness
    return harness.engine.queries.desk(), harness.broker.positions(), len(harness.engine.queries.trades())


def shot(desk: HttpDesk, inputs: int) -> Counter[str]:
    before = state(desk)
    tally = campaign(desk, inputs, SEED)
    assert state(desk) == before, tally
    assert not [outcome for outcome in tally if outcome.split()[1] not in {"401", "409", "413", "422"}], tally
    return tally


def test_nothing_forged_late_replayed_or_malformed_proposes(desk: HttpDesk) -> None:
    tally = shot(desk, 240)
    with desk.harness.store.reading() as reader:
        refused = [row for row in reader.audit(limit=1_000) if row.actor in set(Source)]
    assert {row.outcome for row in refused} == {"refused"}
    # One row for each that was truly signed; forgeries fill no audit.
    assert len(refused) == sum(count for outcome, count in tally.items() if outcome.split()[1] == "422")


def test_what_was_done_is_not_done_again_however_it_is_sent(desk: HttpDesk) -> None:
    client, body = client_of(desk), written()
    headers = headers_of(body)
    assert client.post("/signals", content=body, headers=headers).status_code == 201
    doubled = Counter[int]()
    for number in range(60):
        at = int(time.time()) - number % 40
        anew = {TIME_HEADER: str(at), SIGNATURE_HEADER: signature_of(SECRETS[Source.WEBHOOK], at, body)}
        doubled[client.post("/signals", content=body, headers=headers if number % 3 else anew).status_code] += 1
    assert set(doubled) <= {200, 409}
    assert len([trade for trade in desk.harness.engine.queries.trades() if trade.origin.is_manual]) == 1


@pytest.mark.fuzz
@pytest.mark.timeout(7200)
def test_the_long_shooting(desk: HttpDesk) -> None:
    tally = shot(desk, INPUTS)
    print(f"\n{tally.total():,} posts, seed {SEED}: 0 proposals\n  {dict(sorted(tally.items()))}")  # noqa: T201 the report


def test_the_client_would_be_heard(desk: HttpDesk) -> None:
    body = written()
    assert TestClient(client_of(desk).app).post("/signals", content=body, headers=headers_of(body)).status_code == 201
