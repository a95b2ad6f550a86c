"""The document as it is committed, and one long conversation with the gateway, held against it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.databases import Databases
from deploy.embedded.config import ROOT
from services.api.reference.examples import CARD, EXAMPLES, ORDER
from tests.contract.gateway import CREDENTIALS, Exchange, Gateway, running_gateway
from tests.contract.schemas import Contract

PROBLEM = {**CREDENTIALS, "Accept": "application/problem+json"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="session")
def contract() -> Contract:
    """contracts/generated/openapi.json"""
    return Contract(json.loads((ROOT / "contracts/generated/openapi.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
async def conversation(contract: Contract, databases: Databases) -> AsyncIterator[list[Exchange]]:
    """Every example in its order, every other operation, and the refusals that any caller may meet."""
    database = databases.make()
    async with running_gateway(database) as gateway:
        talk = _Talk(contract, gateway)
        await talk.examples()
        for method in ("POST", "PUT", "PATCH", "GET", "DELETE"):
            await talk.rest(method)
        await talk.refusals()
        await talk.refused_payments()
        yield talk.exchanges
    databases.drop(database)


class _Talk:
    def __init__(self, contract: Contract, gateway: Gateway) -> None:
        self._operations = contract.operations()
        self._gateway = gateway
        self.exchanges: list[Exchange] = []

    async def examples(self) -> None:
        for example in EXAMPLES:
            method, path, operation = self._operations[example.operation]
            query = {key: str(value) for key, value in example.query.items()}
            what = f"{example.operation}: {example.summary}"
            await self._ask(
                example.operation, method, self._path(path, operation), what=what, body=example.body, query=query
            )
            if example.then == "arrives":
                await self._gateway.deliver()
            elif example.then:
                await self._gateway.settle(succeeds=example.then == "succeeds")

    async def rest(self, wanted: str) -> None:
        """What no example has shown; a body is borrowed from an example of the same kind."""
        shown = {example.operation for example in EXAMPLES}
        for name, (method, path, operation) in self._operations.items():
            if method == wanted and (method == "GET" or name not in shown):
                await self._ask(name, method, self._path(path, operation), body=self._borrowed(operation))

    async def refusals(self) -> None:
        for name, (method, path, operation) in self._operations.items():
            known = self._path(path, operation)
            if operation["security"]:
                await self._ask(name, method, known, headers={}, what=f"{name} without credentials")
            if "{" in path:
                unknown = path.format_map({"id": "nothing"}) if "{id}" in path else None
                for headers in (CREDENTIALS, PROBLEM) if unknown else ():
                    await self._ask(name, method, unknown or "", headers=headers, body={}, what=f"{name} of nothing")
            if "requestBody" in operation:
                for raw, kind in (
                    (b"{", "application/json"),
                    (b"amount=1", "text/plain"),
                    (b"x" * 70_000, "application/json"),
                ):
                    headers = {**CREDENTIALS, "Content-Type": kind}
                    await self._ask(
                        name, method, known, headers=headers, raw=raw, what=f"{name} with {raw[:9]!r} as {kind}"
                    )
            if method == "GET" and any(one.get("name") == "limit" for one in operation.get("parameters", ())):
                await self._ask(name, method, known, query={"limit": "101"}, what=f"{name} with limit=101")

    async def refused_payments(self) -> None:
        """What only the business of a payment can refuse."""
        upi: dict[str, Any] = {"order_id": ORDER, "method": "upi", "vpa": "a@bank"}
        bad = (
            {**upi, "order_id": "order_0000000000000000"},
            {**upi, "vpa": "nobody"},
            {"order_id": ORDER, "method": "card", "card": {**CARD, "number": "4242424242424241"}},
            {"order_id": ORDER, "method": "card", "card": {**CARD, "expiry_year": 2020}},
            upi,
        )
        for body in bad:
            for headers in (CREDENTIALS, PROBLEM):
                await self._ask("createPayment", "POST", "/api/v1/payments", body=body, headers=headers)

    async def _ask(
        self,
        name: str,
        method: str,
        path: str,
        *,
        what: str = "",
        headers: dict[str, str] = CREDENTIALS,
        body: Any = None,
        raw: bytes | None = None,
        query: dict[str, str] | None = None,
    ) -> None:
        sent: dict[str, Any] = {"params": query or {}}
        if raw is not None:
            sent["data"] = raw
        elif body is not None and method != "GET":
            sent["json"] = self._gateway.real(body)
        self.exchanges.append(await self._gateway.ask(name, method, path, what=what, headers=headers, **sent))

    def _path(self, path: str, operation: dict[str, Any]) -> str:
        told = {one["name"]: one for one in operation.get("parameters", ()) if one.get("in") == "path"}
        samples = {name: one["schema"].get("examples", ["nothing"])[0] for name, one in told.items()}
        return path.format_map(self._gateway.real(samples))

    def _borrowed(self, operation: dict[str, Any]) -> Any:
        schema = _body_schema(operation)
        if schema is None:
            return None
        return next(
            (
                one.body
                for one in EXAMPLES
                if one.body is not None and _body_schema(self._operations[one.operation][2]) == schema
            ),
            {},
        )


def _body_schema(operation: dict[str, Any]) -> Any:
    body = operation.get("requestBody")
    return body["content"]["application/json"]["schema"] if body else None
