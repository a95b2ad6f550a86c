"""Make everything a stack needs before its services run: roles, schemas, topics, migrations, seed.

Used by the embedded stack; `python -m deploy.provision` is the init job of docker compose. Repeatable.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.topics import TOPICS
from deploy.schemas import SCHEMAS

ROOT: Final = Path(__file__).resolve().parents[1]
MODULES: Final = {"acquirer": "acquirer"} | {name: f"services.{name}" for name in SCHEMAS[1:]}
SEEDED: Final = ("api", "notifier", "dashboard")

CONNECT_TIMEOUT_S: Final = 10
STATEMENT_TIMEOUT_S: Final = 30
KAFKA_TIMEOUT_MS: Final = 15_000
VERB_TIMEOUT_S: Final = 120


class ProvisionError(Exception):
    """A migration or seed that failed; the text is its output."""


async def provision_database(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Create the database that the URL names if it is missing, then every service's roles and schema."""
    await _create_missing_database(admin_url)
    sql = (ROOT / "deploy/postgres/roles.sql").read_text()
    connection = await asyncpg.connect(admin_url, timeout=CONNECT_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('paygate provision'))")
            for schema in SCHEMAS:
                await connection.execute(_filled(sql, schema, passwords))
    finally:
        await connection.close()


def _filled(sql: str, schema: str, passwords: Mapping[str, str]) -> str:
    """Passwords cannot be bound as parameters of CREATE ROLE, so they are quoted here."""
    values = {"schema": schema, "password": passwords[schema], "owner_password": passwords[f"{schema}_owner"]}
    for name, value in values.items():
        sql = sql.replace("{{" + name + "}}", value.replace("'", "''"))
    return sql


async def _create_missing_database(admin_url: str) -> None:
    parts = urlsplit(admin_url)
    name = parts.path.lstrip("/")
    server_url = urlunsplit(parts._replace(path="/postgres"))
    connection = await asyncpg.connect(server_url, timeout=CONNECT_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}"')
    except asyncpg.DuplicateDatabaseError:
        pass  # somebody else was quicker
    finally:
        await connection.close()


async def provision_topics(bootstrap_servers: str, replication_factor: int = 1) -> int:
    """Create the topics of the registry that are missing; the answer is how many."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=KAFKA_TIMEOUT_MS)
    await admin.start()
    try:
        present = set(await admin.list_topics())
        missing = [
            NewTopic(topic.name, topic.partitions, replication_factor, topic_configs=topic.config)
            for topic in TOPICS
            if topic.name not in present
        ]
        if missing:
            await admin.create_topics(missing, timeout_ms=KAFKA_TIMEOUT_MS)
        return len(missing)
    finally:
        await admin.close()


async def run_verb(schema: str, verb: str, environment: Mapping[str, str]) -> None:
    """`python -m services.<schema> migrate|seed`, as a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULES[schema], verb,
        cwd=ROOT,
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), VERB_TIMEOUT_S)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise ProvisionError(
            f"{MODULES[schema]} {verb} ended with code {process.returncode}:\n{output.decode().strip()}"
        )


async def migrate_and_seed(environments: Mapping[str, Mapping[str, str]]) -> None:
    """Bring every schema up to date side by side, then put in what a new stack starts with."""
    ready = [schema for schema in SCHEMAS if (ROOT / MODULES[schema].replace(".", "/") / "__main__.py").exists()]
    await _together(ready, "migrate", environments)
    await _together([schema for schema in ready if schema in SEEDED], "seed", environments)


async def _together(schemas: list[str], verb: str, environments: Mapping[str, Mapping[str, str]]) -> None:
    outcomes = await asyncio.gather(
        *(run_verb(schema, verb, environments[schema]) for schema in schemas), return_exceptions=True
    )
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def main() -> None:
    """The init job: `<SCHEMA>_DATABASE_URL` and `<SCHEMA>_MIGRATE_DATABASE_URL` say which passwords the roles get."""
    urls = {schema: os.environ[f"{schema.upper()}_DATABASE_URL"] for schema in SCHEMAS}
    owner_urls = {schema: os.environ[f"{schema.upper()}_MIGRATE_DATABASE_URL"] for schema in SCHEMAS}
    passwords = {schema: unquote(urlsplit(url).password or "") for schema, url in urls.items()}
    passwords |= {f"{schema}_owner": unquote(urlsplit(url).password or "") for schema, url in owner_urls.items()}
    await provision_database(os.environ["ADMIN_DATABASE_URL"], passwords)
    created = await provision_topics(
        os.environ["KAFKA_BOOTSTRAP_SERVERS"], int(os.environ.get("KAFKA_REPLICATION_FACTOR", "1"))
    )
    await migrate_and_seed(
        {
            schema: {**os.environ, "DATABASE_URL": urls[schema], "MIGRATE_DATABASE_URL": owner_urls[schema]}
            for schema in SCHEMAS
        }
    )
    print(f"Provisioned: {len(SCHEMAS)} schemas, {len(TOPICS)} topics ({created} new).")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (ProvisionError, KeyError, OSError, asyncpg.PostgresError) as problem:
        sys.exit(f"Provisioning failed: {problem!s} ({type(problem).__name__}); mend that and run it again.")
