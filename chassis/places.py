"""Room for so many long answers at once: of one tenant or object, from one address, and in all."""

import contextlib
from collections import Counter
from collections.abc import Iterator

from chassis.errors import ApiError, unavailable


class Places:
    """The places of one process. `noun` is what people call what takes one (`streams`); `each_max` and `all_max` are
    how many of one tenant (or object) and in all there may be, `address_max` how many from one client address."""

    def __init__(self, noun: str, *, each_max: int, all_max: int, address_max: int | None = None) -> None:
        self._noun = noun
        self._each_max = each_max
        self._all_max = all_max
        self._address_max = address_max
        self._open: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()

    @contextlib.contextmanager
    def place(self, of: str, address: str = "") -> Iterator[None]:
        """One more of this tenant or object, from that address. Raises 429 or 503 for one too many."""
        if self._open.total() >= self._all_max:
            raise unavailable("OVERLOADED", f"Too many {self._noun} are open at this gateway; try again shortly")
        with (
            self._counted(self._open, of, self._each_max, "at once"),
            self._counted(self._addresses, address, self._address_max, "at once from one address"),
        ):
            yield

    @contextlib.contextmanager
    def _counted(self, open_: Counter[str], of: str, most: int | None, where: str) -> Iterator[None]:
        """One more of these for a while. Raises 429 for one too many; None sets no limit."""
        if most is not None and open_[of] >= most:
            description = f"Only {most} {self._noun} may be open {where}: close one of them"
            raise ApiError(429, "RATE_LIMIT_ERROR", description, headers={"Retry-After": "1"})
        open_[of] += 1
        try:
            yield
        finally:
            open_[of] -= 1
            if not open_[of]:
                del open_[of]
