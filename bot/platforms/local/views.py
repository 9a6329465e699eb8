"""What the page is shown, as JSON: people's text has become safe HTML here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.platforms.local.adapter import BOT
from bot.platforms.local.markup import render, render_line
from bot.platforms.local.visitors import Visitor
from core.interaction import Choice, Command, Input, OpenForm, Param
from storage.local_chat import LocalConversation, LocalMessage, Thread

View = dict[str, Any]
LONG_READ = 900  # characters from which on a text is set for reading rather than for chatting


def conversation(
    row: LocalConversation, name: str, purposes: Mapping[str, str], unread: int
) -> View:
    """`purposes`: channel id -> purpose."""
    return {
        "place": row.place,
        "kind": row.talk,
        "name": name,
        "purpose": purposes.get(row.place),
        "unread": unread,
    }


def message(
    row: LocalMessage,
    names: Mapping[str, tuple[str, str | None]],
    thread: Thread | None,
    who: Visitor,
) -> View:
    view: View = {
        "id": row.id,
        "seq": row.seq,
        "version": row.version,
        "at": row.at.isoformat(),
        "under": row.under,
        "deleted": row.deleted_at is not None,
        "replies": thread
        and {"count": thread.count, "last": thread.last_at.isoformat(), "seq": thread.last_seq},
    }
    if row.deleted_at:
        return view
    name, role = (BOT, "bot") if row.author is None else names.get(row.author, ("Someone", None))
    return view | {
        "author": {"account": row.author, "name": name, "role": role},
        "mine": row.author in who.accounts,
        "private": row.only_for is not None,
        "about": row.about,
        "title": row.title,
        "html": render(row.text),
        "long": len(row.text) >= LONG_READ,
        "fields": [{"label": label, "html": render_line(value)} for label, value in row.fields],
        "buttons": row.buttons,
        "edited": row.edited_at is not None,
    }


def command(row: Command, channels: Sequence[Choice]) -> View:
    return {
        "path": row.path,
        "help": row.help,
        "form": row.form,
        "default": row.default,
        "params": [param(each, channels) for each in row.params],
    }


def param(row: Param, channels: Sequence[Choice]) -> View:
    """A parameter that asks for a channel becomes a choice among `channels`."""
    if row.input is Input.CHANNEL:
        row = replace(row, input=Input.CHOICE, choices=tuple(channels))
    return {
        "name": row.name,
        "label": row.label,
        "help": row.help,
        "input": row.input,
        "required": row.required,
        "max_length": row.max_length,
        "least": row.least,
        "most": row.most,
        "choices": [choice(each) for each in row.choices],
        "completes": row.completes,
    }


def choice(row: Choice) -> View:
    return {"value": row.value, "label": row.label}


def form(row: OpenForm, channels: Sequence[Choice]) -> View:
    return {
        "path": row.path,
        "title": row.title,
        "params": [param(each, channels) for each in row.params],
        "values": dict(row.values),
        "problems": dict(row.problems),
        "submit": row.submit,
        "about": render(row.about) if row.about else "",
    }
