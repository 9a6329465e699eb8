"""Exports."""

import csv
import json
import stat
from pathlib import Path

import pytest

from bot import export
from core.errors import UserError
from storage import export as stored
from storage.database import CommunityStore
from tests import builders


def test_everything_is_written_twice_and_for_its_owner_alone(
    community: CommunityStore, tmp_path: Path
) -> None:
    community.write_now(
        lambda tx: builders.member(tx, "Ada Example", subjects=["Math", "Art"], goals="Ünï\n=1+1")
    )
    counts = export.write(community, tmp_path / "out")
    assert counts["member"] == 1
    (line,) = (tmp_path / "out" / "member.jsonl").read_text("utf-8").splitlines()
    row = json.loads(line)
    assert (row["name"], row["subjects"], row["goals"]) == (
        "Ada Example",
        ["Math", "Art"],
        "Ünï\n=1+1",
    )
    assert row["joined_at"] == "2026-08-03T12:00:00Z"
    with (tmp_path / "out" / "member.csv").open(encoding="utf-8", newline="") as file:
        (sheet,) = csv.DictReader(file)
    assert (sheet["name"], sheet["subjects"]) == ("Ada Example", '["Math", "Art"]')
    files = list((tmp_path / "out").iterdir())
    assert len(files) == 2 * len(stored.tables())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_spreadsheet_meets_no_formula(community: CommunityStore, tmp_path: Path) -> None:
    community.write_now(lambda tx: builders.member(tx, "=HYPERLINK(1)", email="x@example.org"))
    export.write(community, tmp_path / "out")
    with (tmp_path / "out" / "member.csv").open(encoding="utf-8", newline="") as file:
        (sheet,) = csv.DictReader(file)
    assert sheet["name"] == "'=HYPERLINK(1)"


def test_a_folder_with_something_in_it_is_left_alone(
    community: CommunityStore, tmp_path: Path
) -> None:
    (tmp_path / "precious.txt").write_text("x")
    with pytest.raises(UserError, match="not empty"):
        export.write(community, tmp_path)
    assert [path.name for path in tmp_path.glob("*.csv")] == []


def test_progress_is_told_to_the_last_row(community: CommunityStore, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    export.write(community, tmp_path / "out", lambda done, total: told.append((done, total)))
    assert told[-1] == (1, 1)
