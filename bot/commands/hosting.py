"""The wiring of a running bot: an open desk, Slack and the HTTP side become a host."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from bot.access import Access
from bot.alarm import Alarm
from bot.app import build_app, people_of, web_client
from bot.cards.message import note
from bot.descriptors import http_connections
from bot.hearing import Hearing
from bot.homes import Homes
from bot.host import Host
from bot.http.app import build_http
from bot.http.health import Checkup
from bot.http.server import HttpServer
from bot.http.sources import Sources
from bot.installation import Installation
from bot.line import Line
from bot.listeners.again import Again
from bot.listeners.crowd import Crowd
from bot.messages import Texts
from bot.neighbours import Neighbours
from bot.notices import Notices
from bot.pictures import Pictures
from bot.posting import POSTED_WITHIN, Pace, SlackAway, SlackRefuses, call
from bot.pulse import GAP, Pulse
from bot.reports import quiet_thread
from bot.seal import KEY, Seal
from bot.settings import SlackSettings
from bot.unfinished import UnfinishedRequests
from bot.worker import State
from engine.bootstrap import Desk
from engine.model.signal import Signal

TICKS_MISSED = 90.0
"""Seconds, three runs of the timetable's tick, after which a price that was still good is missed."""
ANY_TIME = timedelta(0)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tempo:
    """How fast a bot works with Slack: its pace in the channel, and the seconds between two looks at being heard."""

    pace: Pace = field(default_factory=Pace)
    gap: float = GAP


def host_of(
    desk: Desk, slack: SlackSettings, *, host: str, port: int, token: str = "", tempo: Tempo | None = None
) -> tuple[Host, HttpServer]:
    """Return what hosts a desk in a Slack, and its HTTP side; raises SettingsInvalid for a door open to strangers.

    `tempo` is how fast it works with Slack.
    """
    tempo = tempo or Tempo()
    texts, hearing = texts_of(desk), Hearing()
    neighbours = _neighbours(desk, slack, texts)
    installation = Installation()
    line = Line(slack, neighbours, installation=installation)
    seal = Seal(desk.engine.requests.secret(KEY), desk.engine.now)
    people = people_of(slack)
    access = people.known_to(slack.access)
    homes = Homes(engine=desk.engine, client=web_client(slack), access=access, texts=texts, seal=seal)
    pictures = _pictures(desk, slack, texts)
    notices = Notices(
        store=desk.adapters.store,
        client=web_client(slack, timeout=POSTED_WITHIN),
        channel=slack.slack_channel,
        texts=texts,
        source=desk.adapters.market.label,
        ceiling=desk.settings.risk.risk_ceiling,
        seal=seal,
        changed=homes.changed,
        told=pictures.told,
        events=desk.settings.telling.events,
        hearing=hearing,
        pace=tempo.pace,
    )
    again, crowd = Again(), Crowd(desk.engine.requests)
    hosted = Host(
        engine=desk.engine,
        build_app=partial(
            build_app,
            desk.engine,
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
        pulse=_pulse(desk, slack, line, hearing, _alarm(desk, slack, access, texts, hearing, notices), tempo.gap),
        unfinished=UnfinishedRequests(
            engine=desk.engine, client=web_client(slack), channel=slack.slack_channel, texts=texts
        ),
        again=again,
        crowd=crowd,
        neighbours=neighbours,
        start_jobs=desk.schedule.start,
        stop_jobs=desk.schedule.stop,
    )
    sources = sources_of(desk, line, hearing, neighbours, hosted.states)
    http = HttpServer(
        build_http(sources, host=host, token=token, slack=line.events),
        host=host,
        port=port,
        connections=http_connections(desk.settings.http.http_connections),
        seconds=desk.settings.http.http_seconds,
    )
    return hosted.behind(http), http


def _pulse(desk: Desk, slack: SlackSettings, line: Line, hearing: Hearing, alarm: Alarm, gap: float) -> Pulse:
    return Pulse(
        store=desk.adapters.store,
        client=web_client(slack),
        channel=slack.slack_channel,
        hearing=hearing,
        is_up=line.is_up,
        heard=desk.engine.slack_reachable,
        looked=alarm.look,
        gap=gap,
    )


def _alarm(desk: Desk, slack: SlackSettings, access: Access, texts: Texts, hearing: Hearing, notices: Notices) -> Alarm:
    return Alarm(
        store=desk.adapters.store,
        client=web_client(slack),
        channel=slack.slack_channel,
        texts=texts,
        hearing=hearing,
        admins=access.every_admin,
        words=notices.text_of,
    )


def _neighbours(desk: Desk, slack: SlackSettings, texts: Texts) -> Neighbours:
    client = web_client(slack)

    def tell(word: str) -> None:
        try:
            call(client.chat_postMessage, channel=slack.slack_channel, **note(texts(word)).payload())
        except (SlackAway, SlackRefuses) as error:
            log.warning("channel_not_told", word=word, error=repr(error))

    return Neighbours(desk.adapters.store, tell)


def _pictures(desk: Desk, slack: SlackSettings, texts: Texts) -> Pictures:
    client = web_client(slack, again=3, pause=30.0)  # a picture may wait for its turn
    return Pictures(
        engine=desk.engine,
        client=client,
        channel=slack.slack_channel,
        texts=texts,
        thread=partial(quiet_thread, store=desk.adapters.store),
    )


def sources_of(
    desk: Desk, line: Line, hearing: Hearing, neighbours: Neighbours, workers: Callable[[], Sequence[State]]
) -> Sources:
    """Return where the HTTP side reads."""
    store, settings = desk.adapters.store, desk.settings
    overdue = timedelta(seconds=settings.risk.max_price_age_seconds + TICKS_MISSED * desk.adapters.clock.speed)

    def signals(limit: int) -> Sequence[Signal]:
        with store.reading() as ledger:
            return ledger.signals(limit)

    return Sources(
        engine=desk.engine,
        store=store,
        health=Checkup(
            engine=desk.engine,
            store=store,
            ailing=desk.schedule.ailing,
            slack=line.is_up,
            heard=hearing.now,
            alone=lambda: neighbours.is_alone,
            workers=workers,
            overdue=overdue,
            claude=bool(settings.claude.anthropic_api_key.get_secret_value()),
        ),
        signals=signals,
        refused_prices=lambda: desk.engine.vitals(ANY_TIME).refused,
        flawed_bars=lambda: desk.engine.vitals(ANY_TIME).bar_flaws,
        entries_set_aside=lambda: desk.engine.entries_set_aside,
        per_trade=settings.risk.risk_per_trade,
    )


def texts_of(desk: Desk) -> Texts:
    """Return the desk's language."""
    own_clock = desk.adapters.market.label == "replay"
    return Texts(desk.settings.desk.locale, desk.settings.desk.zone, own_clock=own_clock)
