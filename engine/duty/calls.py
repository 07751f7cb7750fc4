"""Who is called for what, and where: the whole decision, from the roster and an instant alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.duty.schedule import is_away, is_within, on_duty
from engine.model.duty import CallKind, CallWay, DutyLine, Roster

Members = Mapping[str, Collection[str]]
"""Who is in each user group, as far as Slack told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Callees:
    """Whom a message mentions in the channel (users and user groups), and who gets a direct message."""

    mentioned: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anybody is called."""
        return bool(self.mentioned or self.direct)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Decides at one instant. `usual` is how the desk calls whoever did not choose; `zone` is the desk's."""

    roster: Roster
    at: datetime
    zone: ZoneInfo
    usual: CallWay
    members: Members

    def decide(self, kind: CallKind, earlier: Collection[str] = ()) -> Callees:
        """Decide who is called; `earlier` are those who were called for the same proposal before.

        A proposal and its reminder go to the first line, and where nobody of it may be called, to the second. An
        escalation goes to those of the second line who were not called yet. What became of it goes to whoever was
        called. An alarm goes to both lines.
        """
        first, second = (on_duty(self.roster, line, self.at, self.zone).who for line in DutyLine)
        if kind.is_alarm:
            return self._alarm((*first, *second))
        if kind is CallKind.ESCALATION:
            return self._call(second, kind, but=self._persons(earlier))
        if kind in {CallKind.PROPOSAL, CallKind.REMINDER}:
            return self._call(first, kind) or self._call(second, kind)
        return self._call(tuple(earlier), kind)

    def may_call(self, who: str, kind: CallKind) -> bool:
        """Tell whether a person may be called now for a kind."""
        if kind.is_alarm:
            return True
        local = self.at.astimezone(self.zone)
        minutes = local.hour * 60 + local.minute
        quiet = self.roster.choice_of(who).quiet
        is_quiet = any(kind in each.kinds and is_within(minutes, each.begins, each.ends) for each in quiet)
        return not is_quiet and not is_away(self.roster, who, self.at, self.zone)

    def way_of(self, who: str) -> CallWay:
        """Return how a person is called."""
        return self.roster.choice_of(who).way or self.usual

    def _call(self, who: tuple[str, ...], kind: CallKind, but: Collection[str] = ()) -> Callees:
        """Call those who may be called; a group is mentioned as such while all of it is called by a mention."""
        groups = [each for each in who if self._is_called_whole(each, kind, but)]
        within = {person for group in groups for person in self.members.get(group, ())}
        alone = [person for person in self._persons(who) if person not in within and person not in {*but, *groups}]
        return self._by_way([person for person in alone if self.may_call(person, kind)], groups)

    def _alarm(self, who: tuple[str, ...]) -> Callees:
        """Call everybody: a group as a whole, for nobody is asked who is in it while an alarm waits."""
        groups = [each for each in who if is_group(each)]
        return self._by_way([each for each in who if not is_group(each)], groups)

    def _by_way(self, persons: Collection[str], groups: Collection[str]) -> Callees:
        in_channel = [each for each in persons if self.way_of(each) is not CallWay.DIRECT]
        direct = [each for each in persons if self.way_of(each) is not CallWay.CHANNEL]
        return Callees(mentioned=tuple(dict.fromkeys((*groups, *in_channel))), direct=tuple(dict.fromkeys(direct)))

    def _is_called_whole(self, who: str, kind: CallKind, but: Collection[str]) -> bool:
        """Tell whether a group is called by its own mention; one of whose members nobody tells is, rather than lost."""
        persons = self.members.get(who, ())
        return (
            is_group(who)
            and all(
                self.may_call(each, kind) and self.way_of(each) is CallWay.CHANNEL and each not in but
                for each in persons
            )
            and who not in but
        )

    def _persons(self, who: Collection[str]) -> tuple[str, ...]:
        """Return everybody by their own id; a group whose members are not known stays itself."""
        spread = (tuple(self.members.get(each, ())) or (each,) if is_group(each) else (each,) for each in who)
        return tuple(dict.fromkeys(person for persons in spread for person in persons))


def is_group(who: str) -> bool:
    """Tell a user group's id from a user's."""
    return who.startswith("S")
