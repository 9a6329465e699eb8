"""Five kills of a fan-out: nothing is lost and nothing is sent twice."""

from pathlib import Path

import pytest

from benchmarks import kill


@pytest.mark.slow
@pytest.mark.parametrize("can_find", [True, False])
def test_a_killed_fan_out_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, can_find: bool
) -> None:
    report = kill.play(tmp_path, rounds=5, deliveries=100, can_find=can_find)
    assert (report.lost, report.twice) == (0, 0)
    assert report.uncertain == (set() if can_find else report.doubtful)
    assert report.doubtful  # some kill came in the middle of a send
    assert report.states["sent"] + len(report.uncertain) == 100


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["slack", "discord"])
def test_a_killed_fan_out_to_a_chat_loses_nothing_and_posts_nothing_twice(
    tmp_path: Path, platform: str
) -> None:
    report = kill.play(tmp_path, rounds=5, deliveries=60, platform=platform)
    assert (report.lost, report.twice, report.uncertain) == (0, 0, set())
    assert report.doubtful
    assert report.states["sent"] == 60
