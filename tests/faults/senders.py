"""A sender of signals from elsewhere that posts to a victim's own door, and sends again what it is not sure of."""

import json
import random
import time
from typing import Final

from fastapi import FastAPI
from starlette.testclient import TestClient

from bot.http.signal_door import SignalDoor
from bot.messages import Texts
from bot.signal_signature import SIGNATURE_HEADER, TIME_HEADER, signature_of
from engine.bootstrap import Engine
from engine.model.origin import Source
from engine.ports.clock import Clock
from tests.faults.kill_points import Diary

SECRET: Final = "4f0e1b7c9d2a6853e0b1c2d3f4a59687"
SECONDS_OF_A_KEY: Final = 4
"""Seconds of the desk's clock in which senders post under the same few keys, in this life and the next."""
KEYS: Final = 3
TAKEN: Final = frozenset({200, 201})


class Sender:
    """Posts one signal a turn, by the dice of a seed; two of one seed post the same key at once.

    What is answered with a trade goes into the diary, with its key.
    """

    def __init__(
        self, engine: Engine, texts: Texts, symbols: tuple[str, ...], *, seed: int, diary: Diary, clock: Clock
    ) -> None:
        app = FastAPI()
        app.include_router(SignalDoor(engine.commands, texts, {Source.WEBHOOK: SECRET}).router())
        self._client = TestClient(app)
        self._client.__enter__()  # until `close`: else each post starts a loop of its own, which takes longer than it
        self._symbols = symbols
        self._dice = random.Random(seed)  # noqa: S311 (a seed is the point of it)
        self._diary = diary
        self._clock = clock

    def close(self) -> None:
        """End what runs for it beside."""
        self._client.__exit__()

    def __call__(self) -> None:
        """Take a turn."""
        turn = int(self._clock.now().timestamp()) // SECONDS_OF_A_KEY
        number = self._dice.randrange(KEYS)
        symbol = self._symbols[(turn + number) % len(self._symbols)]  # a key always asks for the same
        key = f"{turn}-{number}"
        body = json.dumps({"key": key, "symbol": symbol, "reason": key, "sender": "trend"}).encode()
        now = int(time.time())
        headers = {TIME_HEADER: str(now), SIGNATURE_HEADER: signature_of(SECRET, now, body)}
        answer = self._client.post("/signals", content=body, headers=headers)
        if answer.status_code in TAKEN:
            self._diary.note("signalled", self._clock.now(), f"{key} {answer.json()['data']['trade_id']}")
        elif answer.status_code not in {409, 503}:
            self._diary.note("fault", self._clock.now(), f"a signal was answered {answer.status_code}: {answer.text}")
