"""`make user`: lets somebody sign in at the dashboard, and shows the password that nobody can show again."""

import os
import sys
from collections.abc import Mapping
from typing import Any, Final

from tools.asking import Request
from tools.place import Place, ToolFailure
from tools.screen import BOLD, DIM, Paint, complain, table

TEST_MERCHANT: Final = "550e8400-e29b-41d4-a716-446655440000"
SHOWN: Final = ("email", "name", "role", "password")


def request(place: Place, environ: Mapping[str, str]) -> Request:
    """As the operator. Raises ToolFailure when the email or the operator's key is missing."""
    email = environ.get("EMAIL", "").strip()
    if not email:
        raise ToolFailure("Say who it is: make user email=ann@shop.example [role=admin] [name=Ann] [merchant=mer_…]")
    if place.admin_key is None:
        raise ToolFailure(
            "The stack is not one of `make up`: say its ADMIN_API_KEY (and DASHBOARD_URL) in the environment."
        )
    body = {
        "email": email,
        "name": environ.get("NAME", "").strip() or email.partition("@")[0],
        "role": environ.get("ROLE", "").strip() or "admin",
        "merchant_id": environ.get("MERCHANT", "").strip() or TEST_MERCHANT,
    }
    url = f"{place.dashboard_url}/dashboard/api/operator/users"
    return Request("POST", url, body=body, bearer=place.admin_key, service="dashboard")


def shown(user: Mapping[str, Any], place: Place, paint: Paint) -> list[str]:
    """What to hand over, a line at a time."""
    return [
        *table([[name, str(user[name])] for name in SHOWN]),
        "",
        paint(DIM, "The password is shown this once; who signs in can change it. Where:"),
        "",
        paint(BOLD, f"{place.dashboard_url}/login"),
    ]


def main() -> int:
    """The exit code."""
    try:
        place = Place.find()
        user = request(place, os.environ).send().expect(201)
    except ToolFailure as failure:
        return complain(str(failure))
    print("\n".join(shown(user, place, Paint.for_output(sys.stdout))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
