"""The wiring of a running bot: an open desk, Slack and the HTTP side become a host."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from bot.access import Access, Verb
from bot.app import build_app, people_of, web_client
from bot.cards.message import note
from bot.cli.descriptors import http_connections
from bot.delivery.admin_alerts import AdminAlerts
from bot.delivery.chart_uploader import ChartUploader
from bot.delivery.heartbeat import GAP, Heartbeat
from bot.delivery.home_publisher import HomePublisher
from bot.delivery.notices import NoticeDelivery
from bot.delivery.reachability import Reachability
from bot.delivery.report_threads import quiet_thread
from bot.delivery.slack_poster import PostingRate
from bot.delivery.unfinished_requests import UnfinishedRequests
from bot.http.app import build_http
from bot.http.dependencies import Dependencies
from bot.http.health import HealthReport
from bot.http.server import HttpServer
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
from bot.worker import State
from engine.bootstrap import TradingDesk
from engine.model.signal import Signal
from engine.ports.lease import Lease

TICKS_MISSED = 90.0
"""Seconds, three runs of the timetable's tick, after which a price that was still good is missed."""
ANY_TIME = timedelta(0)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """How fast a bot works with Slack: its pace in the channel, and the seconds between two looks at being heard."""

    pace: PostingRate = field(default_factory=PostingRate)
    gap: float = GAP


def host_of(
    desk: TradingDesk,
    slack: SlackSettings,
    *,
    host: str,
    port: int,
    token: str = "",
    tempo: Tempo | None = None,
    role: ProcessRole = ProcessRole.ALL,
) -> tuple[Runtime, HttpServer]:
    """Return what hosts a desk in a Slack, and its HTTP side; raises SettingsInvalid for a door open to strangers.

    `tempo` is how fast it works with Slack.
    """
    tempo = tempo or Tempo()
    texts, hearing = texts_of(desk), Reachability()
    neighbours = _neighbours(desk, slack, texts)
    installation = Installation()
    line = SlackTransport(slack, neighbours, installation=installation)
    is_up = line.is_up if role is not ProcessRole.SCHEDULER else lambda: True  # which only posts
    seal = Signer(desk.engine.commands.audit_log.secret(KEY), desk.engine.queries.now)
    presence = presence_of(desk.adapters.lease, role, line.is_up)
    people = people_of(slack)
    access = people.known_to(slack.access)
    desk.engine.commands.ask_about_people(lambda user, verb: access.may(user, Verb.named(verb)))
    homes = HomePublisher(queries=desk.engine.queries, client=web_client(slack), access=access, texts=texts, seal=seal)
    pictures = _pictures(desk, slack, texts)
    notices = NoticeDelivery(
        store=desk.adapters.store,
        client=web_client(slack, timeout=POSTED_WITHIN),
        channel=slack.slack_channel,
        texts=texts,
        source=desk.adapters.market.label,
        ceiling=desk.settings.risk.risk_ceiling,
        seal=seal,
        changed=homes.changed,
        told=pictures.posted,
        events=desk.settings.telling.events,
        hearing=hearing,
        pace=tempo.pace,
    )
    again, crowd = AnswerRetry(), UserRateLimit(desk.engine.commands.audit_log)
    hosted = Runtime(
        deliver_with=desk.engine.notices.deliver_with,
        build_app=partial(
            build_app,
            desk.engine.commands,
            desk.engine.queries,
            texts,
            slack.access,
            slack,
            homes.opened,
            pictures.performance,
            again,
            people,
            crowd,
            installation,
            lambda: neighbours.is_sure or line.events is not None,
        ),
        line=line,
        notices=notices,
        homes=homes,
        pictures=pictures,
        pulse=_pulse(
            desk,
            slack,
            contact_of(role, presence, line.is_up),
            hearing,
            _alarm(desk, slack, access, texts, hearing, notices),
            tempo.gap,
        ),
        unfinished=UnfinishedRequests(
            commands=desk.engine.commands, client=web_client(slack), channel=slack.slack_channel, texts=texts
        ),
        again=again,
        crowd=crowd,
        neighbours=neighbours,
        follow=desk.engine.follow_changes,
        lead=desk.scheduler.lead,
        step_aside=desk.scheduler.step_aside,
        start_jobs=desk.scheduler.start,
        stop_jobs=desk.scheduler.stop,
        presence=presence,
        role=role,
    )
    sources = sources_of(desk, is_up, hearing, neighbours, hosted.states, role)
    http = HttpServer(
        build_http(sources, host=host, token=token, slack=line.events),
        host=host,
        port=port,
        connections=http_connections(desk.settings.http.http_connections),
        seconds=desk.settings.http.http_seconds,
    )
    return hosted.behind(http), http


def presence_of(lease: Lease | None, role: ProcessRole, is_up: Callable[[], bool]) -> Presence | None:
    """Return what says that this process is there, and whether people reach it; None where it is the only one."""
    if lease is None:
        return None
    return Presence(lease, role, is_up) if role is not ProcessRole.SCHEDULER else Presence(lease, role)


def contact_of(role: ProcessRole, presence: Presence | None, is_up: Callable[[], bool]) -> Callable[[], bool]:
    """Return what tells whether people could stop the desk: through this process, or where it meets none, another."""
    return presence.is_anybody_heard if presence and role is ProcessRole.SCHEDULER else is_up


def _pulse(
    desk: TradingDesk,
    slack: SlackSettings,
    is_up: Callable[[], bool],
    hearing: Reachability,
    alarm: AdminAlerts,
    gap: float,
) -> Heartbeat:
    return Heartbeat(
        store=desk.adapters.store,
        client=web_client(slack),
        channel=slack.slack_channel,
        hearing=hearing,
        is_up=is_up,
        heard=desk.engine.jobs.slack_reachable,
        looked=alarm.look,
        gap=gap,
    )


def _alarm(
    desk: TradingDesk,
    slack: SlackSettings,
    access: Access,
    texts: Texts,
    hearing: Reachability,
    notices: NoticeDelivery,
) -> AdminAlerts:
    return AdminAlerts(
        store=desk.adapters.store,
        client=web_client(slack),
        channel=slack.slack_channel,
        texts=texts,
        hearing=hearing,
        admins=access.every_admin,
        words=notices.text_of,
    )


def _neighbours(desk: TradingDesk, slack: SlackSettings, texts: Texts) -> Neighbours:
    client = web_client(slack)

    def tell(word: str) -> None:
        try:
            call(client.chat_postMessage, channel=slack.slack_channel, **note(texts(word)).payload())
        except (SlackAway, SlackRefuses) as error:
            log.warning("channel_not_told", word=word, error=repr(error))

    return Neighbours(desk.adapters.store, tell)


def _pictures(desk: TradingDesk, slack: SlackSettings, texts: Texts) -> ChartUploader:
    client = web_client(slack, again=3, pause=30.0)  # a picture may wait for its turn
    return ChartUploader(
        queries=desk.engine.queries,
        client=client,
        channel=slack.slack_channel,
        texts=texts,
        thread=partial(quiet_thread, store=desk.adapters.store),
    )


def sources_of(
    desk: TradingDesk,
    is_up: Callable[[], bool],
    hearing: Reachability,
    neighbours: Neighbours,
    workers: Callable[[], Sequence[State]],
    role: ProcessRole = ProcessRole.ALL,
) -> Dependencies:
    """Return where the HTTP side reads."""
    store, settings = desk.adapters.store, desk.settings
    overdue = timedelta(seconds=settings.risk.max_price_age_seconds + TICKS_MISSED * desk.adapters.clock.speed)

    def signals(limit: int) -> Sequence[Signal]:
        with store.reading() as reader:
            return reader.signals(limit)

    return Dependencies(
        queries=desk.engine.queries,
        store=store,
        health=HealthReport(
            queries=desk.engine.queries,
            store=store,
            ailing=desk.scheduler.ailing if role is not ProcessRole.API else lambda: (),
            lease=desk.adapters.lease,
            leads=desk.scheduler.leads,
            slack=is_up,
            heard=hearing.now,
            alone=lambda: neighbours.is_alone,
            workers=workers,
            overdue=overdue,
            claude=bool(settings.claude.anthropic_api_key.get_secret_value()),
        ),
        signals=signals,
        refused_prices=lambda: desk.engine.queries.health(ANY_TIME).refused,
        flawed_bars=lambda: desk.engine.queries.health(ANY_TIME).bar_flaws,
        entries_set_aside=lambda: desk.engine.queries.health(ANY_TIME).entries_set_aside,
        per_trade=settings.risk.risk_per_trade,
    )


def texts_of(desk: TradingDesk) -> Texts:
    """Return the desk's language."""
    own_clock = desk.adapters.market.label == "replay"
    return Texts(desk.settings.desk.locale, desk.settings.desk.zone, own_clock=own_clock)
