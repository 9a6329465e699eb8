"""The doctor's findings."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import doctor, settings
from bot.findings import Finding, Health
from storage import communities, migrate
from storage.communities import Community
from storage.database import Store, Tx
from storage.words import Role
from tests import builders

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(settings.variable(name), raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/staffroom.db")


def findings(now: datetime = NOW) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in doctor.examine(None, now):
        found.setdefault(finding.about, []).append(finding)
    return found


def test_every_finding_that_is_not_good_has_a_remedy() -> None:
    for found in findings().values():
        assert all(one.remedy for one in found if one.health is not Health.GOOD)


def test_where_there_is_no_database_yet_that_is_no_fault() -> None:
    (database,) = findings()["database"]
    assert (database.health, "staffroom init" in database.remedy) == (Health.NOTE, True)


def test_bad_settings_are_told_and_end_the_examination(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFROOM_PORT", "http")
    (only,) = findings()["configuration"]
    assert (only.health, len(findings())) == (Health.BAD, 1)


def test_a_clock_that_shows_the_past_is_bad() -> None:
    found = findings(datetime(1970, 1, 1, tzinfo=UTC))["clock"]
    assert [one.health for one in found] == [Health.BAD]


def test_a_page_that_others_can_reach_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFROOM_HOST", "0.0.0.0")
    assert findings()["page"][0].health is Health.NOTE


def test_a_file_that_is_no_database_is_bad(tmp_path: Path) -> None:
    (tmp_path / "staffroom.db").write_text("Dear colleagues, " * 500)
    assert findings()["database"][-1].health is Health.BAD


@pytest.mark.parametrize("platform", ["Slack", "Discord"])
def test_a_platform_that_is_not_set_up_is_no_trouble_and_its_page_is_named(platform: str) -> None:
    (found,) = findings()[platform]
    assert found.health is Health.NOTE
    assert f"docs/{platform.lower()}.md" in found.remedy


def test_an_old_database_is_told_from_a_new_one(tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite:///{tmp_path}/staffroom.db", lambda _: None)
    (tmp_path / "staffroom.db").chmod(0o644)
    found = findings()
    assert [one.health for one in found["database"]] == [Health.NOTE, Health.GOOD]
    assert "chmod 600" in found["database"][0].remedy
    assert found["community"][0].text == "There is none yet."


def test_a_community_is_looked_through(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/staffroom.db"
    migrate.upgrade(url, lambda _: None)

    def fill(tx: Tx) -> None:
        row = Community(id="", name="Lakeside Virtual", zone="America/Detroit", created_at=NOW)
        row.clock_offset_seconds = int(timedelta(days=7).total_seconds())
        communities.found(tx, row)
        tx.flush()
        builders.home(tx, channels={"general": "c-general"})
        faulty = builders.SMALL_PROGRAM.replace("standard: A", "standard: Q")
        builders.cohort(tx, builders.program(tx, faulty))

    store = Store(url, inline=True)
    store.write_now("", fill)
    found = findings()
    assert "7 days" in found["clock"][1].text
    assert "lacks: announcements" in found["channels"][0].text
    assert found["program"][0].health is Health.BAD
    assert "No organizer" in found["organizers"][0].text
    store.write_now(
        communities.every(store)[0].id,
        lambda tx: builders.member(tx, "Olive Example", Role.ORGANIZER),
    )
    store.close()
    assert "organizers" not in findings()
