"""Isolation inside a process: how much one endpoint may hold at once, so that a slow one never delays another.

Touches nothing outside; the dispatcher and the intake ask here before they claim anything in Postgres.
"""

from collections import deque
from dataclasses import dataclass, field

from services.notifier.state import Job


@dataclass(slots=True)
class Lane:
    """What one process does for one endpoint: `claimed` are taken, of them `running` are being sent and `waiting` are
    next. The window grows with quick answers and falls back to the slots with the first slow one."""

    window: int
    claimed: int = 0
    running: int = 0
    waiting: deque[Job] = field(default_factory=deque)
    backlog: bool = False

    @property
    def room(self) -> int:
        """How many more may be claimed."""
        return max(0, self.window - self.claimed)


class Lanes:
    """Who may claim and who may send: slots per endpoint, and a bound for the process. Touches nothing outside."""

    def __init__(self, *, slots: int, window_max: int, claims_max: int) -> None:
        self._slots = slots
        self._window_max = max(slots, window_max)
        self._claims_max = claims_max
        self._lanes: dict[str, Lane] = {}
        self.unsettled = 0
        self.closed = False

    def take(self, endpoint_id: str, wanted: int = 1) -> int:
        """Reserve room for up to `wanted` claims; how many. What finds no room is the endpoint's backlog."""
        lane = self._lanes.setdefault(endpoint_id, Lane(self._slots))
        granted = 0 if self.closed else min(wanted, lane.room, self._left_for(lane))
        lane.claimed += granted
        self.unsettled += granted
        return granted

    def give_back(self, endpoint_id: str, count: int = 1) -> None:
        """Reserved but not claimed after all."""
        self._lanes[endpoint_id].claimed -= count
        self.unsettled -= count
        self._forget_if_idle(endpoint_id)

    def note_backlog(self, endpoint_id: str, there_is: bool = True) -> None:
        """Whether deliveries wait in Postgres for this endpoint."""
        self._lanes.setdefault(endpoint_id, Lane(self._slots)).backlog = there_is
        self._forget_if_idle(endpoint_id)

    def take_for_backlogs(self) -> dict[str, int]:
        """Reserve all the room there is for endpoints with a backlog; how much by endpoint."""
        open_lanes = [(name, lane.room) for name, lane in self._lanes.items() if lane.backlog and lane.room]
        taken = {name: self.take(name, room) for name, room in open_lanes}
        return {name: count for name, count in taken.items() if count}

    def has_room(self, endpoint_id: str) -> bool:
        """Whether a backlog of this endpoint could be claimed now."""
        lane = self._lanes.get(endpoint_id)
        return lane is not None and lane.backlog and lane.room > 0

    def enter(self, job: Job) -> bool:
        """A claimed job: True when it has a slot and is to be sent now, else it waits here."""
        lane = self._lanes[job.endpoint.id]
        if lane.running < self._slots:
            lane.running += 1
            return True
        lane.waiting.append(job)
        return False

    def leave(self, endpoint_id: str, *, quick: bool) -> tuple[Job | None, list[Job]]:
        """A send ended: the job that gets its slot, and those that are to wait in Postgres after all."""
        lane = self._lanes[endpoint_id]
        lane.running -= 1
        lane.claimed -= 1
        lane.window = min(lane.window * 2, self._window_max) if quick else self._slots
        sent_back = [] if quick else self._empty(lane)
        following = lane.waiting.popleft() if lane.waiting else None
        if following is not None:
            lane.running += 1
        self._forget_if_idle(endpoint_id)
        return following, sent_back

    def skip(self, endpoint_id: str) -> None:
        """A claimed job is not sent: its room is free, its outcome still to be recorded."""
        self._lanes[endpoint_id].claimed -= 1
        self._forget_if_idle(endpoint_id)

    def settle(self) -> None:
        """A claim's outcome is recorded."""
        self.unsettled -= 1

    def close(self) -> list[Job]:
        """Take nothing new; the jobs that wait here, to be given back."""
        self.closed = True
        return [job for lane in self._lanes.values() for job in self._empty(lane)]

    def _left_for(self, lane: Lane) -> int:
        """What the process's bound leaves: the second half is for endpoints that do not have their slots filled yet,
        so that the windows of many busy ones keep no other from being sent to."""
        left = self._claims_max - self.unsettled
        if left > self._claims_max // 2:
            return left - self._claims_max // 2 + max(0, self._slots - lane.claimed)
        return max(0, min(left, self._slots - lane.claimed))

    def _empty(self, lane: Lane) -> list[Job]:
        jobs = list(lane.waiting)
        lane.waiting.clear()
        lane.claimed -= len(jobs)
        lane.backlog = lane.backlog or bool(jobs)
        return jobs

    def _forget_if_idle(self, endpoint_id: str) -> None:
        lane = self._lanes[endpoint_id]
        if not (lane.claimed or lane.backlog):
            del self._lanes[endpoint_id]
