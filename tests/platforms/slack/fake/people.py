"""What people do, and what they then see; the same in Socket Mode and over HTTP."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.platforms.slack.fake import (
    composing,
    finding,
    forms,
    payloads,
    reading,
    responses,
    submitting,
)
from tests.platforms.slack.fake.delivery import Ack, Delivery
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.state import PATIENCE, ResponseUrl, State, Trigger
from tests.platforms.slack.fake.workspace import Channel, Message, User, View, Workspace


class Slack(Protocol):
    """What a person needs of the whole."""

    state: State

    @property
    def delivery(self) -> Delivery: ...

    async def event(self, inner: Json, workspace: Workspace | None = None) -> Ack | None: ...


@dataclass
class Answer:
    """What one interaction brought about for the person who did it."""

    state: State
    ack: Ack
    trigger: Trigger
    url: ResponseUrl | None
    error: str = ""  # what Slackbot says: "operation_timeout", "dispatch_failed"

    @property
    def messages(self) -> list[Message]:
        """Those that came with the acknowledgement or through the response_url."""
        return list(self.url.answers) if self.url else []

    @property
    def text(self) -> str:
        """All that these messages say."""
        return "\n".join(reading.text_of(one) for one in self.messages)

    @property
    def modal(self) -> View | None:
        return self.trigger.opened

    async def message(self, number: int = 1, within: float = PATIENCE) -> Message:
        """Waits for the first message, or a later one."""
        await self.state.until(lambda: len(self.messages) >= number, within)
        return self.messages[number - 1]

    async def opened(self, within: float = PATIENCE) -> View:
        """Waits for the modal."""
        await self.state.until(lambda: self.modal, within)
        assert self.modal is not None
        return self.modal

    async def first(self, within: float = PATIENCE) -> Message | View:
        """Waits for whatever comes first, a modal or a message."""
        await self.state.until(lambda: self.modal or self.messages, within)
        return self.modal or self.messages[0]


@dataclass
class Person:
    """One person in one workspace."""

    slack: Slack
    workspace: Workspace
    user: User
    suggested: dict[tuple[str, str], list[Json]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def direct(self) -> Channel:
        """The direct message with the bot."""
        return self.workspace.direct(self.id)

    @property
    def modal(self) -> View | None:
        """The modal that is on top now."""
        stack = self.workspace.stack(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        return self.workspace.homes.get(self.id)

    def sees(self, channel: Channel | str) -> list[Message]:
        """The messages of a channel as this person sees them, ephemeral ones among them."""
        place = self._channel(channel)
        shown = [one for one in place.messages if not one.deleted]
        shown += [
            one
            for one in self.workspace.ephemerals
            if one.channel == place.id and one.to == self.id and not one.deleted
        ]
        return sorted(shown, key=lambda one: one.ts)

    def reads(self, channel: Channel | str) -> list[str]:
        return [reading.text_of(one) for one in self.sees(channel)]

    async def command(
        self, name: str, text: str = "", channel: Channel | str | None = None
    ) -> Answer:
        """Types a slash command, by default in the direct message with the bot.

        `<@U…>` and `<#C…>` in the text are mentions picked from the menu.
        """
        known = self.slack.state.manifest.commands
        assert known is None or name in known, f"{name} is not a command of the app"
        place = self._channel(channel or self.direct)
        state = self.slack.state
        trigger = state.trigger(self.workspace, self.id)
        url = state.response_url("commands", self.workspace, self.id, place.id)
        said = composing.command_text(self.workspace, text, marked=state.manifest.should_escape)
        payload = payloads.command(
            state, self.workspace, self.user, place, name, said, trigger, url
        )
        ack = await self.slack.delivery.deliver("slash_commands", payload)
        answer = Answer(state, ack, trigger, url, _failure(ack))
        if ack.ok and ack.body:
            body = ack.body if isinstance(ack.body, dict) else {"text": ack.body}
            try:
                responses.answer(state, url, body, "ack()")
            except SlackError as error:
                answer.error = error.error
            state.changed()
        return answer

    async def press(self, shown: Message | View, what: str, value: Any = None) -> Answer:
        """Presses a button, by its label or action id, or chooses `value` in a menu."""
        state = self.slack.state
        block, element = finding.element(shown, what)
        if element["type"] == "overflow":
            suggested = element["options"]
            chosen: Json | None = {
                "type": "overflow",
                "selected_option": forms.option(element, value, suggested),
            }
        elif element["type"] == "button":
            chosen = None
        else:
            place = (block["block_id"], element["action_id"])
            chosen = forms.entered(element, value, self.suggested.get(place, []))
        action = payloads.pressed(state, element, block, chosen)
        if isinstance(shown, View):
            return await self._press_in_view(shown, block, element, chosen, action)
        assert not shown.to or shown.to == self.id, "only its addressee sees an ephemeral message"
        trigger = state.trigger(self.workspace, self.id)
        url = state.response_url("actions", self.workspace, self.id, shown.channel, shown)
        values = submitting.values_of(shown, block, element, chosen)
        ack = await self.slack.delivery.deliver(
            "interactive",
            payloads.message_actions(
                state, self.workspace, self.user, shown, action, values, trigger, url
            ),
        )
        return self._after(ack, trigger, url)

    async def _press_in_view(
        self, view: View, block: Json, element: Json, chosen: Json | None, action: Json
    ) -> Answer:
        assert view.is_open, "this view is closed"
        if block["type"] == "input":
            assert block.get("dispatch_action"), "this input sends nothing by itself: fill it"
        if chosen is not None and element["type"] != "overflow":
            view.typed[block["block_id"], element["action_id"]] = chosen
        state = self.slack.state
        trigger = state.trigger(self.workspace, self.id, view)
        ack = await self.slack.delivery.deliver(
            "interactive",
            payloads.view_actions(state, self.workspace, self.user, view, action, trigger),
        )
        return self._after(ack, trigger, None)

    def _after(self, ack: Ack, trigger: Trigger, url: ResponseUrl | None) -> Answer:
        if ack.ok and ack.body:
            self.slack.state.fault(f"an acknowledgement with a body that Slack ignores: {ack.body}")
        return Answer(self.slack.state, ack, trigger, url, _failure(ack))

    def fill(self, view: View, values: dict[str, Any]) -> None:
        """Enters values into fields, each named by its label, block id or action id."""
        assert view.is_open, "this modal is closed"
        for what, given in values.items():
            block, element = finding.element(view, what)
            place = (block["block_id"], element["action_id"])
            view.typed[place] = forms.entered(element, given, self.suggested.get(place, []))

    async def submit(
        self, view: View, values: dict[str, Any] | None = None
    ) -> submitting.Submission:
        """Presses the submit button of a modal, after filling it."""
        self.fill(view, values or {})
        return await submitting.submit(self.slack.state, self.slack.delivery, self.user, view)

    async def close(self, view: View, *, everything: bool = False) -> list[Ack]:
        """Presses Cancel, or the cross, which closes the whole stack."""
        return await submitting.close(
            self.slack.state, self.slack.delivery, self.user, view, everything=everything
        )

    async def suggest(self, shown: Message | View, what: str, typed: str) -> list[str]:
        """Types into a menu whose options the app supplies; the labels that come up.

        https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
        """
        state = self.slack.state
        block, element = finding.element(shown, what)
        least = element.get("min_query_length", 3)
        assert len(typed) >= least, f"Slack asks only after {least} characters"
        place = (block["block_id"], element["action_id"])
        ack = await self.slack.delivery.deliver(
            "interactive",
            payloads.suggestion(state, self.workspace, self.user, shown, *place, typed),
        )
        options = submitting.check_options(state, ack)
        self.suggested[place] = options
        return [str(one["text"]["text"]) for one in options]

    async def shortcut(self, callback: str) -> Answer:
        """Uses a global shortcut."""
        self._known(callback)
        state = self.slack.state
        trigger = state.trigger(self.workspace, self.id)
        ack = await self.slack.delivery.deliver(
            "interactive",
            payloads.shortcut(state, self.workspace, self.user, callback, trigger),
        )
        return self._after(ack, trigger, None)

    async def message_shortcut(self, callback: str, message: Message) -> Answer:
        """Uses a shortcut on a message."""
        self._known(callback)
        state = self.slack.state
        trigger = state.trigger(self.workspace, self.id)
        url = state.response_url("app", self.workspace, self.id, message.channel)
        ack = await self.slack.delivery.deliver(
            "interactive",
            payloads.message_shortcut(
                state, self.workspace, self.user, callback, message, trigger, url
            ),
        )
        return self._after(ack, trigger, url)

    async def say(
        self, channel: Channel | str, text: str | list[Json], thread_ts: str = ""
    ) -> Message:
        """Writes in a channel; `text` as typed, or elements of a rich text section."""
        place = self._channel(channel)
        assert self.id in place.members, f"{self.user.real_name} is not in {place.name}"
        state = self.slack.state
        message = composing.message(state, self.workspace, self.user, place, text, thread_ts)
        place.messages.append(message)
        root = next((one for one in place.messages if one.ts == thread_ts), None)
        if root is not None:
            root.thread_ts = root.ts
        state.changed()
        if self.workspace.bot_user_id in place.members:
            inner = payloads.message_event(place, message, root)
            await self.slack.event(inner, self.workspace)
            if f"<@{self.workspace.bot_user_id}>" in message.text and place.kind != "im":
                mention = {**inner, "type": "app_mention"}
                mention.pop("channel_type")
                await self.slack.event(mention, self.workspace)
        return message

    async def dm_bot(self, text: str | list[Json], thread_ts: str = "") -> Message:
        """Writes to the bot."""
        assert self.slack.state.manifest.messages_tab, "the Messages tab is off"
        return await self.say(self.direct, text, thread_ts)

    async def edit(self, message: Message, text: str) -> None:
        """https://docs.slack.dev/reference/events/message/message_changed"""
        place = self.workspace.channels[message.channel]
        before = message.document()
        state = self.slack.state
        new = composing.message(state, self.workspace, self.user, place, text, "")
        message.text, message.blocks = new.text, new.blocks
        message.edited = {"user": self.id, "ts": new.ts}
        await self._changed(place, "message_changed", before, {"message": message.document()})

    async def delete(self, message: Message) -> None:
        """https://docs.slack.dev/reference/events/message/message_deleted"""
        place = self.workspace.channels[message.channel]
        before = message.document()
        message.deleted = True
        await self._changed(place, "message_deleted", before, {"deleted_ts": message.ts})

    async def _changed(self, place: Channel, subtype: str, before: Json, more: Json) -> None:
        ts = self.slack.state.ts()
        inner = {
            "type": "message",
            "subtype": subtype,
            "channel": place.id,
            "channel_type": place.kind,
            "ts": ts,
            "event_ts": ts,
            "hidden": True,
            "previous_message": before,
            **more,
        }
        self.slack.state.changed()
        if self.workspace.bot_user_id in place.members:
            await self.slack.event(inner, self.workspace)

    async def open_home(self, tab: str = "home") -> None:
        """https://docs.slack.dev/reference/events/app_home_opened"""
        assert tab != "home" or self.slack.state.manifest.home_tab, "the Home tab is off"
        inner: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.direct.id,
            "event_ts": self.slack.state.ts(),
            "tab": tab,
        }
        if tab == "home" and self.home is not None:
            inner["view"] = self.home.document()
        await self.slack.event(inner, self.workspace)

    async def change(self, **more: Any) -> None:
        """Edits the profile, or is deactivated: `change(tz="Europe/Berlin", deleted=True)`.

        https://docs.slack.dev/reference/events/user_change
        """
        for name, value in more.items():
            assert hasattr(self.user, name)
            setattr(self.user, name, value)
        email = "users:read.email" in self.workspace.scopes
        ts = self.slack.state.ts()
        inner = {
            "type": "user_change",
            "user": self.user.document(email=email, locale=True),
            "cache_ts": int(self.slack.state.now()),
            "event_ts": ts,
        }
        await self.slack.event(inner, self.workspace)

    async def join(self, channel: Channel | str) -> None:
        """https://docs.slack.dev/reference/events/member_joined_channel"""
        place = self._channel(channel)
        place.members.append(self.id)
        await self._moved("member_joined_channel", place)

    async def invite(self, channel: Channel | str, user: str = "") -> None:
        """Types /invite; without a user, the bot is meant."""
        place = self._channel(channel)
        invited = user or self.workspace.bot_user_id
        place.members.append(invited)
        await self._moved("member_joined_channel", place, user=invited, inviter=self.id)

    async def leave(self, channel: Channel | str) -> None:
        """https://docs.slack.dev/reference/events/member_left_channel"""
        place = self._channel(channel)
        place.members.remove(self.id)
        await self._moved("member_left_channel", place)

    async def _moved(self, kind: str, place: Channel, **more: str) -> None:
        if self.workspace.bot_user_id not in place.members:
            return
        inner = {
            "type": kind,
            "user": self.id,
            "channel": place.id,
            "channel_type": "C" if place.kind == "channel" else "G",
            "team": self.workspace.id,
            "event_ts": self.slack.state.ts(),
            **more,
        }
        await self.slack.event(inner, self.workspace)

    def _known(self, shortcut: str) -> None:
        known = self.slack.state.manifest.shortcuts
        assert known is None or shortcut in known, f"{shortcut} is no shortcut of the app"

    def _channel(self, given: Channel | str) -> Channel:
        return given if isinstance(given, Channel) else self.workspace.channels[given]


def _failure(ack: Ack) -> str:
    """What Slackbot tells the person when the app did not answer well.

    https://docs.slack.dev/interactivity/implementing-slash-commands#responding_basic_receipt
    """
    if ack.ok:
        return ""
    return "operation_timeout" if ack.reason == "timeout" else "dispatch_failed"
