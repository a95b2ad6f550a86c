"""A rush: more requests wait than can be answered and worked off at once. Answers come first then, for a while.

On a machine whose processors are all busy, what follows a request is done at the expense of the next answer, and in the
smallest portions there are. What an outbox holds is safe there: its relay may stand back until the rush is over.
"""

from math import exp

AFTER_S = 0.4
"""So long must many wait to make a rush: a handful of requests at once is soon answered."""

SMOOTHING_S = 0.1
CALM_SHARE = 0.5
"""A rush is over when no more than this share of what made it one waits."""


class Rush:
    """Whether to stand back, judged by how many requests wait, whenever somebody looks.

    `many`: so many make a rush; 0: there is never one. `most_s`: how long to stand back altogether, in s. As much of
    that comes back as there has been calm since, so what lasts for ever is worked off as it comes.
    """

    def __init__(self, *, many: int, most_s: float) -> None:
        self._many = many
        self._most_s = self._left_s = most_s
        self._level = 0.0
        self._looked_s = 0.0
        self._since_s: float | None = None
        self._standing = False

    def look(self, now_s: float, waiting: float) -> bool:
        """Whether to stand back until the next look. `waiting`: how many did on average since the last one."""
        passed_s, self._looked_s = now_s - self._looked_s, now_s
        counted = min(waiting, 2 * self._many)  # a thousand are over no later than fifty
        self._level += (counted - self._level) * (1 - exp(-passed_s / SMOOTHING_S))
        calm = self._level <= self._many * CALM_SHARE
        if self._standing:
            self._left_s = max(0.0, self._left_s - passed_s)  # this process may have been stopped for long
        elif calm:
            self._left_s = min(self._most_s, self._left_s + passed_s)
        if calm:
            self._since_s = None
        elif self._since_s is None and self._level >= self._many:
            self._since_s = now_s
        lasting = self._since_s is not None and now_s - self._since_s >= AFTER_S
        self._standing = self._many > 0 and lasting and self._left_s > 0
        return self._standing
