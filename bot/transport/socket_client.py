"""slack_sdk's Socket Mode client, made to wait for nothing while people are served by it."""

import time
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Final

import structlog
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState

from bot.transport.http_deadline import trusted
from bot.transport.slack_calls import SlackAway, call

PLACES: Final = ("ws://", "wss://")

DRAINED: Final = 0.25
"""Seconds for which the connection before is still read once there is a new one: what Slack had sent by it comes in."""

log = structlog.get_logger()


class SocketClient(SocketModeClient):
    """slack_sdk's client, which never sleeps and never keeps what people do waiting while it asks Slack for a place."""

    _is_moving = False

    def issue_new_wss_url(self) -> str:
        """Return the address of a new connection; raises SlackAway and SlackRefuses, also where Slack asks to wait."""
        url = call(self.web_client.apps_connections_open, app_token=self.app_token).get("url")
        if not isinstance(url, str) or not url.startswith(PLACES):
            raise SlackAway(f"no address of a connection: {url!r:.80}")
        return url

    def connect(self) -> None:
        """Connect, and only then hang up on the connection before; raises SlackAway where Slack opens none.

        The base class hangs up first: where that fails, the new connection gets what nobody reads.
        """
        before, state = self.current_session, self.current_session_state
        self.wss_uri = self.wss_uri or self.issue_new_wss_url()
        session = Connection(
            url=self.wss_uri,
            logger=self.logger,
            ping_interval=self.ping_interval,
            receive_buffer_size=self.receive_buffer_size,
            proxy=self.proxy,
            proxy_headers=self.proxy_headers,
            on_message_listener=self._on_message,
            on_error_listener=self._on_error,
            on_close_listener=self._on_close,
            ssl_context=self.web_client.ssl or trusted(),
        )
        session.connect()
        if not session.is_active():
            raise SlackAway("no connection was opened")
        self.current_session, self.current_session_state = session, ConnectionState()  # type: ignore[no-untyped-call]  # slack_sdk does not type it
        self.auto_reconnect_enabled = self.default_auto_reconnect_enabled and not self.closed
        if before is not None and before.is_active():
            time.sleep(DRAINED)
        state.terminated = True
        if before is not None:
            _hang_up(before)
        if not self.current_app_monitor_started:
            self.current_app_monitor_started = True
            self.current_app_monitor.start()

    def disconnect(self) -> None:
        """Hang up on the connection, if there is one."""
        if self.current_session is not None:
            _hang_up(self.current_session)

    def close(self) -> None:
        """End the connection and the threads; what takes messages in would wait for one more, for up to a second."""
        self.closed = True
        self.message_queue.put(None)  # is passed over
        super().close()

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Connect again; where Slack only warns, beside the messages that still come by the old connection.

        A warning that comes again while the connection moves is about the one that is being left.
        """
        if force:
            if not self._is_moving:
                self._is_moving = True
                self.message_workers.submit(self._moved)
        else:
            super().connect_to_new_endpoint()

    def _moved(self) -> None:
        try:
            if not self.closed:
                super().connect_to_new_endpoint(force=True)
        except Exception:  # an edge: the old connection serves until it ends, and is then made anew
            log.exception("line_not_moved")
        finally:
            self._is_moving = False
            self._leave_if_closed()

    def _leave_if_closed(self) -> None:
        """Hang up on a connection that came after the end: nobody else would."""
        if self.closed:
            self.disconnect()


def _hang_up(session: Connection) -> None:
    """End a connection at once.

    A socket that is merely closed stays open while its reader waits: Slack would go on to hand it what nobody reads.
    """
    sock = session.sock
    with suppress(AttributeError, OSError):  # what reads it may hang up at the same moment
        if sock is not None:
            sock.shutdown(SHUT_RDWR)
    with suppress(AttributeError, OSError):
        session.close()
