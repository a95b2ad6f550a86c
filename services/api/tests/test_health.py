"""What the gateway says of itself while its workers do not run: no Kafka, and none of the others."""

from datetime import datetime
from typing import Any

from aiohttp.test_utils import TestClient

from services.api.schemas.health import HealthAnswer, JobsAnswer
from services.api.tests.published import call

Client = TestClient[Any, Any]


async def test_health_says_what_is_away(client: Client) -> None:
    async with client.get("/health") as response:
        assert response.status == 503
        told = await response.json()
    assert datetime.fromisoformat(told.pop("timestamp")).tzinfo is not None
    assert told == {
        "status": "unhealthy",
        "database": "connected",
        "kafka": "disconnected",
        "redis": "disconnected",
        "worker": "stopped",
        "services": dict.fromkeys(("processor", "refunder", "notifier", "checkout"), "stopped"),
    }
    assert set(HealthAnswer.model_fields) == {*told, "timestamp"}


async def test_the_jobs_of_workers_that_do_not_answer_are_missing_and_it_is_said(client: Client) -> None:
    status, told = await call(client, "GET", "/test/jobs/status", headers={})
    assert (status, told) == (
        200,
        {"pending": 0, "processing": 0, "completed": 0, "failed": 0, "worker_status": "stopped"},
    )
    assert list(JobsAnswer.model_fields) == list(told)
