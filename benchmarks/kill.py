"""Kill a fan-out with SIGKILL, again and again, and count what was lost or sent twice.

One process sends 1,000 direct messages to a recording platform in another. A third, this one,
kills it at random moments and starts it again; at last it may finish. Then everything must have
arrived once. The same again with a platform that cannot find messages: there the messages whose
fate nobody can know must be exactly those that are marked `uncertain`.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks import fanout, targets
from storage import outbox, schema
from storage.database import Store, Tx
from storage.outbox import Delivery
from storage.words import DeliveryState

GAMES = {  # how many deliveries; with a platform that can find, and with one that cannot
    "recorder": (1_000, (True, False)),
    "slack": (500, (True,)),
    "discord": (500, (True,)),
}
LONGEST_LIFE = 10.0  # seconds: kill it then, even if nothing arrives any more
LAST_LIFE = 120.0  # seconds in which the last one must finish


@dataclass
class Report:
    """What a game came to, counted by the recording platform and in the outbox."""

    platform: str
    can_find: bool
    kills: int
    planned: int
    recorded: Counter[str] = field(default_factory=Counter)  # by key
    states: Counter[str] = field(default_factory=Counter)
    doubtful: set[str] = field(default_factory=set)  # keys that were under way at some kill
    uncertain: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    seconds: float = 0.0

    @property
    def lost(self) -> int:
        """Messages that never arrived, though the outbox is done with them."""
        done = self.planned - len(self.uncertain)
        return done - sum(1 for key in self.sent if self.recorded[key])

    @property
    def twice(self) -> int:
        return sum(1 for count in self.recorded.values() if count > 1)

    @property
    def good(self) -> bool:
        expected = set() if self.can_find else self.doubtful
        return self.lost == 0 and self.twice == 0 and self.uncertain == expected


def play(
    folder: Path,
    *,
    rounds: int,
    deliveries: int,
    platform: str = "recorder",
    can_find: bool = True,
    seed: int = 1,
) -> Report:
    """One game in this folder: `rounds` kills, then a run to the end."""
    database, file, rng = folder / "kill.db", folder / "recorded.jsonl", Random(seed)
    file.touch()
    store = Store(f"sqlite:///{database}", inline=True)
    schema.metadata.create_all(store.engine)
    report = Report(platform, can_find, rounds, deliveries)
    started = time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.fanout", "rich.table"])
    with _running(platform, file, deliveries, can_find=can_find) as target:
        store.write_now("", lambda tx: fanout.fill(tx, deliveries, target))
        for left in range(rounds, 0, -1):
            worker = context.Process(target=fanout.work, args=(str(database), target))
            worker.start()
            share = 2 * (deliveries - _arrived(file)) // left
            _wait_for(worker, file, _arrived(file) + rng.randint(1, max(1, share)))
            time.sleep(rng.uniform(0, 0.01))
            worker.kill()
            worker.join()
            doubtful = store.read_now(fanout.COMMUNITY, _under_way)
            report.doubtful |= set(map(target.known, doubtful))
        last = context.Process(target=fanout.work, args=(str(database), target))
        last.start()
        last.join(LAST_LIFE)
        last.kill()
        last.join()
    report.seconds = time.monotonic() - started
    for line in file.read_text(encoding="utf-8").splitlines():
        report.recorded[target.arrived(line)] += 1
    for delivery in store.read_now(fanout.COMMUNITY, lambda tx: tx.all(tx.select(Delivery))):
        report.states[delivery.state.value] += 1
        if delivery.state is DeliveryState.UNCERTAIN:
            report.uncertain.add(target.known(delivery.key))
        elif delivery.state is DeliveryState.SENT:
            report.sent.add(target.known(delivery.key))
    store.close()
    return report


def _running(
    platform: str, file: Path, people: int, *, can_find: bool
) -> AbstractContextManager[targets.Target]:
    if platform == "slack":
        return targets.slack(file, people)
    if platform == "discord":
        return targets.fake_discord(file, people)
    return targets.recorder(file, can_find=can_find)


def _under_way(tx: Tx) -> set[str]:
    """The messages of which a dead process cannot tell whether they arrived."""
    claimed = outbox.in_state(tx, DeliveryState.CLAIMED, limit=1_000)
    return {delivery.key for delivery in claimed if delivery.place}


def _arrived(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def _wait_for(worker: BaseProcess, file: Path, count: int) -> None:
    until = time.monotonic() + LONGEST_LIFE
    while worker.is_alive() and _arrived(file) < count and time.monotonic() < until:
        time.sleep(0.001)


def show(reports: list[Report], console: Console | None = None) -> None:
    """Print what was counted."""
    table = Table(
        title="Killed with SIGKILL, and started again",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for heading in ("platform", "kills", "planned", "arrived", "lost", "twice", "in doubt",
                    "uncertain", "s", "" ):  # fmt: skip
        table.add_column(heading, justify="right")
    for one in reports:
        table.add_row(
            f"{one.platform}{'' if one.can_find else ', cannot find'}",
            *(f"{number:,}" for number in (
                one.kills, one.planned, len(one.recorded), one.lost, one.twice,
                len(one.doubtful), len(one.uncertain),
            )),
            f"{one.seconds:.0f}",
            "[green]good[/]" if one.good else "[red]BAD[/]",
        )  # fmt: skip
    (console or Console()).print(table)


def main() -> int:
    """Play the games of a platform; 1 if a message was lost or sent twice, or doubt misjudged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how often it is killed")
    parser.add_argument("--platform", choices=GAMES, default="recorder")
    parser.add_argument("--deliveries", type=int, help="1,000, or 500 to Slack and Discord")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    reports = []
    many, games = GAMES[asked.platform]
    for can_find in games:
        with tempfile.TemporaryDirectory(prefix="kill-") as folder:
            reports.append(
                play(
                    Path(folder),
                    rounds=asked.rounds,
                    deliveries=asked.deliveries or many,
                    platform=asked.platform,
                    can_find=can_find,
                    seed=asked.seed,
                )
            )
    show(reports)
    return 0 if all(report.good for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
