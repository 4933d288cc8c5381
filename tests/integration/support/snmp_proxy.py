"""A proxy between the client and real agents, that passes replies on as it is told to."""

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum

from snmp_messages import AUTH_PRIV, NO_AUTH, MessageV3
from udp_peers import Said, playing

from collectors.snmp.ber import SEQUENCE, decode_integer, expect

LONGEST_WAIT_SECONDS = 5.0


class Step(Enum):
    """What a reply is in the course of an exchange."""

    DISCOVERY = "the engine's id, in clear"
    TIME = "the engine's time, signed"
    ANSWER = "what was asked for"


@dataclass(frozen=True, slots=True)
class Passing:
    """A request to the device at `at` and the reply that its agent gave; `count` are those before of its step."""

    at: str
    request: bytes
    reply: bytes
    step: Step
    count: int


Tamper = Callable[[Passing], Iterable[Said]]


def honestly(passing: Passing) -> Iterable[Said]:
    return [Said(passing.reply)]


def only(step: Step, tamper: Tamper) -> Tamper:
    """Tamper with that step, pass on the others."""
    return lambda passing: tamper(passing) if passing.step is step else honestly(passing)


@dataclass(slots=True)
class Proxy:
    """`port` is that of all devices; `tamper` may be replaced at any time, `passed` are the replies so far."""

    port: int
    tamper: Tamper
    passed: list[Passing]


@contextmanager
def proxied(agents: Mapping[str, int]) -> Iterator[Proxy]:
    """Devices by their addresses, with the ports of 127.0.0.1 where their agents listen; many may share an agent."""
    with ExitStack() as stack:
        behind = {}
        for address, port in agents.items():
            opened = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            opened.connect(("127.0.0.1", port))
            opened.settimeout(LONGEST_WAIT_SECONDS)
            behind[address] = opened
        proxy = Proxy(0, honestly, [])

        def answer(at: str, request: bytes) -> Iterable[Said]:
            behind[at].send(request)
            try:
                reply = behind[at].recv(65_535)
            except TimeoutError:
                return []
            step = step_of(reply)
            count = sum(before.at == at and before.step is step for before in proxy.passed)
            passing = Passing(at, request, reply, step, count)
            proxy.passed.append(passing)
            return proxy.tamper(passing)

        proxy.port = stack.enter_context(playing(answer))
        yield proxy


def step_of(reply: bytes) -> Step:
    at, end = expect(reply, 0, len(reply), SEQUENCE)
    if decode_integer(reply, at, end)[0] != 3:
        return Step.ANSWER
    level = MessageV3(reply).level
    return Step.ANSWER if level == AUTH_PRIV else Step.DISCOVERY if level == NO_AUTH else Step.TIME
