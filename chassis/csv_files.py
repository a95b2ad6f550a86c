"""Many rows as a CSV file (RFC 4180, UTF-8): sent page by page as they are read, in bounded memory.

A spreadsheet takes a cell that begins like a formula for one, and runs it. Texts, which other people chose (a receipt,
a reason, notes), are therefore guarded by a quote before them; and since a spreadsheet of another country may begin a
new cell at a semicolon, so is what comes after one within a text.
"""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from aiohttp import web

from chassis.http import JSON_OPTIONS, Call

log = structlog.get_logger()

MEDIA: Final = "text/csv"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with, the last four being the wide forms that some keyboards write."""

SEPARATED: Final = re.compile(rf"([;|\t\r\n][\s\"]*)([{re.escape(''.join(FORMULA))}])")
"""Where another cell would begin if the file were read with another separator."""

READER_PATIENCE_S: Final = 30.0
"""How long a reader may take nothing before it is let go."""

Row = Mapping[str, Any]


async def send_file(
    call: Call,
    name: str,
    columns: Sequence[str],
    pages: AsyncIterator[Iterable[Row]],
    allowed: Callable[[], Awaitable[Any]],
) -> web.StreamResponse:
    """Answer with a file of this name: the columns' names, then all rows, as long as `allowed` does not raise.

    What is raised before the first page is there is told as usual. Later the connection breaks off, so that a part of
    the file is not taken for all of it.
    """
    page: Iterable[Row] | None = await anext(pages, None)
    response = web.StreamResponse(
        headers={
            **call.answer_headers,
            "Request-Id": call.request_id,
            "Content-Type": f"{MEDIA}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        }
    )
    await response.prepare(call.request)
    try:
        await _write(response, _lines([columns]))
        while page is not None:
            await _write(response, _lines([_cell(row.get(column)) for column in columns] for row in page))
            await allowed()
            page = await anext(pages, None)
        await response.write_eof()
    except Exception as error:
        log.info("export.broken_off", file=name, error=repr(error), request_id=call.request_id)
        if call.request.transport is not None:
            call.request.transport.abort()
    return response


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(READER_PATIENCE_S):
        await response.write(data)


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    """As JSON would say it, a text bare and nothing for null."""
    match value:
        case None:
            return ""
        case str():
            return SEPARATED.sub(r"\1'\2", f"'{value}" if value.startswith(FORMULA) else value)
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
    # A semicolon stands in a string of it, where an escape says the same and is no formula.
    return SEPARATED.sub(
        lambda found: f"{found[1]}\\u{ord(found[2]):04x}", orjson.dumps(value, option=JSON_OPTIONS).decode()
    )
