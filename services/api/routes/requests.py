"""/api/v1/request_logs"""

from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api.auth import Authenticator
from services.api.request_log import list_requests
from services.api.schemas.requests import RequestsAnswer, RequestsQuery


class RequestRoutes:
    """The handler."""

    def __init__(self, pool: Pool, *, scan_max_rows: int) -> None:
        self._pool = pool
        self._scan_max_rows = scan_max_rows

    async def list(self, call: Call) -> Answer:
        """GET /request_logs: newest first, refused ones too. Filters may be combined."""
        query: RequestsQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await list_requests(connection, call.principal.merchant_id, query, scan_max_rows=self._scan_max_rows)
        data = [dict(row) for row in page.rows]
        more = {} if page.next_cursor is None else {"next_cursor": page.next_cursor}
        return json_answer(200, {"data": data, "has_more": page.next_cursor is not None, **more})


def request_routes(handlers: RequestRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    reads = merchant.needs("requests:read")
    path = "/api/v1/request_logs"
    return [Route("GET", path, handlers.list, "List requests", reads, query=RequestsQuery, answer=RequestsAnswer)]
