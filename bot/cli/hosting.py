"""The wiring of a running bot: an open desk, Slack and the HTTP side become a host."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial

import structlog
from slack_bolt import App

from bot.access import Access, Verb
from bot.app import build_app, people_of, web_client
from bot.cards.message import note
from bot.cli.descriptors import http_connections
from bot.delivery.admin_alerts import AdminAlerts
from bot.delivery.backtests import Backtests
from bot.delivery.chart_uploader import ChartUploader
from bot.delivery.heartbeat import SECONDS_BETWEEN_PROOFS, Heartbeat
from bot.delivery.home_publisher import HomePublisher
from bot.delivery.notices import NoticeDelivery
from bot.delivery.reachability import Reachability
from bot.delivery.report_threads import thread_of
from bot.delivery.slack_poster import PostingRate
from bot.delivery.unfinished_requests import UnfinishedRequests
from bot.http.app import build_http
from bot.http.dependencies import Dependencies, ProcessName
from bot.http.gateway import trusted_machine
from bot.http.health import HealthReport
from bot.http.server import HttpServer
from bot.http.signal_door import SignalDoor
from bot.listeners.answer_retry import AnswerRetry
from bot.listeners.rate_limit import UserRateLimit
from bot.messages import Texts
from bot.presence import Presence
from bot.runtime import ProcessRole, Runtime
from bot.settings import SlackSettings
from bot.signing import KEY, Signer
from bot.transport.installation import Installation
from bot.transport.neighbours import Neighbours
from bot.transport.slack_calls import POSTED_WITHIN, SlackAway, SlackRefuses, call
from bot.transport.slack_transport import SlackTransport
from engine.bootstrap import TradingDesk
from engine.desk_research import DeskResearch
from engine.model.origin import Source
from engine.model.signal import Signal
from engine.ports.lease import Lease
from engine.ports.stream import SIGNAL_STREAM

TICKS_MISSED = 90.0
"""Seconds, three runs of the timetable's tick, after which a price that was still good is missed."""
ANY_TIME = timedelta(0)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """How fast a bot works with Slack: its pace in the channel, and the seconds between two looks at being heard."""

    pace: PostingRate = field(default_factory=PostingRate)
    gap: float = SECONDS_BETWEEN_PROOFS


def host_of(
    desk: TradingDesk,
    slack: SlackSettings,
    *,
    host: str,
    port: int,
    token: str = "",
    metrics_token: str = "",
    tempo: Tempo | None = None,
    role: ProcessRole = ProcessRole.ALL,
) -> tuple[Runtime, HttpServer]:
    """Return what hosts a desk in a Slack, and its HTTP side; raises SettingsInvalid for a door open to strangers.

    `tempo` is how fast it works with Slack.
    """
    parts = _Parts(desk, slack, tempo=tempo or Tempo(), role=role)
    desk.engine.commands.ask_about_people(
        lambda user, verb: parts.access.may(user, Verb.named(verb)), parts.access.last_members
    )
    http = HttpServer(
        build_http(
            parts.dependencies,
            host=host,
            token=token,
            metrics_token=metrics_token,
            trusted=trusted_machine() if desk.settings.http.http_trust_host else "",
            slack=parts.transport.events,
            signals=SignalDoor(desk.engine.commands, texts_of(desk), secrets_of(desk)),
        ),
        host=host,
        port=port,
        connections=http_connections(desk.settings.http.http_connections),
        seconds=desk.settings.http.http_seconds,
    )
    return parts.runtime.behind(http), http


class _Parts:
    """The parts of one bot around an open desk: each once, made when the first one that needs it is."""

    def __init__(self, desk: TradingDesk, slack: SlackSettings, *, tempo: Tempo, role: ProcessRole) -> None:
        self._desk = desk
        self._slack = slack
        self._tempo = tempo
        self._role = role
        self._store = desk.adapters.store
        self._channel = slack.slack_channel
        self._texts = texts_of(desk)
        self._reachability = Reachability()
        self._installation = Installation()
        self._answer_retry = AnswerRetry()
        self._rate_limit = UserRateLimit(desk.engine.commands.audit_log)
        self._people = people_of(slack)

    # Slack

    @cached_property
    def _neighbours(self) -> Neighbours:
        client = web_client(self._slack)

        def tell(word: str) -> None:
            try:
                call(client.chat_postMessage, channel=self._channel, **note(self._texts(word)).payload())
            except (SlackAway, SlackRefuses) as error:
                log.warning("channel_not_told", word=word, error=repr(error))

        return Neighbours(self._store, tell)

    @cached_property
    def transport(self) -> SlackTransport:
        return SlackTransport(self._slack, self._neighbours, installation=self._installation)

    @cached_property
    def _signer(self) -> Signer:
        return Signer(self._desk.engine.commands.audit_log.secret(KEY), self._desk.engine.queries.now)

    @cached_property
    def access(self) -> Access:
        return self._people.known_to(self._slack.access)

    @cached_property
    def _presence(self) -> Presence | None:
        return presence_of(self._desk.adapters.lease, self._role, self.transport.is_up)

    # Delivery

    @cached_property
    def _home_publisher(self) -> HomePublisher:
        return HomePublisher(
            queries=self._desk.engine.queries,
            client=web_client(self._slack),
            access=self.access,
            texts=self._texts,
            signer=self._signer,
        )

    @cached_property
    def _chart_uploader(self) -> ChartUploader:
        return ChartUploader(
            queries=self._desk.engine.queries,
            client=web_client(self._slack, again=3, pause=30.0),  # a picture may wait for its turn
            channel=self._channel,
            texts=self._texts,
            tasks=self._desk.adapters.tasks,
            thread=partial(thread_of, store=self._store),
        )

    @cached_property
    def _backtests(self) -> Backtests:
        return Backtests(
            research=DeskResearch(settings=self._desk.settings),
            commands=self._desk.engine.commands,
            client=web_client(self._slack, timeout=POSTED_WITHIN),
            channel=self._channel,
            texts=self._texts,
        )

    @cached_property
    def _notices(self) -> NoticeDelivery:
        return NoticeDelivery(
            store=self._store,
            client=web_client(self._slack, timeout=POSTED_WITHIN),
            channel=self._channel,
            texts=self._texts,
            source=self._desk.adapters.market.label,
            ceiling=self._desk.settings.risk.risk_ceiling,
            open_risk=lambda: self._desk.engine.queries.portfolio().risk,
            signer=self._signer,
            changed=self._home_publisher.changed,
            told=self._chart_uploader.posted,
            events=self._desk.settings.telling.events,
            hearing=self._reachability,
            pace=self._tempo.pace,
        )

    @cached_property
    def _admin_alerts(self) -> AdminAlerts:
        return AdminAlerts(
            store=self._store,
            client=web_client(self._slack),
            channel=self._channel,
            texts=self._texts,
            hearing=self._reachability,
            admins=self.access.every_admin,
            words=self._notices.text_of,
        )

    @cached_property
    def _heartbeat(self) -> Heartbeat:
        return Heartbeat(
            store=self._store,
            client=web_client(self._slack),
            channel=self._channel,
            hearing=self._reachability,
            is_up=contact_of(self._role, self._presence, self.transport.is_up),
            heard=self._desk.engine.jobs.slack_reachable,
            looked=self._admin_alerts.look,
            gap=self._tempo.gap,
        )

    # The whole

    def _app(self) -> App:
        return build_app(
            commands=self._desk.engine.commands,
            queries=self._desk.engine.queries,
            texts=self._texts,
            access=self._slack.access,
            slack=self._slack,
            opened=self._home_publisher.opened,
            again=self._answer_retry,
            people=self._people,
            crowd=self._rate_limit,
            installation=self._installation,
            is_sure=lambda: self._neighbours.is_sure or self.transport.events is not None,
            backtests=self._backtests,
        )

    @cached_property
    def runtime(self) -> Runtime:
        desk = self._desk
        return Runtime(
            deliver_with=desk.engine.notices.deliver_with,
            build_app=self._app,
            transport=self.transport,
            notices=self._notices,
            home_publisher=self._home_publisher,
            chart_uploader=self._chart_uploader,
            backtests=self._backtests,
            heartbeat=self._heartbeat,
            unfinished=UnfinishedRequests(
                commands=desk.engine.commands,
                client=web_client(self._slack),
                channel=self._channel,
                texts=self._texts,
            ),
            again=self._answer_retry,
            crowd=self._rate_limit,
            neighbours=self._neighbours,
            follow=desk.engine.follow_changes,
            lead=desk.scheduler.lead,
            step_aside=desk.scheduler.step_aside,
            start_jobs=desk.scheduler.start,
            stop_jobs=desk.scheduler.stop,
            presence=self._presence,
            role=self._role,
        )

    @cached_property
    def _health(self) -> HealthReport:
        settings, adapters = self._desk.settings, self._desk.adapters
        only_posts = self._role is ProcessRole.SCHEDULER
        return HealthReport(
            queries=self._desk.engine.queries,
            store=self._store,
            ailing=self._desk.scheduler.ailing if self._role is not ProcessRole.API else lambda: (),
            lease=adapters.lease,
            leads=self._desk.scheduler.leads,
            unwritable=lambda: self._notices.watch.is_lost,
            slack=(lambda: True) if only_posts else self.transport.is_up,
            heard=self._reachability.now,
            alone=lambda: self._neighbours.is_alone,
            workers=self.runtime.states,
            overdue=timedelta(seconds=settings.risk.max_price_age_seconds + TICKS_MISSED * adapters.clock.speed),
            claude=bool(settings.claude.anthropic_api_key.get_secret_value()),
        )

    @cached_property
    def dependencies(self) -> Dependencies:
        queries = self._desk.engine.queries
        return Dependencies(
            queries=queries,
            store=self._store,
            health=self._health,
            signals=self._signals,
            refused_prices=lambda: queries.health(ANY_TIME).refused,
            flawed_bars=lambda: queries.health(ANY_TIME).bar_flaws,
            entries_set_aside=lambda: queries.health(ANY_TIME).entries_set_aside,
            process=ProcessName(role=self._role),
            standing=self._desk.engine.leadership.standing,
            queues=lambda: {SIGNAL_STREAM: self._desk.adapters.stream.depth()},
            job_delays=self._desk.scheduler.delays if self._role is not ProcessRole.API else dict,
        )

    def _signals(self, limit: int) -> Sequence[Signal]:
        with self._store.reading() as reader:
            return reader.signals(limit)


def presence_of(lease: Lease | None, role: ProcessRole, is_up: Callable[[], bool]) -> Presence | None:
    """Return the sign of life of this process, which also says whether Slack reaches it; None if it is the only one."""
    if lease is None:
        return None
    return Presence(lease, role, is_up) if role is not ProcessRole.SCHEDULER else Presence(lease, role)


def contact_of(role: ProcessRole, presence: Presence | None, is_up: Callable[[], bool]) -> Callable[[], bool]:
    """Return what tells whether people could stop the desk: through this process, or if it has no Slack, another."""
    return presence.is_anybody_heard if presence and role is ProcessRole.SCHEDULER else is_up


def texts_of(desk: TradingDesk) -> Texts:
    """Return the desk's language."""
    own_clock = desk.adapters.market.label == "replay"
    return Texts(desk.settings.desk.locale, desk.settings.desk.zone, own_clock=own_clock)


def secrets_of(desk: TradingDesk) -> Mapping[Source, str]:
    """Return the secrets of those who may propose from elsewhere, '' where there is none."""
    side = desk.settings.http
    return {
        Source.WEBHOOK: side.webhook_secret.get_secret_value(),
        Source.MCP: side.mcp_secret.get_secret_value(),
    }
