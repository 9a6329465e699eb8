"""What a benchmark says, as a row of a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class BenchRow:
    """One measurement. `ratio` is ours to the baseline in the same run; smaller is better.

    A row without a baseline is an absolute figure, for reading beside the others. A ratio without
    an aim is only told.
    """

    name: str
    ours: float
    baseline: float | None = None
    ratio: float | None = None
    aim: float | None = None  # the ratio is at most this
    unit: str = ""
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached; None where there is none."""
        if self.ratio is None or self.aim is None:
            return None
        return self.ratio <= self.aim


def show(rows: Sequence[BenchRow], console: Console | None = None) -> None:
    """Print the rows as a table."""
    table = Table(title="Staffroom, measured", title_justify="left")
    table.add_column("what", overflow="fold")
    for heading in ("ours", "baseline", "ratio", "aim"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("note", overflow="fold")
    for row in rows:
        mark = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[row.reached]
        table.add_row(
            row.name,
            f"{_figure(row.ours)} {row.unit}".strip(),
            _figure(row.baseline),
            "" if row.ratio is None else f"{row.ratio:.2f}",
            "" if row.aim is None else f"{row.aim:g}",
            mark,
            row.note,
        )
    (console or Console()).print(table)


def write(rows: Sequence[BenchRow], path: Path = RESULTS) -> None:
    """Write the rows as JSON, with whether each aim was reached."""
    found = [{**asdict(row), "reached": row.reached} for row in rows]
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _figure(value: float | None) -> str:
    """Three digits that matter, with thousands set apart."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
