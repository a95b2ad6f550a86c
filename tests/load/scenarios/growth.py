"""What a request costs beside a short and a long history: `tests.load.growth`, told as figures."""

from typing import Final

from tests.load.growth import POST_PAYMENT, POST_REFUND, SMALL, measure
from tests.load.options import Options
from tests.load.outcome import Bar, Outcome

RATIO: Final = Bar("at most", 1.25, 1.1)
HELD: Final = (POST_PAYMENT, "get a payment", "list, page 1", POST_REFUND)


async def run(options: Options) -> Outcome:
    """All requests; a bar stands beside what a shop asks for all day."""
    outcome = Outcome("growth", f"CPU per request with {options.size:,} payments ÷ with {SMALL:,}")
    found = {one.name: one for one in await measure(options.size, options.repetitions)}
    for name in (*HELD, *(name for name in found if name not in HELD)):
        one = found[name]
        told = f"{one.small.cpu_ms:.2f} → {one.large.cpu_ms:.2f} ms"
        if one.large.buffers:
            told += f", buffers {one.small.buffers} → {one.large.buffers}"
        outcome.add(name, one.ratio, "", RATIO if name in HELD else None, told)
    return outcome
