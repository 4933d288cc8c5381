"""Echoes over this machine's own loopback."""

import asyncio
from ipaddress import IPv4Address

import pytest

from collectors.icmp import GufoPinger


@pytest.mark.parametrize(
    ("address", "answers"),
    [("127.0.0.1", True), ("127.9.8.7", True), ("198.51.100.1", False), ("255.255.255.255", False)],
    ids=["loopback", "all of loopback", "documentation network", "broadcast"],
)
def test_an_address_answers_or_does_not(address: str, *, answers: bool) -> None:
    async def once() -> bool:
        async with GufoPinger(timeout_seconds=0.2, tries=1) as pinger:
            return await pinger.answers(IPv4Address(address))

    assert asyncio.run(once()) is answers


def test_a_caller_that_gives_up_leaves_the_others_their_answers() -> None:
    async def some() -> list[bool]:
        async with GufoPinger(timeout_seconds=0.3, tries=1) as pinger:
            given_up = asyncio.create_task(pinger.answers(IPv4Address("198.51.100.1")))
            await asyncio.sleep(0)
            given_up.cancel()
            return list(await asyncio.gather(*(pinger.answers(IPv4Address(f"127.0.0.{n}")) for n in range(1, 60))))

    assert asyncio.run(some()) == [True] * 59


def test_a_pinger_that_is_not_open_says_so() -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(GufoPinger().answers(IPv4Address("127.0.0.1")))
