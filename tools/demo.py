"""`make demo`: one UPI payment through everything, step by step, with the command a person would type for each.

Ends with the figures that matter; exit code 1 and one sentence when anything is off.
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import indent
from typing import Any, Final

from tools.asking import Merchant, Request, Response
from tools.place import Place, ToolFailure
from tools.screen import BOLD, CYAN, DIM, GREEN, Paint, complain, pretty, table

DELAY_DEFAULT_MS: Final = 1000
"""Of the simulated bank, in both ways to run the stack, unless TEST_PROCESSING_DELAY says otherwise."""

LIMIT_DEFAULT_MS: Final = 1000
"""For what is our own doing: all between the request and the webhook at the shop but that delay."""

PATIENCE_S: Final = 30.0
"""For anything that is watched, beyond the simulator's delay."""

POLL_S: Final = 0.05
AUDIT_WAIT_S: Final = 10
PAGE_LIMIT: Final = 100
"""The most that a list shows; other payments may be on their way, too."""

AMOUNT_MINOR: Final = 50_000
CAPTURED_MINOR: Final = 30_000
REFUNDED_MINOR: Final = 10_000

EXPECTED_EVENTS: Final = (
    "payment.created",
    "payment.pending",
    "payment.success",
    "payment.captured",
    "refund.created",
    "refund.processed",
)
MARGIN: Final = " " * 4
PAYMENT_FIELDS: Final = ("id", "order_id", "amount", "method", "vpa", "status", "captured", "amount_captured")
REFUND_FIELDS: Final = ("id", "payment_id", "amount", "kind", "status", "processed_at")
LOG_FIELDS: Final = ("id", "event", "event_id", "status", "run", "attempts", "response_code", "last_attempt_at")

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the demo measured."""

    delay_ms: int
    settled_ms: int
    """From the payment's creation to its success, by the gateway's own clock."""
    webhook_ms: int
    """From the success to its webhook at the shop."""
    answer_ms: int
    """Of the POST that created the payment: part of what a client waits for."""
    deliveries: int
    checked: Mapping[str, int]
    limit_ms: int = LIMIT_DEFAULT_MS

    @property
    def overhead_ms(self) -> int:
        """Everything between the POST and the webhook that is not the simulator's delay."""
        return self.answer_ms + self.settled_ms + self.webhook_ms - self.delay_ms

    def problem(self) -> str | None:
        """The sentence, when the time is off."""
        if self.settled_ms < self.delay_ms:
            return (
                f"The payment settled after {self.settled_ms} ms, sooner than the simulator's delay of "
                f"{self.delay_ms} ms: run `TEST_PROCESSING_DELAY=… make demo` with the delay that the stack has."
            )
        if self.overhead_ms > self.limit_ms:
            return (
                f"The webhook was at the shop {self.overhead_ms} ms after the simulator's own delay of {self.delay_ms} "
                f"ms, and {self.limit_ms} ms are the limit: see whether the machine is busy, then `make logs`."
            )
        return None


class Demo:
    """The story, and what it prints."""

    def __init__(self, merchant: Merchant, delay_ms: int, paint: Paint) -> None:
        self._merchant = merchant
        self._delay_ms = delay_ms
        self._paint = paint
        self._run = secrets.token_hex(3)
        self._step = 0

    def tell(self) -> Figures:
        """From an order to the audit. Raises ToolFailure."""
        self._check_stack()
        order = self._create_order()
        payment, answer_ms = self._create_payment(order["id"])
        paid = self._watch_settle(payment["id"])
        told = self._watch_webhook(payment["id"], "payment.success")
        self._capture(payment["id"])
        self._refund(payment["id"])
        deliveries = self._watch_all_webhooks(payment["id"])
        self._retry(told)
        return Figures(
            delay_ms=self._delay_ms,
            settled_ms=milliseconds_between(payment["created_at"], paid["updated_at"]),
            webhook_ms=told["since_update_ms"],
            answer_ms=answer_ms,
            deliveries=len(deliveries) + 1,
            checked=self._audit()["checked"],
        )

    # ── The steps ──

    def _check_stack(self) -> None:
        place = self._merchant.place
        health = Request("GET", f"{place.api_url}/health").send()
        if health.status != 200:
            raise ToolFailure(f"The stack is not healthy ({unhealthy_parts(health.body)}): see `make status`.")
        behaviour = self._merchant.shop("/deliveries/stats").send().expect(200)["behaviour"]["mode"]
        if behaviour != "ok":
            raise ToolFailure(
                f"The shop has been told to '{behaviour}': let it answer again with "
                f'`curl {place.shop_url}/control -d \'{{"mode":"ok"}}\'`.'
            )

    def _create_order(self) -> Body:
        request = self._post("/orders", {"amount": AMOUNT_MINOR, "currency": "INR", "receipt": f"demo-{self._run}"})
        self._head("Create an order over ₹500.00", request)
        return self._show(request.send(), 201, ("id", "amount", "currency", "receipt", "status", "created_at"))

    def _create_payment(self, order_id: str) -> tuple[Body, int]:
        request = self._post("/payments", {"order_id": order_id, "method": "upi", "vpa": "success@paygate"})
        self._head("Pay it by UPI", request)
        response = request.send()
        return self._show(response, 201, (*PAYMENT_FIELDS, "created_at")), round(response.took_s * 1000)

    def _watch_settle(self, payment_id: str) -> Body:
        request = self._merchant.api("GET", f"/payments/{payment_id}")
        self._head("Watch it settle", request)
        response = self._watch(
            request,
            lambda body: body["status"] != "pending",
            f"Payment {payment_id} is still pending: see `make logs s=processor`.",
            after_s=self._delay_ms / 1000,
        )
        payment = self._show(response, 200, (*PAYMENT_FIELDS, "capture_before", "updated_at"))
        if payment["status"] != "success":
            raise ToolFailure(f"Payment {payment_id} ended as {payment['status']}: TEST_PAYMENT_SUCCESS may say so.")
        return payment

    def _watch_webhook(self, payment_id: str, event: str) -> Body:
        request = self._merchant.shop("/deliveries", payment_id=payment_id, event=event)
        self._head("See its signed webhook at the shop", request)
        response = self._watch(
            request,
            lambda body: bool(body["data"]),
            f"No webhook {event} of {payment_id} came to the shop: see `make logs s=notifier`, and whether the "
            "merchant's webhook_url is the shop's (GET /api/v1/merchants/profile).",
        )
        delivery: Body = response.body["data"][0]
        fields = ("event", "sequence", "webhook_id", "attempt", "checks", "verified", "status", "since_update_ms")
        self._say(pretty(delivery, fields), response)
        return verified([delivery])[0]

    def _capture(self, payment_id: str) -> None:
        request = self._post(f"/payments/{payment_id}/capture", {"amount": CAPTURED_MINOR})
        self._head("Capture ₹300.00 of it; the rest is released", request)
        self._show(request.send(), 200, PAYMENT_FIELDS)

    def _refund(self, payment_id: str) -> None:
        body = {"amount": REFUNDED_MINOR, "reason": "One of three came broken"}
        request = self._post(f"/payments/{payment_id}/refunds", body)
        self._head("Give ₹100.00 back", request)
        refund = self._show(request.send(), 201, REFUND_FIELDS)
        watched = self._merchant.api("GET", f"/refunds/{refund['id']}")
        self._head("Watch the refund", watched)
        response = self._watch(
            watched,
            lambda body: body["status"] != "pending",
            f"Refund {refund['id']} is still pending: see `make logs s=refunder`.",
            after_s=self._delay_ms / 1000,
        )
        if self._show(response, 200, REFUND_FIELDS)["status"] != "processed":
            raise ToolFailure(f"Refund {refund['id']} failed: see `make logs s=refunder`.")

    def _watch_all_webhooks(self, payment_id: str) -> list[Body]:
        request = self._merchant.shop("/deliveries", payment_id=payment_id)
        self._head("See every webhook of the payment and its refund, all checked by the shop", request)
        response = self._watch(
            request,
            lambda body: {delivery["event"] for delivery in body["data"]} >= set(EXPECTED_EVENTS),
            f"Not every webhook of {payment_id} came to the shop: see `make logs s=notifier`.",
        )
        deliveries: list[Body] = response.body["data"][::-1]
        self._say("\n".join(delivery_table(deliveries)), response)
        return verified(deliveries)

    def _retry(self, told: Body) -> None:
        listed = self._merchant.api("GET", f"/webhooks?event={told['event']}&limit={PAGE_LIMIT}")
        self._head(f"Find {told['event']} in the webhook log, and deliver it once more", listed)
        log = listed.send()
        delivery = next((row for row in log.expect(200)["data"] if row["event_id"] == told["event_id"]), None)
        if delivery is None:
            raise ToolFailure(f"The webhook log does not show {told['event_id']} any more: run `make demo` again.")
        self._say(pretty(delivery, LOG_FIELDS), log)
        one = f"/webhooks/{delivery['id']}"
        retry = self._merchant.api("POST", f"{one}/retry")
        self._command(retry)
        self._show(retry.send(), 200, ("id", "status", "message"))
        watched = self._merchant.shop("/deliveries", webhook_id=told["webhook_id"])
        self._command(watched)
        again = self._watch(
            watched,
            lambda body: len(body["data"]) > 1,
            f"The webhook {delivery['id']} did not come a second time: see `make logs s=notifier`.",
        )
        self._say("\n".join(delivery_table(again.body["data"][::-1])), again)
        verified(again.body["data"])

    def _audit(self) -> Body:
        timeout_s = AUDIT_WAIT_S + PATIENCE_S
        request = self._merchant.api("GET", f"/audit?wait_s={AUDIT_WAIT_S}", timeout_s=timeout_s)
        self._head("Prove that no money is wrong and nothing was lost", request)
        report = self._show(request.send(), 200, ("ok", "differences", "skipped", "checked", "as_of"))
        if not report["ok"]:
            raise ToolFailure(
                f"The audit found {len(report['differences'])} differences and skipped {report['skipped']} objects: "
                "see `make audit`."
            )
        return report

    # ── Asking and showing ──

    def _post(self, path: str, body: Body) -> Request:
        """With a key of this run: the printed command can be typed again and gets the same answer."""
        return self._merchant.api("POST", path, body, key=f"demo-{self._run}-{path.rpartition('/')[2]}")

    def _watch(self, request: Request, done: Callable[[Body], bool], complaint: str, after_s: float = 0.0) -> Response:
        """Ask until it is done; `took_s` of the answer is the time of all asking. Raises ToolFailure."""
        began_s = time.perf_counter()
        while True:
            response = request.send()
            took_s = time.perf_counter() - began_s
            if done(response.expect(200)):
                return Response(request, response.status, response.body, took_s)
            if took_s > PATIENCE_S + after_s:
                raise ToolFailure(complaint)
            time.sleep(POLL_S)

    def _head(self, title: str, request: Request) -> None:
        self._step += 1
        print("\n" + self._paint(BOLD, f"{self._step}. {title}"))
        self._command(request)

    def _command(self, request: Request) -> None:
        print(indent(self._paint(CYAN, f"$ {request.curl()}"), MARGIN))

    def _show(self, response: Response, status: int, keep: tuple[str, ...]) -> Body:
        body = response.expect(status)
        self._say(pretty(body, keep), response)
        return body

    def _say(self, text: str, response: Response) -> None:
        print(indent(text, MARGIN))
        print(indent(self._paint(DIM, f"{response.status} after {duration(response.took_s)}"), MARGIN), flush=True)


def milliseconds_between(earlier: str, later: str) -> int:
    """Between two instants as bodies show them."""
    return round((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() * 1000)


def duration(took_s: float) -> str:
    """For people."""
    return f"{took_s:.2f} s" if took_s >= 1 else f"{took_s * 1000:.0f} ms"


def unhealthy_parts(health: Body) -> str:
    """What /health says is missing."""
    parts = {"database": health.get("database"), "kafka": health.get("kafka"), **health.get("services", {})}
    return ", ".join(f"{name} {state}" for name, state in parts.items() if state not in ("connected", "running"))


def verified(deliveries: list[Body]) -> list[Body]:
    """The deliveries. Raises ToolFailure when the shop refused one."""
    for delivery in deliveries:
        if not delivery["verified"] or delivery["status"] != 200:
            raise ToolFailure(
                f"The shop refused webhook {delivery['webhook_id']} ({delivery['problem'] or delivery['status']}): see "
                "its page."
            )
    return deliveries


def delivery_table(deliveries: list[Body]) -> list[str]:
    """What the shop says of each delivery."""
    rows = [["event", "object", "seq", "try", "signatures", "answer", "after the change"]]
    for delivery in deliveries:
        signatures = "both valid" if delivery["verified"] else "WRONG"
        after = f"{delivery['since_update_ms']} ms"
        numbers = [str(delivery[name]) for name in ("sequence", "attempt")]
        rows.append([delivery["event"], delivery["object_id"], *numbers, signatures, str(delivery["status"]), after])
    return table(rows)


def summary(figures: Figures) -> list[str]:
    """The figures, a line each."""
    checked = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in figures.checked.items() if count)
    rows = [
        ["payment", f"settled after {figures.settled_ms} ms, of which the simulator's own delay {figures.delay_ms} ms"],
        ["webhook", f"at the shop {figures.webhook_ms} ms after that"],
        ["both", f"{figures.overhead_ms} ms beyond the simulator's delay (limit: {figures.limit_ms} ms)"],
        ["webhooks", f"{figures.deliveries} received, every signature right"],
        ["audit", f"ok: {checked}"],
    ]
    return table(rows)


def delay_ms_of(environ: Mapping[str, str]) -> int:
    """What the stack was started with, if it was started from the same environment. Raises ToolFailure."""
    text = environ.get("TEST_PROCESSING_DELAY") or str(DELAY_DEFAULT_MS)
    if not text.isdecimal():
        raise ToolFailure(f"TEST_PROCESSING_DELAY is '{text}' and must be a number of milliseconds.")
    return int(text)


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument(
        "--limit-ms",
        type=int,
        default=LIMIT_DEFAULT_MS,
        help="how long settling and its webhook may take beyond the simulator's delay (%(default)s)",
    )
    limit_ms: int = parser.parse_args().limit_ms
    paint = Paint.for_output(sys.stdout)
    try:
        place = Place.find()
        print(f"Paygate at {place.api_url}, the test shop at {place.shop_url} (open it beside this).")
        figures = replace(Demo(Merchant(place), delay_ms_of(os.environ), paint).tell(), limit_ms=limit_ms)
    except ToolFailure as failure:
        return complain(str(failure))
    except KeyboardInterrupt:
        return 130
    print("\n" + paint(BOLD, "What that was"))
    print(indent("\n".join(summary(figures)), MARGIN))
    if problem := figures.problem():
        return complain(problem)
    print("\n" + paint(GREEN, "All is well.") + " Next: make tail (events as they come), make audit, " + place.shop_url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
