"""What is taken from elsewhere under a key is taken once."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import Repeated
from engine.model.manual_proposal import KeptKey
from engine.ports.store import Store

AT = datetime(2025, 8, 19, 14, 45, 15, tzinfo=UTC)
KEPT = KeptKey(digest="5d41", trade_id="AAPL_20250819_234515")


def test_a_key_is_kept_with_what_it_was_used_for(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.kept_key("webhook:one") is None
        transaction.keep_key("webhook:one", KEPT, AT)
    with store.reading() as reader:
        assert reader.kept_key("webhook:one") == KEPT
        assert reader.kept_key("mcp:one") is None


def test_a_key_is_never_kept_twice(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_key("webhook:one", KEPT, AT)
    with pytest.raises(Repeated), store.writing() as transaction:
        transaction.keep_key("webhook:one", KeptKey(digest="other", trade_id=""), AT)
    with store.reading() as reader:
        assert reader.kept_key("webhook:one") == KEPT


def test_keys_are_forgotten_once_they_are_old(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_key("old", KEPT, AT - timedelta(days=31))
        transaction.keep_key("new", KEPT, AT)
        assert transaction.forget_keys(AT - timedelta(days=30)) == 1
        assert transaction.kept_key("old") is None
        assert transaction.kept_key("new") == KEPT
