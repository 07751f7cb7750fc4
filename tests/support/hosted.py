"""The whole bot as `run` wires it, on the example's desk in a local workspace, with a line before Slack."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import yaml

from bot.cli.hosting import Tempo, host_of
from bot.delivery.slack_poster import PostingRate
from bot.http.server import HttpServer
from bot.local_slack.launch import ADMIN, CHANNEL, MANIFEST, TRADER, VIEWER, demo_settings
from bot.local_slack.people import Person
from bot.local_slack.rules import UNHURRIED
from bot.local_slack.seed import Json
from bot.local_slack.server import LocalSlack
from bot.runtime import Runtime
from bot.settings import SlackSettings
from engine.adapters.factory import Adapters
from engine.bootstrap import TradingDesk
from engine.model.notices.base import NoticeKind
from engine.scheduler import Scheduler
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.notices import a_notice
from tests.support.fakes.odd_line import OddLine, Way, as_slack_does
from tests.support.slack_harness import QUICK

GROUP = "S0TRADERS"
BRISK = Tempo(pace=PostingRate(burst=1_000, gap=0.0), gap=0.5)
RULES = replace(QUICK, tiers=UNHURRIED)


@dataclass(frozen=True, kw_only=True)
class Hosted:
    """A running bot with all of its threads; `line` lies between it and its Slack."""

    harness: EngineHarness
    slack: LocalSlack
    line: OddLine
    host: Runtime
    http: HttpServer

    @classmethod
    @contextmanager
    def open(cls, folder: Path, *, tempo: Tempo = BRISK, way: Way = as_slack_does, **given: Any) -> Iterator[Self]:
        """Bring it up before a Slack that answers in a way; `given` are settings of the engine."""
        outside = list[Adapters]()

        def kept(adapters: Adapters) -> Adapters:
            outside.append(adapters)
            return adapters

        harness = EngineHarness.at_the_example(folder, on=kept, **given)
        with _workspace() as slack, OddLine(slack) as line:
            line.way = way
            schedule = Scheduler(jobs=harness.engine.jobs, clock=harness.clock)
            desk = TradingDesk(
                engine=harness.engine,
                scheduler=schedule,
                adapters=outside[0],
                settings=harness.settings,
                close=lambda: None,
            )
            host, http = host_of(desk, settings_of(slack, line), host="127.0.0.1", port=0, tempo=tempo)
            hosted = cls(harness=harness, slack=slack, line=line, host=host, http=http)
            with hosted._running():
                yield hosted
        harness.close()

    @property
    def trader(self) -> Person:
        return Person(self.slack.url, TRADER.id)

    @property
    def admin(self) -> Person:
        return Person(self.slack.url, ADMIN.id)

    def tell(self, kind: NoticeKind, key: str, **about: Any) -> None:
        """Put a notice into the outbox."""
        with self.harness.store.writing() as transaction:
            transaction.enqueue_notice(a_notice(kind, key=key, at=self.harness.clock.now(), **about))

    def waiting(self) -> int:
        with self.harness.store.reading() as reader:
            return len(reader.waiting(10_000))

    def messages(self) -> list[Json]:
        """Return what the whole channel can read, threads included."""
        channel = self.trader.messages(CHANNEL.id)
        threads = [self.trader.messages(CHANNEL.id, each["ts"]) for each in channel if each["reply_count"]]
        everything = {each["ts"]: each for part in (channel, *threads) for each in part}
        return [each for each in everything.values() if not each["ephemeral"]]

    def keys(self) -> Counter[str]:
        """Count the messages of each notice."""
        marked = [each["metadata"]["event_payload"] for each in self.messages() if each.get("metadata")]
        return Counter(payload["key"] for payload in marked if "key" in payload)

    def told(self, words: str) -> bool:
        """Tell whether the whole channel can read these words."""
        return any(words in each["text"] for each in self.messages())

    def health(self) -> tuple[int, dict[str, str]]:
        """Return the status of /health, and the words of each check that fails."""
        with closing(HTTPConnection(self.http.url.removeprefix("http://"), timeout=10)) as connection:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            checks = json.loads(answer.read())["checks"]
        return answer.status, {check["name"]: check["detail"] for check in checks if not check["ok"]}

    def dead(self) -> list[str]:
        """Return the names of the bot's threads that have ended."""
        return [state.name for state in self.host.states() if not state.is_alive]

    @contextmanager
    def _running(self) -> Iterator[None]:
        stopping, ready = Event(), Event()
        thread = Thread(target=self.host.run, args=(stopping, ready.set), daemon=True)
        thread.start()
        try:
            if not ready.wait(30):
                raise TimeoutError("the bot did not come up")
            yield
        finally:
            self.line.way = as_slack_does
            stopping.set()
            thread.join(60)


def settings_of(slack: LocalSlack, line: OddLine) -> SlackSettings:
    """Return the settings of a bot behind a line, with traders by a group, too."""
    settings = demo_settings(slack)
    return settings.model_copy(update={"slack_api_url": line.api_url, "traders": (GROUP,)})


@contextmanager
def _workspace() -> Iterator[LocalSlack]:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    people = ADMIN, TRADER, VIEWER
    groups = {GROUP: (TRADER.id,)}
    with (
        suppress(ConnectionError),
        LocalSlack(manifest=manifest, users=people, channels=(CHANNEL,), usergroups=groups, rules=RULES) as slack,
    ):
        yield slack
