"""What people do in Slack becomes invocations: commands, presses, forms, shortcuts and words.

Slack must be acknowledged within 3 seconds
(https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response). What was
asked is done and shown first and acknowledged then, so a crash in between loses nothing: Slack
repeats events, and shows people that a command failed. Only what takes long is acknowledged before;
then people get a button to ask again with, which outlives this process.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.platforms.house import House
from bot.platforms.pace import REAL, Timer
from bot.platforms.slack import modals
from bot.platforms.slack.again import asked_again, waiting
from bot.platforms.slack.answers import Answers, Asked
from bot.platforms.slack.home_tab import HomeTabs
from bot.platforms.slack.incoming import from_message, unescape
from bot.platforms.slack.naming import answer_with_prefix, topic_of
from bot.platforms.slack.people import person
from bot.platforms.slack.requests import Body, digest_of, key_of, team_of
from bot.platforms.slack.seat import Seat
from core.interaction import (
    Answer,
    Input,
    Invocation,
    OpenForm,
    Origin,
    Rejected,
    Reply,
    parse_button_id,
)

log = structlog.get_logger("slack")
ACKNOWLEDGE_WITHIN = 2.0  # seconds
SHOWN_WITHIN = 2.5  # seconds: what is shown before the acknowledgement must not delay it further
SKELETON_AFTER = 1.0  # a form is awaited this long; a trigger_id lives 3 seconds
REPEATED = 500  # events whose repetition is recognized; Slack repeats within minutes
ANYTHING = re.compile(".*", re.DOTALL)
MENTION = r"<@{}(?:\|[^>]*)?>"  # of a user
WORDS_OF_PEOPLE = (None, "file_share", "thread_broadcast")  # subtypes of messages
HEAR = "staffroom hear"  # what is said to us, and is no command
HELP = "staffroom help"
SLOW = (
    "This takes longer than usual; all that you typed is here. Please press the button again in a "
    "moment: nothing is done twice."
)

R = TypeVar("R")


class Intake:
    """Listens to a Bolt app. `seat_of` finds the workspace of a request by its team's id."""

    def __init__(
        self,
        house: House,
        seat_of: Callable[[str | None], Seat | None],
        ended: Callable[[Seat, str], Coroutine[Any, Any, None]],
        prefix: str = "",
        timer: Timer = REAL,
    ) -> None:
        self.house, self.seat_of, self.ended, self.prefix = house, seat_of, ended, prefix
        self.homes = HomeTabs(house, timer)
        self.answers = Answers(house)
        self._events: dict[str, asyncio.Task[Answer]] = {}  # the last ones, by key
        self._topics = {command.topic for command in house.catalog}
        self._commands = {one.path: one for one in house.catalog} | {
            one.topic: one for one in house.catalog if one.default
        }
        self._forms = {
            command.path
            for command in house.catalog
            if command.form or any(param.required for param in command.params)
        }
        channels = {
            re.escape(param.name)
            for command in house.catalog
            for param in command.params
            if param.input is Input.CHANNEL
        }
        # A channel that is picked while typing is the channel, and not just its name.
        self._picked = re.compile(
            rf"(?i)\b((?:{'|'.join(sorted(channels)) or '(?!)'}):\s*)<#([A-Z0-9]+)(?:\|[^>]*)?>"
        )

        self._named = re.compile(
            rf"(?i:\b(?:{'|'.join(sorted(channels)) or '(?!)'}):)\s*#?(?=[\w-]*[a-z])[\w-]+"
        )

    def listen(self, app: AsyncApp) -> None:
        """Take everything that comes from Slack."""
        app.command(ANYTHING)(self.command)
        app.action(ANYTHING)(self.press)
        app.options(ANYTHING)(self.suggest)
        app.view(ANYTHING)(self.submit)
        app.shortcut(ANYTHING)(self.shortcut)
        app.event("message")(self.say)
        app.event("app_mention")(self.mention)
        app.event("app_home_opened")(self.open_home)
        app.event("team_join")(self.person_changed)
        app.event("user_change")(self.person_changed)
        app.event("app_uninstalled")(self.uninstalled)
        app.event("tokens_revoked")(self.revoked)

    async def command(self, ack: AsyncAck, body: Body) -> None:
        """A slash command, https://docs.slack.dev/interactivity/implementing-slash-commands."""
        began, seat = _now(), self._seat(body)
        topic = topic_of(body.get("command", ""), self.prefix)
        invocation = await self._invocation(
            seat,
            body,
            user=body["user_id"],
            place=body.get("channel_id", ""),
            path=topic,
            text=self._typed(topic, body.get("text") or ""),
        )
        asked = Asked(
            seat, invocation, body.get("trigger_id", ""), respond_at=body.get("response_url", "")
        )
        task = self._ask(invocation)
        if self._may_open_form(invocation) and not await _soon(task, began + SKELETON_AFTER):
            skeleton = self.answers.later(self.answers.skeleton(asked))
            if await _soon(skeleton, began + ACKNOWLEDGE_WITHIN) or not skeleton.done():
                await ack()
                self.answers.later(self._fill(task, asked, skeleton))
                return
        answer = await _soon(task, began + ACKNOWLEDGE_WITHIN)
        said = answer or Reply(waiting(invocation))
        shown = None if isinstance(said, OpenForm) else self.answers.at_once(said)
        if shown is None:
            await _soon(self.answers.later(self.answers.respond(asked, said)), began + SHOWN_WITHIN)
        await ack(**(shown or {}))
        if answer is None:
            self.answers.later(self._respond(task, asked))

    async def press(self, ack: AsyncAck, body: Body) -> None:
        """A button, https://docs.slack.dev/reference/interaction-payloads/block_actions-payload."""
        action = (body.get("actions") or [{}])[0]
        if action.get("type") != "button" or not action.get("value"):
            await ack()
            return
        began, seat, view = _now(), self._seat(body), body.get("view")
        place = (body.get("channel") or {}).get("id", "")
        path, args = parse_button_id(action["value"])
        pressed = await self._invocation(
            seat, body, user=body["user"]["id"], place=place, path=path, origin=Origin.BUTTON
        )
        again = asked_again(action["value"], pressed)
        invocation = again or _with(pressed, args)
        message = body.get("message") or {}
        thread = message.get("thread_ts") or (body.get("container") or {}).get("thread_ts")
        asked = Asked(
            seat,
            invocation,
            body.get("trigger_id", ""),
            respond_at=body.get("response_url") or "",
            thread=thread if thread != message.get("ts") else None,
            view=view,
            again=again is not None,
        )
        task = self._ask(invocation)
        if view is not None and view.get("type") == "home":
            await self._in_modal(task, asked, began)
            await ack()
            return
        answer = await _soon(task, began + ACKNOWLEDGE_WITHIN)
        showing = self.answers.respond(asked, answer) if answer else self.answers.wait(asked)
        await _soon(self.answers.later(showing), began + SHOWN_WITHIN)
        await ack()
        if answer is None:
            self.answers.later(self._respond(task, asked))

    async def submit(self, ack: AsyncAck, body: Body) -> None:
        """A form, https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload.

        What is wrong is marked at its input, and the form stays open with all that was typed.
        """
        began, seat, view = _now(), self._seat(body), body["view"]
        path, place = modals.asked(view)
        if view.get("callback_id") != modals.FORM or not path:
            await ack()
            return
        invocation = await self._invocation(
            seat, body, user=body["user"]["id"], place=place, path=path, origin=Origin.FORM
        )
        values = modals.filled(view)
        # Sent again as it is, because the first time took too long, it is the same.
        invocation = replace(invocation, args=values, key=f"slack:{view['id']}:{digest_of(values)}")
        asked = Asked(seat, invocation, body.get("trigger_id", ""), view=view)
        task = self._ask(invocation)
        answer = await _soon(task, began + ACKNOWLEDGE_WITHIN)
        if answer is None and (problems := modals.again(SLOW, view)):
            await ack(response_action="errors", errors=problems)
        elif answer is None:
            await ack(response_action="update", view=modals.message_view(waiting(invocation)))
            self.answers.later(self._update(task, asked, view["id"]))
        elif (
            isinstance(answer, Reply)
            and answer.failed
            and (problems := modals.again(answer.message.text, view))
        ) or (isinstance(answer, Rejected) and (problems := modals.errors(answer.form, view))):
            await ack(response_action="errors", errors=problems)
        else:
            await ack(response_action="update", view=await self.answers.view_of(asked, answer))

    async def suggest(self, ack: AsyncAck, body: Body) -> None:
        """Options while somebody types,
        https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload."""
        seat, view = self._seat(body), body.get("view") or {}
        path, place = modals.asked(view)
        values = modals.filled(view)
        param = (body.get("block_id") or "").partition("~")[0]
        values.pop(param, None)
        invocation = Invocation(
            "", seat.home_id, body["user"]["id"], path, values, origin=Origin.FORM, place=place
        )
        typed = str(body.get("value") or "")[:300]
        began = _now()
        task = self.answers.later(self.house.dispatcher.complete(invocation, param, typed))
        found = await _soon(task, began + ACKNOWLEDGE_WITHIN)
        await ack(options=modals.options(list(found or ())))

    async def shortcut(self, ack: AsyncAck, body: Body) -> None:
        """Global shortcuts and those of a message; their callback_id is the command."""
        began, seat, message = _now(), self._seat(body), body.get("message")
        place = (body.get("channel") or {}).get("id", "")
        invocation, text = await asyncio.gather(
            self._invocation(
                seat, body, user=body["user"]["id"], place=place, path=body["callback_id"]
            ),
            self._text(seat, message or {}),
        )
        if message is not None:
            invocation = _with(invocation, {"text": text})
        asked = Asked(
            seat,
            invocation,
            body.get("trigger_id", ""),
            respond_at=body.get("response_url") or "",
        )
        await self._in_modal(self._ask(invocation), asked, began)
        await ack()

    async def say(self, body: Body, event: Body) -> None:
        """Somebody writes to us directly, https://docs.slack.dev/reference/events/message.im."""
        ours = event.get("bot_id") or event.get("subtype") not in WORDS_OF_PEOPLE
        if event.get("channel_type") != "im" or ours or not event.get("user"):
            return
        seat = self._seat(body)
        text = await self._text(seat, event)
        if not text.strip():
            return
        invocation = await self._invocation(
            seat, body, user=event["user"], place=event["channel"], path=HEAR
        )
        invocation = _with(invocation, {"text": text})
        if answer := await self._once(invocation):
            asked = Asked(seat, invocation, thread=event.get("thread_ts"))
            self.answers.later(self.answers.say(asked, answer))

    async def mention(self, body: Body, event: Body) -> None:
        """A command in a thread, where Slack has no slash commands: `@Staffroom prompt show`."""
        if event.get("bot_id") or not event.get("user"):
            return
        seat = self._seat(body)
        ours = MENTION.format(re.escape(seat.workspace.bot_user))
        words = re.split(ours, event.get("text") or "", maxsplit=1)[-1]
        path, _, text = (words.strip().removeprefix("/") or HELP).partition(" ")
        if path not in self._topics:
            path = topic_of(path, self.prefix)
        text = self._typed(path, text)
        invocation = await self._invocation(
            seat, body, user=event["user"], place=event["channel"], path=path, text=text.strip()
        )
        if answer := await self._once(invocation):
            asked = Asked(seat, invocation, thread=event.get("thread_ts"))
            self.answers.later(self.answers.whisper(asked, answer))

    async def open_home(self, body: Body, event: Body) -> None:
        """https://docs.slack.dev/reference/events/app_home_opened."""
        if event.get("tab", "home") == "home":
            self.answers.later(self.homes.show(self._seat(body), event["user"]))

    async def person_changed(self, body: Body, event: Body) -> None:
        """Somebody came, left, or is called something else now. Most that changes, such as what
        they are doing, is nothing to us."""
        seat, user = self._seat(body), event.get("user")
        if not isinstance(user, dict) or not user.get("id"):
            return
        now = person(user, seat.workspace.team_id)
        async with seat.meeting:
            if event["type"] == "team_join" or seat.people.get(now.external_id) != now:
                await self.house.met(seat.home_id, [now])
                seat.people[now.external_id] = now

    async def uninstalled(self, body: Body) -> None:
        """https://docs.slack.dev/reference/events/app_uninstalled."""
        if seat := self.seat_of(team_of(body)):
            await self.ended(seat, "the app was removed from the workspace")

    async def revoked(self, body: Body, event: Body) -> None:
        """https://docs.slack.dev/reference/events/tokens_revoked."""
        if (event.get("tokens") or {}).get("bot") and (seat := self.seat_of(team_of(body))):
            await self.ended(seat, "the app's token was revoked")

    def _ask(self, invocation: Invocation) -> "asyncio.Task[Answer]":
        """Do what was asked; it goes on even if its answer is not awaited any more."""

        async def dispatch() -> Answer:
            answer = await self.house.dispatcher.dispatch(invocation)
            if isinstance(answer, Reply) and not self._reads(invocation):
                self.homes.touch()
            return answer_with_prefix(answer, self.prefix)

        return self.answers.later(dispatch())

    async def _once(self, invocation: Invocation) -> Answer | None:
        """The answer to an event; None for its repetition, which comes when we were slow. That
        one has been received, too, when the first is done."""
        if known := self._events.get(invocation.key):
            await asyncio.wait({known})
            return None
        task = self._events[invocation.key] = self._ask(invocation)
        while len(self._events) > REPEATED:
            self._events.pop(next(iter(self._events)))
        return await task

    async def _in_modal(self, task: "asyncio.Task[Answer]", asked: Asked, began: float) -> None:
        """Show an answer where only a modal can show it; one that takes long gets a skeleton."""
        if answer := await _soon(task, began + SKELETON_AFTER):
            opening = self.answers.later(self.answers.open(asked, answer))
            await _soon(opening, began + ACKNOWLEDGE_WITHIN)
        else:
            skeleton = self.answers.later(self.answers.skeleton(asked))
            self.answers.later(self._fill(task, asked, skeleton))
            await _soon(skeleton, began + ACKNOWLEDGE_WITHIN)

    async def _respond(self, task: "asyncio.Task[Answer]", asked: Asked) -> None:
        await self.answers.respond(asked, await task, late=True)

    async def _fill(
        self, task: "asyncio.Task[Answer]", asked: Asked, skeleton: "asyncio.Task[str | None]"
    ) -> None:
        if shown := await skeleton:
            await self.answers.update(asked, await task, shown)
        else:
            await self.answers.respond(asked, await task, late=True)

    async def _update(self, task: "asyncio.Task[Answer]", asked: Asked, view_id: str) -> None:
        await self.answers.update(asked, await task, view_id)

    async def _invocation(
        self,
        seat: Seat,
        body: Body,
        *,
        user: str,
        place: str,
        path: str,
        text: str = "",
        origin: Origin = Origin.TYPED,
    ) -> Invocation:
        who = await seat.who(user)
        return Invocation(
            key=f"slack:{key_of(body)}",
            home_id=seat.home_id,
            account=user,
            path=path,
            text=text,
            origin=origin,
            name=who.name,
            email=who.email or "",
            place=place,
        )

    async def _text(self, seat: Seat, message: Mapping[str, Any]) -> str:
        """What a message says, with the names of those it mentions; who is not known is looked up
        together with all others, because Slack does not wait long."""
        unknown: set[str] = set()

        def name_of(user: str) -> str:
            if user in seat.people:
                return seat.people[user].name
            unknown.add(user)
            return "someone"

        text = from_message(message, name_of)
        if unknown:
            await asyncio.gather(*map(seat.who, unknown))
            text = from_message(message, name_of)
        return text

    def _typed(self, topic: str, text: str) -> str:
        """The line of a command as it was typed; where a channel is asked for, its id. The mere
        name of one leads nowhere: without it, people are asked to pick it."""
        text = self._picked.sub(r"\1\2", text)
        first = text.strip().partition(" ")[0].lower()
        command = self._commands.get(f"{topic} {first}")
        if command and any(one.input is Input.CHANNEL for one in command.params):
            text = self._named.sub("", text)
        return unescape(text).strip()

    def _reads(self, invocation: Invocation) -> bool:
        """Whether this certainly changes nothing that a Home could show."""
        first = invocation.text.partition(" ")[0].lower()
        longer = self._commands.get(f"{invocation.path} {first}")
        command = longer or self._commands.get(invocation.path)
        return command is not None and command.reads

    def _may_open_form(self, invocation: Invocation) -> bool:
        first = invocation.text.partition(" ")[0].lower()
        return bool({invocation.path, f"{invocation.path} {first}"} & self._forms)

    def _seat(self, body: Body) -> Seat:
        seat = self.seat_of(team_of(body))
        if seat is None:
            raise LookupError("a request of a workspace that has no home here")
        return seat


def _with(invocation: Invocation, args: Mapping[str, str]) -> Invocation:
    return replace(invocation, args=dict(args))


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _soon(task: "asyncio.Task[R]", until: float) -> R | None:
    """The result, if it is there in time; the task goes on if it is not."""
    done, _ = await asyncio.wait({task}, timeout=max(0.0, until - _now()))
    return task.result() if done else None
