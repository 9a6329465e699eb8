"""Claim codes."""

from datetime import UTC, datetime, timedelta

import pytest

from core import claims
from core.errors import UserError
from storage import members
from storage.communities import Community, found
from storage.database import CommunityStore, Store, Tx
from storage.words import MemberState, Role
from tests import builders

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)


def issued(community: CommunityStore, role: Role = Role.TEACHER) -> str:
    return community.write_now(
        lambda tx: claims.issue(
            tx, builders.member(tx, "Ada Example", role, state=MemberState.INVITED), NOW
        )
    )


def refused(community: CommunityStore, code: str, now: datetime = NOW) -> str:
    with pytest.raises(UserError) as caught:
        community.write_now(lambda tx: claims.redeem(tx, code, now))
    return caught.value.text


def test_a_code_makes_its_bearer_the_member_it_was_made_for(community: CommunityStore) -> None:
    code = issued(community)
    member = community.write_now(lambda tx: claims.redeem(tx, code, NOW))
    assert member.name == "Ada Example"


def test_a_code_is_typed_in_any_case_and_with_any_dashes(community: CommunityStore) -> None:
    code = issued(community)
    typed = f"  {code.lower().replace('-', ' ')} "
    assert community.write_now(lambda tx: claims.redeem(tx, typed, NOW)).name == "Ada Example"


def test_a_code_works_once(community: CommunityStore) -> None:
    code = issued(community)
    community.write_now(lambda tx: claims.redeem(tx, code, NOW))
    assert refused(community, code) == claims.REFUSED


@pytest.mark.parametrize(("role", "days"), [(Role.ORGANIZER, 7), (Role.TEACHER, 30)])
def test_a_code_runs_out(community: CommunityStore, role: Role, days: int) -> None:
    code = issued(community, role)
    assert refused(community, code, NOW + timedelta(days=days)) == claims.REFUSED
    last = NOW + timedelta(days=days, seconds=-1)
    assert community.write_now(lambda tx: claims.redeem(tx, code, last)).role == role


def test_a_new_code_replaces_the_one_before(community: CommunityStore) -> None:
    first = issued(community)

    def again(tx: Tx) -> str:
        member = members.by_email(tx, "ada@example.org")
        assert member is not None
        return claims.issue(tx, member, NOW)

    second = community.write_now(again)
    assert refused(community, first) == claims.REFUSED
    assert community.write_now(lambda tx: claims.redeem(tx, second, NOW)).name == "Ada Example"


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "'; drop table member; --", "🦆" * 1000])
def test_a_wrong_code_is_refused_in_the_same_words(community: CommunityStore, code: str) -> None:
    issued(community)
    assert refused(community, code) == claims.REFUSED


def test_the_code_of_someone_who_left_does_not_work(community: CommunityStore) -> None:
    code = issued(community)

    def leave(tx: Tx) -> None:
        member = members.by_email(tx, "ada@example.org")
        assert member is not None
        member.state = MemberState.LEFT

    community.write_now(leave)
    assert refused(community, code) == claims.REFUSED


def test_a_code_is_worth_nothing_in_another_community(
    store: Store, community: CommunityStore
) -> None:
    code = issued(community)
    other = store.write_now(
        "", lambda tx: found(tx, Community(id="", name="Other", zone="Etc/UTC", created_at=NOW))
    )
    assert refused(store.community(other.id), code) == claims.REFUSED


def test_only_the_hash_is_kept_and_codes_do_not_repeat(community: CommunityStore) -> None:
    code = issued(community)

    def kept(tx: Tx) -> str:
        member = members.by_email(tx, "ada@example.org")
        assert member is not None
        return members.claim_codes(tx, member.id)[0].code_hash

    stored = community.read_now(kept)
    assert len(stored) == 64
    assert code.replace("-", "").lower() not in stored
    assert len(code.replace("-", "")) == 12
