from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from engine.errors import Repeated
from engine.model.desk import AuditEntry, Desk, DeskState
from engine.ports.store import Store
from tests.contracts.store.samples import instants, on_one_store, words
from tests.support.fakes.trades import PROPOSED_AT, a_trade


def an_entry(action: str = "halt", subject: str = "") -> AuditEntry:
    return AuditEntry(at=PROPOSED_AT, actor="U1", action=action, subject=subject)


def test_a_new_desk_is_active_and_asks_people(store: Store) -> None:
    with store.reading() as reader:
        assert reader.desk() == Desk(state=DeskState.ACTIVE, auto=False)


def test_the_desk_is_what_it_was_last_set_to(store: Store) -> None:
    halted = Desk(state=DeskState.HALTED, auto=True, by="U1", reason="news", since=PROPOSED_AT)
    with store.writing() as transaction:
        transaction.set_desk(Desk(state=DeskState.REDUCING, auto=False))
        transaction.set_desk(halted)
    with store.reading() as reader:
        assert reader.desk() == halted


def test_a_setting_is_what_it_was_last_set_to(store: Store) -> None:
    with store.writing() as transaction:
        transaction.set_setting("locale", "en")
        transaction.set_setting("locale", "ko")
        assert transaction.setting("locale") == "ko"


def test_a_setting_that_was_never_changed_is_none(store: Store) -> None:
    with store.reading() as reader:
        assert reader.setting("locale") is None


def test_of_several_settings_those_that_were_changed_are_read_in_one_look(store: Store) -> None:
    with store.writing() as transaction:
        for name, value in (("locale", "ko"), ("zone", ""), ("other", "1")):
            transaction.set_setting(name, value)
        assert transaction.settings({"locale", "zone", "never"}) == {"locale": "ko", "zone": ""}
        assert transaction.settings(()) == {}


def test_the_audit_is_read_newest_first_in_the_order_of_recording(store: Store) -> None:
    entries = [an_entry(action) for action in ("approve", "halt", "resume")]
    with store.writing() as transaction:
        for entry in entries:
            transaction.write_audit(entry)
        assert transaction.audit() == tuple(reversed(entries))


def test_the_audit_is_read_to_a_limit(store: Store) -> None:
    with store.writing() as transaction:
        for number in range(60):
            transaction.write_audit(an_entry(f"act {number}"))
        assert (len(transaction.audit()), transaction.audit(limit=1)) == (50, (an_entry("act 59"),))


def test_the_audit_can_be_read_for_one_subject(store: Store) -> None:
    about_the_trade = an_entry("approve", a_trade().id)
    with store.writing() as transaction:
        transaction.write_audit(about_the_trade)
        transaction.write_audit(an_entry("halt"))
        assert transaction.audit(subject=a_trade().id) == (about_the_trade,)


def test_words_that_no_database_can_hold_do_not_keep_the_rest_from_being_kept(store: Store) -> None:
    with store.writing() as transaction:
        transaction.set_desk(Desk(state=DeskState.HALTED, auto=False, reason="stop\0 it \ud83d now"))
        assert transaction.desk().reason == "stop\ufffd it \ufffd now"


@on_one_store
@given(
    entry=st.builds(
        AuditEntry,
        at=instants,
        actor=words,
        action=words,
        subject=words,
        said=words,
        outcome=words,
        why=words,
    ),
)
def test_every_field_of_an_audit_entry_is_kept_exactly(store: Store, entry: AuditEntry) -> None:
    with store.writing() as transaction:
        transaction.write_audit(entry)
    with store.reading() as reader:
        assert reader.audit(limit=1) == (entry,)


def test_the_audit_takes_one_entry_of_a_request(store: Store) -> None:
    entry = replace(an_entry(), request="a1")
    with store.writing() as transaction:
        transaction.write_audit(entry)
    with pytest.raises(Repeated), store.writing() as transaction:
        transaction.write_audit(replace(entry, action="approve"))
    with store.reading() as reader:
        assert reader.audit() == (entry,)


def test_a_request_is_served_once_the_audit_has_it(store: Store) -> None:
    with store.writing() as transaction:
        assert not transaction.is_served("a1")
        transaction.write_audit(replace(an_entry(), request="a1"))
        assert (transaction.is_served("a1"), transaction.is_served("a2")) == (True, False)


def test_what_has_no_request_is_always_new(store: Store) -> None:
    with store.writing() as transaction:
        transaction.write_audit(an_entry())
        transaction.write_audit(an_entry())
        assert not transaction.is_served("")
