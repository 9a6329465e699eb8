"""A rehearsed year: 36 weeks, 1,000 teachers and 100 coaches, against a tenth of them.

Each runs in a process of its own, so that its peak memory is its own.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.report import BenchRow

LARGE, SMALL = (1_000, 100), (100, 10)
SECONDS_AIM = 60.0
RATIO_AIM = 1.3
SEED = 7


def run() -> list[BenchRow]:
    """Seconds, deliveries, memory, and how time grows with the deliveries."""
    small, large = _play(*SMALL), _play(*LARGE)
    each_small, each_large = (1000 * one["seconds"] / one["deliveries"] for one in (small, large))
    size = f"36 weeks, {LARGE[0]:,} teachers, {LARGE[1]} coaches"
    count = f"{large['deliveries']:,.0f} deliveries"
    return [
        BenchRow("rehearse: processor time against a minute", large["seconds"], SECONDS_AIM,
                 large["seconds"] / SECONDS_AIM, 1.0, "s", f"{size}; {count}"),
        BenchRow("rehearse: wall time", large["wall"], unit="s", note="as above, with start-up"),
        BenchRow("rehearse: peak memory", large["megabytes"], unit="MB", note="as above"),
        BenchRow("rehearse: time of a delivery, large against small", each_large, each_small,
                 each_large / each_small, RATIO_AIM, "ms",
                 f"small: {SMALL[0]} teachers, {small['deliveries']:,.0f} deliveries"),
    ]  # fmt: skip


def _play(teachers: int, coaches: int) -> dict[str, float]:
    """Rehearse in another process, which says how far it is; answers its figures."""
    command = [sys.executable, "-m", "benchmarks.rehearse", str(teachers), str(coaches)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _measure(teachers: int, coaches: int) -> dict[str, float]:
    from bot import logs, rehearsal  # noqa: PLC0415 -- the parent process need not load it

    logs.set_up("warning")
    wall, seconds = time.perf_counter(), time.process_time()
    script = rehearsal.Script(teachers=teachers, coaches=coaches, seed=SEED)
    report = asyncio.run(rehearsal.rehearse(script, _every_tenth(f"{teachers:,} teachers")))
    return {
        "wall": time.perf_counter() - wall,
        "seconds": time.process_time() - seconds,
        "deliveries": len(report.sent),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _every_tenth(who: str) -> Callable[[int, int], None]:
    """Tells how far a rehearsal is, ten times: the large one takes minutes."""
    told = 0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if (tenth := 10 * done // total) > told:
            told = tenth
            print(f"  {who}: {10 * told} %", file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]), int(sys.argv[2]))))
