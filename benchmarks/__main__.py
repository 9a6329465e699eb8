"""`python -m benchmarks [NAME ...]`: measure everything, or what is named; print and write it."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import command, discord, outbox, pairing, rehearse, report, slack, startup
from benchmarks.report import BenchRow

BENCHMARKS: dict[str, Callable[[], list[BenchRow]]] = {
    "outbox": outbox.run,
    "command": command.run,
    "rehearse": rehearse.run,
    "pairing": pairing.run,
    "slack": slack.run,
    "discord": discord.run,
    "startup": startup.run,
}


def main(typed: Sequence[str] | None = None) -> int:
    """Run the benchmarks one after the other; 1 if an aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME",
                        help=f"one of {', '.join(BENCHMARKS)}")  # fmt: skip
    parser.add_argument("--out", type=Path, default=report.RESULTS, help="where the JSON goes")
    asked = parser.parse_args(typed)
    waiting = Console(stderr=True)
    rows: list[BenchRow] = []
    for name in asked.names or BENCHMARKS:
        waiting.print(f"Measuring {name}", style="dim")
        rows += BENCHMARKS[name]()
    report.show(rows)
    report.write(rows, asked.out)
    return int(any(row.reached is False for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
