"""Isolation inside a process: how much one endpoint may hold at once, so that a slow one never delays another.

Touches nothing outside; the dispatcher and the intake ask here before they claim anything in Postgres.
"""

import heapq
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from services.notifier.breaker import Breakers
from services.notifier.state import Job

WINDOW_FIRST: Final = 4
"""What may be claimed for an endpoint of which nothing is known yet (as far as it has slots)."""

SUSPECTS_PART: Final = 4
"""Endpoints whose last attempt found nobody hold no more than this part of the process between them."""


@dataclass(slots=True)
class Lane:
    """What one process does for one endpoint: `claimed` are taken, of them `running` are being sent and `waiting` are
    next. The window grows with quick answers, falls back to the slots with a slow one and is halved when none comes.
    `backlog`: deliveries wait in Postgres. `suspect`: the last attempt found nobody. `limited`: what is claimed is to
    be sent at once, so it gets no more than its slots, and nothing before `held_until_s`."""

    window: int
    suspect: bool = False
    claimed: int = 0
    running: int = 0
    waiting: deque[Job] = field(default_factory=deque)
    backlog: bool = False
    limited: bool = False
    held_until_s: float = 0.0
    alarm_s: float | None = None


class Lanes:
    """Who may claim and who may send: slots per endpoint, breakers, and a bound for the process."""

    def __init__(
        self,
        *,
        slots: int,
        window_max: int,
        claims_max: int,
        breakers: Breakers,
        time_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slots = slots
        self._window_max = max(slots, window_max)
        self._claims_max = claims_max
        self._breakers = breakers
        self._time_s = time_s
        self._lanes: dict[str, Lane] = {}
        self._ready: dict[str, None] = {}
        """Lanes with a backlog and room, the one that has waited longest first."""
        self._alarms: list[tuple[float, str]] = []
        self._suspected = 0
        self.unsettled = 0
        self.closed = False

    def take(self, endpoint_id: str, wanted: int = 1, *, urgent: bool = False) -> int:
        """Reserve room for up to `wanted` claims; how many. What finds no room is the endpoint's backlog. What is
        urgent (somebody waits for it) does not ask the breaker."""
        lane = self._lane(endpoint_id)
        room = self._slots - lane.claimed if urgent else self._room(endpoint_id, lane)
        granted = 0 if self.closed else max(0, min(wanted, room, self._left_for(lane)))
        self._hold(lane, granted)
        self.unsettled += granted
        self._look(endpoint_id, lane)
        return granted

    def give_back(self, endpoint_id: str, count: int = 1) -> None:
        """Reserved but not claimed after all."""
        self.unsettled -= count
        self._free(endpoint_id, count)

    def note_backlog(self, endpoint_id: str) -> None:
        """Deliveries wait in Postgres for this endpoint."""
        lane = self._lane(endpoint_id)
        lane.backlog = True
        self._look(endpoint_id, lane)

    def limit(self, endpoint_id: str, held_s: float | None) -> None:
        """Whether the endpoint has a rate limit now: then nothing more may be claimed for so long."""
        lane = self._lanes[endpoint_id]
        lane.limited = held_s is not None
        lane.held_until_s = self._time_s() + (held_s or 0.0)
        self._look(endpoint_id, lane)

    def take_for_backlogs(self) -> dict[str, int]:
        """Reserve all the room there is for endpoints with a backlog; how much by endpoint. Until it is noted again,
        none of them has a backlog: who finds less than was reserved has found all."""
        self._ring()
        taken: dict[str, int] = {}
        for name in list(self._ready):
            if self._full:
                break
            lane = self._lanes[name]
            granted = self.take(name, self._room(name, lane))
            if granted:
                taken[name] = granted
                lane.backlog = False
                self._look(name, lane)
            elif name in self._ready:
                self._ready[name] = self._ready.pop(name)
        return taken

    def has_room(self, endpoint_id: str) -> bool:
        """Whether a backlog of this endpoint could be claimed now."""
        return endpoint_id in self._ready

    @property
    def breakers_open(self) -> int:
        """How many endpoints are only probed now."""
        return self._breakers.tripped

    @property
    def may_claim(self) -> bool:
        """Whether any backlog could be claimed now."""
        return bool(self._ready) and not self._full

    def wait_s(self, most_s: float) -> float:
        """How long until a lane opens by itself, in s, at most `most_s`."""
        if not self._alarms:
            return most_s
        return min(most_s, max(0.001, self._alarms[0][0] - self._time_s()))

    def enter(self, job: Job) -> bool:
        """A claimed job: True when it has a slot and is to be sent now, else it waits here."""
        lane = self._lanes[job.endpoint.id]
        if lane.running < self._slots:
            lane.running += 1
            return True
        lane.waiting.append(job)
        return False

    def leave(self, endpoint_id: str, *, there: bool, quick: bool) -> tuple[Job | None, list[Job]]:
        """A send ended: the job that gets its slot, and those that are to wait in Postgres after all. `there`: somebody
        answered; `quick`: it did not take long."""
        lane = self._lanes[endpoint_id]
        lane.running -= 1
        self._hold(lane, -1)
        self._suspect(lane, not there)
        if there:
            self._breakers.answered(endpoint_id)
            lane.window = min(lane.window * 2, self._window_max if quick else self._slots)
        else:
            self._breakers.failed(endpoint_id, self._time_s())
            lane.window = lane.window if quick else max(1, lane.window // 2)
            if self._breakers.state(endpoint_id, self._time_s()) != "closed":
                quick, lane.window = False, 1
        sent_back = [] if quick else self._empty(lane)
        following = lane.waiting.popleft() if lane.waiting else None
        if following is not None:
            lane.running += 1
        self._look(endpoint_id, lane)
        return following, sent_back

    def skip(self, endpoint_id: str) -> None:
        """A claimed job is not sent: its room is free, its outcome still to be recorded."""
        self._free(endpoint_id, 1)

    def forget_failures(self, endpoint_id: str) -> None:
        """The endpoint listens no more; if it does again some day, it begins anew."""
        self._breakers.answered(endpoint_id)
        lane = self._lanes.get(endpoint_id)
        if lane is not None:
            self._suspect(lane, False)
            self._look(endpoint_id, lane)

    def settle(self) -> None:
        """A claim's outcome is recorded."""
        self.unsettled -= 1

    def close(self) -> list[Job]:
        """Take nothing new; the jobs that wait here, to be given back."""
        self.closed = True
        return [job for lane in self._lanes.values() for job in self._empty(lane)]

    @property
    def _full(self) -> bool:
        return self.closed or self.unsettled >= self._claims_max

    def _lane(self, endpoint_id: str) -> Lane:
        lane = self._lanes.get(endpoint_id)
        if lane is None:
            failing = self._breakers.failing(endpoint_id)
            lane = Lane(1 if failing else min(WINDOW_FIRST, self._slots), failing)
            self._lanes[endpoint_id] = lane
        return lane

    def _room(self, endpoint_id: str, lane: Lane) -> int:
        """How many more may be claimed, as far as the endpoint goes."""
        special = lane.limited or self._breakers.failing(endpoint_id)
        window = self._narrowed(endpoint_id, lane) if special else lane.window
        return max(0, window - lane.claimed)

    def _narrowed(self, endpoint_id: str, lane: Lane) -> int:
        """The window of an endpoint that has a limit or that failed."""
        now_s = self._time_s()
        if lane.limited and now_s < lane.held_until_s:
            return 0
        window = min(lane.window, self._slots) if lane.limited else lane.window
        return {"closed": window, "half-open": 1, "open": 0}[self._breakers.state(endpoint_id, now_s)]

    def _opens_s(self, endpoint_id: str, lane: Lane) -> float:
        """When there will be room by itself; in the past when time does not change it."""
        if self._breakers.state(endpoint_id, self._time_s()) == "open":
            return max(lane.held_until_s, self._breakers.open_until_s(endpoint_id))
        return lane.held_until_s

    def _left_for(self, lane: Lane) -> int:
        """What the process's bound leaves: its second half is for endpoints that do not have their slots filled yet,
        the last quarter for those that have nothing under way, so that however many are busy or hang at once, others
        are sent to. Suspects have a part between them."""
        left, half = self._claims_max - self.unsettled, self._claims_max // 2
        most = self._slots if left > half // 2 else 1
        granted = min(left, max(0, left - half) + max(0, most - lane.claimed))
        return min(granted, max(1, self._claims_max // SUSPECTS_PART) - self._suspected) if lane.suspect else granted

    def _hold(self, lane: Lane, count: int) -> None:
        lane.claimed += count
        if lane.suspect:
            self._suspected += count

    def _free(self, endpoint_id: str, count: int) -> None:
        lane = self._lanes[endpoint_id]
        self._hold(lane, -count)
        self._look(endpoint_id, lane)

    def _suspect(self, lane: Lane, suspect: bool) -> None:
        if lane.suspect != suspect:
            self._suspected += lane.claimed if suspect else -lane.claimed
            lane.suspect = suspect

    def _empty(self, lane: Lane) -> list[Job]:
        jobs = list(lane.waiting)
        lane.waiting.clear()
        self._hold(lane, -len(jobs))
        return jobs

    def _look(self, endpoint_id: str, lane: Lane) -> None:
        """After each change: whether the lane is of use, ready for more, or to be looked at again later."""
        if not (lane.claimed or lane.backlog):
            del self._lanes[endpoint_id]
            self._ready.pop(endpoint_id, None)
            return
        if lane.backlog and self._room(endpoint_id, lane):
            self._ready.setdefault(endpoint_id)
            return
        self._ready.pop(endpoint_id, None)
        opens_s = self._opens_s(endpoint_id, lane)
        if lane.backlog and opens_s > self._time_s():
            self._wake_at(endpoint_id, lane, opens_s)

    def _wake_at(self, endpoint_id: str, lane: Lane, at_s: float) -> None:
        if lane.alarm_s != at_s:
            lane.alarm_s = at_s
            heapq.heappush(self._alarms, (at_s, endpoint_id))

    def _ring(self) -> None:
        """Look again at the lanes whose time has come."""
        now_s = self._time_s()
        while self._alarms and self._alarms[0][0] <= now_s:
            at_s, endpoint_id = heapq.heappop(self._alarms)
            lane = self._lanes.get(endpoint_id)
            if lane is not None and lane.alarm_s == at_s:
                lane.alarm_s = None
                self._look(endpoint_id, lane)
