"""One request to the REST API, as the methods see it."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.platforms.discord.fake import rules
from tests.platforms.discord.fake.errors import DiscordError, Json, invalid
from tests.platforms.discord.fake.message import Attachment
from tests.platforms.discord.fake.state import State

MOST_BYTES = 10 * 1024**2
"""Of one file: https://discord.com/developers/docs/reference#uploading-files"""


@dataclass
class Upload:
    """One part `files[n]` of a multipart body."""

    filename: str
    content: bytes


@dataclass
class Call:
    """A request, after its route was found."""

    state: State
    method: str
    route: str
    path: str
    names: dict[str, str]
    query: dict[str, str]
    body: Any = None
    uploads: dict[int, Upload] = field(default_factory=dict)
    reason: str = ""

    def id(self, name: str) -> int:
        """A snowflake in the path."""
        given = self.names[name]
        if not given.isdigit():
            words = f'Value "{given}" is not snowflake.'
            raise invalid(f"{name}_id", "NUMBER_TYPE_COERCE", words)
        return int(given)

    @property
    def major(self) -> str:
        """What divides the limits of a route: channel, guild, or webhook with its token."""
        kept = ("channel", "guild", "webhook", "token")
        return "/".join(self.names[one] for one in kept if one in self.names)

    def number(self, name: str, usual: int, most: int, least: int = 1) -> int:
        """A number in the query."""
        given = self.query.get(name)
        if given is None:
            return usual
        report = rules.Report()
        value: Any = int(given) if re.fullmatch(r"-?\d+", given) else given
        rules.whole(least, most)(report, (name,), value)
        if report.errors:
            raise DiscordError(50035, errors=report.errors)
        return int(given)

    def snowflake(self, name: str) -> int | None:
        given = self.query.get(name)
        return int(given) if given is not None and given.isdigit() else None

    def wants(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("1", "true")

    def checked(self, rule: rules.Rule, body: Any = None) -> Json:
        """The body, if it obeys a rule; what is documented nowhere is a fault of the app."""
        given = self.body if body is None else body
        for name in rules.check(rule, {} if given is None else given):
            self.state.fault(f"{self.method} {self.route}: undocumented field {name}")
        return dict(given or {})

    def attachments(self, body: Json, kept: list[Attachment]) -> list[Attachment]:
        """Uploaded files and those of `kept` that the body still lists."""
        listed = body.get("attachments")
        if listed is None:
            listed = [{"id": number} for number in self.uploads]
        found = []
        for one in listed:
            number = int(one["id"])
            known = [each for each in kept if each.id == number]
            if known:
                found += known
            elif number in self.uploads:
                found.append(self._attach(self.uploads[number], one))
            else:
                words = "Attachment data missing for ID"
                raise invalid("attachments", "ATTACHMENT_NOT_FOUND", words)
        return found

    def _attach(self, upload: Upload, told: Json) -> Attachment:
        if len(upload.content) > MOST_BYTES:
            raise DiscordError(40005, status=413)
        return attach(
            self.state,
            str(told.get("filename") or upload.filename),
            upload.content,
            told.get("description"),
        )


def attach(
    state: State, filename: str, content: bytes, description: str | None = None
) -> Attachment:
    """Keeps a file where it can be fetched."""
    number = state.ids.next()
    path = f"/attachments/{number}/{filename}"
    state.files[path] = content
    kind = "text/plain; charset=utf-8" if filename.endswith((".txt", ".md")) else None
    return Attachment(number, filename, content, state.base + path, description, kind)


async def read(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    """The JSON of a request, on its own or beside files."""
    if not request.can_read_body:
        return None, {}
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    text = await request.text()
    if not text:
        return None, {}
    return _json(text), {}


async def _multipart(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    """https://discord.com/developers/docs/reference#uploading-files"""
    body: Any = None
    uploads: dict[int, Upload] = {}
    for name, value in (await request.post()).items():
        numbered = re.fullmatch(r"files\[(\d+)\]", name)
        if name == "payload_json":
            body = _json(value if isinstance(value, str) else "")
        elif numbered and isinstance(value, web.FileField):
            uploads[int(numbered[1])] = Upload(value.filename, value.file.read())
    return body, uploads


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise DiscordError(50109) from None
