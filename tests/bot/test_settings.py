"""Settings, and the files that explain them."""

from pathlib import Path

import pytest

from bot import settings
from core.errors import UserError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting from the environment of whoever runs the tests."""
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(settings.variable(name), raising=False)


def test_nothing_is_needed(tmp_path: Path) -> None:
    loaded = settings.load(tmp_path / ".env")
    assert (loaded.database_url, loaded.port, loaded.host) == (
        "sqlite:///staffroom.db",
        8765,
        "127.0.0.1",
    )


def test_a_file_is_read_and_the_environment_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tmp_path / ".env"
    env.write_text("DATABASE_URL=sqlite:///mine.db\nSTAFFROOM_PORT=1234\nOTHER=1\n")
    monkeypatch.setenv("STAFFROOM_PORT", "4321")
    loaded = settings.load(env)
    assert (loaded.database_url, loaded.port) == ("sqlite:///mine.db", 4321)


def test_a_postgresql_address_may_be_written_as_hosts_hand_it_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:secret@db/staffroom")
    assert settings.load(None).database_url == "postgresql+psycopg://user:secret@db/staffroom"


def test_every_setting_that_will_not_do_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://db")
    monkeypatch.setenv("STAFFROOM_PORT", "http")
    monkeypatch.setenv("STAFFROOM_LOG_LEVEL", "loud")
    with pytest.raises(UserError) as caught:
        settings.load(None)
    for line in (
        "- DATABASE_URL: write sqlite:///staffroom.db or ",
        "- STAFFROOM_PORT: write a whole number from 0 to 65535",
        "- STAFFROOM_LOG_LEVEL: write 'debug', 'info', 'warning' or 'error'",
    ):
        assert line in caught.value.text


def test_every_setting_is_explained() -> None:
    assert all(field.description for field in settings.Settings.model_fields.values())


def test_what_is_explained_can_be_read_back(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text(settings.explained({"port": 1234, "database_url": "sqlite:///mine.db"}))
    loaded = settings.load(env)
    assert (loaded.port, loaded.database_url) == (1234, "sqlite:///mine.db")


def test_the_example_file_is_what_the_settings_say() -> None:
    assert (ROOT / "config.example.env").read_text() == settings.explained({})
