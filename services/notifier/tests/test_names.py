"""Names are looked up without one slow name delaying others."""

import asyncio
import threading
from collections import Counter

import pytest

from chassis.tests.waiting import until
from services.notifier import names
from services.notifier.names import ADDRESSES_MAX, LOOKUPS_MAX, SLOW_LOOKUPS_MAX, Names, UnknownName
from services.notifier.tests.sockets import OK, Run, Server, job, says, sender


class Resolver:
    """Answers at once, but for names that begin with `slow`: those when it may. Counts how often, and how many run."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.asked: Counter[str] = Counter()
        self.running = 0
        self.running_most = 0
        self._lock = threading.Lock()

    def __call__(self, host: str) -> list[str]:
        with self._lock:
            self.asked[host] += 1
            self.running += 1
            self.running_most = max(self.running, self.running_most)
        if host.startswith("slow"):
            self.may_answer.wait(20)
        with self._lock:
            self.running -= 1
        match host.partition(".")[0]:
            case "none":
                raise OSError("no such name")
            case "odd":
                raise RuntimeError("a resolver with a fault")
            case "many":
                return [f"10.0.0.{n}" for n in range(100)]
        return ["127.0.0.1"]

    async def until_running(self, count: int) -> None:
        """Wait until so many look-ups are under way."""
        await until(lambda: self.running == count, f"{count} look-ups are under way")


def test_a_slow_name_delays_no_other_host(run: Run) -> None:
    resolver = Resolver()

    async def attempts() -> None:
        made = sender(lookup=resolver, timeout_s=1.0)
        async with Server(says(OK)) as server:
            slow = [
                asyncio.create_task(made.send(job(server.url.replace("127.0.0.1", f"slow{n}.example"))))
                for n in range(LOOKUPS_MAX - 1)
            ]
            await resolver.until_running(LOOKUPS_MAX - 1)
            quick = await made.send(job(server.url.replace("127.0.0.1", "quick.example")))
            assert (quick.error_class, server.connections) == (None, 1)
            for exchange in await asyncio.gather(*slow):
                assert (exchange.error_class, list(exchange.phases)) == ("timeout", ["dns"])
        await made.close()
        resolver.may_answer.set()

    run(attempts())


def test_names_that_are_known_as_slow_share_a_few_threads(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "CACHE_S", 0.0)
    monkeypatch.setattr(names, "SLOW_S", 0.05)
    resolver = Resolver()
    slow = [f"slow{n}.example" for n in range(SLOW_LOOKUPS_MAX + 10)]

    async def look_up() -> None:
        made = Names(resolver)
        first = [asyncio.create_task(made.addresses(name, 10)) for name in slow]
        await resolver.until_running(len(slow))
        await asyncio.sleep(0.1)
        resolver.may_answer.set()
        await asyncio.gather(*first)

        resolver.may_answer.clear()
        again = [asyncio.create_task(made.addresses(name, 10)) for name in slow]
        await resolver.until_running(SLOW_LOOKUPS_MAX)
        resolver.running_most = 0
        for n in range(50):
            assert await made.addresses(f"quick{n}.example", 10) == ("127.0.0.1",)
        assert resolver.running_most == SLOW_LOOKUPS_MAX + 1
        resolver.may_answer.set()
        assert set(await asyncio.gather(*again)) == {("127.0.0.1",)}
        await made.close()

    run(look_up())


def test_there_are_never_more_look_ups_than_threads(run: Run) -> None:
    resolver = Resolver()

    async def look_up() -> None:
        made = Names(resolver)
        tasks = [asyncio.create_task(made.addresses(f"slow{n}.example", 10)) for n in range(3 * LOOKUPS_MAX)]
        await resolver.until_running(LOOKUPS_MAX)
        resolver.may_answer.set()
        await asyncio.gather(*tasks)
        assert resolver.running_most == LOOKUPS_MAX
        await made.close()

    run(look_up())


def test_a_name_is_looked_up_once_for_all_who_ask_and_remembered(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "CACHE_S", 0.2)
    monkeypatch.setattr(names, "CACHE_MAX", 2)
    resolver = Resolver()

    async def look_up() -> None:
        made = Names(resolver)
        asking = [asyncio.create_task(made.addresses("slow.example", 10)) for _ in range(20)]
        await resolver.until_running(1)
        resolver.may_answer.set()
        await asyncio.gather(*asking)
        await made.addresses("slow.example", 10)
        assert resolver.asked["slow.example"] == 1
        await asyncio.sleep(0.25)
        await made.addresses("slow.example", 10)
        assert resolver.asked["slow.example"] == 2
        for other in ("a.example", "b.example", "slow.example"):
            await made.addresses(other, 10)
        assert resolver.asked["slow.example"] == 3
        await made.close()

    run(look_up())


def test_who_has_no_address_is_unknown_for_a_while(run: Run) -> None:
    resolver = Resolver()

    async def look_up() -> None:
        made = Names(resolver)
        for name in ("none.example", "odd.example", "none.example"):
            with pytest.raises(UnknownName):
                await made.addresses(name, 10)
        assert resolver.asked == {"none.example": 1, "odd.example": 1}
        with pytest.raises(UnknownName, match=r"within 0\.05 s"):
            await made.addresses("slow.example", 0.05)
        resolver.may_answer.set()
        assert await made.addresses("slow.example", 10) == ("127.0.0.1",)
        assert resolver.asked["slow.example"] == 1
        assert len(await made.addresses("many.example", 10)) == ADDRESSES_MAX
        assert await made.addresses("127.0.0.1", 10) == ("127.0.0.1",)
        assert "127.0.0.1" not in resolver.asked
        await made.close()

    run(look_up())
