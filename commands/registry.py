"""Declaring commands: a decorator and annotated parameters, once for every platform."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import commands
from core import programs
from core.chat import Message
from core.interaction import Choice, Command, Invocation, OpenForm
from storage.communities import Home
from storage.database import Tx
from storage.members import Member
from storage.words import MemberState, Role

# Slack's own commands: an app's command of the same name would never be called.
RESERVED = frozenset(
    """
    active apps archive away call close collapse dm dnd expand feed feedback help invite join keys
    kick leave me msg mute open part people prefs rename remind remove search shortcuts shrug star
    status topic unarchive who
    """.split()  # noqa: SIM905 -- a list of forty literals is harder to read
)
CHAT_COMMANDS = 100  # Discord: chat commands of one application
SUBCOMMANDS = 25  # Discord: subcommands of one command
PARAMETERS = 25  # Discord: options of one command
CHOICES = 25  # Discord: choices of one option; a longer list completes instead
HELP_LENGTH = 100  # Discord: descriptions of commands and options
LABEL_LENGTH = 45  # Discord: label of a modal's field
NEAR = 0.7  # how alike what was typed and a name are that is suggested; 1: the same


@dataclass
class Call:
    """One invocation under way, as a handler sees it."""

    tx: Tx
    now: datetime
    invocation: Invocation
    home: Home
    member: Member | None  # None: someone who is not a member of the community
    registry: "Registry"

    @property
    def role(self) -> Role | None:
        """The role that counts: None until the member is active."""
        active = self.member is not None and self.member.state is MemberState.ACTIVE
        return self.member.role if active and self.member else None

    @property
    def zone(self) -> str:
        """The asker's IANA zone."""
        return programs.zone_of(self.tx, self.member)

    @property
    def me(self) -> Member:
        """The asker, in a command that only members may use."""
        if self.member is None:
            raise LookupError("this command needs a member")
        return self.member


@dataclass(frozen=True)
class Prefill:
    """Initial values of a form, the options of selects that depend on data (25 at most), and what
    to read before filling it in."""

    values: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    about: str = ""  # CommonMark


Handler = Callable[..., Message | OpenForm]
Prefiller = Callable[[Call, Mapping[str, str]], Prefill]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True)
class Declared:
    """A command with what runs it."""

    command: Command
    handler: Handler
    types: Mapping[str, Any]  # parameter name -> commands.params.ParamType
    defaults: Mapping[str, Any]
    prefill: Prefiller | None
    submit: str


class Registry:
    """Every command, by path."""

    def __init__(self) -> None:
        self.declared: dict[str, Declared] = {}

    def add(self, declared: Declared) -> None:
        """Take a command in. Raises ValueError for what some platform could not have."""
        path = declared.command.path
        topic, *rest = path.split(" ")
        if not declared.command.hidden:
            if topic in RESERVED:
                raise ValueError(f"/{topic} is a name that a platform reserves")
            others = {p.count(" ") for p in self.visible_paths() if p.split(" ")[0] == topic}
            if others and len(rest) not in others:
                raise ValueError(f"/{topic} cannot be a command and have subcommands")
            siblings = [p for p in self.visible_paths() if p.split(" ")[0] == topic]
            topics = {p.split(" ")[0] for p in self.visible_paths()} | {topic}
            if len(siblings) >= SUBCOMMANDS or len(topics) > CHAT_COMMANDS:
                raise ValueError(f"/{path} is one command too many for a platform")
        if problem := _unfit(declared.command):
            raise ValueError(f"/{path}: {problem}")
        if path in self.declared:
            raise ValueError(f"/{path} is declared twice")
        if len(rest) > 1 or len(declared.command.params) > PARAMETERS:
            raise ValueError(f"/{path} is too deep or has too many parameters")
        self.declared[path] = declared

    def visible_paths(self) -> list[str]:
        return [path for path, one in self.declared.items() if not one.command.hidden]

    def visible_to(self, role: Role | None) -> list[Command]:
        """What someone with this role may ask for, in the order of the paths."""
        return [
            self.declared[path].command
            for path in sorted(self.visible_paths())
            if may(self.declared[path].command, role)
        ]

    def resolve(self, path: str, text: str) -> tuple[Declared | None, str]:
        """The command that was meant, and the text that is left for its parameters.

        "webinar" with "announce Title" is "webinar announce" with "Title"; a bare topic is its
        default command.
        """
        words = path.strip().lstrip("/").lower().split()
        first, _, rest = text.strip().partition(" ")
        for candidate, left in (
            (" ".join([*words, first.lower()]), rest.strip()),
            (" ".join(words), text.strip()),
        ):
            if candidate.strip() in self.declared:
                return self.declared[candidate.strip()], left
        for name, declared in self.declared.items():
            if declared.command.default and words == name.split()[:1] and not text.strip():
                return declared, ""
        return None, text

    def nearest(self, typed: str, role: Role | None) -> list[str]:
        """Commands whose names look like what was typed."""
        paths = [command.path for command in self.visible_to(role)]
        typed = " ".join(typed.lstrip("/").lower().split()[:2])
        close = get_close_matches(typed, paths, n=3, cutoff=NEAR)
        if not close:
            topics = sorted({path.split(" ")[0] for path in paths})
            near = get_close_matches(typed.split(" ")[0] if typed else "", topics, n=1, cutoff=NEAR)
            close = [path for path in paths if path.split(" ")[0] in near][:3]
        return close


def _unfit(command: Command) -> str | None:
    """What some platform would not take in a declaration; None when it is fine everywhere.

    Discord: names of 32 characters, helps of 100, 25 choices; a modal's labels have 45.
    """
    if not all(re.fullmatch(r"[a-z][a-z0-9-]{0,31}", word) for word in command.path.split(" ")):
        return "a name has up to 32 small letters, digits and hyphens"
    if not 1 <= len(command.help) <= HELP_LENGTH:
        return f"its help has up to {HELP_LENGTH} characters"
    for param in command.params:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", param.name):
            return f"{param.name} is not a parameter name"
        if not 1 <= len(param.label) <= LABEL_LENGTH or len(param.help) > HELP_LENGTH:
            return f"the label or help of {param.name} is too long"
        if len(param.choices) > CHOICES or any(len(one.label) > 75 for one in param.choices):
            return f"{param.name} has too many choices, or too long ones"
    return None


def may(command: Command, role: Role | None) -> bool:
    """Whether someone with this role may use a command."""
    return command.least is None or (role is not None and role.at_least(command.least))


_DECLARED = Registry()


def command(
    path: str,
    *,
    help: str,
    least: Role | None = Role.TEACHER,
    private: bool = True,
    form: bool = False,
    hidden: bool = False,
    reads: bool = False,
    replaces: bool = False,
    default: bool = False,
    prefill: Prefiller | None = None,
    submit: str = "Send",
    into: Registry | None = None,
) -> Callable[[H], H]:
    """Declare a command. The decorated function is `handler(call, **parameters)`.

    Its parameters are annotated, as in `title: Annotated[str, Text("Title", limit=100)]`; one with
    a default may be left out. It returns a Message, or an OpenForm to ask for more, and raises
    UserError for what the person must mend. The other arguments are those of
    core.interaction.Command; `prefill` loads the initial values of its form, `submit` is the
    label of the form's button.
    """

    def declare(handler: H) -> H:
        types, defaults, params = _parameters(handler)
        made = Command(
            path=path,
            help=help,
            params=tuple(params),
            least=least,
            private=private,
            form=form,
            hidden=hidden,
            reads=reads,
            replaces=replaces,
            default=default,
        )
        registry = _DECLARED if into is None else into
        registry.add(Declared(made, handler, types, defaults, prefill, submit))
        return handler

    return declare


def every_command() -> Registry:
    """The registry with every topic of this package loaded."""
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"commands.{module.name}")
    return _DECLARED


def _notes(hint: Any) -> tuple[Any, ...]:
    """What Annotated says besides the type; `X | None` is looked into by the caller."""
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()


def _parameters(handler: Handler) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
    hints = get_type_hints(handler, include_extras=True)
    types, defaults, params = {}, {}, []
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        hint = hints[name]
        notes = [note for part in (hint, *get_args(hint)) for note in _notes(part)]
        kind = next((note for note in notes if hasattr(note, "parse")), None)
        if kind is None:
            raise TypeError(f"{handler.__name__}: {name} has no parameter type")
        types[name] = kind
        required = parameter.default is inspect.Parameter.empty
        if not required:
            defaults[name] = parameter.default
        params.append(kind.param(name, required, None if required else parameter.default))
    return types, defaults, params
