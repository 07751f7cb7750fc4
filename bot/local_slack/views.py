"""Modals and homes: what is open for whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.local_slack.blocks import with_ids
from bot.local_slack.errors import SlackRefused
from bot.local_slack.inputs import state
from bot.local_slack.limits import check_view
from bot.local_slack.live_updates import LiveUpdates
from bot.local_slack.seed import Json

DEEPEST: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A modal or a home as one person sees it now."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None

    @property
    def blocks(self) -> list[Json]:
        """Return the blocks, every one with its id."""
        blocks: list[Json] = self.body["blocks"]
        return blocks


class Views:
    """The stack of modals and the home of each person."""

    def __init__(
        self,
        live: LiveUpdates,
        owner: Mapping[str, str],
        new_hash: Callable[[], str],
        new_id: Callable[[], str],
        *,
        takes_newer: bool = True,
    ) -> None:
        self._live = live
        self._owner = owner
        self._new_hash = new_hash
        self._new_id = new_id
        self._takes_newer = takes_newer
        self._modals: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._chosen: dict[str, dict[tuple[str, str], Any]] = {}
        self._made = 0

    def modals(self, user: str) -> tuple[View, ...]:
        """Return a person's modals; the last is on top."""
        return tuple(self._modals.get(user, ()))

    def home(self, user: str) -> View | None:
        """Return what the bot published to a person's home."""
        return self._homes.get(user)

    def find(self, view_id: str) -> View | None:
        """Return an open modal or a home by its id or its external id."""
        everything = [*self._homes.values(), *(view for stack in self._modals.values() for view in stack)]
        wanted = (view for view in everything if view_id and view_id in (view.id, view.body.get("external_id")))
        return next(wanted, None)

    def open(self, user: str, body: Json) -> View:
        """Show a new modal, in place of any that the person has open."""
        ready = self._ready(body, "modal")
        self.clear(user)
        return self._put(user, ready, None)

    def push(self, user: str, body: Json) -> View:
        """Show a modal on top of another; raises SlackRefused (push_limit_reached, not_found)."""
        stack = self._modals.get(user)
        if not stack:
            raise SlackRefused("not_found")
        ready = self._ready(body, "modal")
        if len(stack) >= DEEPEST:
            raise SlackRefused("push_limit_reached")
        return self._put(user, ready, stack[-1])

    def update(self, view_id: str, body: Json, known_hash: str | None) -> View:
        """Change what a view shows; raises SlackRefused (not_found, hash_conflict)."""
        old = self.find(view_id)
        if old is None:
            raise SlackRefused("not_found")
        _check_hash(old, known_hash)
        new = replace(old, body=self._ready(body, old.body["type"], old), hash=self._new_hash())
        if old.body["type"] == "home":
            return self._publish(new)
        stack = self._modals[old.user]
        stack[stack.index(old)] = new
        self._send("view_updated", new)
        return new

    def publish(self, user: str, body: Json, known_hash: str | None) -> View:
        """Show a person's home; raises SlackRefused (hash_conflict)."""
        old = self._homes.get(user)
        ready = self._ready(body, "home", old)
        if old is not None:
            _check_hash(old, known_hash)
        view_id = old.id if old else self._next_id()
        return self._publish(View(id=view_id, user=user, body=ready, hash=self._new_hash(), root_id=view_id))

    def close(self, view: View) -> None:
        """Take a modal away."""
        self._modals[view.user].remove(view)
        self._chosen.pop(view.id, None)
        self._send("view_closed", view)

    def clear(self, user: str) -> tuple[View, ...]:
        """Take all of a person's modals away and return them, the top one first."""
        closed = tuple(reversed(self.modals(user)))
        for view in closed:
            self.close(view)
        return closed

    def choose(self, view: View, block_id: str, action_id: str, value: Any) -> None:
        """Remember what the person chose or typed."""
        self._chosen.setdefault(view.id, {})[block_id, action_id] = value

    def for_slack(self, view: View) -> Json:
        """Return a view as Slack sends it, to bots and to people."""
        fixed = {"id": view.id, **self._owner, "root_view_id": view.root_id, "previous_view_id": view.previous_id}
        unsaid: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None}
        unsaid |= {"close": None, "clear_on_close": False, "notify_on_close": False}
        held = state(view.blocks, self._chosen.get(view.id, {}))
        return {**unsaid, **view.body, **fixed, "hash": view.hash, "state": held}

    def _ready(self, body: Json, kind: str, old: View | None = None) -> Json:
        check_view(body, takes_newer=self._takes_newer)
        if body["type"] != kind:
            raise SlackRefused(
                "invalid_arguments", [f"[ERROR] must be a view of type {kind} [json-pointer:/view/type]"]
            )
        taken = self.find(body.get("external_id", ""))
        if taken is not None and taken is not old:
            raise SlackRefused("duplicate_external_id")
        return {**body, "blocks": list(with_ids(body["blocks"], self._new_id))}

    def _put(self, user: str, body: Json, under: View | None) -> View:
        view_id = self._next_id()
        root_id, previous_id = (under.root_id, under.id) if under else (view_id, None)
        new_hash = self._new_hash()
        view = View(id=view_id, user=user, body=body, hash=new_hash, root_id=root_id, previous_id=previous_id)
        self._modals.setdefault(user, []).append(view)
        self._send("view_opened", view)
        return view

    def _publish(self, view: View) -> View:
        self._homes[view.user] = view
        self._send("home_published", view)
        return view

    def _next_id(self) -> str:
        self._made += 1
        return f"V{self._made:07d}"

    def _send(self, kind: str, view: View) -> None:
        self._live.send({"type": kind, "view": self.for_slack(view)}, lambda user: user == view.user)


def _check_hash(view: View, known_hash: str | None) -> None:
    if known_hash and known_hash != view.hash:
        raise SlackRefused("hash_conflict")
