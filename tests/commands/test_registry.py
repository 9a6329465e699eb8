"""Declaring commands, and finding what was meant."""

from collections.abc import Callable
from typing import Annotated

import pytest

from commands.params import OneOf, Text
from commands.registry import Call, Registry, command, every_command
from core.chat import Message
from storage.words import Role


def say(call: Call) -> Message:
    return Message("Hello.")


def declare(registry: Registry, *paths: str, handler: Callable[..., Message] = say) -> Registry:
    for path in paths:
        command(path, help="Says hello", into=registry)(handler)
    return registry


@pytest.mark.parametrize("name", ["help", "status", "remind", "who", "me", "join", "invite"])
def test_a_name_that_a_platform_reserves_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="reserves"):
        declare(Registry(), name)


def test_no_two_commands_have_one_name() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare(Registry(), "garden show", "garden show")


@pytest.mark.parametrize(
    "paths", [("garden", "garden show"), ("garden show", "garden")], ids=["topic first", "last"]
)
def test_a_topic_is_a_command_or_has_subcommands_never_both(paths: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="subcommands"):
        declare(Registry(), *paths)


def test_a_hidden_command_may_stand_beside_a_topic() -> None:
    registry = declare(Registry(), "garden")
    command("garden water", help="Water it", hidden=True, into=registry)(say)
    assert registry.visible_paths() == ["garden"]


@pytest.mark.parametrize("path", ["garden show all", "Garden", "garden_x", "g" * 33, "", "gärten"])
def test_a_path_that_some_platform_could_not_have_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="/"):
        declare(Registry(), path)


def test_a_topic_has_no_more_subcommands_than_a_platform_takes() -> None:
    registry = declare(Registry(), *(f"garden n{number}" for number in range(25)))
    with pytest.raises(ValueError, match="too many"):
        declare(registry, "garden more")


def test_a_help_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="help"):
        command("garden", help="x" * 101, into=Registry())(say)


def test_a_parameter_without_a_type_is_refused() -> None:
    def bad(call: Call, name: str) -> Message:
        return Message(name)

    with pytest.raises(TypeError, match="name has no parameter type"):
        declare(Registry(), "garden", handler=bad)


def test_more_choices_than_a_platform_shows_are_refused() -> None:
    many = tuple((str(number), str(number)) for number in range(26))

    def pick(call: Call, which: Annotated[str, OneOf("Which", labels=many)]) -> Message:
        return Message(which)

    with pytest.raises(ValueError, match="choices"):
        declare(Registry(), "garden", handler=pick)


def test_a_parameter_may_be_optional_in_two_ways() -> None:
    def show(
        call: Call,
        name: Annotated[str, Text("Name")],
        one: Annotated[str | None, Text("One")] = None,
        other: Annotated[str, Text("Other")] | None = None,
    ) -> Message:
        return Message(name)

    registry = declare(Registry(), "garden", handler=show)
    params = registry.declared["garden"].command.params
    assert [param.required for param in params] == [True, False, False]


@pytest.mark.parametrize(
    ("path", "text", "meant", "left"),
    [
        ("garden show", "roses", "garden show", "roses"),
        ("garden", "show roses and lilies", "garden show", "roses and lilies"),
        ("/Garden", "SHOW", "garden show", ""),
        ("  garden  ", "", "garden show", ""),
        ("tree", "oak", "tree", "oak"),
        ("tree", "line one\nline two", "tree", "line one\nline two"),
    ],
)
def test_what_was_typed_finds_its_command(path: str, text: str, meant: str, left: str) -> None:
    registry = declare(Registry(), "tree")
    command("garden show", help="Show it", default=True, into=registry)(say)
    command("garden water", help="Water it", into=registry)(say)
    found, rest = registry.resolve(path, text)
    assert found is not None
    assert (found.command.path, rest) == (meant, left)


def test_a_topic_without_a_default_is_not_understood_bare() -> None:
    registry = declare(Registry(), "garden show")
    assert registry.resolve("garden", "")[0] is None


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("webinar anounce", "webinar announce"),
        ("webinr next", "webinar next"),
        ("reflct write", "reflect write"),
        ("/staffrom", "staffroom today"),
        ("profil", "profile edit"),
        ("refelct", "reflect write"),
    ],
)
def test_the_nearest_command_is_suggested(typed: str, near: str) -> None:
    names = ("webinar announce", "webinar next", "reflect write", "staffroom today", "profile edit")
    registry = declare(Registry(), *names)
    assert near in registry.nearest(typed, Role.ORGANIZER)


def test_only_what_the_person_may_use_is_suggested() -> None:
    registry = Registry()
    command("garden plan", help="Plan it", least=Role.ORGANIZER, into=registry)(say)
    assert registry.nearest("garden plam", Role.TEACHER) == []
    assert registry.nearest("garden plam", Role.ORGANIZER) == ["garden plan"]


def test_nothing_is_suggested_for_what_looks_like_nothing() -> None:
    registry = declare(Registry(), "garden show")
    assert registry.nearest("x" * 100_000, Role.TEACHER) == []
    assert registry.nearest("", Role.TEACHER) == []


@pytest.mark.parametrize("typed", ["nonsense", "nonsense list", "hello", "zzz list"])
def test_what_is_far_off_is_not_suggested(typed: str) -> None:
    assert every_command().nearest(typed, Role.ORGANIZER) == []


def test_people_see_what_their_role_may_do() -> None:
    registry = Registry()
    command("door", help="Come in", least=None, into=registry)(say)
    command("desk", help="Work", into=registry)(say)
    command("safe", help="Open it", least=Role.ORGANIZER, into=registry)(say)
    seen = {role: [one.path for one in registry.visible_to(role)] for role in (None, *Role)}
    assert seen[None] == seen[Role.GUEST] == ["door"]
    assert seen[Role.TEACHER] == seen[Role.COACH] == ["desk", "door"]
    assert seen[Role.ORGANIZER] == ["desk", "door", "safe"]


def test_every_topic_of_the_package_is_loaded_once() -> None:
    first = every_command()
    assert first is every_command()
    assert {"enroll", "profile edit", "staffroom today", "form fix"} <= set(first.declared)
