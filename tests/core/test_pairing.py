"""The best pairing, and why."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.likeness import Profile, reason
from core.pairing import Coach, Pairing, Teacher, match, pair_up

AUGUST = datetime(2026, 8, 31, 4, tzinfo=UTC)


def profile(name: str, **values: Any) -> Profile:
    values.setdefault("zone", "America/Detroit")
    return Profile(name, name.title(), **values)


def teacher(name: str, **values: Any) -> Teacher:
    return Teacher(profile(name, **values), AUGUST)


def coach(name: str, capacity: int = 8, load: int = 0, **values: Any) -> Coach:
    return Coach(profile(name, **values), capacity, load)


def who_with_whom(pairing: Pairing) -> dict[str, str]:
    return {m.teacher.profile.id: m.coach.profile.id for m in pairing.matches}


def why(pairing: Pairing) -> dict[str, str]:
    return {one.teacher.profile.id: one.reason for one in pairing.unpaired}


def test_a_teacher_gets_the_coach_of_their_subject() -> None:
    pairing = pair_up(
        [teacher("ada", subjects=("Algebra",)), teacher("ben", subjects=("Biology",))],
        [coach("cora", subjects=("biology",)), coach("dan", subjects=("algebra", "geometry"))],
    )
    assert who_with_whom(pairing) == {"ada": "dan", "ben": "cora"}


def test_a_nearer_zone_wins_when_all_else_is_equal() -> None:
    pairing = pair_up(
        [teacher("ada", zone="America/Chicago")],
        [coach("cora", zone="Pacific/Honolulu"), coach("dan", zone="America/Denver")],
    )
    assert who_with_whom(pairing) == {"ada": "dan"}


def test_zones_are_compared_at_the_start_of_the_cohort() -> None:
    # Phoenix keeps its clock all year: with Los Angeles in summer, with Denver in winter.
    winter = datetime(2027, 1, 11, 12, tzinfo=UTC)
    ada = profile("ada", zone="America/Phoenix")
    coaches = [coach("cora", zone="America/Denver"), coach("dan", zone="America/Los_Angeles")]
    assert who_with_whom(pair_up([Teacher(ada, AUGUST)], coaches)) == {"ada": "dan"}
    assert who_with_whom(pair_up([Teacher(ada, winter)], coaches)) == {"ada": "cora"}


def test_no_coach_gets_more_than_there_are_free_places() -> None:
    teachers = [teacher(f"t{n}", subjects=("art",)) for n in range(5)]
    pairing = pair_up(teachers, [coach("cora", 3, load=1, subjects=("art",)), coach("dan", 9)])
    assert sorted(who_with_whom(pairing).values()).count("cora") == 2


def test_among_equals_the_load_is_even() -> None:
    teachers = [teacher(f"t{n}") for n in range(6)]
    pairing = pair_up(teachers, [coach("cora"), coach("dan"), coach("eve", load=2)])
    loads = list(who_with_whom(pairing).values())
    assert [loads.count(name) for name in ("cora", "dan", "eve")] == [3, 3, 0]


def test_as_many_as_possible_are_paired_even_for_a_lower_total() -> None:
    # Ada fits Cora best, but Ben can only be with Cora.
    pairing = pair_up(
        [teacher("ada", subjects=("art",)), teacher("ben")],
        [coach("cora", 1, subjects=("art",)), coach("dan", 1)],
        {frozenset(["ben", "dan"])},
    )
    assert who_with_whom(pairing) == {"ada": "dan", "ben": "cora"}


def test_a_never_pair_rule_holds_and_is_named() -> None:
    pairing = pair_up([teacher("ada")], [coach("cora")], {frozenset(["cora", "ada"])})
    assert why(pairing) == {"ada": "Every coach is excluded by a never-pair rule."}


def test_people_who_share_no_language_are_not_paired() -> None:
    pairing = pair_up(
        [teacher("ada", languages=("Spanish", "French"))], [coach("cora", languages=("English",))]
    )
    assert why(pairing) == {"ada": "No coach speaks Spanish or French."}


def test_an_unstated_language_excludes_nobody() -> None:
    assert who_with_whom(pair_up([teacher("ada", languages=("Spanish",))], [coach("cora")]))


def test_rules_and_languages_together_are_named_together() -> None:
    pairing = pair_up(
        [teacher("ada", languages=("Spanish",))],
        [coach("cora"), coach("dan", languages=("English",))],
        {frozenset(["cora", "ada"])},
    )
    assert why(pairing)["ada"] == (
        "Every coach is excluded by a never-pair rule or does not speak Spanish."
    )


def test_nobody_is_paired_with_themselves() -> None:
    assert why(pair_up([teacher("ada")], [coach("ada")])) == {
        "ada": "There is no coach who could take anybody now."
    }


def test_a_full_house_is_named() -> None:
    pairing = pair_up([teacher("ada")], [coach("cora", 2, load=2)])
    assert why(pairing) == {"ada": "No free place: every coach is full."}


def test_too_few_places_are_counted() -> None:
    pairing = pair_up([teacher("ada"), teacher("ben")], [coach("cora", 1)])
    assert list(why(pairing).values()) == [
        "No free place left: 1 place for more teachers than that."
    ]


@pytest.mark.parametrize("teachers", [[], [teacher("ada")]])
def test_nobody_to_pair_with_is_no_error(teachers: list[Teacher]) -> None:
    assert pair_up(teachers, []).matches == ()
    assert pair_up([], [coach("cora")]).matches == ()


def test_the_order_of_the_input_does_not_matter() -> None:
    teachers = [teacher(f"t{n}", subjects=(f"s{n % 3}",)) for n in range(9)]
    coaches = [coach(f"c{n}", 4, subjects=(f"s{n}",)) for n in range(3)]
    assert pair_up(teachers, coaches) == pair_up(teachers[::-1], coaches[::-1])


NAMES = st.sets(st.sampled_from(["a", "b", "c"]), max_size=2).map(
    lambda names: tuple(sorted(names))
)
ZONES = st.sampled_from(["America/Detroit", "America/Denver", "Asia/Tokyo"])
PROFILES = st.tuples(NAMES, NAMES, ZONES)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(PROFILES, min_size=1, max_size=4),
    st.lists(st.tuples(PROFILES, st.integers(0, 2)), min_size=1, max_size=3),
    st.sets(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=4),
)
def test_no_other_way_pairs_more_or_scores_higher(
    teachers: list[tuple[Any, Any, str]],
    coaches: list[tuple[tuple[Any, Any, str], int]],
    rules: set[tuple[int, int]],
) -> None:
    ours = [
        teacher(f"t{n}", subjects=s, languages=spoken, zone=zone)
        for n, (s, spoken, zone) in enumerate(teachers)
    ]
    theirs = [
        coach(f"c{n}", places, subjects=s, languages=spoken, zone=zone)
        for n, ((s, spoken, zone), places) in enumerate(coaches)
    ]
    never = {frozenset([f"t{t}", f"c{c}"]) for t, c in rules}
    pairing = pair_up(ours, theirs, never)
    assert (len(pairing.matches), pairing.score) == best_by_hand(ours, theirs, never)
    assert len(pairing.matches) + len(pairing.unpaired) == len(ours)


def best_by_hand(
    teachers: list[Teacher], coaches: list[Coach], never: set[frozenset[str]]
) -> tuple[int, int]:
    """The most pairs and their highest total, by trying every order of the places."""
    places = [one for one in coaches for _ in range(one.places)]
    places += [None] * len(teachers)  # type: ignore[list-item]
    best = (0, 0)
    for order in set(permutations(places, len(teachers))):
        pairs = [(t, c) for t, c in zip(teachers, order, strict=True) if c is not None]
        if all(allowed(t, c, never) for t, c in pairs):
            best = max(best, (len(pairs), sum(match(t, c).score for t, c in pairs)))
    return best


def allowed(one: Teacher, other: Coach, never: set[frozenset[str]]) -> bool:
    ours, theirs = set(one.profile.languages), set(other.profile.languages)
    silent = ours and theirs and not ours & theirs
    return frozenset([one.profile.id, other.profile.id]) not in never and not silent


def test_a_perfect_pair_scores_a_hundred() -> None:
    words: dict[str, Any] = {
        "subjects": ("algebra",),
        "grades": ("9-10",),
        "languages": ("Spanish",),
        "goals": "feedback, rubrics and discussions",
    }
    assert match(teacher("ada", **words), coach("cora", **words)).score == 100


def test_the_score_does_not_depend_on_numpy_types() -> None:
    assert not isinstance(match(teacher("ada"), coach("cora")).score, np.generic)


def test_the_reason_says_what_two_people_have_in_common() -> None:
    ada = profile(
        "ada",
        subjects=("algebra", "art"),
        grades=("9", "10"),
        languages=("English", "Spanish"),
        goals="Better feedback on essays",
        zone="America/Chicago",
    )
    cora = profile(
        "cora",
        subjects=("Algebra",),
        grades=("9-12",),
        languages=("spanish",),
        goals="Feedback that students use",
    )
    assert reason(ada, cora, AUGUST) == (
        "Both teach algebra in grades 9-10; one hour apart; both speak Spanish; "
        "goals in common: feedback."
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        ({}, {}, "Little in common on paper; in the same time zone."),
        ({"zone": "Asia/Kolkata"}, {"zone": "Etc/UTC"},
         "Little in common on paper; 5.5 hours apart."),
        ({"grades": ("K-2",)}, {"grades": ("1", "K")},
         "Both teach grades K-1; in the same time zone."),
        ({"grades": ("7", "9-10")}, {"grades": ("7-12",)},
         "Both teach grades 7 and 9-10; in the same time zone."),
        ({"grades": ("grade 3",)}, {"grades": ("3rd",)},
         "Both teach grade 3; in the same time zone."),
        ({"grades": ("adults",)}, {"grades": ("Adults",)},
         "Both teach adults; in the same time zone."),
        ({"subjects": ("AP Art", "music")}, {"subjects": ("music", "ap art")},
         "Both teach AP Art and music; in the same time zone."),
        ({"goals": "I want to get better with students"}, {"goals": "get better with students"},
         "Little in common on paper; in the same time zone."),
    ],
)  # fmt: skip
def test_the_reason_fits_what_is_known(
    ours: dict[str, Any], theirs: dict[str, Any], words: str
) -> None:
    assert reason(profile("ada", **ours), profile("cora", **theirs), AUGUST) == words


def test_a_day_around_the_world_is_counted_on_the_clock() -> None:
    # Auckland and Honolulu are 22 hours apart on the calendar, two on the clock.
    ada, cora = profile("ada", zone="Pacific/Auckland"), profile("cora", zone="Pacific/Honolulu")
    assert "2 hours apart" in reason(ada, cora, AUGUST)
