"""From what a person asked to what they are answered: the way every command takes."""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import TypeAdapter

from commands.registry import Call, Declared, Prefill, Registry, may
from core import enrollment, presence
from core.chat import Button, Message
from core.errors import UserError
from core.interaction import (
    Answer,
    Choice,
    Command,
    Input,
    Invocation,
    OpenForm,
    Origin,
    Param,
    Rejected,
    Reply,
    button_id,
)
from core.wording import shortened
from storage import inbox, members
from storage.communities import Home
from storage.database import CommunityStore, StoreError, Tx
from storage.inbox import Handled, Submission
from storage.members import Account, Member
from storage.words import MemberState, Role

log = structlog.get_logger("commands")
ANSWERS: TypeAdapter[Answer] = TypeAdapter(Answer)
USED_EVERY = timedelta(hours=1)  # how exactly an account's last use is kept
PREFILL_SECONDS = 1.0


class _Refused(Exception):
    """Carries a UserError, with what was understood, out of the transaction that it ends."""

    def __init__(self, error: UserError, declared: Declared, args: Mapping[str, str]) -> None:
        super().__init__(error.text)
        self.error, self.declared, self.args_given = error, declared, args


class _Arrives(Exception):
    """Somebody comes in, or opens their direct messages again, by something that changes nothing:
    that must be written down first."""


class CommandDispatcher:
    """Dispatches for one community. Implements core.interaction.Dispatcher.

    `changed` is called after each transaction that may have put something into the outbox.
    """

    def __init__(
        self,
        store: CommunityStore,
        registry: Registry,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.store = store
        self.registry = registry
        self.now = now
        self.changed = changed

    async def dispatch(self, invocation: Invocation) -> Answer:
        """Do what was asked, once for each key, and answer. Never raises."""
        started = time.perf_counter()
        outcome = "done"
        invocation = _clean(invocation)
        declared, rest = self.registry.resolve(invocation.path, invocation.text)
        path = declared.command.path if declared else ""
        try:
            try:
                answer = await self._answer(invocation, declared, rest)
            except _Refused as refused:
                outcome = "refused"
                answer = await self._reject(invocation, refused)
        except StoreError as error:
            outcome = "store"
            answer = _failed(f"I could not do that: {error}. Please try again in a minute.")
        except Exception:
            outcome = reference = f"error {secrets.token_hex(3)}"
            log.exception("command failed", command=path, reference=reference)
            answer = await self._first_answer(invocation) or _failed(
                f"Something went wrong on our side, and nothing was changed. Please try again; "
                f"if it stays so, tell your organizer this reference: {reference}."
            )
        log.info(
            "command",
            command=path,
            origin=invocation.origin.value,
            home=invocation.home_id,
            account=invocation.account,
            outcome=outcome,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return answer

    async def _answer(self, invocation: Invocation, declared: Declared | None, rest: str) -> Answer:
        if declared is None:
            return await self.store.read(lambda tx: self._unknown(tx, invocation))
        reads = declared.command.reads or _opens_form(invocation, declared.command, rest)
        run = lambda tx: self._run(tx, invocation, declared, rest, reads)  # noqa: E731
        if reads:
            try:
                return await self.store.read(run)
            except _Arrives:
                await self.store.write(lambda tx: self._arrive(tx, invocation, declared.command))
                self.changed()
                return await self.store.read(run)
        answer = await self.store.write(run)
        self.changed()
        return answer

    async def _first_answer(self, invocation: Invocation) -> Answer | None:
        """What the same event was answered by another process, which was quicker."""
        try:
            known = await self.store.read(lambda tx: inbox.handled(tx, invocation.handled_key))
        except StoreError:
            return None
        return ANSWERS.validate_json(known.answer) if known else None

    async def complete(self, invocation: Invocation, param: str, typed: str) -> Sequence[Choice]:
        """Up to 25 suggestions for a parameter; none for what the person may not use."""
        declared, _ = self.registry.resolve(invocation.path, "")
        if declared is None or param not in declared.types:
            return ()

        def look(tx: Tx) -> Sequence[Choice]:
            call, _account = self._call(tx, invocation)
            if not may(declared.command, call.role):
                return ()
            return list(declared.types[param].complete(typed, call))

        return await self.store.read(look)

    async def commands(self, home_id: str, account: str) -> Sequence[Command]:
        """What this person may ask for now."""

        def look(tx: Tx) -> Sequence[Command]:
            asked = Invocation("", home_id, account, "")
            return self.registry.visible_to(self._call(tx, asked)[0].role)

        return await self.store.read(look)

    async def fill(self, form: OpenForm, invocation: Invocation) -> OpenForm | None:
        """The form with its initial values; None if they take longer than a second, or cannot be
        had: then ask again by `dispatch`, which says why."""
        declared = self.registry.declared[form.path]

        def look(tx: Tx) -> OpenForm:
            return _form(declared, self._call(tx, invocation)[0], form.values, form.problems)

        try:
            return await asyncio.wait_for(self.store.read(look), PREFILL_SECONDS)
        except (TimeoutError, StoreError, UserError):
            return None

    def _run(
        self, tx: Tx, invocation: Invocation, declared: Declared, rest: str, reads: bool
    ) -> Answer:
        """Inside the one transaction: repeat, role, parameters, handler, record.

        `reads`: nothing changes, be it that the command only shows a form.
        """
        command = declared.command
        if not reads and (known := inbox.handled(tx, invocation.handled_key)):
            return ANSWERS.validate_json(known.answer)
        call, account = self._call(tx, invocation)
        if account and not reads:
            _used(tx, account, call.now)
        if _arrives(command, call) or (account and account.direct_closed_at):
            if reads:
                raise _Arrives
            self._arrive(tx, invocation, command)
        if not may(command, call.role):
            return _sorry(_not_for_you(command, call))
        args = {**invocation.args, **understand_text(command, rest)}
        try:
            if _opens_form(invocation, command, rest):
                return _form(declared, call, args, {})
            said = declared.handler(call, **self._values(declared, call, args))
        except UserError as error:
            raise _Refused(error, declared, args) from error
        answer: Answer = said if isinstance(said, OpenForm) else Reply(
            said,
            private=command.private,
            replace=command.replaces and invocation.origin is Origin.BUTTON,
        )  # fmt: skip
        if not reads:
            _record(tx, invocation, answer, call.now)
        return answer

    def _arrive(self, tx: Tx, invocation: Invocation, command: Command) -> None:
        """Somebody on the roster, whose account is known, asks for something: they are in. Who
        took no direct messages and speaks with us is tried again."""
        call, account = self._call(tx, invocation)
        if account:
            _used(tx, account, call.now)
        if _arrives(command, call):
            enrollment.activate(tx, call.me, call.now)

    def _values(self, declared: Declared, call: Call, args: Mapping[str, str]) -> dict[str, Any]:
        """The parsed parameters. Raises UserError with every problem at once."""
        values, problems = dict(declared.defaults), {}
        for param in declared.command.params:
            raw = args.get(param.name, "")
            if not raw.strip():
                if param.required:
                    problems[param.name] = f"{param.label} is missing."
                continue
            try:
                values[param.name] = declared.types[param.name].parse(raw, call)
            except UserError as error:
                problems[param.name] = error.text
        for name in args:
            if not declared.command.param(name):
                what = f"has no “{shortened(name, 40)}”" if name else "takes nothing after its name"
                problems[""] = f"`/{declared.command.path}` {what}."
        if problems:
            raise UserError(" ".join(problems.values()), problems)
        return values

    def _call(self, tx: Tx, invocation: Invocation) -> tuple[Call, Account | None]:
        home = tx.need(Home, invocation.home_id)
        account = members.account(tx, home.id, invocation.account)
        member = tx.get(Member, account.member_id) if account else None
        return Call(tx, self.now(), invocation, home, member, self.registry), account

    def _unknown(self, tx: Tx, invocation: Invocation) -> Answer:
        call, _account = self._call(tx, invocation)
        typed = f"{invocation.path} {invocation.text}".strip()
        near = self.registry.nearest(typed, call.role)
        hint = " Did you mean " + " or ".join(f"`/{path}`" for path in near) + "?" if near else ""
        shown = shortened(" ".join(typed.replace("`", "").split()), 60)
        return _sorry(f"I do not know `/{shown}`.{hint} "
                      "`/staffroom help` shows all that you can do.")  # fmt: skip

    async def _reject(self, invocation: Invocation, refused: _Refused) -> Answer:
        """Say what is wrong; keep what was typed, so that *Fix it* can open it again."""
        error, declared = refused.error, refused.declared
        on_form = invocation.origin is Origin.FORM  # there, what is empty was emptied
        typed = {name: value for name, value in refused.args_given.items() if value or on_form}
        about_it = bool(error.problems or any(typed.values()))  # a form could mend it

        def keep(tx: Tx) -> Answer:
            if known := inbox.handled(tx, invocation.handled_key):
                return ANSWERS.validate_json(known.answer)
            call, _account = self._call(tx, invocation)
            answer: Answer = _sorry(error.text)
            if about_it and (form := _form_to_mend(invocation, declared, call, typed, error)):
                row = keep_typed(call, declared.command.path, typed)
                fix = Button("Fix it", button_id("form fix", id=row.id), "primary")
                answer = Rejected(Message(error.text, buttons=(fix,)), form)
            _record(tx, invocation, answer, call.now)
            return answer

        try:
            return await self.store.write(keep)
        except StoreError:
            return _sorry(error.text)


def understand_text(command: Command, text: str) -> dict[str, str]:
    """The parameters in what was typed after a command.

    `name: value` sets a parameter, in any order; in quotation marks a value may hold names, too.
    What stands before the first name goes to the first parameter.
    """
    if not text or not command.params:
        return {"": text} if text else {}
    names = "|".join(re.escape(param.name) for param in command.params)
    named = re.compile(rf"(?:^|(?<=\s))({names}):\s*", re.IGNORECASE)
    quote = re.compile(
        rf'["“](.{{0,2000}}?)["”](?=\s*$|\s+(?:{names}):)', re.IGNORECASE | re.DOTALL
    )
    args, at, found = {}, 0, named.search(text)
    if before := text[: found.start()] if found else text:
        args[command.params[0].name] = before.strip()
    while found:
        name, at = found[1].lower(), found.end()
        if quoted := quote.match(text, at):
            args[name], at = quoted[1], quoted.end()
            found = named.search(text, at)
        else:
            found = named.search(text, at)
            args[name] = text[at : found.start() if found else len(text)].strip()
    return {name: value for name, value in args.items() if value}


def open_form(
    call: Call, path: str, values: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> OpenForm:
    """The form of a command, filled with these values: for handlers that lead to another one."""
    return _form(call.registry.declared[path], call, values, problems or {})


def keep_typed(call: Call, path: str, values: Mapping[str, str]) -> Submission:
    """Keep what somebody typed for a command, so that a button finds it again."""
    return inbox.keep(
        call.tx,
        path,
        values,
        call.now,
        home_id=call.invocation.home_id,
        account=call.invocation.account,
        member_id=call.member.id if call.member else None,
    )


def _form(
    declared: Declared, call: Call, values: Mapping[str, str], problems: Mapping[str, str]
) -> OpenForm:
    command = declared.command
    filled = declared.prefill(call, values) if declared.prefill else Prefill()
    params = tuple(
        param
        if param.name not in filled.choices
        else _with_choices(param, filled.choices[param.name])
        for param in command.params
    )
    defaults = {param.name: param.default for param in params if param.default}
    return OpenForm(
        path=command.path,
        title=command.help.rstrip("."),
        params=params,
        values={**defaults, **filled.values, **values},
        problems=problems,
        submit=declared.submit,
        about=filled.about,
    )


def _form_to_mend(
    invocation: Invocation,
    declared: Declared,
    call: Call,
    typed: Mapping[str, str],
    error: UserError,
) -> OpenForm | None:
    """The form in which what was typed can be mended; None where there is nothing to type."""
    command = declared.command
    if not command.params or command.hidden or invocation.origin is Origin.BUTTON:
        return None
    try:
        return _form(declared, call, typed, error.problems or {"": error.text})
    except UserError:
        return None


def _with_choices(param: Param, choices: Sequence[Choice]) -> Param:
    return replace(param, input=Input.CHOICE, choices=tuple(choices)[:25])


def _opens_form(invocation: Invocation, command: Command, rest: str) -> bool:
    """Whether all that can be done is to ask for more."""
    if command.hidden or invocation.origin is Origin.FORM:
        return False
    args = {**invocation.args, **understand_text(command, rest)}
    missing = any(param.required and not args.get(param.name) for param in command.params)
    return missing or (command.form and not any(args.values()))


def _arrives(command: Command, call: Call) -> bool:
    """Whether the asker is on the roster, and in with what they ask for."""
    if command.least is None or call.member is None:
        return False
    return call.member.state is MemberState.INVITED and may(command, call.member.role)


def _used(tx: Tx, account: Account, now: datetime) -> None:
    """Who speaks with us is there, and may be written to again."""
    if account.last_used_at is None or now - account.last_used_at > USED_EVERY:
        account.last_used_at = now
    account.direct_closed_at = None
    presence.seen(tx, account, now)


def _record(tx: Tx, invocation: Invocation, answer: Answer, now: datetime) -> None:
    tx.add(Handled(key=invocation.handled_key, answer=ANSWERS.dump_json(answer).decode(), at=now))


def _clean(invocation: Invocation) -> Invocation:
    """Without what no database takes: zero characters and halves of surrogate pairs."""
    return replace(
        invocation,
        path=_storable(invocation.path),
        args={_storable(name): _storable(value) for name, value in invocation.args.items()},
        text=_storable(invocation.text),
        name=_storable(invocation.name),
        email=_storable(invocation.email),
    )


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _failed(text: str) -> Reply:
    return Reply(Message(text), failed=True)


def _sorry(text: str) -> Reply:
    return Reply(Message(text))


def _not_for_you(command: Command, call: Call) -> str:
    if call.role is None:
        return "You are not a member of this community yet. `/enroll` is the way in."
    those = {Role.COACH: "coaches"}.get(command.least or Role.GUEST, f"{command.least}s")
    return f"`/{command.path}` is for {those}. `/staffroom help` shows what you can do."
