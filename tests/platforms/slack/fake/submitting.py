"""Submitting and closing modals: https://docs.slack.dev/surfaces/modals ."""

from dataclasses import dataclass, field

from tests.platforms.slack.fake import forms, payloads, views
from tests.platforms.slack.fake.blocks import check_view, elements_of
from tests.platforms.slack.fake.delivery import Ack, Delivery
from tests.platforms.slack.fake.elements import GROUP, OPTION
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.rules import Report, items
from tests.platforms.slack.fake.state import State, Trigger
from tests.platforms.slack.fake.workspace import Message, User, View

TROUBLE = "We had some trouble connecting. Try again?"
"""What the client writes into a modal whose submission failed; the entries stay."""


@dataclass
class Submission:
    """What became of a submission."""

    ack: Ack
    trigger: Trigger
    view: View | None  # what is on top afterwards
    errors: dict[str, str] = field(default_factory=dict)  # by the field's label
    trouble: str = ""

    @property
    def closed(self) -> bool:
        return self.view is None


async def submit(state: State, delivery: Delivery, user: User, view: View) -> Submission:
    """Presses the submit button. Required fields are checked before anything is sent."""
    workspace = state.workspaces[view.team]
    stack = workspace.stack(user.id)
    assert stack[-1:] == [view], "this modal is not on top"
    assert view.spec.get("submit"), "this modal has no submit button"
    trigger = state.trigger(workspace, user.id, view)
    view.errors = _complaints(view)
    if view.errors:
        return Submission(Ack(False, reason="not sent"), trigger, view, _labelled(view))
    payload = payloads.submission(state, workspace, user, view, trigger)
    ack = await delivery.deliver("interactive", payload)
    made = Submission(ack, trigger, view)
    if not ack.ok:
        made.trouble = TROUBLE
        return made
    try:
        _act(state, view, stack, ack.body or {})
    except SlackError as error:
        state.fault(f"view_submission: {error.error} {' '.join(error.messages)}")
        made.trouble = TROUBLE
    made.errors = _labelled(view)
    made.view = stack[-1] if stack else None
    state.changed()
    return made


def _act(state: State, view: View, stack: list[View], body: Json) -> None:
    """https://docs.slack.dev/surfaces/modals#response_actions"""
    workspace = state.workspaces[view.team]
    if not isinstance(body, dict):
        raise SlackError("invalid_response")
    match body.get("response_action"):
        case None if not body:
            stack.remove(view)
            view.is_open = False
        case "errors":
            fields = {one["block_id"] for one in view.blocks if one["type"] == "input"}
            wrong = body.get("errors") or {"": ""}
            if any(name not in fields or not words for name, words in wrong.items()):
                raise SlackError("errors for blocks that are no inputs", [str(wrong)])
            view.errors = dict(wrong)
        case "update":
            check_view(body.get("view"))
            views.show(state, view, body["view"])
        case "push":
            check_view(body.get("view"))
            if len(stack) >= views.HIGHEST_STACK:
                raise SlackError("push_limit_reached")
            stack.append(views.make(state, workspace, view.user, body["view"], stack[-1]))
        case "clear":
            for one in stack:
                one.is_open = False
            stack.clear()
        case _:
            raise SlackError("unknown response_action", [str(body)])


def _complaints(view: View) -> dict[str, str]:
    found = {}
    for block in view.blocks:
        if block["type"] == "input":
            place = (block["block_id"], block["element"]["action_id"])
            if place in view.typed and (words := forms.complaints(block, view.typed[place])):
                found[block["block_id"]] = words
    return found


def _labelled(view: View) -> dict[str, str]:
    labels = {
        block["block_id"]: str(block["label"]["text"])
        for block in view.blocks
        if block["type"] == "input"
    }
    return {labels[name]: words for name, words in view.errors.items()}


async def close(
    state: State, delivery: Delivery, user: User, view: View, *, everything: bool = False
) -> list[Ack]:
    """Closes a modal; the app hears of it only where it asked to."""
    workspace = state.workspaces[view.team]
    stack = workspace.stack(user.id)
    assert stack[-1:] == [view], "this modal is not on top"
    cleared = everything or bool(view.spec.get("clear_on_close"))
    going = list(reversed(stack)) if cleared else [view]
    for one in going:
        stack.remove(one)
        one.is_open = False
    state.changed()
    return [
        await delivery.deliver(
            "interactive", payloads.closed(state, workspace, user, one, cleared=cleared)
        )
        for one in going
        if one.spec.get("notify_on_close")
    ]


def values_of(message: Message, block: Json, element: Json, chosen: Json | None) -> Json:
    """`state.values` of a message: what its menus hold, with what was chosen just now."""
    values: Json = {}
    for one in message.blocks:
        for part in elements_of(one):
            value = forms.first_value(part)
            if part is element and chosen is not None and value is not None:
                value = chosen
            if value is not None:
                values.setdefault(one["block_id"], {})[part["action_id"]] = value
    return values


def check_options(state: State, ack: Ack) -> list[Json]:
    """What the app answered to a block_suggestion; what Slack would not show is a fault.

    https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
    """
    if not ack.ok:
        return []
    body = ack.body if isinstance(ack.body, dict) else {}
    report = Report()
    if "option_groups" in body:
        items(GROUP, 100, least=0)(report, "/option_groups", body["option_groups"])
        found = [one for group in body["option_groups"] for one in group.get("options", [])]
    else:
        items(OPTION, 100, least=0)(report, "/options", body.get("options"))
        found = body.get("options") or []
    for words in report.found:
        state.fault(f"block_suggestion: {words}")
    return [] if report.found else found
