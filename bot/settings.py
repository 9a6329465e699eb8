"""Settings: from the environment and from a `.env` file, built as the program starts.

The descriptions here are what people read: `staffroom init` writes them into `.env`, and
config.example.env is made from them.
"""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import UserError


class Settings(BaseSettings):
    """Everything that can be set from outside. None of it is needed to try the program."""

    model_config = SettingsConfigDict(
        env_prefix="STAFFROOM_", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    database_url: str = Field(
        default="sqlite:///staffroom.db",
        validation_alias="DATABASE_URL",
        description="Where everything is remembered. SQLite is a file, here in the folder in which "
        "Staffroom is started; four slashes begin an absolute path. PostgreSQL looks like "
        "postgresql+psycopg://user:password@host/database and needs staffroom[postgres].",
    )
    port: int = Field(
        default=8765,
        ge=0,
        le=65_535,
        description="The port of the chat page. 0 takes any free one.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="The address that the chat page listens on. Keep 127.0.0.1, so that only this "
        "machine can reach it: whoever opens the page can be any member. 0.0.0.0 is for a "
        "container whose port is published on 127.0.0.1 alone.",
    )
    backups: Path = Field(
        default=Path("backups"),
        description="The folder for the backups that are made before the database is changed by "
        "an update, or replaced by a restore.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged: debug, info, warning or error."
    )
    log_style: Literal["auto", "text", "json"] = Field(
        default="auto",
        description="How it is logged: text to read, json for machines, or auto: text in a "
        "terminal and json elsewhere.",
    )

    public_url: str = Field(
        default="",
        description="The https:// address under which the outside reaches /slack/..., without a "
        "path: needed for Slack over HTTP and for installing in many workspaces. Not needed with "
        "Socket Mode.",
    )
    public_host: str = Field(
        default="127.0.0.1",
        description="The address that the public pages listen on; a reverse proxy stands in front.",
    )
    public_port: int = Field(
        default=8766, ge=0, le=65_535, description="Their port. 0 takes any free one."
    )
    secret_key: str = Field(
        default="",
        repr=False,
        description="Encrypts what is kept of installations. Make one with `staffroom slack key`; "
        "to change it, put the new one before the old one, with a comma.",
    )
    slack_bot_token: str = Field(
        default="",
        repr=False,
        validation_alias="SLACK_BOT_TOKEN",
        description="Slack: the Bot User OAuth Token, xoxb-... See docs/slack.md.",
    )
    slack_app_token: str = Field(
        default="",
        repr=False,
        validation_alias="SLACK_APP_TOKEN",
        description="Slack, Socket Mode: the app-level token with connections:write, xapp-...",
    )
    slack_signing_secret: str = Field(
        default="",
        repr=False,
        validation_alias="SLACK_SIGNING_SECRET",
        description="Slack over HTTP, instead of the app-level token: the Signing Secret.",
    )
    slack_client_id: str = Field(
        default="",
        validation_alias="SLACK_CLIENT_ID",
        description="Slack in many workspaces, by /slack/install: the app's Client ID.",
    )
    slack_client_secret: str = Field(
        default="",
        repr=False,
        validation_alias="SLACK_CLIENT_SECRET",
        description="... and its Client Secret.",
    )
    slack_prefix: str = Field(
        default="",
        pattern=r"^[a-z0-9_-]{0,12}$",
        description="What the names of Slack's commands begin with, such as sr- for /sr-reflect, "
        "where another app has taken a name.",
    )
    slack_per_second: float = Field(
        default=5.0,
        gt=0,
        le=20,
        description="How many messages a second are posted in one Slack workspace at most.",
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        description="Where Slack's Web API is: another one for GovSlack, a proxy or a test.",
    )

    discord_bot_token: str = Field(
        default="",
        repr=False,
        validation_alias="DISCORD_BOT_TOKEN",
        description="Discord: the bot's token. See docs/discord.md.",
    )
    discord_members_intent: bool = Field(
        default=False,
        description="Whether the Server Members Intent is switched on in Discord's Developer "
        "Portal: then people who come and leave are noticed at once.",
    )
    discord_daily_openings: int = Field(
        default=20,
        ge=1,
        le=1_000,
        description="To how many people a day the bot may write directly on Discord who have never "
        "done anything with it. Discord restricts bots that write to many.",
    )
    discord_shards: int = Field(
        default=1, ge=1, le=100, description="Connections to Discord; one serves 2,500 servers."
    )
    discord_dev_guild: int = Field(
        default=0,
        ge=0,
        description="While developing: the id of the only server that gets the commands, at once.",
    )
    discord_api_url: str = Field(
        default="https://discord.com/api/v10",
        validation_alias="DISCORD_API_URL",
        description="Where Discord's API is: another one for a proxy or a test.",
    )
    discord_gateway_url: str = Field(
        default="wss://gateway.discord.gg/",
        validation_alias="DISCORD_GATEWAY_URL",
        description="... and its gateway.",
    )

    @property
    def slack_by_http(self) -> bool:
        """Slack sends us its requests, instead of our opening a socket."""
        return bool(self.slack_signing_secret and self.public_url)

    @property
    def slack_by_socket(self) -> bool:
        return bool(self.slack_app_token) and not self.slack_by_http

    @property
    def slack_oauth(self) -> bool:
        """People can install the app in their workspace."""
        return bool(self.slack_client_id and self.slack_client_secret and self.public_url)

    @property
    def on_slack(self) -> bool:
        return bool(self.slack_bot_token) or self.slack_oauth

    @property
    def slack_authorize_url(self) -> str:
        """The page that asks to install the app, beside the API: GovSlack has its own."""
        return self.slack_api_url.rstrip("/").removesuffix("/api") + "/oauth/v2/authorize"

    @model_validator(mode="after")
    def _complete_slack(self) -> Self:
        if (self.slack_app_token or self.slack_signing_secret) and not self.on_slack:
            raise ValueError(
                "Slack needs SLACK_BOT_TOKEN, or SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and "
                "STAFFROOM_PUBLIC_URL to be installed by others"
            )
        if self.on_slack and not (self.slack_by_http or self.slack_by_socket):
            raise ValueError(
                "Slack needs a way in: set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET "
                "and STAFFROOM_PUBLIC_URL"
            )
        if self.slack_oauth and not self.secret_key:
            raise ValueError(
                "Slack installations are kept encrypted: set STAFFROOM_SECRET_KEY to what "
                "`staffroom slack key` prints"
            )
        return self

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url.startswith(("postgres://", "postgresql://")):
            return "postgresql+psycopg://" + url.split("://", 1)[1]
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")) or ":memory:" in url:
            raise ValueError("write sqlite:///staffroom.db or postgresql+psycopg://...")
        return url


def load(env_file: Path | None = Path(".env"), **given: Any) -> Settings:
    """The settings that are given by their variable, else those of the environment, else those of
    the file.

    Raises UserError that names every setting that will not do.
    """
    try:
        return Settings(_env_file=env_file, **given)
    except ValidationError as error:
        problems = [_problem(fault) for fault in error.errors()]
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise UserError(
            f"The settings need mending (in {env_file} or the environment):\n{lines}"
        ) from None


def _problem(fault: ErrorDetails) -> str:
    about = f"{variable(str(fault['loc'][0]))}: " if fault["loc"] else ""
    return about + _mend(fault)


def _mend(fault: ErrorDetails) -> str:
    """What to write instead. Never what was written: it may hold a password."""
    if fault["type"] == "literal_error":
        return f"write {fault['ctx']['expected']}"
    if fault["type"] == "string_pattern_mismatch":
        return "write up to 12 small letters, digits and hyphens, such as sr-"
    if fault["loc"] and str(fault["loc"][0]).lower().endswith("port"):
        return "write a whole number from 0 to 65535, such as 8765"
    return fault["msg"].removeprefix("Value error, ")


def explained(values: Mapping[str, object]) -> str:
    """The text of an environment file: every setting explained, those in `values` set."""
    blocks = []
    for name, field in Settings.model_fields.items():
        about = textwrap.wrap(field.description or "", 92)
        line = f"{variable(name)}={values.get(name, field.default)}"
        blocks.append(
            "\n".join([*(f"# {part}" for part in about), line if name in values else f"# {line}"])
        )
    head = "# Settings of Staffroom. A line without # in front is in force."
    return "\n\n".join([head, *blocks]) + "\n"


def variable(name: str) -> str:
    """The environment variable of a field; errors name some fields by it already."""
    field = Settings.model_fields.get(name)
    if field is None or isinstance(field.validation_alias, str):
        return str(field.validation_alias) if field else name
    return f"STAFFROOM_{name.upper()}"
