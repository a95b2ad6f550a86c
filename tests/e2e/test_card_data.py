"""After a run with known cards, no number and no security code is anywhere: not on Kafka, in a log, in a table, or in
an answer."""

import asyncio
import json
import random
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests import traces
from tests.backstage import Backstage
from tests.merchant import Merchant, Reply
from tests.waiting import eventually

pytestmark = pytest.mark.stack

CODE: Final = "973"
PREFIXES: Final = ("453914", "556677", "348811", "608122", "220100")
WINDOW_DIGITS: Final = 10
"""So many digits of a number in a row give it away; fewer would be found by accident."""

BYTEA: Final = re.compile(rb"\\\\x((?:[0-9a-f]{2})+)")
"""How COPY's text format shows bytes."""

CODE_FIELD: Final = re.compile(rb"(?i)[a-z_]*cv[vc]\b[a-z_]*[\\\\\"']*\s*[:=]\s*[\\\\\"']*(\d{3,4})")
"""A security code together with the name of its field, in JSON, in escaped JSON or in Python's way to write."""


def luhn_valid(chance: random.Random, prefix: str) -> str:
    """A number that no test card has, of 16 digits (15 for amex)."""
    body = prefix + "".join(str(chance.randrange(10)) for _ in range(14 - len(prefix) + (not prefix.startswith("34"))))
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in reversed(body[::-1][::2]))
    plain = sum(int(digit) for digit in body[::-1][1::2])
    return body + str(-(doubled + plain) % 10)


class Leaks:
    """Looks for the numbers, whole or in part, and for codes with their field's name."""

    def __init__(self, numbers: list[str]) -> None:
        windows = [n[i : i + WINDOW_DIGITS] for n in numbers for i in range(len(n) - WINDOW_DIGITS + 1)]
        spaced = [f"{n[:4]}{gap}{n[4:8]}{gap}{n[8:12]}" for n in numbers for gap in (" ", "-")]
        self._number = re.compile("|".join(map(re.escape, windows + spaced)).encode())
        self.looked_at_bytes = 0
        self.found: list[str] = []

    def look(self, where: str, data: bytes) -> None:
        """Note what is found in plain data, and in what it shows in hexadecimal."""
        self.looked_at_bytes += len(data)
        for piece in (data, *(bytes.fromhex(shown.decode()) for shown in BYTEA.findall(data))):
            if number := self._number.search(piece):
                self.found.append(f"{where} holds a number: …{piece[max(0, number.start() - 60) : number.end()]!r}")
            if code := CODE_FIELD.search(piece):
                self.found.append(f"{where} holds a code: …{piece[max(0, code.start() - 60) : code.end()]!r}")


@pytest.fixture
def numbers(seed: int) -> list[str]:
    chance = random.Random(seed)
    return [luhn_valid(chance, prefix) for prefix in PREFIXES]


def bodies(number: str) -> Iterator[dict[str, Any] | bytes]:
    """The card as merchants send it: nested, flat, spaced; then in ways that are refused."""
    spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    card = {"number": number, "expiry_month": 11, "expiry_year": 2031, "cvv": CODE, "holder_name": "A Buyer"}
    yield {"method": "card", "card": card}
    yield {"method": "card", "card": {**card, "number": spaced}}
    yield {"method": "card", "card_number": spaced, "card_expiry": "11/31", "card_cvv": CODE}
    yield {"method": "card", "card": {**card, "expiry_year": 2020}}
    yield {"method": "card", "card": {**card, "cvv": CODE + "00"}}
    yield {"method": "card", "card": {**card, "number": number + "0"}}
    yield {"method": "card", "card": {**card, "number": int(number)}}
    yield {"method": "card", "card": {**card, "number": [number], "cvv": {"cvv": CODE}}}
    yield {"method": "card", "card": number}
    yield {"method": "upi", "vpa": f"{number}@bank@"}
    yield {"method": number, "card": card, "capture": number}
    yield json.dumps({"method": "card", "card": card}).encode()[:-1]


async def test_the_search_would_find_what_it_looks_for(numbers: list[str]) -> None:
    number = numbers[0]
    told = json.dumps({"card": {"number": number, "cvv": CODE}})
    planted = {
        "plain": told.encode(),
        "hexadecimal": b"1\t\\\\x" + told.encode().hex().encode() + b"\t2",
        "in part": b'{"bin_and_more":"' + number[:WINDOW_DIGITS].encode() + b'"}',
        "spaced": f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}".encode(),
        "a code": b'{"card_cvv": "973"}',
        "an escaped code": json.dumps(json.dumps({"cvv": CODE})).encode(),
        "a logged code": b"CardInput(number='?', cvv='973')",
    }
    for where, data in planted.items():
        leaks = Leaks(numbers)
        leaks.look(where, data)
        assert leaks.found, where
    clean = Leaks(numbers)
    clean.look("clean", b'{"card_last4":"' + number[-4:].encode() + b'","amount":973,"description":"incorrect cvv"}')
    assert clean.found == []


async def test_no_card_number_and_no_code_is_anywhere(
    merchant: Merchant, backstage: Backstage, numbers: list[str]
) -> None:
    leaks = Leaks(numbers)
    payments = []
    for reply in await asyncio.gather(*(send(merchant, body) for number in numbers for body in bodies(number))):
        leaks.look("an answer", reply.body)
        assert reply.status in (201, 400), reply
        payments += [reply.json()] if reply.status == 201 else []
    assert len(payments) == 3 * len(numbers)
    ended = [await merchant.ended(payment) for payment in payments]
    refunded = next(payment for payment in ended if payment["status"] == "success")
    await merchant.post(f"/payments/{refunded['id']}/refunds", status=201)
    await eventually(lambda: quiet(backstage), "everything is delivered")

    records = [record async for record in traces.records(backstage.stack)]
    for where, data in [
        *traces.logs(backstage.stack),
        *[table async for table in traces.tables(backstage.stack)],
        *[(record.topic, record.text) for record in records],
    ]:
        leaks.look(where, data)
    assert leaks.found == []
    # The search has read what there is: every payment's last four digits, which may be told.
    for payment in ended:
        mine = [record.text for record in records if record.key == payment["id"].encode()]
        assert sum(payment["card_last4"].encode() in text for text in mine) >= 3, payment["id"]


async def send(merchant: Merchant, body: dict[str, Any] | bytes) -> Reply:
    """A payment of a new order, with an idempotency key."""
    order = await merchant.order()
    if isinstance(body, bytes):
        return await merchant.call("POST", "/payments", body, key=order["id"])
    return await merchant.call("POST", "/payments", {"order_id": order["id"], **body}, key=order["id"])


async def quiet(backstage: Backstage) -> bool:
    """Whether nothing is under way any more."""
    return bool((await backstage.audit(wait_s=10))["ok"])
