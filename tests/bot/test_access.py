import pytest

from bot.access import NEEDED, Access, Role, Verb
from engine.errors import NotAllowed

ACCESS = Access(admins=frozenset({"UA"}), traders=frozenset({"UT", "UA"}), viewers=frozenset({"UV"}))
USERS = {"UA": Role.ADMIN, "UT": Role.TRADER, "UV": Role.VIEWER, "UX": Role.NOBODY, "": Role.NOBODY}


@pytest.mark.parametrize(("user", "role"), USERS.items())
def test_a_user_has_the_highest_role_that_names_them(user: str, role: Role) -> None:
    assert ACCESS.role_of(user) is role


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("user", USERS)
def test_a_verb_is_allowed_from_its_role_upwards_and_refused_below(user: str, verb: Verb) -> None:
    if USERS[user] >= NEEDED[verb]:
        ACCESS.require(user, verb)
    else:
        with pytest.raises(NotAllowed) as refused:
            ACCESS.require(user, verb)
        assert refused.value.facts == {"needed": NEEDED[verb].name.lower(), "has": USERS[user].name.lower()}


def test_every_verb_needs_a_role() -> None:
    assert set(NEEDED) == set(Verb)
    assert Role.NOBODY not in NEEDED.values()
