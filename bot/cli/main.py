"""`staffroom`: the command line."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot import logs
from bot.about import our_version
from bot.cli import data, discord, doctor, init, program, rehearse, roster, run, slack
from bot.cli.screen import complain, say
from core.errors import UserError
from storage.database import StoreError


class Funnel(TyperGroup):
    """Tells what a person can mend in a sentence."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            complain(error.text)
        except (StoreError, OSError) as error:
            complain(f"It did not work: {error}.")
        raise typer.Exit(1)


app = typer.Typer(
    cls=Funnel,
    name="staffroom",
    help="A staffroom for online teachers, in the chat that they already use.",
    epilog="New here? `staffroom run --demo` shows it with made-up people; "
    "`staffroom init` begins with your own.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init.init)
app.command()(run.run)
app.command()(rehearse.rehearse)
app.add_typer(program.app, name="program")
app.add_typer(roster.app, name="roster")
app.add_typer(slack.app, name="slack")
app.add_typer(discord.app, name="discord")
app.command()(data.backup)
app.command()(data.restore)
app.command()(data.export)
app.command()(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"Staffroom {our_version()}")
        raise typer.Exit


@app.callback()
def settings(
    ctx: typer.Context,
    env_file: Annotated[
        Path, typer.Option(help="The file with settings; the environment goes before it.")
    ] = Path(".env"),
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, metavar="", help="Which version."
        ),
    ] = False,
) -> None:
    ctx.obj = env_file
    logs.set_up("warning")


def main() -> None:
    """The program, with its name in help and completion whichever way it was started."""
    try:
        app(prog_name="staffroom")
    except Exception as error:
        if os.environ.get("STAFFROOM_LOG_LEVEL") == "debug":
            raise
        complain(
            f"Something went wrong that we did not foresee ({type(error).__name__}). Run it again "
            "with STAFFROOM_LOG_LEVEL=debug to see where, and please report it."
        )
        raise SystemExit(2) from error
