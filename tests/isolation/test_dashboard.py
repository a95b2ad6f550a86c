"""The dashboard before the api itself: what a role lacks is refused by the api, route by route of its table, and people
of two merchants never meet."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer

from chassis.http import Route
from chassis.runtime import Runtime
from contracts import ids
from deploy.databases import Database, Databases
from services.api.auth import SCOPES as API_SCOPES
from services.api.seed import SEED_MERCHANT_ID
from services.dashboard import store
from services.dashboard.app import Parts, make_parts, make_routes
from services.dashboard.settings import Settings
from services.dashboard.state import ROLES, SCOPES, Role, User
from tests.isolation.scene import NOBODY, OTHER_ID, REQUEST_ID, Reply, Scene, name_of, played
from tests.model.gateway import TOKEN

ORIGIN: Final = "http://localhost:3002"
PASSWORD: Final = "a long enough password"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """In this process, before the scene's api."""

    client: TestClient[Any, Any]
    runtime: Runtime[Settings]
    parts: Parts

    async def person(self, role: Role, merchant_id: str) -> dict[str, str]:
        """Somebody who is signed in: the headers of their browser."""
        user = User(
            id=ids.new_id(ids.USER),
            merchant_id=merchant_id,
            email=f"{role}@{merchant_id}.example",
            name=role,
            role=role,
            password_hash=await self.parts.passwords.hash(PASSWORD),
            disabled_at=None,
            created_at=self.runtime.clock.now(),
        )
        async with self.runtime.pool.acquire() as connection:
            await store.insert_user(connection, user)
        asked = {"email": user.email, "password": PASSWORD}
        async with self.client.post("/dashboard/api/login", json=asked, headers={"Origin": ORIGIN}) as response:
            assert response.status == 200, await response.text()
            return {"Origin": ORIGIN, "Cookie": response.headers["Set-Cookie"].partition(";")[0]}

    async def call(self, scene: Scene, route: Route, headers: dict[str, str], *, known: bool) -> Reply:
        """One request to a route of the api."""
        path, named = scene.path(route, known=known), {"Request-Id": REQUEST_ID, **headers}
        async with self.client.request(route.method, path, json=scene.body(route), headers=named) as response:
            streams = response.content_type == "text/event-stream"
            return Reply(response.status, b"" if streams else await response.read())


@pytest.fixture(scope="module")
async def database(databases: Databases) -> AsyncIterator[Database]:
    made = databases.make(migrated=True)
    yield made
    databases.drop(made)


@pytest.fixture(scope="module")
async def scene(database: Database) -> AsyncIterator[Scene]:
    async with played(database) as made:
        yield made


@pytest.fixture(scope="module")
async def dashboard(database: Database, scene: Scene) -> AsyncIterator[Dashboard]:
    values: dict[str, Any] = {
        "database_url": database.dsn("dashboard"),
        "internal_token": TOKEN,
        "api_url": str(scene.gateway.client.make_url("")).rstrip("/"),
        "dashboard_public_url": ORIGIN,
        "argon2_memory_kib": 1024,
        "argon2_passes": 1,
    }
    runtime = await Runtime.start("dashboard", Settings(**values), topics=[])
    runtime.clock = scene.gateway.clock
    parts = make_parts(runtime)
    server = TestServer(runtime.http.application(make_routes(runtime, parts)))
    async with TestClient(server, cookie_jar=DummyCookieJar()) as client:
        yield Dashboard(client, runtime, parts)
    await parts.close()
    await runtime.pool.close()


def scope_of(route: Route) -> str:
    """What a caller needs."""
    return str(getattr(route.authenticate, "scope", None))


def test_an_admin_may_do_all_that_a_merchant_s_key_may() -> None:
    assert set(API_SCOPES) <= SCOPES["admin"]


async def test_what_is_read_only_changes_nothing_at_all(scene: Scene, dashboard: Dashboard) -> None:
    before = await scene.rows(SEED_MERCHANT_ID)
    person = await dashboard.person("read_only", SEED_MERCHANT_ID)
    changing = [route for route in scene.routes() if route.method != "GET"]
    assert len(changing) >= 25
    for route in changing:
        reply = await dashboard.call(scene, route, person, known=True)
        assert (reply.status, reply.code) == (403, "PERMISSION_ERROR"), name_of(route)
    assert await scene.rows(SEED_MERCHANT_ID) == before


@pytest.mark.parametrize("role", [role for role in ROLES if role != "read_only"])
async def test_each_role_is_let_in_where_its_scopes_say_so_and_nowhere_else(
    scene: Scene, dashboard: Dashboard, role: Role
) -> None:
    person = await dashboard.person(role, SEED_MERCHANT_ID)
    for route in scene.routes():
        may = scope_of(route) in SCOPES[role]
        reply = await dashboard.call(scene, route, person, known=not may)
        if may:
            assert reply.status not in (401, 403, 503), (name_of(route), reply)
        else:
            assert (reply.status, reply.code) == (403, "PERMISSION_ERROR"), name_of(route)


async def test_nobody_is_the_operator_or_a_service(scene: Scene, dashboard: Dashboard) -> None:
    person = await dashboard.person("admin", OTHER_ID)
    for route in (*scene.operators_routes(), *scene.services_routes()):
        reply = await dashboard.call(scene, route, person, known=True)
        assert reply.status in (403, 404, 405), name_of(route)


async def test_one_merchant_s_people_find_nothing_of_another_s(scene: Scene, dashboard: Dashboard) -> None:
    person = await dashboard.person("admin", OTHER_ID)
    before = await scene.rows(SEED_MERCHANT_ID)
    for route in scene.routes():
        if "{" in route.path:
            foreign = await dashboard.call(scene, route, person, known=True)
            unknown = await dashboard.call(scene, route, person, known=False)
            assert (foreign.status, foreign.raw) == (404, unknown.raw), name_of(route)
    assert await scene.rows(SEED_MERCHANT_ID) == before


async def test_without_a_session_nothing_is_told(scene: Scene, dashboard: Dashboard) -> None:
    for route in (*scene.routes(), *scene.public_routes()):
        if route.path.startswith("/api/v1/"):
            reply = await dashboard.call(scene, route, {**NOBODY, "Origin": ORIGIN}, known=True)
            assert (reply.status, reply.code) == (401, "AUTHENTICATION_ERROR"), name_of(route)
