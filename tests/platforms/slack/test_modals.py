"""Forms and answers as modals, checked against what Slack takes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.slack import modals
from commands.registry import every_command
from core.chat import Button, Message
from core.interaction import Choice, Input, OpenForm, Param
from tests.platforms.slack.fake.blocks import check_view

REGISTRY = every_command()
FORMS = [path for path, one in REGISTRY.declared.items() if one.command.params]
LONG = Param("body", "Your words", input=Input.LONG, max_length=9_000)


def form(*params: Param, **values: str) -> OpenForm:
    return OpenForm("reflect write", "Write to a prompt", params, values)


def element(view: dict[str, Any], block: str) -> dict[str, Any]:
    (found,) = [one for one in view["blocks"] if one.get("block_id") == block]
    return dict(found["element"])


def typed(view: dict[str, Any], **values: str) -> dict[str, Any]:
    """The view as Slack hands it back."""
    state = {name: {"value": {"type": "plain_text_input", "value": values[name]}}
             for name in values}  # fmt: skip
    return {**view, "state": {"values": state}}


@pytest.mark.parametrize("path", FORMS)
def test_slack_takes_the_form_of_every_command(path: str) -> None:
    command = REGISTRY.declared[path].command
    values = {param.name: param.default or "7" for param in command.params}
    problems = {"": "All of it.", command.params[0].name: "This one."}
    check_view(
        modals.form_view(OpenForm(path, command.help, command.params, values, problems, about="Hm"))
    )


def test_a_long_text_is_spread_over_inputs_and_joined_again() -> None:
    body = "\n\n".join(f"Paragraph {number}. " + "word " * 150 for number in range(9)).strip()
    view = modals.form_view(form(LONG, body=body))
    inputs = {
        one["block_id"]: one["element"].get("initial_value", "")
        for one in view["blocks"]
        if one["type"] == "input"
    }
    assert len(inputs) >= 3
    back = {**view, "state": {"values": {
        name: {"value": {"type": "plain_text_input", "value": value}}
        for name, value in reversed(inputs.items())
    }}}  # fmt: skip
    assert modals.filled(back) == {"body": body}


def test_the_form_remembers_its_command_and_where_it_was_asked_for() -> None:
    view = modals.form_view(form(LONG), "C012345")
    assert modals.asked(view) == ("reflect write", "C012345")


def test_what_was_typed_before_stands_in_the_form() -> None:
    view = modals.form_view(form(replace(LONG, max_length=300), body="Half a thought"))
    assert element(view, "body")["initial_value"] == "Half a thought"


def test_a_choice_is_offered_and_the_present_one_chosen() -> None:
    audience = Param("who", "Who", input=Input.CHOICE,
                     choices=(Choice("coach", "My coach"), Choice("all", "Everybody")))  # fmt: skip
    chosen = element(modals.form_view(form(audience, who="all")), "who")["initial_option"]
    assert chosen["text"]["text"] == "Everybody"


def test_a_completing_input_shows_the_name_of_its_value() -> None:
    webinar = Param("webinar", "Webinar", completes=True)
    view = modals.form_view(form(webinar, webinar="w1"), labels={"webinar": "Feedback"})
    chosen = element(view, "webinar")["initial_option"]
    assert (chosen["value"], chosen["text"]["text"]) == ("w1", "Feedback")


def test_a_number_keeps_its_limits() -> None:
    minutes = Param("minutes", "Minutes", input=Input.INTEGER, least=5, most=480)
    found = element(modals.form_view(form(minutes, minutes="45")), "minutes")
    assert (found["min_value"], found["max_value"]) == ("5", "480")


def test_an_empty_input_comes_back_as_nothing() -> None:
    view = modals.form_view(form(LONG))
    view["state"] = {"values": {"body": {"value": {"type": "plain_text_input", "value": None}}}}
    assert modals.filled(view) == {"body": ""}


def test_a_problem_stands_at_its_input_and_what_belongs_to_none_at_the_first() -> None:
    view = modals.form_view(form(Param("title", "Title"), Param("when", "When")))
    problems = {"when": "No such day.", "": "Not now."}
    rejected = OpenForm("x", "X", (), problems=problems)
    assert modals.errors(rejected, view) == {"title": "Not now.", "when": "No such day."}


def test_an_answer_is_shown_whole_in_a_modal() -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(1_500))
    view = modals.message_view(Message(text, buttons=(Button("Again", "x"),)))
    check_view(view)
    assert "Paragraph 1499." in json.dumps(view)
