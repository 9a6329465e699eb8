"""What the documents say is true: links lead somewhere, examples work, no key goes unexplained."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.cli.main import app
from commands.registry import every_command
from core import program, program_file, roster, roster_file
from storage.database import CommunityStore
from tests import builders
from tests.test_repository import ROOT, text_of, tracked

DOCS = tracked("*.md")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PARTS: dict[str, type[program.Part]] = {
    "At the top": program.Program,
    "`rhythm`": program.Rhythm,
    "`terms`": program.Term,
    "`breaks`": program.Break,
    "`orientation`": program.Step,
    "`weeks`": program.Week,
    "`visit`": program.Visit,
}


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("path", DOCS, ids=str)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    dead = []
    for link in LINK.findall(text_of(path)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / path).parent / name if name else ROOT / path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("path", DOCS, ids=str)
def test_commands_that_documents_name_exist(path: Path) -> None:
    known = {*every_command().visible_paths(), "standard show"}  # the recipe's
    known |= {"invite"}  # Slack's own
    known |= {name.split()[0] for name in known}
    named = re.findall(r"`/([a-z]+(?![a-z/-])(?: [a-z-]+\b(?!:))?)[^`]*`", text_of(path))
    unknown = [f"/{name}" for name in named if name not in known]
    assert unknown == []


@pytest.mark.parametrize("path", DOCS, ids=str)
def test_command_lines_that_documents_name_exist(path: Path) -> None:
    group = typer.main.get_command(app)
    unknown: list[str] = []
    for words in re.findall(r"(?:^|`)staffroom ((?:[a-z]+ ?)+)", text_of(path), re.MULTILINE):
        at: Any = group
        for word in words.split():
            if not hasattr(at, "commands"):
                break
            at = at.commands.get(word)
            if at is None:
                unknown.append(f"staffroom {words}")
                break
    assert unknown == []


def test_the_example_of_a_program_is_a_program() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", text_of(Path("docs/programs.md")), re.DOTALL)
    assert program_file.check(example)[1] == []


@pytest.mark.parametrize("heading", PARTS)
def test_every_key_of_a_program_is_explained(heading: str) -> None:
    sections = re.split(r"^### ", text_of(Path("docs/programs.md")), flags=re.MULTILINE)
    (section,) = [text for text in sections if text.startswith(f"{heading}\n")]
    explained = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.+?) \|", section, re.M))))
    assert explained == set(PARTS[heading].model_fields)


def test_the_sample_of_a_roster_can_be_imported(community: CommunityStore) -> None:
    sheet = roster_file.read(text_of(Path("docs/sample-roster.csv")))
    community.write_now(lambda tx: builders.cohort(tx, builders.program(tx)))
    plan = community.write_now(lambda tx: roster.bring_in(tx, sheet, builders.JOINED))
    assert (plan.faults, plan.notes, sheet.ignored) == ((), (), ())
    assert len(plan.changes) == 11
