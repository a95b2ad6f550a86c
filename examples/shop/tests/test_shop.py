"""The shop over HTTP: verdicts, the switch, the lists, and that nothing it is sent makes it fail."""

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from examples.shop.tests import samples

Client = TestClient[Request, Application]


async def send(shop: Client, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    async with shop.post("/webhook", data=body, headers=headers or samples.signed(body)) as response:
        return response.status, await response.json(content_type=None)


async def get(shop: Client, path: str) -> Any:
    async with shop.get(path) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def control(shop: Client, **behaviour: object) -> Any:
    async with shop.post("/control", json=behaviour) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_a_good_delivery_is_accepted_and_remembered(shop: Client) -> None:
    body = samples.payment_body("pay_9", sequence=3)
    assert await send(shop, body) == (200, {"received": True})
    listed = await get(shop, "/deliveries")
    (summary,) = listed.pop("data")
    assert listed == {"total": 1, "limit": 50, "offset": 0, "has_more": False}
    assert summary.pop("received_at").endswith("Z")
    assert 0 <= summary.pop("latency_ms") < 5_000
    assert 0 <= summary.pop("since_update_ms") < 5_000
    assert summary.pop("timestamp") > 0
    assert summary == {
        "number": 1,
        "webhook_id": "evt_1",
        "attempt": 1,
        "event_id": "evt_1",
        "event": "payment.success",
        "object_id": "pay_9",
        "payment_id": "pay_9",
        "sequence": 3,
        "verified": True,
        "checks": {"body_signature": "valid", "standard_signature": "valid", "contract": "valid"},
        "problem": None,
        "status": 200,
        "body_bytes": len(body),
    }
    details = await get(shop, "/deliveries/1")
    assert details["body"].encode() == body
    assert details["body_truncated"] is False
    assert ["webhook-id", "evt_1"] in details["headers"]


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"X-Webhook-Signature": "0" * 64}, "X-Webhook-Signature"),
        ({"X-Webhook-Signature": ""}, "X-Webhook-Signature"),
        ({"webhook-signature": "v1,AAAA"}, "webhook-signature"),
        ({"webhook-timestamp": "12"}, "webhook-timestamp"),
        ({"webhook-timestamp": "x"}, "webhook-timestamp"),
        ({"webhook-id": ""}, "webhook-id"),
    ],
)
async def test_one_family_alone_is_not_enough(shop: Client, changed: dict[str, str], word: str) -> None:
    body = samples.payment_body()
    status, answer = await send(shop, body, samples.signed(body) | changed)
    assert status == 401
    assert answer["error"]["code"] == "INVALID_SIGNATURE"
    assert word in answer["error"]["description"]
    (summary,) = (await get(shop, "/deliveries"))["data"]
    assert (summary["verified"], summary["attempt"], summary["event"]) == (False, None, None)
    assert summary["checks"]["contract"] == "unchecked"


async def test_what_breaks_the_contract_is_refused(shop: Client) -> None:
    body = samples.payment_body().replace(b'"amount":50000', b'"amount":"50000"')
    status, answer = await send(shop, body)
    assert status == 422
    assert "data.payment.amount" in answer["error"]["description"]
    stats = await get(shop, "/deliveries/stats")
    assert (stats["bad_payloads"], stats["distinct_webhook_ids"], stats["accepted"]) == (1, 1, 0)


async def test_failing_for_a_number_of_deliveries(shop: Client) -> None:
    body = samples.payment_body()
    await control(shop, mode="fail", status=503, retry_after_s=7, times=2)
    async with shop.post("/webhook", data=body, headers=samples.signed(body)) as response:
        assert response.headers["Retry-After"] == "7"
        assert response.status == 503
    assert (await get(shop, "/control"))["times"] == 1
    # Checks come first: what the shop would refuse anyway does not count.
    assert (await send(shop, body + b" ", samples.signed(body)))[0] == 401
    assert [(await send(shop, body))[0] for _ in range(2)] == [503, 200]
    assert (await get(shop, "/control"))["mode"] == "ok"
    stats = await get(shop, "/deliveries/stats")
    assert stats["by_status"] == {"200": 1, "401": 1, "503": 2}
    assert stats["by_event"] == {"payment.success": 3}
    assert (stats["received"], stats["distinct_webhook_ids"], stats["retries"]) == (4, 1, 2)
    (seen,) = (await get(shop, "/deliveries/ids"))["data"]
    assert seen == {
        "webhook_id": "evt_1",
        "event": "payment.success",
        "object_id": "pay_1",
        "sequence": 3,
        "attempts": 3,
        "accepted": True,
    }


async def test_failing_until_told_otherwise(shop: Client) -> None:
    await control(shop, mode="fail")
    assert [(await send(shop, samples.hello_body()))[0] for _ in range(3)] == [500] * 3
    await control(shop, mode="ok")
    assert (await send(shop, samples.hello_body()))[0] == 200


async def test_being_slow_delays_the_good_answer(shop: Client) -> None:
    await control(shop, mode="slow", delay_s=0.2, times=1)
    loop = asyncio.get_running_loop()
    start = loop.time()
    assert (await send(shop, samples.payment_body()))[0] == 200
    assert loop.time() - start >= 0.2


async def test_being_slow_delays_no_other_answer(shop: Client) -> None:
    await control(shop, mode="slow", delay_s=60, times=1)
    both = {asyncio.create_task(send(shop, samples.payment_body())) for _ in range(2)}
    (answered,), (slow,) = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    assert answered.result()[0] == 200
    slow.cancel()


async def test_hanging_ends_without_an_answer(shop: Client) -> None:
    await control(shop, mode="hang", times=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await send(shop, samples.payment_body())
    (summary,) = (await get(shop, "/deliveries"))["data"]
    assert summary["status"] is None


async def test_a_sender_that_gives_up_leaves_an_unanswered_delivery(shop: Client) -> None:
    await control(shop, mode="slow", delay_s=0.15, times=1)
    body = samples.payment_body()
    with pytest.raises(TimeoutError):
        await shop.post("/webhook", data=body, headers=samples.signed(body), timeout=aiohttp.ClientTimeout(total=0.05))
    await asyncio.sleep(0.2)
    assert (await get(shop, "/deliveries/stats"))["accepted"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'{"mode":"sulk"}',
        b'{"mode":"slow","delay_s":1e999}',
        b'{"mode":"slow","delay_s":-1}',
        b'{"mode":"fail","status":200}',
        b'{"mode":"fail","times":0}',
        b'{"mode":"ok","colour":"red"}',
    ],
)
async def test_a_behaviour_that_makes_no_sense_changes_nothing(shop: Client, body: bytes) -> None:
    async with shop.post("/control", data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
        assert "was not changed" in (await response.json())["error"]["description"]
    assert (await get(shop, "/control"))["mode"] == "ok"


async def test_json_that_curl_calls_a_form_is_taken_as_json(shop: Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with shop.post("/control", data=b' {"mode":"hang"}', headers=headers) as response:
        assert (await response.json())["mode"] == "hang"


async def test_another_site_cannot_steer_the_shop(shop: Client) -> None:
    for method, path in (("POST", "/control"), ("POST", "/forget"), ("DELETE", "/deliveries")):
        headers = {"Sec-Fetch-Site": "cross-site"}
        async with shop.request(method, path, data=b'{"mode":"hang"}', headers=headers) as response:
            assert response.status == 403


async def test_forgetting(shop: Client) -> None:
    await send(shop, samples.payment_body())
    async with shop.delete("/deliveries") as response:
        assert await response.json() == {"forgotten": 1}
    assert (await get(shop, "/deliveries"))["total"] == 0
    assert (await get(shop, "/deliveries/stats"))["received"] == 0


async def test_lists_are_filtered_and_paged(shop: Client) -> None:
    for number in range(3):
        body = samples.payment_body(f"pay_{number}")
        await send(shop, body, samples.signed(body, webhook_id=f"evt_{number}"))
    found = await get(shop, "/deliveries?limit=1&offset=1")
    assert [one["object_id"] for one in found["data"]] == ["pay_1"]
    assert (found["total"], found["has_more"]) == (3, True)
    assert (await get(shop, "/deliveries?object_id=pay_2"))["data"][0]["webhook_id"] == "evt_2"
    assert (await get(shop, "/deliveries?event=refund.failed"))["data"] == []
    ids = await get(shop, "/deliveries/ids?offset=1&limit=1")
    assert [one["webhook_id"] for one in ids["data"]] == ["evt_1"]
    assert (ids["total"], ids["has_more"]) == (3, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/deliveries?limit=0", 400),
        ("GET", "/deliveries?limit=1001", 400),
        ("GET", "/deliveries?offset=99999999999999999999999", 400),
        ("GET", "/deliveries/ids?colour=red", 400),
        ("GET", "/deliveries/7", 404),
        ("GET", "/webhooks/7", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/webhook", 405),
    ],
)
async def test_requests_that_make_no_sense_get_the_error_envelope(
    shop: Client, method: str, path: str, status: int
) -> None:
    async with shop.request(method, path) as response:
        assert response.status == status
        error = (await response.json())["error"]
    assert error["code"]
    assert error["description"]


async def test_large_bodies(shop: Client) -> None:
    kept = b"[" + b" " * 20_000 + b"]"
    assert (await send(shop, kept))[0] == 422
    details = await get(shop, "/deliveries/1")
    assert (len(details["body"]), details["body_bytes"], details["body_truncated"]) == (8 * 1024, len(kept), True)
    assert (await send(shop, b" " * 100_000))[0] == 413


async def test_bytes_that_are_not_text_are_remembered_all_the_same(shop: Client) -> None:
    body = b"\xff\x00\xfe"
    assert shop.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    writer.write(
        b"POST /webhook HTTP/1.1\r\nHost: shop\r\nwebhook-id: \xff\xfe\r\nwebhook-signature: v1,\xff\r\n"
        b"webhook-timestamp: \xff\r\nX-Webhook-Signature: \xff\r\nContent-Length: 3\r\nConnection: close\r\n\r\n" + body
    )
    assert b" 401 " in await reader.readline()
    writer.close()
    assert (await get(shop, "/deliveries"))["data"][0]["webhook_id"] == "��"
    assert (await get(shop, "/deliveries/1"))["body"] == "�\x00�"
    async with shop.get("/webhooks/1") as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["/live", "/ready", "/health"])
async def test_probes(shop: Client, path: str) -> None:
    assert (await get(shop, path))["status"] in ("ok", "healthy")
