"""Opening the database."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.database import alone, busy, open_store, the_community
from bot.settings import Settings
from core.errors import UserError
from storage import migrate

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(DATABASE_URL=f"sqlite:///{tmp_path}/staffroom.db", backups=tmp_path / "kept")


def test_where_there_is_no_database_a_person_is_told_how_to_begin(settings: Settings) -> None:
    with pytest.raises(UserError, match="staffroom init"), open_store(settings, NOW):
        pass


def test_a_new_database_is_up_to_date_and_its_owners_alone(
    settings: Settings, tmp_path: Path
) -> None:
    with open_store(settings, NOW, create=True):
        pass
    assert migrate.version(settings.database_url) == migrate.head()
    assert stat.S_IMODE((tmp_path / "staffroom.db").stat().st_mode) == 0o600


def test_a_second_running_process_is_refused_with_a_sentence(settings: Settings) -> None:
    with (
        open_store(settings, NOW, running=True, create=True),
        pytest.raises(UserError, match="Another Staffroom is running"),
        open_store(settings, NOW, running=True),
    ):
        pass


def test_work_of_the_command_line_goes_on_beside_a_running_process(settings: Settings) -> None:
    with open_store(settings, NOW, running=True, create=True), open_store(settings, NOW):
        assert busy(settings)
    assert not busy(settings)


def test_the_lock_is_let_go_when_something_fails(settings: Settings) -> None:
    with pytest.raises(RuntimeError), alone(settings):
        raise RuntimeError
    assert not busy(settings)


def test_a_database_without_community_says_how_to_begin(settings: Settings) -> None:
    with (
        open_store(settings, NOW, create=True) as store,
        pytest.raises(UserError, match="staffroom init"),
    ):
        the_community(store)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    lost = Settings(DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/staffroom.db")
    with (
        pytest.raises(UserError, match="There is no folder"),
        open_store(lost, NOW, create=True),
    ):
        pass
