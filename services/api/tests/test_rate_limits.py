"""Rate limits: the bucket by a clock of the test's own, and what a caller is told of it."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from chassis.errors import ApiError
from chassis.http import ANSWER_HEADERS
from chassis.runtime import Runtime
from services.api import rate_limits
from services.api.rate_limits import RateLimits
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS, serving
from services.api.tests.test_payments import Client


class Clock:
    """Stands still until it is told."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def taken(limits: RateLimits, who: str = "key", own: int | None = None) -> tuple[bool, dict[str, str]]:
    """Whether a token was had, and what the answer says."""
    request = make_mocked_request("GET", "/")
    try:
        limits.take(request, who, own)
    except ApiError as refused:
        return False, {**(request.get(ANSWER_HEADERS) or {}), **refused.headers}
    return True, dict(request.get(ANSWER_HEADERS) or {})


def test_a_burst_is_let_in_and_then_as_many_as_come_back() -> None:
    clock = Clock()
    limits = RateLimits(2, 4, now_s=clock)
    assert [taken(limits)[0] for _ in range(5)] == [True, True, True, True, False]
    clock.now_s += 0.5
    assert [taken(limits)[0] for _ in range(2)] == [True, False]
    clock.now_s += 100
    assert [taken(limits)[0] for _ in range(5)] == [True, True, True, True, False]


def test_the_answer_says_what_is_left_and_when_all_of_it_is_back() -> None:
    clock = Clock()
    limits = RateLimits(2, 4, now_s=clock)
    told = [taken(limits)[1] for _ in range(5)]
    assert [one["RateLimit-Remaining"] for one in told] == ["3", "2", "1", "0", "0"]
    assert {one["RateLimit-Limit"] for one in told} == {"4"}
    assert [one["RateLimit-Reset"] for one in told[:4]] == ["1", "1", "2", "2"]
    assert told[4]["Retry-After"] == "1"
    with pytest.raises(ApiError, match="at most 2 in a second, and 4 at once") as refused:
        limits.take(make_mocked_request("GET", "/"), "key")
    assert (refused.value.status, refused.value.code) == (429, "RATE_LIMIT_ERROR")


def test_who_is_refused_loses_nothing_by_asking_again() -> None:
    clock = Clock()
    limits = RateLimits(1, 1, now_s=clock)
    assert [taken(limits)[0] for _ in range(50)] == [True] + [False] * 49
    clock.now_s += 1
    assert taken(limits)[0]


def test_each_key_has_a_bucket_and_a_lower_rate_of_its_own_counts() -> None:
    limits = RateLimits(1000, 1000, now_s=Clock())
    assert [taken(limits, "slow", 2)[0] for _ in range(3)] == [True, True, False]
    assert taken(limits, "fast")[0]
    assert taken(limits, "fast", 5000)[1]["RateLimit-Limit"] == "1000"


def test_zero_sets_no_limit_and_tells_of_none() -> None:
    limits = RateLimits(0, 1, now_s=Clock())
    assert [taken(limits) for _ in range(3)] == [(True, {})] * 3
    assert [taken(limits, own=1)[0] for _ in range(2)] == [True, False]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "BUCKETS_MAX", 10)
    clock = Clock()
    limits = RateLimits(1, 1, now_s=clock)
    for number in range(10):
        assert taken(limits, f"a{number}")[0]
    clock.now_s += 0.5
    for number in range(5):
        assert taken(limits, f"b{number}")[0]
    assert len(limits._full_at_s) <= 10


@pytest.fixture
async def limited(runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """An api that lets three requests in at once, and two from a buyer; no second passes."""
    monkeypatch.setattr("services.api.app.RateLimits", partial(RateLimits, now_s=Clock()))
    changed = {
        "rate_limit_per_s": 1,
        "rate_limit_burst": 3,
        "rate_limit_anonymous_per_s": 1,
        "rate_limit_anonymous_burst": 2,
    }
    runtime.settings = runtime.settings.model_copy(update=changed)
    async with serving(runtime) as made:
        yield made


async def ask(client: Client, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str]]:
    sent = {**HEADERS, **headers}
    async with client.request(method, f"/api/v1{path}", json=body, headers=sent) as response:
        return response.status, dict(response.headers)


async def test_every_answer_to_a_key_says_what_is_left_replays_and_refusals_too(limited: Client) -> None:
    key = {"Idempotency-Key": "k"}
    answers = [
        await ask(limited, "POST", "/orders", {"amount": 5000}, **key),
        await ask(limited, "POST", "/orders", {"amount": 5000}, **key),
        await ask(limited, "POST", "/orders", {"amount": 1}),
        await ask(limited, "GET", "/orders"),
    ]
    assert [status for status, _ in answers] == [201, 201, 400, 429]
    assert [told["RateLimit-Remaining"] for _, told in answers] == ["2", "1", "0", "0"]
    assert answers[1][1]["Idempotent-Replayed"] == "true"
    assert int(answers[3][1]["Retry-After"]) >= 1
    assert (await ask(limited, "GET", "/orders", **OTHER_HEADERS))[0] == 200


async def test_buyers_are_limited_by_their_address(limited: Client) -> None:
    path = "/api/v1/orders/order_0000000000000000/public"
    for expected in (404, 404, 429):
        async with limited.get(path) as response:
            assert response.status == expected
            assert response.headers["RateLimit-Limit"] == "2"
    # Whatever key they name, and it is not the worse off for it: its public part is in the shop's page.
    for key in (HEADERS["X-Api-Key"], "key_test_nobody"):
        async with limited.get(path, headers={"X-Api-Key": key}) as response:
            assert response.status == 429
    status, told = await ask(limited, "GET", "/orders")
    assert (status, told["RateLimit-Remaining"]) == (200, "2")


async def test_who_is_nobody_is_told_of_no_limit(limited: Client) -> None:
    status, told = await ask(limited, "GET", "/orders", **{"X-Api-Secret": "wrong"})
    assert (status, "RateLimit-Limit" in told) == (401, False)
