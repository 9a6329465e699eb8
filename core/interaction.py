"""The types that commands and adapters share: what can be asked, who asked, what is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol
from urllib.parse import quote, unquote

from core.chat import Message
from storage.words import Role

BUTTON_ID_LIMIT = 100  # Discord's limit on custom_id, the smallest of all


class Origin(StrEnum):
    """How a person asked."""

    TYPED = "typed"  # a slash command; `text` may hold what follows it
    BUTTON = "button"
    FORM = "form"


class Input(StrEnum):
    """How a parameter is entered."""

    TEXT = "text"
    LONG = "long"  # several paragraphs of CommonMark
    INTEGER = "integer"
    CHOICE = "choice"
    ROLE = "role"  # a group of people that the platform knows; where there is none, text
    CHANNEL = "channel"  # a channel of this home: the adapter offers them and hands over the id


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class Param:
    """One parameter of a command, as people meet it: option, form field, completion."""

    name: str
    label: str
    help: str = ""
    input: Input = Input.TEXT
    required: bool = True
    default: str = ""
    max_length: int = 300
    least: int | None = None  # of an integer
    most: int | None = None
    choices: tuple[Choice, ...] = ()
    completes: bool = False  # Dispatcher.complete has suggestions


@dataclass(frozen=True)
class Command:
    """Something that can be asked for: a slash command, a button, a form, or all three."""

    path: str  # "webinar announce"
    help: str
    params: tuple[Param, ...] = ()
    least: Role | None = None  # None: anybody, also people who are not members
    private: bool = True  # only the asker sees the answer
    form: bool = False  # asked without arguments, it opens as a form
    hidden: bool = False  # only buttons lead here
    reads: bool = False  # changes nothing
    replaces: bool = False  # pressed as a button, the answer replaces the message with the button
    default: bool = False  # what the bare topic means

    @property
    def topic(self) -> str:
        return self.path.split(" ", 1)[0]

    def param(self, name: str) -> Param | None:
        return next((param for param in self.params if param.name == name), None)


@dataclass(frozen=True)
class Invocation:
    """A person asked for something. `key` is the platform's id of the event: handled once."""

    key: str
    home_id: str
    account: str  # the platform's id of the person
    path: str  # of a command; of a topic alone, too, when `text` follows
    args: Mapping[str, str] = field(default_factory=dict)
    text: str = ""  # what was typed after the path, to be understood by the dispatcher
    origin: Origin = Origin.TYPED
    name: str = ""  # how the platform shows the person
    email: str = ""  # the address that the platform vouches for
    place: str = ""  # the platform's id of the conversation

    @property
    def handled_key(self) -> str:
        """Under which it is recorded as handled: the ids of two homes may be the same."""
        return f"{self.home_id}:{self.key}"


@dataclass(frozen=True)
class Reply:
    """An answer. `replace`: it takes the place of the message whose button was pressed. Where it
    `failed`, a platform that can keeps the form that was sent open."""

    message: Message
    private: bool = True
    replace: bool = False
    failed: bool = False  # nothing was done, for no fault of the asker: it may be tried again
    type: Literal["reply"] = "reply"


@dataclass(frozen=True)
class OpenForm:
    """Ask for the parameters of a command in a form."""

    path: str
    title: str
    params: tuple[Param, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)  # by parameter; "" for the whole
    submit: str = "Send"
    about: str = ""  # to read before filling it in; a platform without room for it leaves it out
    type: Literal["form"] = "form"


@dataclass(frozen=True)
class Rejected:
    """What was asked cannot be done as it stands. Nothing typed is lost: `message` has a button
    that opens `form` again; a platform that can keeps its open form and marks the problems."""

    message: Message
    form: OpenForm
    type: Literal["rejected"] = "rejected"


Answer = Reply | OpenForm | Rejected


class Dispatcher(Protocol):
    """What adapters know of the commands."""

    async def dispatch(self, invocation: Invocation) -> Answer:
        """Do what was asked and answer. Never raises for what a person did."""
        ...

    async def complete(self, invocation: Invocation, param: str, typed: str) -> Sequence[Choice]:
        """Up to 25 suggestions for a parameter."""
        ...

    async def commands(self, home_id: str, account: str) -> Sequence[Command]:
        """What this person may ask for now."""
        ...


def button_id(path: str, **args: str) -> str:
    """The id of a button that asks for a command with these arguments.

    Raises ValueError when it is longer than the smallest platform takes.
    """
    text = "|".join([path, *(f"{name}={quote(value, safe=' ')}" for name, value in args.items())])
    if len(text) > BUTTON_ID_LIMIT:
        raise ValueError(f"a button id of {len(text)} characters: {text!r}")
    return text


def parse_button_id(text: str) -> tuple[str, dict[str, str]]:
    """The command and the arguments that a button asks for."""
    path, *pairs = text.split("|")
    args = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        args[name] = unquote(value)
    return path, args
