from collections.abc import Callable

Asked = Callable[[str, str], bool]
"""Tells whether somebody, by their id, may do a verb ('approve', 'set') now; may take seconds."""
AskedMembers = Callable[[str], frozenset[str]]
"""Tells who is in a user group, by its id, as far as Slack tells; may take seconds."""


def no_members(_group: str) -> frozenset[str]:
    """Know nobody who is in a group."""
    return frozenset()


class DeskPeople:
    """Whether people may still do what they once did: known to whoever knows the roles, and until then nobody may."""

    def __init__(self) -> None:
        self._may: Asked = _nobody
        self._members: AskedMembers = no_members

    def ask(self, may: Asked, members: AskedMembers = no_members) -> None:
        """Say who knows."""
        self._may = may
        self._members = members

    def may(self, user: str, verb: str) -> bool:
        """Tell whether somebody may do this now; asked while no transaction is open."""
        return self._may(user, verb)

    def members(self, group: str) -> frozenset[str]:
        """Return who is in a user group, nobody where that is not known; asked while no transaction is open."""
        return self._members(group)


def _nobody(_user: str, _verb: str) -> bool:
    return False
