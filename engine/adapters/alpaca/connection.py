"""Connections of `requests` on which a call can be watched, and looked at a last time before its first byte leaves."""

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from engine.adapters.deadline import current_call


class WatchedConnection(HTTPConnection):
    """A connection that is shut when the time of the call that it carries is over."""

    is_connecting = False

    def connect(self) -> None:
        """Connect; what is said to a proxy meanwhile is no part of the call."""
        self.is_connecting = True
        try:
            super().connect()
        finally:
            self.is_connecting = False

    def send(self, data: Any) -> None:
        """Connect where that is not done, let the last look be taken, and send."""
        if self.sock is None:
            self.connect()
        call = current_call()
        if call is not None and not self.is_connecting and not call.has_left:
            call.watch(self.sock)
            call.leave()
        super().send(data)

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        call = current_call()
        if call is not None:
            call.watch(made)
        return made


class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
    """The same with TLS, whose handshake belongs to the call as well."""


class WatchedPool(HTTPConnectionPool):
    """Connections to one server."""

    ConnectionCls = WatchedConnection


class WatchedTlsPool(HTTPSConnectionPool):
    """Connections to one server, with TLS."""

    ConnectionCls = WatchedTlsConnection


POOLS = {"http": WatchedPool, "https": WatchedTlsPool}


class WatchedAdapter(HTTPAdapter):
    """What `requests` sends its requests by."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        """Use watched connections."""
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **named: Any) -> PoolManager:
        """Use them through a proxy as well."""
        manager: PoolManager = super().proxy_manager_for(proxy, **named)
        manager.pool_classes_by_scheme = POOLS
        return manager
