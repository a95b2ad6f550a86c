"""Accessibility as axe-core judges it, in the state that a page is in now."""

import asyncio
from functools import cache
from typing import Final, cast

from playwright.async_api import Frame, Page

from deploy.embedded import ui

SOURCE: Final = ui.UI / "node_modules/axe-core/axe.min.js"
RUN: Final = """async () => {
  const {violations} = await axe.run(document, {iframes: false, resultTypes: ["violations"]});
  return violations.map(({id, help, nodes}) =>
    `${id}: ${help}: ${nodes.map(({target, failureSummary}) => `${target} ${failureSummary}`).join("; ")}`);
}"""
"""Each frame by itself: axe's own way from frame to frame is messages, which the pages must not get."""

SETTLED: Final = """() => Promise.all(document.getAnimations()
  .filter(one => one.effect?.getComputedTiming().endTime !== Infinity).map(one => one.finished.catch(() => {})))"""


@cache
def _source() -> str:
    ui.prepare()
    return SOURCE.read_text(encoding="utf-8")


async def violations(page: Page) -> list[str]:
    """Everything that axe-core objects to, by any of its rules, in the page and in all frames in it."""
    frames = [frame for frame in page.frames if frame.url.startswith("http") and not frame.is_detached()]
    found = await asyncio.gather(*(_in_frame(frame) for frame in frames))
    return [f"{frame.url}: {one}" for frame, some in zip(frames, found, strict=True) for one in some]


async def _in_frame(frame: Frame) -> list[str]:
    await frame.evaluate(SETTLED)  # a colour that is still fading in has the wrong contrast
    if not await frame.evaluate("() => 'axe' in window"):
        await frame.evaluate(f"{_source()};undefined")
    return cast(list[str], await frame.evaluate(RUN))
