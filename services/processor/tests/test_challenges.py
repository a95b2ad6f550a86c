"""3-D Secure on a real Postgres: challenged once, told once, asked again with the same key, whatever comes between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer

from acquirer.challenge_page import ChallengePages
from acquirer.port import ChallengeAnswer
from acquirer.simulator import TERMS
from chassis.http import HttpConfig, HttpKit
from chassis.log import WideLog
from chassis.metrics import Metrics
from services.processor.tests.conftest import CHALLENGE_POLL_S, LEASE_S, Bench, Desk, PaymentCommands

CHALLENGED = "payment.authorisation.challenged"
ANSWERED = "payment.authorisation.answered"
APPROVED = "payment.authorisation.approved"
DECLINED = "payment.authorisation.declined"
VOIDED = "payment.void.accepted"
TTL_S = TERMS.ttl.total_seconds()


async def challenged(desk: Desk, card: str = "challenge_success") -> tuple[PaymentCommands, str]:
    """A payment that waits for its buyer, and the id of its challenge."""
    commands = PaymentCommands()
    await desk.take(commands.authorise_card(card, merchant_name="Chai & Sons"))
    await desk.run()
    return commands, await challenge_id(desk)


async def challenge_id(desk: Desk) -> str:
    data = await desk.pool.fetchval("SELECT data FROM outbox WHERE type = $1 ORDER BY id DESC LIMIT 1", CHALLENGED)
    url: str = orjson.loads(data)["challenge_url"]
    return url.rpartition("/")[2]


async def decline_code(desk: Desk) -> str | None:
    data = await desk.pool.fetchval("SELECT data FROM outbox WHERE type = $1", DECLINED)
    return orjson.loads(data)["decline_code"] if data else None


async def charges(bench: Bench) -> list[str]:
    rows = await bench.acquirer_pool.fetch("SELECT outcome FROM effect WHERE operation = 'authorise'")
    return [row["outcome"] for row in rows]


@pytest.mark.parametrize(
    ("card", "answer", "result", "code"),
    [
        ("challenge_success", "completed", APPROVED, None),
        ("challenge_success", "failed", DECLINED, "authentication_failed"),
        ("challenge_decline", "completed", DECLINED, "authentication_failed"),
        ("challenge_decline", "failed", DECLINED, "authentication_failed"),
    ],
)
async def test_a_challenge_from_command_to_result(
    bench: Bench, card: str, answer: ChallengeAnswer, result: str, code: str | None
) -> None:
    desk = bench.desk()
    _, id_ = await challenged(desk, card)
    assert await desk.published() == [CHALLENGED]
    assert await charges(bench) == [], "nothing is decided"
    assert await desk.attempts.answer_challenge(id_, answer) is not None
    assert len(await desk.run(after_s=0)) == 1, "asked again at once"
    assert await desk.published() == [CHALLENGED, ANSWERED, result]
    assert await decline_code(desk) == code
    assert len(await charges(bench)) == 1
    assert await desk.jobs.next_due() is None


async def test_a_buyer_who_does_not_answer_is_told_once_and_declined_when_the_challenge_ends(bench: Bench) -> None:
    desk = bench.desk()
    await challenged(desk)
    for _ in range(int(TTL_S // CHALLENGE_POLL_S)):
        await desk.run(after_s=CHALLENGE_POLL_S)
    assert await desk.published() == [CHALLENGED, DECLINED]
    assert await decline_code(desk) == "authentication_timeout"
    assert await desk.run(after_s=TTL_S) == []


async def test_who_presses_twice_is_heard_once_and_the_first_answer_stands(bench: Bench) -> None:
    desk = bench.desk()
    _, id_ = await challenged(desk)
    answers: list[ChallengeAnswer] = ["completed", "failed"]
    seen = await asyncio.gather(*(desk.attempts.answer_challenge(id_, answer) for answer in answers * 10))
    first = {challenge.status for challenge in seen if challenge}
    assert len(first) == 1
    await desk.run(after_s=0)
    expected = APPROVED if first == {"completed"} else DECLINED
    assert await desk.published() == [CHALLENGED, ANSWERED, expected]
    assert (await desk.attempts.answer_challenge(id_, "failed")) == seen[0]
    assert await desk.run(after_s=CHALLENGE_POLL_S) == []
    assert await desk.published() == [CHALLENGED, ANSWERED, expected]


async def test_an_answer_whose_telling_was_lost_is_found_by_the_next_poll(bench: Bench) -> None:
    desk = bench.desk()
    _, id_ = await challenged(desk)
    await bench.simulator.answer_challenge(id_, "completed")  # and here the process dies
    assert await desk.run(after_s=CHALLENGE_POLL_S - 1) == []
    await desk.run(after_s=1)
    assert await desk.published() == [CHALLENGED, APPROVED]


async def test_an_answer_in_the_middle_of_a_poll_is_not_put_off(bench: Bench) -> None:
    desk = bench.desk()
    _, id_ = await challenged(desk)
    bench.clock.advance(timedelta(seconds=CHALLENGE_POLL_S))
    (polling,) = await desk.attempts.claim(10)
    answer = await desk.attempts._answer_to(polling)
    await desk.attempts.answer_challenge(id_, "completed")
    await desk.attempts.answers.submit(answer)  # "still challenged", said before the buyer answered
    await desk.run(after_s=0)
    assert await desk.published() == [CHALLENGED, ANSWERED, APPROVED]


async def test_another_replica_takes_the_answer(bench: Bench) -> None:
    first, second = bench.desk("processor-0"), bench.desk("processor-1")
    _, id_ = await challenged(first)
    await second.attempts.answer_challenge(id_, "completed")
    claims = await asyncio.gather(first.run(after_s=0), second.run(after_s=0))
    assert sum(map(len, claims)) == 1
    assert await first.published() == [CHALLENGED, ANSWERED, APPROVED]
    assert await charges(bench) == ["approved"]


async def test_a_repeated_command_tells_the_challenge_again_and_later_the_outcome(bench: Bench) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    command = commands.authorise_card("challenge_success")
    await desk.take(command)
    await desk.run()
    await desk.take(command)
    assert await desk.published() == [CHALLENGED, CHALLENGED]
    await desk.attempts.answer_challenge(await challenge_id(desk), "completed")
    await desk.run(after_s=0)
    await desk.take(command)
    assert await desk.published() == [CHALLENGED, CHALLENGED, ANSWERED, APPROVED, APPROVED]


async def test_a_crash_between_the_acquirers_challenge_and_ours_tells_the_same_challenge(bench: Bench) -> None:
    before = bench.desk()
    await before.take(PaymentCommands().authorise_card("challenge_success"))
    bench.clock.advance(timedelta(seconds=1))
    (claimed,) = await before.attempts.claim(10)
    lost = await before.attempts._answer_to(claimed)  # and here the process dies
    after = bench.desk()
    await after.run(after_s=LEASE_S)
    assert lost.outcome.result == "challenged"
    assert await bench.acquirer_pool.fetchval("SELECT count(*) FROM challenge") == 1
    assert await after.published() == [CHALLENGED]


async def test_who_comes_late_with_a_challenge_tells_nothing(bench: Bench) -> None:
    slow, quick = bench.desk("processor-0"), bench.desk("processor-1")
    await slow.take(PaymentCommands().authorise_card("challenge_success"))
    bench.clock.advance(timedelta(seconds=1))
    (claimed,) = await slow.attempts.claim(10)
    await quick.run(after_s=LEASE_S)
    await slow.attempts.make(claimed)
    assert await quick.published() == [CHALLENGED]


STEPS = ("run", "answer", "expire", "void", "run")


@pytest.mark.parametrize("answer", ["completed", "failed"])
async def test_no_order_of_answer_expiry_and_void_leaves_a_charge_that_nobody_knows(
    bench: Bench, answer: ChallengeAnswer
) -> None:
    """Whatever comes first: in the end the acquirer holds what was told to the api, and nothing after a void."""
    for order in sorted(set(permutations(STEPS))):
        desk = bench.desk()
        await bench.pool.execute("DELETE FROM outbox")
        commands, id_ = await challenged(desk)
        for step in order:
            match step:
                case "run":
                    await desk.run(after_s=0)
                case "answer":
                    await desk.attempts.answer_challenge(id_, answer)
                case "expire":
                    bench.clock.advance(TERMS.ttl)
                case "void":
                    await desk.take(commands.void())
        for _ in range(4):
            await desk.run(after_s=CHALLENGE_POLL_S)
        told = await desk.published()
        assert told.count(APPROVED) + told.count(DECLINED) == 1, order
        assert told.count(CHALLENGED) == 1, order
        assert told.count(ANSWERED) <= 1, order
        assert VOIDED in told, order
        held = await bench.acquirer_pool.fetchrow(
            "SELECT authorised_minor, voided FROM authorisation WHERE payment_id = $1", commands.payment_id
        )
        assert held is not None
        assert held["voided"], order
        assert bool(held["authorised_minor"]) == (APPROVED in told), order
        assert APPROVED not in told or (answer == "completed" and order.index("answer") < order.index("expire")), order
        assert await desk.jobs.next_due() is None, order


@pytest.fixture
async def client(bench: Bench) -> AsyncIterator[TestClient[Any, Any]]:
    """A buyer's browser."""
    desk = bench.desk("processor-1")
    pages = ChallengePages(
        bench.simulator.find_challenge, desk.attempts.answer_challenge, frame_ancestors="https://shop.example"
    )
    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("processor"))
    async with TestClient(TestServer(kit.application(pages.routes()))) as made:
        yield made


async def test_the_page_shows_what_is_paid_and_two_buttons(bench: Bench, client: TestClient[Any, Any]) -> None:
    _, id_ = await challenged(bench.desk())
    response = await client.get(f"/challenge/{id_}")
    page = await response.text()
    assert response.status == 200
    assert response.content_type == "text/html"
    for text in ("INR 10.00", "Chai &amp; Sons", "Visa •••• 4242", "Complete authentication", "Fail authentication"):
        assert text in page
    assert "<script" not in page
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors https://shop.example" in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("button", "other", "headline", "result"),
    [
        ("complete", "fail", "Authentication completed", APPROVED),
        ("fail", "complete", "Authentication failed", DECLINED),
    ],
)
async def test_pressing_a_button_leads_to_the_answer_that_stands(
    bench: Bench, client: TestClient[Any, Any], button: str, other: str, headline: str, result: str
) -> None:
    desk = bench.desk()
    _, id_ = await challenged(desk)
    for pressed in (button, button, other):
        response = await client.post(f"/challenge/{id_}/{pressed}")
        page = await response.text()
        assert (response.status, response.method) == (200, "GET"), "a reload sends nothing again"
        assert headline in page
        assert "You can close this window." in page
        assert "<form" not in page
    await desk.run(after_s=0)
    assert await desk.published() == [CHALLENGED, ANSWERED, result]


async def test_a_challenge_that_ended_says_so(bench: Bench, client: TestClient[Any, Any]) -> None:
    _, id_ = await challenged(bench.desk())
    bench.clock.advance(TERMS.ttl)
    for response in (await client.get(f"/challenge/{id_}"), await client.post(f"/challenge/{id_}/complete")):
        page = await response.text()
        assert response.status == 200
        assert "This authentication has ended" in page
        assert "<form" not in page


@pytest.mark.parametrize("id_", ["x", "%00", "att_0000000000000000." + "0" * 32, "<script>", "é", "a" * 3000])
async def test_an_unknown_challenge_is_a_page_too(client: TestClient[Any, Any], id_: str) -> None:
    for response in (await client.get(f"/challenge/{id_}"), await client.post(f"/challenge/{id_}/complete")):
        assert response.status == 404
        assert "There is no such authentication" in await response.text()


async def test_what_is_shown_is_escaped(bench: Bench, client: TestClient[Any, Any]) -> None:
    _, id_ = await challenged(bench.desk())
    await bench.acquirer_pool.execute(
        "UPDATE challenge SET merchant_id = '<b>x</b>', merchant_name = NULL, last4 = '<i>4'"
    )
    page = await (await client.get(f"/challenge/{id_}")).text()
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<i>4" not in page
