"""How endpoints fare, told by what is recorded: since when one has failed, and when it is turned off.

A batch in which nothing failed and nobody recovered writes nothing here, and an endpoint that goes on failing soon
nothing more: only transitions are written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from chassis.pg import Connection, columns
from contracts.events.webhook import DisabledEndpoint
from services.notifier.state import Endpoint, Outcome
from services.notifier.store import queries

GONE_REASON: Final = "The server answered 410 Gone; enable the endpoint again, or save the URL of the settings again"
FAILING_REASON: Final = (
    "Every attempt has failed since {since:%Y-%m-%d %H:%M} UTC; enable the endpoint again once it works"
)


Where = tuple[str, str | None]
"""An endpoint's id and the URL that it had when the attempt was claimed."""


@dataclass(frozen=True, slots=True)
class Patience:
    """An endpoint is turned off once it has failed for longer than this, and at least so often."""

    longest: timedelta
    failures_min: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an endpoint fares: since when it has failed, how often in a row (counted as far as patience goes), and why it
    is turned off now, if it is."""

    failing_since: datetime | None = None
    failures: int = 0
    disabled_reason: str | None = None


@dataclass(slots=True)
class Report:
    """What a batch of attempts says about one endpoint."""

    failed_ats: list[datetime] = field(default_factory=list)
    succeeded: bool = False
    gone: bool = False


def after_report(standing: Standing, report: Report, patience: Patience, now: datetime) -> Standing:
    """A success makes up for all failures, those of its own batch as well."""
    if report.succeeded:
        standing = Standing()
    elif report.failed_ats:
        failures = min(standing.failures + len(report.failed_ats), patience.failures_min)
        standing = Standing(standing.failing_since or min(report.failed_ats), failures)
    if report.gone:
        return replace(standing, disabled_reason=GONE_REASON)
    since = standing.failing_since
    if since is not None and now - since > patience.longest and standing.failures >= patience.failures_min:
        return replace(standing, disabled_reason=FAILING_REASON.format(since=since))
    return standing


@dataclass(frozen=True, slots=True)
class Disabled:
    """An endpoint that was just turned off; `sequence` counts how often that has happened to it."""

    merchant_id: str
    endpoint: DisabledEndpoint
    sequence: int


class Health:
    """Notes what attempts say, in the transaction that records them."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failing: set[str] = set()
        """Endpoints that this process has noted as failing: their jobs may have been claimed before that."""

    async def note(self, connection: Connection, outcomes: Iterable[Outcome], now: datetime) -> list[Disabled]:
        """The endpoints that this turned off."""
        reports: dict[Where, Report] = {}
        for outcome in outcomes:
            if outcome.exchange is not None and self._tells_something(outcome, now):
                report = reports.setdefault((outcome.job.endpoint.id, outcome.job.endpoint.url), Report())
                if outcome.exchange.error_class is None:
                    report.succeeded = True
                else:
                    report.failed_ats.append(outcome.exchange.at)
                    report.gone = report.gone or outcome.endpoint_gone
        return await self._write(connection, reports, now) if reports else []

    def _tells_something(self, outcome: Outcome, now: datetime) -> bool:
        endpoint = outcome.job.endpoint
        if outcome.exchange is None or outcome.exchange.error_class is None:
            return endpoint.failing_since is not None or endpoint.id in self._failing
        return outcome.endpoint_gone or self._is_news(endpoint, now)

    def _is_news(self, endpoint: Endpoint, now: datetime) -> bool:
        """Whether one more failure changes anything."""
        since, patience = endpoint.failing_since, self._patience
        return since is None or endpoint.failures < patience.failures_min or now - since > patience.longest

    async def _write(self, connection: Connection, reports: dict[Where, Report], now: datetime) -> list[Disabled]:
        """All of them are locked, in id order, before one is changed. What a former URL answered late tells nothing."""
        reported = {endpoint_id for endpoint_id, _ in reports}
        rows = await queries.lock_health.rows(connection, ids=sorted(reported))
        self._failing -= reported
        changed: list[tuple[str, datetime | None, int, str | None]] = []
        for row in rows:
            report = reports.get((row["id"], row["url"]))
            if report is None:
                continue
            before = Standing(row["failing_since"], row["failures"])
            after = after_report(before, report, self._patience, now)
            if after != before:
                changed.append((row["id"], after.failing_since, after.failures, after.disabled_reason))
            if after.failing_since is not None and after.disabled_reason is None:
                self._failing.add(row["id"])
        if not changed:
            return []
        ids, sinces, failures, reasons = columns(changed, 4)
        written = await queries.write_health.rows(
            connection, ids=ids, failing_sinces=sinces, failures=failures, disabled_reasons=reasons, now=now
        )
        return [
            Disabled(
                row["merchant_id"],
                DisabledEndpoint(**{name: row[name] for name in DisabledEndpoint.model_fields}),
                row["disablings"],
            )
            for row in written
            if not row["enabled"]
        ]
