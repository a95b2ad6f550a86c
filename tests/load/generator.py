"""Makes requests, as a process of its own: `python -m tests.load.generator PLAN` says "ready" and waits for a line.

Bare asyncio protocols over connections that are kept, so that it takes as little of the machine's cores as Python can:
what is measured shares them. The report (`calls.Report`) is its last line, then it waits for the end of its input, so
that its CPU can be looked up.
"""

import asyncio
import contextlib
import itertools
import json
import random
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, cast

import uvloop

from tests.load.calls import VALUE, Answers, Call, Plan, Report
from tests.load.histogram import Histogram

HOST: Final = "127.0.0.1"
ID_CHARS: Final = 20
"""Of a payment: pay_ and 16."""

LAST_ANSWERS_S: Final = 30.0
POLL_S: Final = 0.02
"""How often the receiver is asked what has arrived."""

TICK_S: Final = 0.001
"""No timer is finer."""

RECONNECT_S: Final = 0.01
REFUSALS_SHOWN: Final = 5
SEED: Final = 20260101

Sent = tuple[Call, float]
"""What was asked, and when it was due."""


class Connection(asyncio.Protocol):
    """HTTP/1.1, one request at a time; `answered` gets each status and body, `lost` what has none."""

    def __init__(
        self, port: int, answered: Callable[["Connection", int, bytes], None], lost: Callable[["Connection"], None]
    ) -> None:
        self.port = port
        self.sent: Sent | None = None
        self._answered = answered
        self._lost = lost
        self._taken = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes, sent: Sent) -> None:
        """Send it; nothing else may be under way here."""
        self.sent = sent
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._taken:
            data = self._taken + data
        end = data.find(b"\r\n\r\n")
        if end < 0 or not _is_whole(data, end):
            self._taken = data
            return
        self._taken = b""
        self._answered(self, int(data[9:12]), data[end + 4 :])

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        self._lost(self)

    def close(self) -> None:
        """No answer is waited for any more."""
        self._transport.close()


def _is_whole(data: bytes, end: int) -> bool:
    """Whether the answer whose head ends there is here to its end."""
    if data.find(b"Transfer-Encoding: chunked", 0, end) >= 0:
        return data.endswith(b"\r\n0\r\n\r\n")
    return len(data) >= end + 4 + _length(data, end)


def _length(data: bytes, end: int) -> int:
    start = data.find(b"Content-Length: ", 0, end)
    if start < 0:
        start = data.lower().find(b"content-length: ", 0, end)
    return int(data[start + 16 : data.find(b"\r\n", start, end + 2)]) if start >= 0 else 0


def requests_of(call: Call, plan: Plan, run: str) -> Iterator[bytes]:
    """Each request of a call, until its values are used up."""
    head = f"{call.method} {call.path} HTTP/1.1\r\nHost: {HOST}:{plan.ports[0]}\r\n"
    head += "".join(f"{name}: {text}\r\n" for name, text in plan.headers.items())
    if call.body:
        head += f"Content-Type: {call.content_type}\r\n"
    before, body = head.encode(), call.body.encode()
    value = VALUE.encode()
    for number, given in enumerate(_values(call)):
        filled = body.replace(value, given)
        key = b"Idempotency-Key: %b-%d\r\n" % (run.encode(), number) if call.keyed else b""
        length = b"Content-Length: %d\r\n" % len(filled) if body or call.method == "POST" else b""
        yield b"%b%b%b\r\n%b" % (before.replace(value, given), key, length, filled)


def _values(call: Call) -> Iterator[bytes]:
    given = Path(call.values).read_bytes().split() if call.values else [b""]
    return itertools.cycle(given) if call.again or not call.values else iter(given)


def turns(calls: list[Call], seed: int = SEED) -> Iterator[int]:
    """Which call is next, for ever: in proportion to their weights, in an order that is the same every time."""
    once = [number for number, call in enumerate(calls) for _ in range(call.weight)]
    chance = random.Random(seed)
    while True:
        chance.shuffle(once)
        yield from once


def due_s(number: int, rate_per_s: float) -> float:
    """When a request is due, from the beginning: they are spread evenly."""
    return number / rate_per_s


class Generator:
    """One run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._calls = list(plan.calls)
        run = f"bench-{time.time_ns():x}"
        self._requests = [requests_of(call, plan, f"{run}-{n}") for n, call in enumerate(self._calls)]
        self._turns = turns(self._calls)
        self._answers = [Answers() for _ in self._calls]
        self._places = {call.name: answers for call, answers in zip(self._calls, self._answers, strict=True)}
        self._idle: deque[Connection] = deque()
        self._waiting: deque[float] = deque()
        self._late = Histogram()
        self._per_second: list[int] = []
        self._ids: list[tuple[str, float]] = []
        self._refusals: list[str] = []
        self._done = 0
        self._sent = 0
        self._under_way = 0
        self._arrived = 0
        self._began_s = 0.0
        self._ends_s = 0.0
        self._last_s = 0.0
        self._over = asyncio.Event()
        self._quiet = asyncio.Event()
        self._used_up = False
        self._connecting: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        """All connections, before the clock starts."""
        for number in range(self._plan.connections):
            self._idle.append(await self._connect(self._plan.ports[number % len(self._plan.ports)]))

    async def _connect(self, port: int) -> Connection:
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(lambda: Connection(port, self._take, self._lose), HOST, port)
        return made

    async def run(self) -> Report:
        """Returns when everything is answered, or never will be."""
        self._began_s = time.monotonic()
        self._ends_s = self._began_s + self._plan.seconds
        cpu_s = time.process_time()
        match self._plan.mode:
            case "open":
                await self._arrive()
            case "closed":
                self._wake()
                await self._until_end()
            case "under_way":
                await self._keep_under_way()
        await self._last_answers()
        if self._plan.ids_file:
            await asyncio.to_thread(Path(self._plan.ids_file).write_text, json.dumps(self._ids))
        return Report(
            began_s=self._began_s,
            seconds=(self._last_s if self._used_up else self._ends_s) - self._began_s,
            done=self._done,
            cpu_s=time.process_time() - cpu_s,
            per_second=self._per_second,
            by_call=self._places,
            late=self._late,
            refusals=self._refusals,
        )

    async def _until_end(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), self._plan.seconds)

    async def _arrive(self) -> None:
        """Open loop: what is due waits for a connection when there is none, and the wait counts."""
        total, number = int(self._plan.seconds * self._plan.rate_per_s), 0
        while number < total and not self._over.is_set():
            now_s = time.monotonic()
            while number < total and (at_s := self._began_s + due_s(number, self._plan.rate_per_s)) <= now_s:
                number += 1
                self._waiting.append(at_s)
                self._late.add_s(now_s - at_s)
            while self._waiting and self._idle:
                self._send(self._idle.popleft(), self._waiting.popleft())
            next_s = self._began_s + due_s(number, self._plan.rate_per_s)
            await asyncio.sleep(max(TICK_S, next_s - time.monotonic()))

    async def _keep_under_way(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, self._plan.receiver_port)
        before = await _arrived(reader, writer)
        while not self._over.is_set() and time.monotonic() < self._ends_s:
            self._arrived = await _arrived(reader, writer) - before
            self._wake()
            await asyncio.sleep(POLL_S)
        writer.close()

    def _has_room(self) -> bool:
        return not self._plan.under_way_max or self._sent - self._arrived < self._plan.under_way_max

    def _wake(self) -> None:
        """Have every connection that has nothing to do look for something, once: it may find that all is done."""
        for _ in range(len(self._idle)):
            self._next(self._idle.popleft())

    def _next(self, connection: Connection) -> None:
        """What a connection does that has nothing to do."""
        if self._plan.mode == "open":
            if self._waiting:
                self._send(connection, self._waiting.popleft())
                return
        elif not self._over.is_set() and self._has_room():
            now_s = time.monotonic()
            if now_s < self._ends_s:
                self._send(connection, now_s)
                return
        self._idle.append(connection)

    def _send(self, connection: Connection, at_s: float) -> None:
        number = next(self._turns)
        request = next(self._requests[number], None)
        if request is None:  # the values are used up: the plan is over
            self._used_up = True
            self._over.set()
            self._waiting.clear()
            self._idle.append(connection)
            return
        self._sent += 1
        self._under_way += 1
        connection.ask(request, (self._calls[number], at_s))

    def _take(self, connection: Connection, status: int, body: bytes) -> None:
        """An answer."""
        assert connection.sent is not None
        (call, at_s), connection.sent = connection.sent, None
        now_s = time.monotonic()
        self._under_way -= 1
        answers = self._places[call.name]
        if status >= 300:
            self._refused(answers, f"{call.name}: {status} {body[:200]!r}")
        else:
            answers.count += 1
            answers.latency.add_s(now_s - at_s)
            if now_s <= self._ends_s:
                self._done += 1
                self._last_s = now_s
                second = int(now_s - self._began_s)
                while len(self._per_second) <= second:
                    self._per_second.append(0)
                self._per_second[second] += 1
            if call.keyed and self._plan.ids_file:
                start = body.find(b'"pay_') + 1
                self._ids.append((body[start : start + ID_CHARS].decode(), at_s))
        self._next(connection)
        if self._over.is_set() and not self._under_way:
            self._quiet.set()

    def _lose(self, connection: Connection) -> None:
        """A connection has ended: with a request under way its answer is lost, and another one takes its place."""
        if connection.sent is not None:
            self._under_way -= 1
            self._refused(self._places[connection.sent[0].name], f"{connection.sent[0].name}: no answer")
            connection.sent = None
        elif connection in self._idle:
            self._idle.remove(connection)
        if not self._over.is_set():
            task = asyncio.create_task(self._replace(connection.port))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _replace(self, port: int) -> None:
        while not self._over.is_set():
            try:
                connection = await self._connect(port)
            except OSError:
                await asyncio.sleep(RECONNECT_S)
            else:
                self._next(connection)
                return

    def _refused(self, answers: Answers, what: str) -> None:
        answers.errors += 1
        if len(self._refusals) < REFUSALS_SHOWN:
            self._refusals.append(what)

    async def _last_answers(self) -> None:
        self._over.set()
        if self._under_way or self._waiting:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), LAST_ANSWERS_S)
        for connection in self._idle:
            connection.close()


async def _arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """Distinct payments whose webhook the receiver has."""
    writer.write(b"GET /counts HTTP/1.1\r\nHost: bench\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    told = json.loads(await reader.readexactly(_length(head, len(head) - 4)))
    return int(told["distinct"])


async def main(plan: Plan) -> None:
    """Connect, wait for the word, run, report, wait to be let go."""
    generator = Generator(plan)
    await generator.connect()
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.readline)
    report = await generator.run()
    print(json.dumps(report.to_json()), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)


if __name__ == "__main__":
    uvloop.run(main(Plan.read(Path(sys.argv[1]))))
