from dataclasses import replace

import pytest

from bot.access import Access, Role, Verb, nobody
from engine.errors import NotAllowed

ACCESS = Access(admins=frozenset({"UA"}), traders=frozenset({"UT", "UA"}), viewers=frozenset({"UV"}))
USERS = {"UA": Role.ADMIN, "UT": Role.TRADER, "UV": Role.VIEWER, "UX": Role.NOBODY, "": Role.NOBODY}


@pytest.mark.parametrize(("user", "role"), USERS.items())
def test_a_user_has_the_highest_role_that_names_them(user: str, role: Role) -> None:
    assert ACCESS.role_of(user) is role


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("user", USERS)
def test_a_verb_is_allowed_from_its_role_upwards_and_refused_below(user: str, verb: Verb) -> None:
    if USERS[user] >= verb.role:
        ACCESS.require(user, verb)
    else:
        with pytest.raises(NotAllowed) as refused:
            ACCESS.require(user, verb)
        assert refused.value.facts == {"needed": verb.role.name.lower(), "has": USERS[user].name.lower()}


GROUPS = {"S0BOSSES": frozenset({"UB"}), "S0TRADERS": frozenset({"UB", "UG", "UV"})}


def members(group: str) -> frozenset[str]:
    return GROUPS.get(group, frozenset())


WITH_GROUPS = Access(
    admins=frozenset({"UA", "S0BOSSES"}),
    traders=frozenset({"S0TRADERS", "S0UNKNOWN"}),
    viewers=frozenset({"UV"}),
    members=members,
)


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("UA", Role.ADMIN),
        ("UB", Role.ADMIN),
        ("UG", Role.TRADER),
        ("UV", Role.TRADER),
        ("UX", Role.NOBODY),
        ("", Role.NOBODY),
        ("S0BOSSES", Role.NOBODY),
    ],
)
def test_who_is_in_a_group_has_its_role_and_the_highest_counts(user: str, role: Role) -> None:
    assert WITH_GROUPS.role_of(user) is role


def test_a_group_whose_members_nobody_tells_is_nobody() -> None:
    untold = replace(WITH_GROUPS, members=nobody)
    with pytest.raises(NotAllowed):
        untold.require("UG", Verb.HALT)


def test_who_is_named_by_their_own_id_needs_no_word_from_slack() -> None:
    def away(group: str) -> frozenset[str]:
        raise AssertionError(group)

    replace(WITH_GROUPS, members=away).require("UA", Verb.RESUME)


def test_empty_lists_are_nobody() -> None:
    empty = Access(admins=frozenset(), traders=frozenset(), viewers=frozenset())
    for verb in Verb:
        with pytest.raises(NotAllowed):
            empty.require("UA", verb)


def test_every_verb_needs_a_role() -> None:
    assert Role.NOBODY not in {verb.role for verb in Verb}
