"""Rehearsals: checked from their JSON, and by their bytes."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot import rehearsal_tables
from bot.cli.main import app
from bot.rehearsal import Script, rehearse
from bot.rehearsal_report import write_json
from core.errors import UserError
from core.faults import FaultyFile
from tests.builders import SMALL_PROGRAM
from tests.rehearsal_rules import check

ROSTER = """\
Name,E-mail,Role,Coach,Cohort,Capacity
Ada Example,ada@example.org,organizer,,,
Ben Sample,ben@example.org,coach,,,2
Cora Specimen,cora@example.org,coach,,,1
Dev Pattern,dev@example.org,teacher,Cora Specimen,Autumn,
Ella Template,ella@example.org,teacher,,Autumn,
Finn Draft,finn@example.org,teacher,,Winter,
"""
SHORT = Script(teachers=30, coaches=3, seed=7, weeks=3)


@cache
def played(script: Script) -> str:
    report = asyncio.run(rehearse(script))
    out = io.StringIO()
    write_json(report, rehearsal_tables.summary(report), out)
    return out.getvalue()


def told(script: Script) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(played(script))
    return found


def test_every_promise_is_kept_from_orientation_to_the_third_week() -> None:
    assert check(told(SHORT)) == []


def test_every_promise_is_kept_over_breaks() -> None:
    report = told(Script(teachers=6, coaches=2, seed=2, program=SMALL_PROGRAM))
    assert check(report) == []
    assert report["totals"]["skipped_breaks"] == 1
    assert [row["label"] for row in report["weeks"]][-5:] == [
        "Week 1",
        "Week 2",
        "Fall break",
        "Week 3",
        "Afterward",
    ]


def test_people_write_answer_meet_and_get_what_they_should() -> None:
    report = told(SHORT)
    kinds = Counter(one["kind"] for one in report["deliveries"])
    assert kinds["prompt"] == 3
    assert 55 <= len(report["reflections"]) <= 90  # 80 % of 30 people in 3 weeks, less those late
    waiting = len(report["reflections"]) - kinds["reflection_shared"]
    assert 0 <= waiting <= 3  # until the coach's quiet hours are over
    assert 0 < kinds["nudge"] < 45
    assert kinds["agenda"] == 90
    assert kinds["reminder"] > 30
    assert kinds["orientation"] > 250
    assert report["totals"]["shifts_for_quiet_hours"] > 0
    assert report["warnings"] == []


def test_those_who_pause_are_left_in_peace_for_two_weeks() -> None:
    report = told(Script(teachers=60, coaches=6, seed=1, program=SMALL_PROGRAM))
    assert 1 <= len(report["pauses"]) <= 8  # 5 % of them
    assert check(report) == []
    reasons = Counter(one["reason"] for one in report["not_sent"])
    assert any("paused" in reason for reason in reasons)


def test_those_who_wrote_before_the_nudge_are_listed_as_not_nudged() -> None:
    reasons = Counter(one["reason"] for one in told(SHORT)["not_sent"] if one["kind"] == "nudge")
    assert reasons["they have written already"] > 20


def test_a_checker_that_is_lied_to_notices() -> None:
    report = told(SHORT)
    prompt = next(one for one in report["deliveries"] if one["kind"] == "prompt")
    report["deliveries"].append({**prompt, "key": "another"})
    report["roster"] = [
        {**one, "quiet_from": "00:00", "quiet_until": "23:59", "capacity": 1}
        for one in report["roster"]
    ]
    broken = " ".join(check(report))
    assert "has 2 prompts" in broken
    assert "1 fit" in broken
    assert "reached Teacher" in broken


def test_the_same_script_gives_the_same_bytes_in_another_process() -> None:
    script = Script(teachers=8, coaches=2, seed=3, weeks=2)
    typed = ["--teachers", "8", "--coaches", "2", "--seed", "3", "--weeks", "2", "--json"]
    for salt in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "rehearse", *typed],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        )
        assert done.stdout.decode() == played(script)


def test_another_seed_gives_another_year() -> None:
    one = told(Script(teachers=8, coaches=2, seed=3, weeks=2))
    other = told(Script(teachers=8, coaches=2, seed=4, weeks=2))
    assert one["reflections"] != other["reflections"]


def test_too_few_coaching_places_are_warned_of_and_the_unpaired_are_named() -> None:
    report = told(Script(teachers=13, coaches=1, seed=1, weeks=1))
    assert report["warnings"][0].startswith("There are too few coaching places: 10 for 13 teachers")
    assert len(report["unpaired"]) == 3
    for one in report["unpaired"]:
        assert any(text.startswith(f"{one['name']} has no coach.") for text in report["warnings"])
    assert check(report) == []


def test_weeks_without_prompt_and_webinars_in_a_break_are_warned_of() -> None:
    text = SMALL_PROGRAM.replace("    prompt: Whose voice did you not hear this week?\n", "")
    text = text.replace(
        "breaks:\n",
        "rhythm: {webinar: Saturday 16:00}\nbreaks:\n"
        "  - {name: Long weekend, first_day: 2026-09-05, last_day: 2026-09-06}\n",
    )
    warnings = told(Script(teachers=2, coaches=1, program=text))["warnings"]
    assert "Cohort 1 has weeks without a prompt: 2." in warnings
    assert any("“Starting well” on Saturday" in one and "Long weekend" in one for one in warnings)


def test_a_roster_plays_with_its_own_cohorts_coaches_and_capacities() -> None:
    report = told(Script(roster=ROSTER, program=SMALL_PROGRAM, weeks=2))
    assert [one["name"] for one in report["cohorts"]] == ["Autumn", "Winter"]
    assert sorted(one["names"] for one in report["pairs"]) == [
        "Dev Pattern and Cora Specimen",
        "Ella Template and Ben Sample",
        "Finn Draft and Ben Sample",
    ]
    assert check(report) == []


def test_a_faulty_roster_is_refused_with_its_faults() -> None:
    with pytest.raises(FaultyFile) as refused:
        asyncio.run(
            rehearse(Script(roster=ROSTER.replace("Cora Specimen,Autumn", "Nobody,Autumn")))
        )
    assert "Line 5" in str(refused.value)


def test_more_weeks_than_the_program_has_are_refused() -> None:
    with pytest.raises(UserError, match="has 3 weeks"):
        asyncio.run(rehearse(Script(program=SMALL_PROGRAM, weeks=4)))


def test_the_tables_show_weeks_kinds_totals_and_warnings() -> None:
    report = asyncio.run(rehearse(Script(teachers=3, coaches=0, weeks=1, program=SMALL_PROGRAM)))
    console = Console(file=io.StringIO(), width=100)
    rehearsal_tables.show(report, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for part in (
        "Played: small from Monday, August 31, 2026, in America/Detroit.",
        "Choose others with --program",
        "Week 1",
        "Prompts",
        "Shifts: how often",
        "the reflections channel",
        "Monday 09:00",
        "Totals: teachers 3",
        "Warning: There are too few coaching places",
    ):
        assert part in text


def test_the_command_refuses_a_roster_together_with_made_up_people(tmp_path: Any) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER)
    result = CliRunner().invoke(app, ["rehearse", "--roster", str(file), "--teachers", "3"])
    assert result.exit_code != 0
    assert "not both" in result.output


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--start", "30.8.27", "is not a date. Write it as"),
        ("--weeks", "0", "Write a whole number, 1 or"),
        ("--teachers", "many", '"many" will not do.'),
    ],
)
def test_an_option_that_will_not_do_is_answered_with_what_to_write(
    option: str, value: str, sentence: str
) -> None:
    result = CliRunner().invoke(app, ["rehearse", option, value])
    assert result.exit_code == 2
    assert sentence in result.output


def test_the_command_names_the_shipped_programs_when_there_is_no_such_file() -> None:
    result = CliRunner().invoke(app, ["rehearse", "--program", "nothing.yaml"])
    assert result.exit_code == 1
    assert "first-year-online" in result.output
