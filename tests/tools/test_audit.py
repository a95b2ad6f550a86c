"""The audit is ok only when the gateway says so, and differences are shown."""

from typing import Any

from tools.audit import request, shown, verdict
from tools.place import Place
from tools.screen import Paint

GOOD: dict[str, Any] = {
    "ok": True,
    "differences": [],
    "checked": {"payments": 2, "ledger_entries": 8},
    "skipped": 0,
    "as_of": "2026-01-02T03:04:05Z",
}
DIFFERENCE = {"check": "payment.captured", "object": "pay_1", "expected": 300, "found": None}


def test_a_good_report() -> None:
    assert verdict(GOOD) is None
    assert "  ledger entries  8" in shown(GOOD, Paint(False))


def test_differences_are_shown_and_not_ok() -> None:
    report = {**GOOD, "ok": False, "differences": [DIFFERENCE]}
    assert (verdict(report) or "").startswith("1 differences")
    assert "  payment.captured  pay_1   300       -" in shown(report, Paint(False))


def test_what_was_skipped_is_shown_and_not_ok() -> None:
    report = {**GOOD, "ok": False, "skipped": 3, "in_flight": [DIFFERENCE]}
    assert "3 objects were still in flight" in (verdict(report) or "")
    assert "Still in flight, so not compared: 3" in shown(report, Paint(False))


def test_the_operator_sees_all_and_the_merchant_its_own() -> None:
    place = Place("http://gateway", "http://shop", "kafka:9092")
    asked = request(place, 2.5)
    assert (asked.url, asked.bearer) == ("http://gateway/api/v1/audit?wait_s=2.5", None)
    assert asked.credentials == "key_test_abc123:secret_test_xyz789"
    operator = request(Place("http://gateway", "http://shop", "kafka:9092", internal_token="token"), 1)
    assert (operator.bearer, operator.credentials) == ("token", None)
