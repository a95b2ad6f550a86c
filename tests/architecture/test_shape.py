"""Every service has the same shape, so that the same file name means the same thing everywhere."""

import re
from typing import Final

import pytest

from tests.architecture.source import ROOT, SERVICES

REQUIRED: Final = (
    "__init__.py",
    "__main__.py",
    "app.py",
    "handlers.py",
    "settings.py",
    "sql/migrations",
    "sql/queries.sql",
    "state.py",
    "store.py",
    "tests",
)
SHAPE: Final = {
    "__init__",
    "__main__",
    "app",
    "handlers",
    "routes",
    "schemas",
    "settings",
    "sql",
    "state",
    "store",
    "tests",
}
"""What the design names; `schemas` only where HTTP takes or gives objects."""

SHARED: Final = {"seed": "what a new stack starts with", "sweeper": "housekeeping by the clock"}
OWN: Final = {
    "api": {
        "api_keys": "use cases",
        "merchants": "use cases",
        "orders": "use cases",
        "payments": "use cases",
        "refunds": "use cases",
        "events": "use cases",
        "ledger": "use cases",
        "audit": "the audit's rules and its merge of every service's rows",
        "acquirer_commands": "what is asked of the acquirer, by way of processor and refunder",
        "answers": "how far the acquirer has come with what it was asked",
        "auth": "who calls",
        "buyers": "what a buyer sees",
        "cards": "card numbers become what may be kept",
        "error_codes": "every code that a merchant can meet",
        "key_uses": "when keys were last used",
        "lists": "pages, searches and totals whose cost does not grow",
        "order_watch": "orders that buyers look at, watched once for all streams",
        "origin": "who caused a change, and by what",
        "rate_limits": "how often somebody may call",
        "peers": "the other services' internal HTTP",
        "request_log": "what merchants asked and what came of it",
        "stats": "what happened in an hour, counted when it does",
        "signatures": "proof of a success, for a shop's server",
        "reference": "what developers read, made from the code",
        "static": "files that pages load",
        "views": "objects as the api shows them",
        "workspace": "the batch rule",
        "writes": "the group commit of merchants' writes",
    },
    "processor": {"attempts": "use cases"},
    "refunder": {"executions": "use cases"},
    "checkout": {
        "sessions": "use cases",
        "assets": "what ui/ was built into",
        "bootstrap": "what the page's script is told",
        "locales": "the page's languages",
        "orders": "the api, which knows what is to be paid",
        "origins": "who may embed the page, as browsers write it",
        "page": "the page and the headers that guard it",
        "upi": "the simulated UPI app",
    },
    "dashboard": {
        "sessions": "use cases",
        "users": "use cases",
        "assets": "what ui/dashboard was built into",
        "origin": "whose pages may ask for a change",
        "page": "the page and the headers that guard it",
        "passwords": "argon2id, a few at a time",
        "trail": "who did what",
        "upstream": "the api on behalf of who is signed in",
    },
    "notifier": {
        "deliveries": "use cases",
        "endpoints": "use cases",
        "addresses": "where a webhook may go",
        "connections": "connections to receivers, each to an address that was judged",
        "deadlines": "one timer for the timeouts of all attempts",
        "http1": "one request and its answer on a connection",
        "names": "what host names stand for, looked up without one slow name delaying others",
        "breaker": "which endpoints are only probed",
        "delay_relay": "the delay topics' relay",
        "dispatcher": "what sends, and records what came of it",
        "headers": "what goes with an attempt's body",
        "ordering": "who waits for whom where an endpoint asks for order",
        "health": "how endpoints fare, and when they are turned off",
        "lanes": "how much one endpoint may hold at once",
        "lists": "pages of the log and their totals",
        "pace": "how fast an endpoint with a limit is sent to",
        "retries": "use cases: sending again",
        "retention": "how long the log of attempts is kept",
        "sender": "one attempt, from its headers to its error class",
        "signing": "signatures over the exact body",
    },
}
"""Beyond the shape: the nouns of each service, and what else it needs a room for. A new one comes with its reason."""


def test_the_services_are_those_that_are_listed() -> None:
    assert set(OWN) == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_every_file_of_the_shape(service: str) -> None:
    home = ROOT / "services" / service
    assert not [name for name in REQUIRED if not (home / name).exists()]
    assert (home / "routes.py").exists() != (home / "routes").is_dir()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_no_file_that_nobody_gave_a_reason_for(service: str) -> None:
    home = ROOT / "services" / service
    found = {path.stem for path in home.iterdir() if path.name != "__pycache__"}
    assert not found - SHAPE - set(SHARED) - set(OWN[service])
    assert not set(OWN[service]) - found, "listed, but gone"


@pytest.mark.parametrize("home", ["chassis", "acquirer", *(f"services/{name}" for name in SERVICES)])
def test_migrations_are_numbered_without_a_gap(home: str) -> None:
    folder = ROOT / home / ("migrations" if home == "chassis" else "sql/migrations")
    names = sorted(path.name for path in folder.iterdir())
    assert all(re.fullmatch(r"\d{4}_[a-z]+_[a-z_]+\.sql", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
