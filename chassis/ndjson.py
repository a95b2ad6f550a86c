"""Long results as NDJSON: one row of a query per line, read by a server-side cursor, in bounded memory.

The last line is {"end":true,"rows":N}: a reader that does not see it got only a part.
"""

import asyncio
from typing import Any, Final

import asyncpg
import orjson
import structlog
from aiohttp import web

from chassis import pg
from chassis.http import JSON_OPTIONS, Call
from chassis.pg import Pool
from chassis.sql import Query

log = structlog.get_logger()

LINE_OPTIONS = JSON_OPTIONS | orjson.OPT_APPEND_NEWLINE
CHUNK_ROWS = 1000
NO_ROWS: Final[list[asyncpg.Record]] = []
READER_PATIENCE_S = 120
"""How long a reader may take over one chunk: the cursor holds a connection and a snapshot meanwhile."""


async def stream_query(call: Call, pool: Pool, query: Query, **arguments: Any) -> web.StreamResponse:
    """Answer with the query's rows in its order, as of one instant. Errors before the first row are told as usual."""
    async with pg.snapshot(pool, reader_patience_ms=READER_PATIENCE_S * 1000) as connection:
        chunks = query.chunks(connection, CHUNK_ROWS, **arguments)
        rows = await anext(chunks, NO_ROWS)
        response = web.StreamResponse(headers={"Request-Id": call.request_id})
        response.content_type = "application/x-ndjson"
        await response.prepare(call.request)
        count = 0
        try:
            while rows:
                count += len(rows)
                lines = b"".join(orjson.dumps(dict(row), option=LINE_OPTIONS) for row in rows)
                async with asyncio.timeout(READER_PATIENCE_S):
                    await response.write(lines)
                rows = await anext(chunks, NO_ROWS)
            await response.write(orjson.dumps({"end": True, "rows": count}, option=LINE_OPTIONS))
            await response.write_eof()
        except Exception as error:
            # The status is sent already, so the only way to tell is to break off without the last line.
            log.warning("stream.broken_off", path=call.request.path, rows=count, error=repr(error))
            if call.request.transport is not None:
                call.request.transport.abort()
        return response
