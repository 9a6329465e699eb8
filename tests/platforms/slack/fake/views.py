"""Modals and the Home tab: https://docs.slack.dev/surfaces/modals and .../surfaces/app-home ."""

import copy
from typing import Any

from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.blocks import check_view, elements_of
from tests.platforms.slack.fake.chat import stored_blocks
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.forms import first_value
from tests.platforms.slack.fake.state import State, Trigger
from tests.platforms.slack.fake.workspace import View, Workspace

HIGHEST_STACK = 3
"""https://docs.slack.dev/surfaces/modals#lifecycle"""


def _given(args: Arguments) -> Json:
    view: Any = args.structure("view", "invalid_arguments")
    return copy.deepcopy(view) if isinstance(view, dict) else {"type": None}


def exchange(state: State, workspace: Workspace, args: Arguments) -> Trigger:
    """A trigger is good for one view within three seconds."""
    trigger = state.triggers.get(args.text("trigger_id"))
    if trigger is None or trigger.workspace is not workspace:
        raise SlackError("invalid_arguments", ["invalid `trigger_id`"])
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if state.clock() > trigger.expires:
        raise SlackError("expired_trigger_id")
    return trigger


def _unused(workspace: Workspace, spec: Json, but: View | None = None) -> None:
    name = spec.get("external_id")
    for view in workspace.views.values():
        if name and view is not but and view.is_open and view.spec.get("external_id") == name:
            raise SlackError("duplicate_external_id")


def make(state: State, workspace: Workspace, user: str, spec: Json, under: View | None) -> View:
    """A new view, on top of another or alone."""
    new = state.ids.next("V")
    view = View(
        id=new,
        team=workspace.id,
        user=user,
        app_id=workspace.app_id,
        bot_id=workspace.bot_id,
        spec={},
        hash="",
        root=under.root if under else new,
        previous=under.id if under else None,
    )
    workspace.views[new] = view
    show(state, view, spec)
    return view


def show(state: State, view: View, spec: Json) -> None:
    """Puts a content into a view. What was typed stays where block and action keep their ids.

    https://docs.slack.dev/surfaces/modals#updating_views
    """
    view.spec = {**spec, "blocks": stored_blocks(state, spec["blocks"])}
    view.hash = f"{state.ts().split('.')[0]}.{state.ids.next('h').lower()}"
    view.errors = {}
    before = view.typed
    view.typed = {}
    for block in view.spec["blocks"]:
        for element in elements_of(block):
            if (value := first_value(element)) is not None:
                place = (block["block_id"], element["action_id"])
                kept = before.get(place)
                view.typed[place] = kept if kept and kept["type"] == value["type"] else value


def open_(state: State, workspace: Workspace, args: Arguments) -> Json:
    spec = _given(args)
    trigger = exchange(state, workspace, args)
    check_view(spec)
    _unused(workspace, spec)
    trigger.used = True
    stack = workspace.stack(trigger.user)
    for view in stack:
        view.is_open = False
    stack.clear()
    view = make(state, workspace, trigger.user, spec, None)
    stack.append(view)
    trigger.opened = view
    state.changed()
    return {"view": view.document()}


def push(state: State, workspace: Workspace, args: Arguments) -> Json:
    spec = _given(args)
    trigger = exchange(state, workspace, args)
    check_view(spec)
    _unused(workspace, spec)
    stack = workspace.stack(trigger.user)
    if not stack or trigger.view is None or trigger.view.type != "modal":
        message = "must match the `type` of the root view whose stack we're pushing onto"
        raise SlackError("invalid_arguments", [f"[ERROR] {message} [json-pointer:/view/type]"])
    if len(stack) >= HIGHEST_STACK:
        raise SlackError("push_limit_reached")
    trigger.used = True
    view = make(state, workspace, trigger.user, spec, stack[-1])
    stack.append(view)
    trigger.opened = view
    state.changed()
    return {"view": view.document()}


def update(state: State, workspace: Workspace, args: Arguments) -> Json:
    spec = _given(args)
    found: View | None = None
    for view in workspace.views.values():
        named = args.text("external_id") and args.text("external_id") == view.spec.get(
            "external_id"
        )
        if view.is_open and view.type == "modal" and (view.id == args.text("view_id") or named):
            found = view
    if found is None:
        raise SlackError("not_found")
    check_view(spec)
    if "hash" in args and args.text("hash") != found.hash:
        raise SlackError("hash_conflict")
    _unused(workspace, spec, found)
    show(state, found, spec)
    state.changed()
    return {"view": found.document()}


def publish(state: State, workspace: Workspace, args: Arguments) -> Json:
    spec = _given(args)
    user = workspace.user(args.text("user_id")).id
    if not state.manifest.home_tab:
        raise SlackError("not_enabled")
    check_view(spec, kinds=("home",))
    found = workspace.homes.get(user)
    if found is None:
        found = make(state, workspace, user, spec, None)
        workspace.homes[user] = found
    else:
        if "hash" in args and args.text("hash") != found.hash:
            raise SlackError("hash_conflict")
        show(state, found, spec)
    state.changed()
    return {"view": found.document()}
