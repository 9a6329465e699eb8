"""The command line."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import settings
from bot.cli.main import app
from bot.clock import RealClock
from storage import cohorts, communities, members, programs
from storage.database import Store, Tx
from storage.words import Role
from tests.builders import SMALL_PROGRAM

ROOT = Path(__file__).parents[2]
ANSWERS = {
    "--name": "Lakeside Virtual",
    "--zone": "Detroit",
    "--start": "2099-09-02",
    "--program": "first-year-online",
    "--organizer": "Olive Example",
    "--email": "olive@example.org",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, with nothing set from outside."""
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(settings.variable(name), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def staffroom(*args: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, list(args), input=typed, prog_name="staffroom")


def init(**changes: str) -> Result:
    answers = ANSWERS | {f"--{name}": value for name, value in changes.items()}
    return staffroom("init", *(part for pair in answers.items() for part in pair))


@pytest.fixture
def founded(folder: Path) -> Path:
    assert init().exit_code == 0
    return folder


def look(work: "object") -> object:
    store = Store("sqlite:///staffroom.db", inline=True)
    try:
        return store.read_now(communities.every(store)[0].id, work)  # type: ignore[arg-type]
    finally:
        store.close()


def test_help_lists_every_command() -> None:
    text = staffroom("--help").output
    for name in (
        "init", "run", "rehearse", "backup", "restore", "export", "doctor", "program", "roster",
    ):  # fmt: skip
        assert re.search(rf"│ {name} ", text), name


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"Staffroom \S+\n", staffroom("--version").output)


@pytest.mark.parametrize(
    "command",
    [("run",), ("roster", "import", "x.csv"), ("backup", "x.db"), ("export", "out")],
)
def test_without_a_database_a_person_is_told_how_to_begin(
    folder: Path, command: tuple[str, ...]
) -> None:
    (folder / "x.csv").write_text("Name,Email\n")
    result = staffroom(*command)
    assert result.exit_code == 1
    assert "no database" in result.stderr
    assert "Begin with `staffroom init`" in result.stderr


def test_help_shows_flags_without_a_value() -> None:
    text = staffroom("roster", "import", "--help").output
    assert re.search(r"--dry-run +Only show", text)


# -- init


def test_init_by_options_writes_settings_database_and_a_code(folder: Path) -> None:
    result = init()
    assert result.exit_code == 0, result.output
    assert "Wednesday, September 2 is in the week of Monday, August 31" in result.output
    assert re.search(r"Claim code of Olive Example: (\w{4}-){2}\w{4}\n", result.output)
    assert (
        "choose Olive Example in the switch at the top, and type:\n  /enroll code: "
        in result.output
    )
    assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "staffroom.db").stat().st_mode) == 0o600
    assert "\nDATABASE_URL=sqlite:///staffroom.db\n" in (folder / ".env").read_text()

    def facts(tx: Tx) -> tuple[str, str, str, str]:
        (cohort,) = cohorts.running(tx)
        (organizer,) = members.everyone(tx)
        community = communities.current(tx)
        return community.name, community.zone, str(cohort.starts_on), organizer.role.value

    assert look(facts) == ("Lakeside Virtual", "America/Detroit", "2099-08-31", "organizer")


def test_init_asks_for_what_was_not_given_and_asks_again_for_what_will_not_do() -> None:
    typed = "\n".join(
        ["Lakeside Virtual", "Detriot", "Detroit", "soon", "2099-09-02", "first-yaer-online", "",
         "Olive Example", "olive", "olive@example.org"]
    )  # fmt: skip
    result = staffroom("init", typed=typed + "\n")
    assert result.exit_code == 0, result.output
    for sentence in (
        "Did you mean America/Detroit?",
        '"soon" is not a date. Write it as 2026-08-31.',
        "Did you mean first-year-online?",
        '"olive" is not an e-mail address.',
    ):
        assert sentence in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("zone", "Mars/Olympus", "is not a time zone"),
        ("start", "31.8.2026", "is not a date"),
        ("program", "no-such-program", "There is no program and no file"),
        ("email", "olive", "is not an e-mail address"),
        ("name", " ", "A name has 1 to 80 characters"),
    ],
)
def test_an_option_that_will_not_do_founds_nothing(
    folder: Path, name: str, value: str, sentence: str
) -> None:
    result = init(**{name: value})
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert list(folder.iterdir()) == []


def test_a_start_that_has_passed_must_be_meant(folder: Path) -> None:
    result = init(start="2020-01-06")
    assert result.exit_code == 1
    assert "has passed" in result.output
    assert list(folder.iterdir()) == []
    answers = [part for pair in (ANSWERS | {"--start": "2020-01-06"}).items() for part in pair]
    assert staffroom("init", *answers, "--yes").exit_code == 0


def test_init_with_a_program_of_ones_own(folder: Path) -> None:
    (folder / "mine.yaml").write_text(SMALL_PROGRAM)
    assert init(program="mine.yaml").exit_code == 0
    assert look(lambda tx: programs.by_name(tx, "small") is not None)


def test_a_second_community_needs_another_database(founded: Path) -> None:
    result = init()
    assert result.exit_code == 1
    assert "lives in this database already" in result.stderr
    answers = [part for pair in ANSWERS.items() for part in pair]
    assert staffroom("init", *answers, "--database-url", "sqlite:///two.db").exit_code == 0
    assert (founded / "two.db").exists()


def test_a_second_community_is_told_how_to_run_it(founded: Path) -> None:
    answers = [part for pair in ANSWERS.items() for part in pair]
    result = staffroom("init", *answers, "--database-url", "sqlite:///two.db")
    assert ".env was left as it is and names another database" in result.output
    assert "`DATABASE_URL=sqlite:///two.db staffroom run`" in result.output


def test_every_option_that_will_not_do_is_named_at_once(folder: Path) -> None:
    result = init(zone="Mars/Olympus", start="31.8.2026", email="olive")
    for sentence in ("not a time zone", "not a date", "not an e-mail address"):
        assert sentence in result.stderr
    assert list(folder.iterdir()) == []


# -- program


def test_checking_a_program_tells_every_fault_by_line_and_changes_nothing(folder: Path) -> None:
    (folder / "mine.yaml").write_text(
        SMALL_PROGRAM.replace("standard: A", "standard: Q").replace("week: 2", "week: two")
    )
    result = staffroom("program", "check", "mine.yaml")
    assert result.exit_code == 1
    assert 'mine.yaml:12: Standard "Q" is not in nsq-teaching-2019.' in result.output
    assert "mine.yaml:16: `week` is not a number." in result.output


def test_a_program_without_fault_is_said_to_be_fine(folder: Path) -> None:
    (folder / "mine.yaml").write_text(SMALL_PROGRAM)
    result = staffroom("program", "check", "mine.yaml")
    assert result.output == (
        "mine.yaml is fine: 3 weeks, 3 prompts, 3 webinars, 2 orientation steps.\n"
    )


def test_a_program_is_loaded_corrected_and_listed(founded: Path) -> None:
    (founded / "mine.yaml").write_text(SMALL_PROGRAM)
    assert "small is new" in staffroom("program", "load", "mine.yaml").output
    assert "small is the same as before" in staffroom("program", "load", "mine.yaml").output
    (founded / "mine.yaml").write_text(SMALL_PROGRAM.replace("First days", "Day one"))
    assert "small is replaced" in staffroom("program", "load", "mine.yaml").output
    assert "small: A Small Program; 3 weeks" in staffroom("program", "list").output


def test_a_faulty_program_is_not_loaded(founded: Path) -> None:
    (founded / "mine.yaml").write_text(SMALL_PROGRAM.replace("standard: A", "standard: Q"))
    result = staffroom("program", "load", "mine.yaml")
    assert result.exit_code == 1
    assert "Nothing was changed." in result.stderr
    assert look(lambda tx: programs.by_name(tx, "small")) is None


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "mine.yaml").write_bytes(b"name: small\n\xff\xfe")
    result = staffroom("program", "check", "mine.yaml")
    assert result.exit_code == 1
    assert "mine.yaml:2: This is not text in UTF-8." in result.output


# -- roster

ROSTER = "Name,Email,Role,Coach,Shoe size\nAda Example,ada@example.org,Teacher,Cara Example,7\n"
COACH = "Cara Example,cara@example.org,Coach,,\n"


def test_a_roster_is_shown_then_imported_then_the_same(founded: Path) -> None:
    (founded / "roster.csv").write_text(ROSTER + COACH)
    dry = staffroom("roster", "import", "roster.csv", "--dry-run")
    assert "2 would be new, 0 would be changed, 0 the same." in dry.output
    assert "This was a dry run" in dry.output
    assert look(lambda tx: len(members.everyone(tx))) == 1
    done = staffroom("roster", "import", "roster.csv")
    assert "2 new, 0 changed, 0 the same." in done.output
    assert "Next: `staffroom roster codes codes.csv`" in done.output
    assert "Next:" not in dry.output
    assert "Shoe size" in done.output
    assert "Olive Example (organizer)" in done.output
    again = staffroom("roster", "import", "roster.csv")
    assert "0 new, 0 changed, 2 the same." in again.output


def test_bad_rows_are_told_and_nothing_is_imported_unless_they_are_skipped(founded: Path) -> None:
    (founded / "roster.csv").write_text(ROSTER + "Ben Example,nowhere,,,\n" + COACH)
    result = staffroom("roster", "import", "roster.csv")
    assert result.exit_code == 1
    assert 'roster.csv:3: "nowhere" is not an e-mail address.' in result.output
    assert "nothing was imported" in result.stderr
    assert look(lambda tx: len(members.everyone(tx))) == 1
    result = staffroom("roster", "import", "roster.csv", "--dry-run")
    assert "What would change" not in result.output
    assert "This was a dry run" in result.output
    result = staffroom("roster", "import", "roster.csv", "--dry-run", "--skip-bad")
    assert "What would change" in result.output
    assert "This was a dry run" in result.output
    assert "these rows would be left out" in result.stderr
    assert look(lambda tx: len(members.everyone(tx))) == 1
    result = staffroom("roster", "import", "roster.csv", "--skip-bad")
    assert result.exit_code == 0
    assert "2 new, 0 changed, 0 the same." in result.output


def test_a_roster_without_names_is_refused(founded: Path) -> None:
    (founded / "roster.csv").write_text("Who,Where\nAda,x\n")
    result = staffroom("roster", "import", "roster.csv")
    assert result.exit_code == 1
    assert "There is no column with names." in result.stderr


def test_codes_are_written_for_everybody_who_has_not_come(founded: Path) -> None:
    (founded / "roster.csv").write_text(ROSTER + COACH)
    staffroom("roster", "import", "roster.csv")
    assert "3 codes" in staffroom("roster", "codes", "codes.csv").output
    lines = (founded / "codes.csv").read_text().splitlines()
    assert re.fullmatch(r"Ada Example,ada@example.org,(\w{4}-){2}\w{4}", lines[1])
    assert stat.S_IMODE((founded / "codes.csv").stat().st_mode) == 0o600
    assert staffroom("roster", "codes", "codes.csv").exit_code == 1


def test_one_person_gets_a_new_code_and_a_typo_gets_the_nearest(founded: Path) -> None:
    result = staffroom("roster", "code", "olive@example.org")
    assert re.match(r"(\w{4}-){2}\w{4}\n", result.output)
    result = staffroom("roster", "code", "olive@exmaple.org")
    assert "Did you mean olive@example.org?" in result.stderr
    result = staffroom("roster", "code", "nobody@example.org")
    assert "Import the person first." in result.stderr


# -- data


def test_what_is_backed_up_is_restored_and_what_it_replaces_is_kept(founded: Path) -> None:
    assert staffroom("backup", "kept.db").exit_code == 0
    (founded / "roster.csv").write_text(ROSTER + COACH)
    staffroom("roster", "import", "roster.csv")
    result = staffroom("restore", "kept.db", typed="y\n")
    assert result.exit_code == 0, result.output
    assert look(lambda tx: len(members.everyone(tx))) == 1
    (replaced,) = (founded / "backups").iterdir()
    assert str(replaced.relative_to(founded)) in result.output


def test_restore_asks_and_a_no_changes_nothing(founded: Path) -> None:
    staffroom("backup", "kept.db")
    assert staffroom("restore", "kept.db", typed="n\n").exit_code == 1
    assert not (founded / "backups").exists()


def test_a_backup_does_not_overwrite(founded: Path) -> None:
    staffroom("backup", "kept.db")
    result = staffroom("backup", "kept.db")
    assert result.exit_code == 1
    assert "there already" in result.stderr


def test_everything_is_exported_without_the_hashes_of_codes(founded: Path) -> None:
    assert staffroom("export", "out").exit_code == 0
    (member,) = (founded / "out" / "member.jsonl").read_text().splitlines()
    assert json.loads(member)["name"] == "Olive Example"
    (code,) = (founded / "out" / "claimcode.jsonl").read_text().splitlines()
    assert "hash" not in code


def test_the_doctor_finds_a_fresh_community_well(founded: Path) -> None:
    result = staffroom("doctor")
    assert result.exit_code == 0, result.output
    assert "database: Sound" in result.output


def test_the_doctor_ends_with_1_when_something_is_bad(folder: Path) -> None:
    (folder / ".env").write_text("STAFFROOM_PORT=http\n")
    result = staffroom("doctor")
    assert result.exit_code == 1
    assert "STAFFROOM_PORT" in result.output


def test_another_settings_file_can_be_named(folder: Path) -> None:
    (folder / "other.env").write_text("DATABASE_URL=sqlite:///other.db\n")
    result = staffroom("--env-file", "other.env", "run")
    assert "no database at other.db" in result.stderr


def test_completion_can_be_shown() -> None:
    env = {"_STAFFROOM_COMPLETE": "complete_bash", "COMP_WORDS": "staffroom ro", "COMP_CWORD": "1"}
    result = CliRunner().invoke(app, [], env=env, prog_name="staffroom")
    assert result.output.split() == ["roster"]


# -- as a process


def process(*args: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *args],
        env={**os.environ, "STAFFROOM_PORT": "0", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_runs_refuses_a_second_one_and_ends_by_a_signal(founded: Path) -> None:
    with process("run") as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        address = first.split()[-1]
        assert re.fullmatch(r"Staffroom is open at http://127\.0\.0\.1:\d+\n", first)
        with urllib.request.urlopen(address) as page:
            assert page.status == 200
        with process("run") as second:
            _, complaint = second.communicate()
        assert "Another Staffroom is running" in complaint
        assert second.returncode == 1
        assert staffroom("restore", "staffroom.db", "--yes").exit_code == 1
        running.send_signal(signal.SIGTERM)
        _, logged = running.communicate(timeout=30)
        assert running.returncode == 0
    assert '"event": "stopped"' in logged
    assert "Olive" not in logged


def test_the_module_is_the_same_program() -> None:
    with process("--help") as shown:
        out, _ = shown.communicate()
    assert "Usage: staffroom" in out


@pytest.mark.slow
def test_the_demo_is_made_once_and_found_again(folder: Path) -> None:
    for _ in range(2):
        with process("run", "--demo") as running:
            assert running.stdout is not None
            assert "http://" in running.stdout.readline()
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=60)
            assert running.returncode == 0
    store = Store("sqlite:///staffroom.db", inline=True)
    there = communities.every(store)
    store.close()
    assert len(there) == 1
    assert there[0].clock_offset_seconds >= 0
    assert RealClock().now() - there[0].created_at < timedelta(days=60)
    assert look(lambda tx: bool(members.with_role(tx, Role.COACH)))
