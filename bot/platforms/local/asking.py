"""What a person does at the page: say, ask, press, fill in, read, move the clock."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.platforms.local import views, visitors
from bot.platforms.local.adapter import MAX_TEXT, entry
from bot.platforms.local.desk import Desk
from bot.platforms.local.feed import CHANGE
from bot.platforms.local.guard import Problem
from bot.platforms.local.markup import render
from bot.platforms.local.visitors import Visitor
from core import answers
from core.errors import UserError
from core.interaction import (
    Answer,
    Invocation,
    OpenForm,
    Origin,
    Rejected,
    Reply,
    parse_button_id,
)
from storage import inbox, local_chat, members
from storage.database import StoreError, Tx
from storage.local_chat import Entry, LocalConversation, LocalMessage, Talk
from storage.members import Member
from storage.words import Role

DONE = "This is done, but the answer could not be shown here. "
NOTHING = "Nothing is planned. Move a day or a week, or start something."
TICK_SECONDS = 0.25
STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Short = Annotated[str, StringConstraints(max_length=200)]


class Body(BaseModel):
    """What every request says: who asks. Ignored where the browser's session tells."""

    model_config = ConfigDict(extra="forbid", strict=True)
    as_: Short = Field(default="", alias="as")


class Say(Body):
    key: Key
    place: Short
    text: str
    under: Short | None = None


class Ask(Body):
    """One of: `line` (typed), `path` with `args` (chosen or filled in), `button`."""

    key: Key
    place: Short
    line: str = ""
    path: Short = ""
    args: dict[str, str] = {}
    form: bool = False
    button: Short = ""
    message: Short | None = None  # that holds the button
    under: Short | None = None


class Complete(Body):
    place: Short
    path: Short
    args: dict[str, str] = {}
    param: Short
    typed: str


class Read(Body):
    place: Short
    through: int


class Newcomer(Body):
    key: Key
    name: str


class Channel(Body):
    name: str


class Move(Body):
    step: Literal["next", "day", "week"]


B = TypeVar("B", bound=Body)


class Asking:
    """The POST half of the page's interface."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/say", self.say),
            web.post("/api/ask", self.ask),
            web.post("/api/complete", self.complete),
            web.post("/api/read", self.read),
            web.post("/api/newcomer", self.newcomer),
            web.post("/api/channel", self.channel),
            web.post("/api/clock", self.move),
        ]

    async def say(self, request: web.Request) -> web.Response:
        """A person writes a plain message. Said again with the same key, it stays one."""
        body, desk = await _body(request, Say), self.desk
        account = await desk.account(request, body.as_)
        text = body.text.strip()
        if not text:
            raise Problem(400, "There is nothing to send yet.")
        if len(text) > MAX_TEXT:
            raise Problem(
                400, f"This is {len(text):,} characters long; {MAX_TEXT:,} is the most. "
                "Please send it in parts."
            )  # fmt: skip

        key = f"say:{account}:{body.key}"

        def write(tx: Tx) -> tuple[str, Invocation | None]:
            who, place, root = self._where(tx, account, body.place, body.under)
            row = local_chat.post(
                tx, place, Entry(text), desk.clock.now(), key=key, author=account, under=root
            )
            self._seen(tx, place, who)
            heard = place.talk == Talk.DIRECT
            return row.id, _heard(key, text, who, body.place, desk.home_id) if heard else None

        said, heard = await desk.store.write(write)
        desk.platform.feed.tell(CHANGE)
        if heard:
            await self._answer_words(heard, body)
        return web.json_response({"message": said})

    async def _answer_words(self, heard: Invocation, body: Say) -> None:
        """Answer what somebody wrote to the bot directly, where they wrote it."""
        answer = await self.desk.dispatcher.dispatch(heard)
        if isinstance(answer, OpenForm):
            return

        def write(tx: Tx) -> None:
            who, place, root = self._where(tx, heard.account, body.place, body.under)
            said, now = entry(answer.message), self.desk.clock.now()
            local_chat.post(tx, place, said, now, key=f"answer:{heard.key}", under=root)
            self._seen(tx, place, who)

        await self.desk.store.write(write)
        self.desk.platform.feed.tell(CHANGE)

    async def ask(self, request: web.Request) -> web.Response:
        """A command, a pressed button, or a form that was sent."""
        body, desk = await _body(request, Ask), self.desk
        account = await desk.account(request, body.as_)

        def look(tx: Tx) -> tuple[Invocation, bool]:
            who, place, _ = self._where(tx, account, body.place, body.under)
            asked = _invocation(body, who, desk.home_id)
            return asked, self._holds_button(tx, who, place, body, asked)

        invocation, held = await desk.store.read(look)
        answer = await desk.dispatcher.dispatch(invocation)
        try:
            shown = await self._show(answer, invocation, body, account, held)
        except StoreError:
            if words := await self._show_later(invocation):
                raise Problem(503, words) from None
            raise
        return web.json_response(shown)

    async def complete(self, request: web.Request) -> web.Response:
        """Suggestions for a parameter."""
        body, desk = await _body(request, Complete), self.desk
        account = await desk.account(request, body.as_)
        invocation = Invocation("", desk.home_id, account, body.path, body.args, place=body.place)
        found = await desk.dispatcher.complete(invocation, body.param, body.typed[:300])
        return web.json_response({"choices": [views.choice(each) for each in found]})

    async def read(self, request: web.Request) -> web.Response:
        """The person has seen a conversation up to a message."""
        body, desk = await _body(request, Read), self.desk
        account = await desk.account(request, body.as_)

        def write(tx: Tx) -> bool:
            who = desk.visitor(tx, account)
            place = desk.conversation(tx, who, body.place)
            return local_chat.mark_read(tx, place, who.accounts, body.through)

        if await desk.store.write(write):
            desk.platform.feed.tell(CHANGE)
        return web.json_response({})

    async def newcomer(self, request: web.Request) -> web.Response:
        """Somebody who is not a member comes to the page."""
        body, desk = await _body(request, Newcomer), self.desk
        name = " ".join(body.name.split())
        if not desk.clock.impersonation:
            raise Problem(403, "People come to this page by their personal link.")
        if not 1 <= len(name) <= 80:
            raise Problem(400, "Please give a name of up to 80 characters.")

        def write(tx: Tx) -> str:
            account = f"new-{body.key[:13].lower()}"
            visitors.welcome_newcomer(tx, desk.home_id, account, name, desk.clock.now())
            tx.flush()
            desk.platform.direct(tx, account)
            return account

        account = await desk.store.write(write)
        desk.platform.feed.tell(CHANGE)
        return web.json_response({"account": account})

    async def channel(self, request: web.Request) -> web.Response:
        """An organizer makes a channel for everybody."""
        body, desk = await _body(request, Channel), self.desk
        account = await desk.account(request, body.as_)
        who = await desk.store.read(lambda tx: desk.visitor(tx, account))
        if not who.inside or who.role != Role.ORGANIZER:
            raise Problem(403, "Only organizers make channels here.")
        try:
            place = await desk.platform.create_channel(body.name)
        except UserError as error:
            raise Problem(400, error.text) from error
        return web.json_response({"place": place})

    async def move(self, request: web.Request) -> web.Response:
        """Move the clock ahead; everything that is due on the way happens."""
        body, desk = await _body(request, Move), self.desk
        if not desk.clock.impersonation:
            raise Problem(403, "The clock is real here and cannot be moved.")
        if desk.moving:
            raise Problem(409, "The clock is moving already. One moment, please.")
        desk.moving = True
        try:
            by = await self._step(body.step)
            if by is None:
                return web.json_response({"problem": NOTHING})
            await desk.let_everybody_be_met()
            ticking = asyncio.create_task(self._tick(desk.clock.now(), by))
            try:
                await desk.clock.move(by)
            finally:
                ticking.cancel()
                with suppress(asyncio.CancelledError):
                    await ticking
        finally:
            desk.moving = False
            desk.platform.feed.tell(CHANGE)
        return web.json_response({"now": desk.clock.now().isoformat()})

    async def _step(self, step: str) -> timedelta | None:
        """How far to move; None when there is no event to move to."""
        if step in STEPS:
            return STEPS[step]
        upcoming = await self.desk.clock.next_event()
        if upcoming is None:
            return None
        return max(upcoming - self.desk.clock.now(), timedelta())

    async def _tick(self, start: datetime, by: timedelta) -> None:
        """Tell the pages how far the clock has come."""
        while True:
            now = self.desk.clock.now()
            done = (now - start) / by if by else 1.0
            self.desk.platform.feed.tell(
                {"type": "clock", "now": now.isoformat(), "done": min(max(done, 0.0), 1.0)}
            )
            await asyncio.sleep(TICK_SECONDS)

    def _holds_button(
        self, tx: Tx, who: Visitor, place: LocalConversation, body: Ask, asked: Invocation
    ) -> bool:
        """Whether the button stands there now. Where it does not, only a press that was handled
        may be repeated: its first answer may have taken the button away."""
        if not body.button:
            return False
        row = self.desk.message(tx, who, place, body.message or "")
        if row.author is None and any(each["id"] == body.button for each in row.buttons):
            return True
        if row.author is None and inbox.handled(tx, asked.handled_key):
            return False
        raise Problem(410, "That button is not there any more.")

    async def _show_later(self, asked: Invocation) -> str:
        """What to tell when an answer could not be shown, but its effect stands; else nothing."""
        key, desk = asked.handled_key, self.desk

        def plan(tx: Tx) -> bool:
            account = members.account(tx, desk.home_id, asked.account)
            member = tx.get(Member, account.member_id) if account else None
            if member:
                answers.send_later(tx, key, member, desk.clock.now())
            return member is not None

        try:
            if not await desk.store.read(lambda tx: inbox.handled(tx, key)):
                return ""
        except StoreError:
            return ""  # nobody knows, and asking again with the same key is safe
        with suppress(StoreError):
            if await desk.store.write(plan):
                desk.changed()
                return DONE + "It follows as a direct message."
        return DONE + "Ask again, and it is shown without being done twice."

    async def _show(
        self, answer: Answer, invocation: Invocation, body: Ask, account: str, held: bool
    ) -> views.View:
        if isinstance(answer, OpenForm):
            return {"type": "form", "form": await self._form(answer)}
        if isinstance(answer, Rejected):
            said = render(answer.message.text)
            return {"type": "rejected", "html": said, "form": await self._form(answer.form)}
        message_id = await self.desk.store.write(
            lambda tx: self._keep(tx, answer, invocation, body, account, held)
        )
        self.desk.platform.feed.tell(CHANGE)
        return {"type": "reply", "message": message_id, "replaced": answer.replace}

    async def _form(self, form: OpenForm) -> views.View:
        return views.form(form, await self.desk.platform.channels())

    def _keep(
        self,
        tx: Tx,
        reply: Reply,
        invocation: Invocation,
        body: Ask,
        account: str,
        held: bool,
    ) -> str:
        """Write the answer down: in place of the pressed message, or below what was said.

        `held`: the message held the button; if not, this is a press that was answered before.
        """
        now, said = self.desk.clock.now(), entry(reply.message)
        who = self.desk.visitor(tx, account)
        place = self.desk.conversation(tx, who, body.place)
        if reply.replace and body.button:
            pressed = self.desk.message(tx, who, place, body.message or "")
            if held:
                local_chat.change(tx, place, pressed, said, now)
            return pressed.id
        row = local_chat.post(
            tx,
            place,
            said,
            now,
            key=f"answer:{invocation.key}",
            only_for=account if reply.private else None,
            under=tx.get(LocalMessage, body.under),
            about=_about(body, who, reply.private),
        )
        self._seen(tx, place, who)
        return row.id

    def _where(
        self, tx: Tx, account: str, place: str, under: str | None
    ) -> tuple[Visitor, LocalConversation, LocalMessage | None]:
        who = self.desk.visitor(tx, account)
        row = self.desk.conversation(tx, who, place)
        root = self.desk.message(tx, who, row, under, deleted=True) if under else None
        return who, row, root

    def _seen(self, tx: Tx, place: LocalConversation, who: Visitor) -> None:
        """Who speaks has read what was there."""
        tx.flush()
        local_chat.mark_read(tx, place, who.accounts, place.version)


async def _body(request: web.Request, model: type[B]) -> B:
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        raise Problem(400, "This is not what the page sends. Please reload it.") from error


def _invocation(body: Ask, who: Visitor, home_id: str) -> Invocation:
    path, args, text, origin = body.path, body.args, "", Origin.TYPED
    if body.button:
        (path, args), origin = parse_button_id(body.button), Origin.BUTTON
    elif body.form:
        origin = Origin.FORM
    elif body.line:
        path, _, text = body.line.strip().removeprefix("/").partition(" ")
    return Invocation(
        key=f"local:{who.account}:{body.key}",
        home_id=home_id,
        account=who.account,
        path=path,
        args=args,
        text=text.strip(),
        origin=origin,
        name=who.name,
        place=body.place,
    )


def _heard(key: str, text: str, who: Visitor, place: str, home_id: str) -> Invocation:
    """Words that somebody wrote to the bot directly."""
    return Invocation(
        key=f"local:{key}",
        home_id=home_id,
        account=who.account,
        path="staffroom hear",
        args={"text": text},
        name=who.name,
        place=place,
    )


def _about(body: Ask, who: Visitor, private: bool) -> str:
    """What the answer answers, so that others understand it, too."""
    if body.button:
        return ""
    asked = f"/{body.path}" if body.path else " ".join(body.line.split()[:2])
    return asked[:60] if private else f"{who.name} · {asked[:60]}"
