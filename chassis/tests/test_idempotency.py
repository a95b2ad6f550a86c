"""Idempotency keys: the first answer wins, byte for byte, whoever races for it."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import orjson
import pytest

from chassis import idempotency, pg
from chassis.errors import ApiError
from chassis.idempotency import KEY_TTL, Claim, StoredAnswer, fingerprint, parse_key
from chassis.pg import Connection, Pool
from chassis.tests.conftest import PoolMaker, Rival
from chassis.tests.waiting import Watcher

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RACERS = 100


def claim_of(key: str, scope: str = "merchant POST /things", fingerprint: bytes = b"same") -> Claim:
    return Claim(scope, key, fingerprint)


async def ask(pool: Pool, claim: Claim, now: datetime = NOW) -> tuple[bytes, bool]:
    """One request in a transaction of its own: the answer, and whether it was replayed. Its effect is one row."""
    async with pg.transaction(pool) as connection:
        known = (await idempotency.claim(connection, [claim], now)).get(claim.id)
        if known is not None:
            assert known.fingerprint == claim.fingerprint
            return known.body, True
        body = secrets.token_bytes(16)
        await connection.execute("INSERT INTO effect (event_id) VALUES ($1)", claim.key)
        await idempotency.store(connection, {claim.id: (201, body)})
    return body, False


async def effects(pool: Pool) -> list[str]:
    return [row["event_id"] for row in await pool.fetch("SELECT event_id FROM effect ORDER BY event_id")]


async def test_of_a_hundred_racing_requests_one_wins_and_all_read_its_bytes(make_pool: PoolMaker) -> None:
    replicas = [await make_pool(), await make_pool()]
    answers = await asyncio.gather(*(ask(replicas[number % 2], claim_of("k")) for number in range(RACERS)))
    assert len({body for body, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * (RACERS - 1)
    assert await effects(replicas[0]) == ["k"]


async def test_when_the_winner_rolls_back_another_one_wins(pool: Pool, watcher: Watcher) -> None:
    claimed = asyncio.Event()

    async def win_and_fail() -> None:
        async with pg.transaction(pool) as connection:
            assert await idempotency.claim(connection, [claim_of("k")], NOW) == {}
            claimed.set()
            await watcher.until_blocked(2)
            raise KeyError("the winner fails")

    winner = asyncio.create_task(win_and_fail())
    await claimed.wait()
    answers = await asyncio.gather(ask(pool, claim_of("k")), ask(pool, claim_of("k")))
    with pytest.raises(KeyError):
        await winner
    assert len({body for body, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False, True]
    assert await effects(pool) == ["k"]


async def test_many_keys_in_one_batch_are_claimed_together(pool: Pool) -> None:
    first = await ask(pool, claim_of("b"))
    async with pg.transaction(pool) as connection:
        claims = [claim_of(key) for key in "cab"] + [claim_of("b", scope="another merchant")]
        known = await idempotency.claim(connection, claims, NOW)
        assert known == {claim_of("b").id: StoredAnswer(201, first[0], b"same")}
        fresh = [claim.id for claim in claims if claim.id not in known]
        await idempotency.store(connection, dict.fromkeys(fresh, (201, b"new")))
    assert await ask(pool, claim_of("a")) == (b"new", True)
    assert await ask(pool, claim_of("b")) == (first[0], True)


async def test_batches_that_claim_the_same_keys_in_any_order_never_deadlock(make_pool: PoolMaker) -> None:
    pools = [await make_pool(), await make_pool()]

    async def claim_all(pool: Pool, keys: Sequence[str]) -> int:
        async with pg.transaction(pool) as connection:
            claims = [claim_of(key) for key in keys]
            known = await idempotency.claim(connection, claims, NOW)
            await idempotency.store(connection, {c.id: (201, b"x") for c in claims if c.id not in known})
        return len(keys) - len(known)

    orders = list(permutations("abcd")) * 2
    won = await asyncio.gather(*(claim_all(pools[number % 2], keys) for number, keys in enumerate(orders)))
    assert sum(won) == 4


async def test_keys_are_taken_in_their_order_so_that_who_waits_for_one_holds_none_behind_it(
    pool: Pool, watcher: Watcher, rival: Rival
) -> None:
    take = "INSERT INTO idempotency_key VALUES ($1, $2, '', 200, '', now() + interval '1 day')"
    scope = claim_of("a").scope
    async with rival.transaction():
        await rival.execute(take, scope, "a")
        waiting = asyncio.create_task(ask_together(pool, "zmbya"))
        await watcher.until_blocked()
        async with pg.transaction(pool) as connection:
            await connection.execute("SET LOCAL lock_timeout = '50ms'")
            for key in "bmyz":
                await connection.execute(take, scope, key)
    assert await waiting == 5


async def ask_together(pool: Pool, keys: str) -> int:
    """How many of the keys were taken before."""
    async with pg.transaction(pool) as connection:
        return len(await idempotency.claim(connection, [claim_of(key) for key in keys], NOW))


async def test_an_expired_key_is_free_and_one_that_is_not_is_taken(pool: Pool) -> None:
    first, _ = await ask(pool, claim_of("k"))
    assert await ask(pool, claim_of("k"), NOW + KEY_TTL - timedelta(seconds=1)) == (first, True)
    second, replayed = await ask(pool, claim_of("k"), NOW + KEY_TTL)
    assert not replayed
    assert second != first
    assert await ask(pool, claim_of("k"), NOW + KEY_TTL * 2 - timedelta(seconds=1)) == (second, True)


async def test_an_expired_key_has_one_winner_among_many(make_pool: PoolMaker) -> None:
    pools = [await make_pool(), await make_pool()]
    old, _ = await ask(pools[0], claim_of("k"))
    answers = await asyncio.gather(*(ask(pools[n % 2], claim_of("k"), NOW + KEY_TTL) for n in range(RACERS)))
    assert len({body for body, _ in answers} - {old}) == 1
    assert await effects(pools[0]) == ["k", "k"]


async def test_another_request_under_the_same_key_is_seen_by_its_fingerprint(pool: Pool) -> None:
    await ask(pool, claim_of("k", fingerprint=b"one request"))
    async with pg.transaction(pool) as connection:
        known = await idempotency.claim(connection, [claim_of("k", fingerprint=b"another")], NOW)
    assert known[claim_of("k").id].fingerprint == b"one request"
    error = idempotency.reused()
    assert (error.status, error.code, error.storable) == (422, "IDEMPOTENCY_KEY_REUSED", False)


async def test_a_key_that_is_let_go_is_free_for_the_next_request(pool: Pool) -> None:
    async with pg.transaction(pool) as connection:
        await idempotency.claim(connection, [claim_of("k")], NOW)
        await idempotency.store(connection, {claim_of("k").id: None})
    assert (await ask(pool, claim_of("k")))[1] is False


async def test_an_answer_to_a_key_that_was_never_claimed_is_refused(pool: Pool) -> None:
    with pytest.raises(RuntimeError, match="store_answers touched 0 rows instead of 1"):
        await pg_store(pool, {claim_of("k").id: (201, b"x")})


async def pg_store(pool: Pool, answers: Mapping[tuple[str, str], tuple[int, bytes] | None]) -> None:
    async with pg.transaction(pool) as connection:
        await idempotency.store(connection, answers)


async def test_a_batch_without_keys_asks_nothing_of_postgres(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await idempotency.claim(connection, [], NOW) == {}
        await idempotency.store(connection, {})


class TestReadingTheWinnersAnswer:
    """READ COMMITTED takes a statement's snapshot before it waits: the answer must be read by a second one."""

    async def race(self, pool: Pool, watcher: Watcher) -> tuple[bytes, bool]:
        """The loser's answer: it waits for a winner that has stored its answer and not yet committed."""

        async def win() -> None:
            async with pg.transaction(pool) as connection:
                await idempotency.claim(connection, [claim_of("k")], NOW)
                await idempotency.store(connection, {claim_of("k").id: (201, b"the winner's")})
                claimed.set()
                await watcher.until_blocked()

        claimed = asyncio.Event()
        winner = asyncio.create_task(win())
        await claimed.wait()
        answer = await ask(pool, claim_of("k"))
        await winner
        return answer

    async def test_the_loser_reads_what_was_committed_while_it_waited(self, pool: Pool, watcher: Watcher) -> None:
        assert await self.race(pool, watcher) == (b"the winner's", True)

    async def test_a_loser_that_reads_in_the_claiming_statement_misses_it_and_is_seen(
        self, pool: Pool, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def claim_at_once(
            connection: Connection, claims: Sequence[Claim], now: datetime
        ) -> dict[tuple[str, str], StoredAnswer]:
            (claim,) = claims
            (row,) = await connection.fetch(
                """
                WITH mine AS (
                    INSERT INTO idempotency_key (scope, key, fingerprint, expires_at) VALUES ($1, $2, $3, $4)
                    ON CONFLICT DO NOTHING RETURNING 1
                )
                SELECT EXISTS (SELECT FROM mine) AS won, k.status, k.body, k.fingerprint
                FROM (VALUES (1)) AS one LEFT JOIN idempotency_key AS k ON k.scope = $1 AND k.key = $2
                """,
                claim.scope, claim.key, claim.fingerprint, now + KEY_TTL,
            )  # fmt: skip
            if row["won"]:
                return {}
            return {claim.id: StoredAnswer(row["status"], row["body"], row["fingerprint"] or claim.fingerprint)}

        monkeypatch.setattr(idempotency, "claim", claim_at_once)
        body, replayed = await self.race(pool, watcher)
        assert replayed
        assert not body


class TestRemovingExpiredKeys:
    """In the background, in bounded steps, and never a key that still counts."""

    async def fill(self, pool: Pool, expired: int, valid: int) -> None:
        await pool.execute(
            "INSERT INTO idempotency_key "
            "SELECT 'scope', n::text, '', 200, '', $1::timestamptz + make_interval(secs => n) "
            "FROM generate_series(-$2::int + 1, $3::int) AS n",
            NOW, expired, valid,
        )  # fmt: skip

    async def test_a_step_is_bounded_and_takes_the_oldest(self, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(idempotency, "REMOVE_STEP_ROWS", 40)
        await self.fill(pool, expired=100, valid=5)
        async with pool.acquire() as connection:
            steps = [await idempotency.remove_expired(connection, NOW) for _ in range(4)]
        assert steps == [40, 40, 20, 0]
        assert await pool.fetchval("SELECT count(*) FROM idempotency_key WHERE expires_at > $1", NOW) == 5

    async def test_a_step_is_bounded_under_any_plan(self, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(idempotency, "REMOVE_STEP_ROWS", 10)
        for disabled in (("hashagg", "hashjoin", "mergejoin"), ("nestloop", "mergejoin"), ("nestloop", "hashjoin")):
            await pool.execute("DELETE FROM idempotency_key")
            await self.fill(pool, expired=50, valid=5)
            async with pg.transaction(pool) as connection:
                for path in disabled:
                    await connection.execute(f"SET LOCAL enable_{path} = off")
                assert await idempotency.remove_expired(connection, NOW) == 10

    async def test_a_key_that_is_just_being_claimed_anew_is_skipped(self, pool: Pool, rival: Rival) -> None:
        await self.fill(pool, expired=2, valid=0)
        async with rival.transaction():
            await rival.execute("SELECT FROM idempotency_key WHERE key = '0' FOR UPDATE")
            async with pool.acquire() as connection:
                assert await idempotency.remove_expired(connection, NOW) == 1


class TestFingerprints:
    SECRET = b"k" * 32

    def test_spacing_and_the_order_of_fields_do_not_count(self) -> None:
        one = orjson.loads(b'{"amount": 100, "notes": {"a": 1, "b": [1, 2]}}')
        two = orjson.loads(b'{\n "notes":{"b":[1,2],"a":1},"amount":100}')
        assert fingerprint(self.SECRET, one) == fingerprint(self.SECRET, two)

    @pytest.mark.parametrize(
        "other", [{"amount": 101}, {"amount": "100"}, {"amount": 100, "x": None}, {}, {"amount": 100, "notes": [2, 1]}]
    )
    def test_every_value_counts(self, other: dict[str, object]) -> None:
        assert fingerprint(self.SECRET, {"amount": 100}) != fingerprint(self.SECRET, other)

    def test_without_the_key_nobody_can_tell_what_was_asked(self) -> None:
        request = {"card": {"number": "4242424242424242"}}
        assert fingerprint(self.SECRET, request) != fingerprint(b"another key" * 3, request)
        assert len(fingerprint(self.SECRET, request)) == 32


class TestParsingAKey:
    @pytest.mark.parametrize(
        ("header", "key"),
        [
            (None, None),
            ("", None),
            ("   ", None),
            ('""', None),
            ("abc", "abc"),
            ("  abc  ", "abc"),
            ('"abc"', "abc"),
            ('"', '"'),
            ('"abc', '"abc'),
            ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
            ("two words", "two words"),
            ("k" * 255, "k" * 255),
            ('"' + "k" * 255 + '"', "k" * 255),
        ],
    )
    def test_a_key_may_be_bare_or_quoted(self, header: str | None, key: str | None) -> None:
        assert parse_key(header) == key

    @pytest.mark.parametrize("header", ["k" * 256, "ключ", "a\tb", "a\x00b", "a\udcffb", "\x7f"])
    def test_a_key_that_can_not_be_kept_is_refused(self, header: str) -> None:
        with pytest.raises(ApiError) as caught:
            parse_key(header)
        assert (caught.value.status, caught.value.field) == (400, "Idempotency-Key")
