"""`make merchant`: makes a merchant and shows its keys, which nobody can show again, with a first request to try."""

import os
import sys
import uuid
from collections.abc import Mapping
from typing import Any, Final

from tools.asking import Request
from tools.place import Place, ToolFailure
from tools.screen import BOLD, DIM, Paint, complain, table

SHOWN: Final = ("id", "name", "email", "api_key", "api_secret", "publishable_key")


def request(place: Place, environ: Mapping[str, str]) -> Request:
    """As the operator. Raises ToolFailure when the name or the operator's key is missing."""
    name = environ.get("NAME", "").strip()
    if not name:
        raise ToolFailure('Say what the merchant is called: make merchant name="My shop"')
    if place.admin_key is None:
        raise ToolFailure("The stack is not one of `make up`: say its ADMIN_API_KEY (and API_URL) in the environment.")
    email = environ.get("EMAIL", "").strip() or f"{_local_part(name)}@example.com"
    return Request(
        "POST",
        f"{place.api_url}/api/v1/merchants",
        body={"name": name, "email": email},
        idempotency_key=str(uuid.uuid4()),
        bearer=place.admin_key,
    )


def _local_part(name: str) -> str:
    return "".join(char for char in name.lower() if char.isascii() and char.isalnum()) or "merchant"


def shown(merchant: Mapping[str, Any], place: Place, paint: Paint) -> list[str]:
    """The keys, and what to do with them, a line at a time."""
    credentials = f"{merchant['api_key']}:{merchant['api_secret']}"
    first = Request("POST", f"{place.api_url}/api/v1/orders", credentials, {"amount": 50_000})
    return [
        *table([[name.replace("_", " "), str(merchant[name])] for name in SHOWN]),
        "",
        paint(DIM, "The secret is shown this once. Its first order:"),
        "",
        paint(BOLD, first.curl()),
    ]


def main() -> int:
    """The exit code."""
    try:
        place = Place.find()
        merchant = request(place, os.environ).send().expect(201)
    except ToolFailure as failure:
        return complain(str(failure))
    print("\n".join(shown(merchant, place, Paint.for_output(sys.stdout))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
