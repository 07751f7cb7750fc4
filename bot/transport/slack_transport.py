"""The way from Slack to the listeners: a Socket Mode connection, or Slack's requests to the HTTP port."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from threading import Lock
from typing import Any, Final

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.settings import SlackSettings
from bot.transport.installation import Installation
from bot.transport.neighbours import LaterDesk, Neighbours
from bot.transport.slack_calls import CHANNEL_LOST, SlackAway, SlackRefuses, call
from bot.transport.slack_events import SlackEvents
from bot.transport.socket_client import SocketClient
from bot.worker import Backoff, Worker
from engine.errors import SettingsInvalid, TemporaryError

MESSAGES: Final = 64
"""Messages of Slack that are taken in at once: each waits until its listener has acknowledged it."""
PING_EVERY: Final = 10.0
"""Seconds between two signs of life on a connection, and between two looks at whether to connect again."""
LOOK: Final = 2.0
"""Seconds between two looks at whether the connection lives."""
MENDS_WITHIN: Final = 60.0
"""Seconds in which a connection that was lost is made again by its own threads."""
COUNT_EVERY: Final = 600.0
"""Seconds between two counts of the app's connections; for each, one more is opened for a moment."""
FIRST_COUNT: Final = 50.0
"""Seconds to the first where it is not sure to be alone: by then no dead bot passes for a living one."""
SOON: Final = 15.0
"""Seconds to a count after a greeting that names too many: a connection that is replaced counts twice for a moment."""
FINISHED_WITHIN: Final = 3.0
"""Seconds that Slack waits for an acknowledgement."""
IDLE_LOOKS: Final = 5
IDLE_LOOK: Final = 0.02
"""Looks in a row that find a connection idle before it is hung up, and the seconds between them."""
HELLO_WITHIN: Final = 5.0
"""Seconds in which Slack greets a new connection."""

log = structlog.get_logger()


class Socket(SocketModeHandler):
    """One Socket Mode connection, which serves nothing before it is `open`.

    `hellos` gets from each of Slack's greetings how many connections the app has, this one too.
    """

    def __init__(self, app: App, token: str) -> None:  # the base class would make a client that sleeps
        self.app = app
        self.app_token = token
        self.client = SocketClient(
            token, app.logger, app.client, ping_interval=PING_EVERY, concurrency=MESSAGES, proxy=app.client.proxy
        )
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]  # as Bolt does
        self.is_open = False
        self._lock = Lock()
        self._served = 0
        self.hellos: Queue[int] = Queue()
        self.client.on_message_listeners.append(self._listen)

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt does
        """Serve what Slack sends; while shut nothing is answered, and Slack tells the person that it failed."""
        if not self.is_open:
            log.warning("not_served", kind=req.type)
            return
        with self._lock:
            self._served += 1
        try:
            super().handle(client, req)
        finally:
            with self._lock:
                self._served -= 1

    @property
    def is_whole(self) -> bool:
        """Whether none of its threads has ended; they connect it again by themselves."""
        client = self.client
        runners = (client.current_session_runner, client.current_app_monitor, client.message_processor)
        return all(runner.is_alive() for runner in runners)

    @property
    def lives(self) -> bool:
        """Whether it is connected, and whole."""
        return self.client.is_connected() and self.is_whole

    def greeting(self) -> int:
        """Return how many connections the app had once this one was there, 0 where Slack does not say."""
        try:
            return self.hellos.get(timeout=HELLO_WITHIN)
        except Empty:
            return 0

    def close(self) -> None:
        """Finish what came, serve nothing more, and hang up: what is not acknowledged by then has failed."""
        if self.is_open and self.lives:
            self._finish()
        self.is_open = False
        super().close()  # type: ignore[no-untyped-call]  # Bolt does not type it

    def _finish(self) -> None:
        """Wait until nothing came for a moment and all that came is acknowledged, but not longer than Slack waits."""
        ends = time.monotonic() + FINISHED_WITHIN
        idle = 0
        while idle < IDLE_LOOKS and time.monotonic() < ends:
            idle = 0 if self._served or not self.client.message_queue.empty() else idle + 1
            time.sleep(IDLE_LOOK)

    def _listen(self, message: str) -> None:
        with suppress(ValueError, AttributeError):
            said = json.loads(message)
            number = said.get("num_connections")
            if said.get("type") == "hello" and isinstance(number, int):
                self.hellos.put(number)


class SlackTransport:
    """One way, as the settings say. `events` is its door at the HTTP port, None where Socket Mode is used.

    `neighbours` judge, before anything is served and now and then, whether another desk is connected to the same app;
    `installation` learns of which workspace and app the tokens are; `first_count` is the seconds from when it serves to
    the first such look.
    """

    def __init__(
        self,
        slack: SlackSettings,
        neighbours: Neighbours | None = None,
        clock: Callable[[], float] = time.monotonic,
        installation: Installation | None = None,
        first_count: float = FIRST_COUNT,
    ) -> None:
        self._installation = installation or Installation()
        self._first_count = first_count
        self._app_token = slack.slack_app_token.get_secret_value()
        self.events = SlackEvents(slack.slack_signing_secret.get_secret_value()) if slack.over_http else None
        self._is_up: Callable[[], bool] = lambda: False
        self._neighbours = neighbours
        self._clock = clock
        self._lived_at = clock()
        self._count_at = clock() + first_count
        self._is_later = False
        self._app: App | None = None
        self._socket: Socket | None = None
        self._worker: Worker | None = None

    def is_up(self) -> bool:
        """Tell whether what people do in Slack reaches the listeners now."""
        return self._is_up()

    @property
    def worker(self) -> Worker | None:
        """Return what looks after the connection, None where there is none to look after."""
        return self._worker

    @contextmanager
    def held(self, app: App) -> Iterator[None]:
        """Hold the line to an App; on leaving nothing new is taken and what is under way is finished.

        Raises SettingsInvalid when Slack refuses a token, TemporaryError when Slack cannot be reached.
        """
        try:
            self._installation.learn(_ask(app.client.auth_test, "SLACK_BOT_TOKEN"), self._app_token)
            with self._door(self.events, app) if self.events else self._connected(app):
                yield
        finally:
            self._is_up = lambda: False
            app.listener_runner.listener_executor.shutdown()

    @contextmanager
    def _door(self, events: SlackEvents, app: App) -> Iterator[None]:
        with events.served_by(app):
            self._is_up = lambda: True
            yield

    @contextmanager
    def _connected(self, app: App) -> Iterator[None]:
        self._app = app
        self._socket = self._admitted()
        self._lived_at = self._clock()
        self._is_up = lambda: self._socket is not None and self._socket.lives
        self._worker = Worker("line", self._look, backoff=Backoff(first=LOOK, longest=30.0))
        self._worker.start()
        try:
            yield
        finally:
            self._worker.stop()
            self._worker = None
            self._socket.close()

    def _admitted(self) -> Socket:
        """Open a connection that serves, where no other desk is connected.

        Raises SettingsInvalid and TemporaryError.
        """
        socket = self._neighbours.admit(self._shut) if self._neighbours else self._shut()
        socket.is_open = True
        is_sure = self._neighbours is None or self._neighbours.is_sure
        self._count_in(COUNT_EVERY if is_sure else self._first_count)
        return socket

    def _connect(self) -> Socket:
        """Open a connection that serves; raises SettingsInvalid and TemporaryError."""
        socket = self._shut()
        socket.is_open = True
        return socket

    def _shut(self) -> Socket:
        """Open a connection that does not serve yet."""
        if self._app is None:
            raise TemporaryError("there is no App to serve")
        socket = Socket(self._app, self._app_token)
        try:
            _ask(socket.connect, "SLACK_APP_TOKEN")
        except BaseException:
            socket.close()
            raise
        return socket

    def _count(self) -> int:
        """Return how many connections the app has, one that is opened for the question too; 0 where Slack is silent."""
        socket = self._connect()  # it serves: what people do meanwhile may come by it
        try:
            return socket.greeting()
        finally:
            socket.close()

    def _look(self) -> float:
        """See that the connection lives; where one of its threads ended, or it stays away, it is made anew."""
        socket, now = self._socket, self._clock()
        if self._is_later:
            self._socket = self._admitted()
            self._is_later, self._lived_at = False, self._clock()
        elif socket is None or socket.lives:
            self._lived_at = now
        elif not socket.is_whole or now - self._lived_at >= MENDS_WITHIN:
            log.error("line_made_anew")
            socket.close()  # first: Slack would go on to hand it commands that nothing takes in
            self._socket = self._connect()
            self._lived_at = now
        if self._neighbours:
            self._look_around(self._neighbours)
        return LOOK

    def _look_around(self, neighbours: Neighbours) -> None:
        """Count the app's connections now and then, and soon where Slack greets with one too many; the later leaves."""
        while self._socket and not self._socket.hellos.empty():
            if not neighbours.greeted(self._socket.hellos.get()):
                self._count_in(SOON)
        if self._clock() < self._count_at:
            return
        self._count_in(COUNT_EVERY)
        try:
            neighbours.look(self._count)
        except LaterDesk:
            self._is_later = True
            if self._socket:
                self._socket.close()

    def _count_in(self, seconds: float) -> None:
        self._count_at = self._clock() + seconds


def _ask(ask_slack: Callable[[], Any], token: str) -> Any:
    try:
        return call(ask_slack)
    except SlackRefuses as refusal:
        if str(refusal) not in CHANNEL_LOST:  # no word about a token: another answer may follow
            raise TemporaryError(f"Slack refuses {token}: {refusal}") from refusal
        raise SettingsInvalid(f"{token}: Slack refuses it ({refusal})") from refusal
    except SlackAway as away:
        raise TemporaryError(f"Slack cannot be reached: {away}") from away
