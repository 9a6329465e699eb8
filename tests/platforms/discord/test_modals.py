"""Forms as modals."""

import pytest

from bot.platforms.discord.modals import Modals
from commands.registry import every_command
from core.interaction import Input, OpenForm, Param

REGISTRY = every_command()
FORMS = [path for path, one in REGISTRY.declared.items() if one.command.params]
TITLE, BODY = Param("title", "Title"), Param("body", "Words", input=Input.LONG, max_length=20_000)


def sent(custom_id: str, **values: str) -> dict[str, object]:
    return {
        "custom_id": custom_id,
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
            for name, value in values.items()
        ],
    }


@pytest.mark.parametrize("path", FORMS)
def test_every_form_fits_into_a_modal(path: str) -> None:
    command = REGISTRY.declared[path].command
    made = Modals().modal(OpenForm(path, command.help, command.params, about="Hm")).to_dict()
    assert len(made["title"]) <= 45
    assert len(made["custom_id"]) <= 100
    assert 1 <= len(made["components"]) <= 5


def test_a_long_text_has_several_inputs_that_are_joined_again() -> None:
    modals = Modals()
    made = modals.modal(OpenForm("reflect write", "Write", (TITLE, BODY))).to_dict()
    ids = [one["component"]["custom_id"] for one in made["components"]]
    assert len(ids) == 3
    found = modals.asked(sent(made["custom_id"], **{ids[0]: "T", ids[1]: "One.", ids[2]: "Two."}))
    assert found == ("reflect write", {"title": "T", "body": "One.\n\nTwo."})


def test_what_does_not_fit_keeps_its_value() -> None:
    many = tuple(Param(f"p{number}", f"P{number}") for number in range(8))
    modals = Modals()
    form = OpenForm("x y", "X", many, {"p7": "seven", "p0": "zero"})
    made = modals.modal(form).to_dict()
    found = modals.asked(sent(made["custom_id"], p0="0"))
    assert found == ("x y", {"p7": "seven", "p0": "0"})


def test_values_that_are_too_long_for_an_id_are_kept_in_the_process() -> None:
    many = tuple(Param(f"p{number}", f"P{number}", max_length=900) for number in range(8))
    modals = Modals()
    made = modals.modal(OpenForm("x y", "X", many, {"p7": "long " * 100})).to_dict()
    found = modals.asked(sent(made["custom_id"]))
    assert found is not None
    assert found[1]["p7"] == "long " * 100
    assert Modals().asked(sent(made["custom_id"])) is None


def test_what_must_be_mended_is_in_the_form() -> None:
    many = tuple(Param(f"p{number}", f"P{number}") for number in range(8))
    made = Modals().modal(OpenForm("x y", "X", many, problems={"p7": "No."})).to_dict()
    last = made["components"][-1]
    assert last["component"]["custom_id"] == "p7"
    assert "No." in last["description"]
