"""Postgres: pools with timeouts, transactions that know when a COMMIT's outcome is unknown, and the fate of errors."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from enum import Enum
from typing import Any, TypeAlias

import asyncpg
import orjson
import structlog
from asyncpg.pool import PoolConnectionProxy

log = structlog.get_logger()

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

CONNECT_TIMEOUT_S = 5.0
CONNECT_RETRY_S = 0.2
COMMAND_TIMEOUT_S = 15.0
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 2_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000
ACQUIRE_TIMEOUT_S = 5.0
POOL_QUERIES_MAX = 50_000
"""After so many a connection is made anew, so that nothing in its session grows for ever."""

START_PATIENCE_S = 30.0
"""How long a starting service waits for Postgres before it gives up and is started anew."""


class Fate(Enum):
    """What an error from Postgres means for the work that met it."""

    DATA = "data"
    """One of the rows is bad: the others are fine without it (SQLSTATE classes 22 and 23)."""
    CONFLICT = "conflict"
    """Serialization failure or deadlock: the same work, run again, may pass."""
    LOCKED = "locked"
    """A lock was not had in time."""
    LOST = "lost"
    """The server or the connection went away, or is in trouble; nothing was committed."""
    UNKNOWN = "unknown"
    """The answer to COMMIT was lost: it may or may not have happened."""
    FATAL = "fatal"
    """Anything else: a bug or a broken schema."""


class CommitOutcomeUnknown(Exception):
    """The connection was lost during COMMIT. Never to be retried blindly: look first whether it happened."""


SQLSTATE_FATES = {
    "40001": Fate.CONFLICT,  # serialization_failure
    "40P01": Fate.CONFLICT,  # deadlock_detected
    "55P03": Fate.LOCKED,  # lock_not_available
    "57014": Fate.LOST,  # query_canceled: statement_timeout; a slow server, for which no single row is to blame
    "57P01": Fate.LOST,  # admin_shutdown
    "57P02": Fate.LOST,  # crash_shutdown
    "57P03": Fate.LOST,  # cannot_connect_now
    "58030": Fate.LOST,  # io_error
    "25P03": Fate.LOST,  # idle_in_transaction_session_timeout
    "25006": Fate.LOST,  # read_only_sql_transaction: a standby after a failover
}
"""What is retryable, and how. Classes 22, 23 (data), 08 (connection) and 53 (disk full, out of memory or
connections: 503 until somebody makes room) are decided by their class."""


def fate_of(error: BaseException) -> Fate:
    """The meaning of an error met while talking to Postgres."""
    if isinstance(error, CommitOutcomeUnknown):
        return Fate.UNKNOWN
    if isinstance(error, asyncpg.PostgresError):
        if isinstance(error, asyncpg.InvalidCachedStatementError):
            return Fate.CONFLICT  # a migration made the cached plan stale; the next run plans anew
        state = getattr(error, "sqlstate", None) or ""
        if state[:2] in ("22", "23"):
            return Fate.DATA
        if state[:2] in ("08", "53"):
            return Fate.LOST
        return SQLSTATE_FATES.get(state, Fate.FATAL)
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        # Raised for a pool or connection that was closed under us, the second ("cannot switch to state …") when the
        # server ended the session between two statements. A wrong argument is a DataError of class 22.
        return Fate.LOST
    if isinstance(error, OSError | TimeoutError | asyncio.IncompleteReadError):
        return Fate.LOST
    return Fate.FATAL


async def _prepare_connection(connection: Connection) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda value: orjson.dumps(value).decode(), decoder=orjson.loads
    )


async def _keep_session(connection: Connection) -> None:
    """Skip the default reset, one round trip per release: no code of ours changes a pooled session."""


def _server_settings(application_name: str) -> dict[str, str]:
    return {
        "application_name": application_name,
        "statement_timeout": str(STATEMENT_TIMEOUT_MS),
        "lock_timeout": str(LOCK_TIMEOUT_MS),
        "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
        "jit": "off",
        # Every query has an index. Without this, a plan made while a table was empty is a scan, and it is kept until
        # autovacuum has analysed the table: for a minute of full load every batch would read all of it.
        "enable_seqscan": "off",
        # One plan per statement: the one that tests judge. Else the planner, which takes a LIMIT it can't see for a
        # tenth of the table, finds it cheaper to plan anew each time; that costs more with every partition of history.
        "plan_cache_mode": "force_generic_plan",
    }


async def connect(dsn: str, *, name: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection outside a pool, for a session lock or LISTEN."""
    connection = await asyncpg.connect(
        dsn,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings=_server_settings(name),
    )
    await _prepare_connection(connection)
    return connection


class FairPool(asyncpg.Pool):
    """A pool that serves who waits in the order they came. asyncpg's own lets a newcomer overtake whoever was just
    woken, who then waits behind everybody: with 64 requests for 8 connections some wait for half a second."""

    def __init__(self, dsn: str, *, max_size: int, **options: Any) -> None:
        super().__init__(dsn, max_size=max_size, **options)
        self._gate = asyncio.Semaphore(max_size)
        self._lent: set[object] = set()

    async def _acquire(self, timeout: float | None) -> Any:
        async with asyncio.timeout(timeout):  # for the turn and the connection together
            await self._gate.acquire()
            try:
                connection = await super()._acquire(None)  # type: ignore[misc]  # what its `acquire` waits for
            except BaseException:
                self._gate.release()
                raise
        self._lent.add(connection)
        return connection

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:
        """Give a connection back; once more is no error."""
        try:
            await super().release(connection, timeout=timeout)
        finally:
            if connection in self._lent:
                self._lent.remove(connection)
                self._gate.release()


async def connect_pool(dsn: str, *, name: str, min_size: int = 1, max_size: int = 8) -> Pool:
    """A pool whose every statement has a timeout; waits START_PATIENCE_S for a server that is still starting."""
    deadline = asyncio.get_running_loop().time() + START_PATIENCE_S
    while True:
        try:
            return await FairPool(
                dsn,
                min_size=min_size,
                max_size=max_size,
                max_queries=POOL_QUERIES_MAX,
                connect=None,
                setup=None,
                loop=None,
                connection_class=asyncpg.Connection,
                record_class=asyncpg.Record,
                timeout=CONNECT_TIMEOUT_S,
                command_timeout=COMMAND_TIMEOUT_S,
                max_inactive_connection_lifetime=300.0,
                statement_cache_size=256,
                max_cached_statement_lifetime=0,
                server_settings=_server_settings(name),
                init=_prepare_connection,
                reset=_keep_session,
            )
        except Exception as error:
            if fate_of(error) is not Fate.LOST or asyncio.get_running_loop().time() > deadline:
                raise
            log.warning("postgres.waiting", reason=str(error))
            await asyncio.sleep(CONNECT_RETRY_S)


@contextlib.asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A READ COMMITTED transaction on a pooled connection.

    Raises CommitOutcomeUnknown when the answer to COMMIT is lost.
    """
    async with pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
        block = connection.transaction()
        await block.start()
        try:
            yield connection
        except BaseException:
            # A connection that is gone has rolled back already; the first error is the one to tell.
            with contextlib.suppress(Exception):
                await block.rollback()
            raise
        try:
            await block.commit()
        except Exception as error:
            if fate_of(error) is Fate.LOST:
                raise CommitOutcomeUnknown("the connection was lost during COMMIT") from error
            raise


@contextlib.asynccontextmanager
async def snapshot(pool: Pool, *, reader_patience_ms: int) -> AsyncIterator[Connection]:
    """A read-only transaction that sees one instant throughout; for a cursor whose reader may be slow."""
    async with (
        pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = {reader_patience_ms:d}")
        yield connection


async def ping(pool: Pool, *, timeout_s: float) -> None:
    """Raise when Postgres does not answer a trivial query in time."""
    async with asyncio.timeout(timeout_s):
        async with pool.acquire(timeout=timeout_s) as connection:
            await connection.fetchval("SELECT 1")


def columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows turned into columns, the form that `unnest($1, $2, …)` takes; `width` matters when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
