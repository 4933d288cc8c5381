"""Which SNMP notifications are believed: from a planned device's address, and with the right community or user."""

import hmac
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from collectors.credentials import PrivProtocol, Snmp, SnmpV3
from collectors.listening.tally import Kind, Reason
from collectors.snmp.ber import BerError, Oid
from collectors.snmp.community import Version
from collectors.snmp.notification import community_notification, notification_of, version_of
from collectors.snmp.usm_messages import (
    AUTH,
    AUTH_PRIV,
    LONGEST_ENGINE_ID,
    REPORTABLE,
    SHORTEST_ENGINE_ID,
    Dropped,
    UsmMessages,
    V3Message,
)

#: Engines that are remembered of one device: a replaced one is another engine.
MOST_ENGINES = 4
#: Questions of one device for our engine's id that are answered in a second.
MOST_HANDSHAKES = 5
REASON_OF = {
    Dropped.UNAUTHENTIC: Reason.AUTH_FAILED,
    Dropped.UNTIMELY: Reason.UNTIMELY,
    Dropped.DOWNGRADED: Reason.UNAUTHENTICATED,
    Dropped.UNDECIPHERED: Reason.UNDECIPHERED,
}

Answer = Callable[[bytes], None]


class Informs(Protocol):
    """Takes SNMPv3 informs."""

    def receive(self, data: bytes, sender: tuple[str, int], answer: Answer) -> list[Oid]:
        """The kinds of the notifications that were believed; `answer` gets what the sender waits for."""


class NoInforms:
    """For credentials without a user."""

    def receive(self, data: bytes, sender: tuple[str, int], answer: Answer) -> list[Oid]:
        """Nothing is believed, and nobody answered."""
        del data, sender, answer
        return []


@dataclass(frozen=True, slots=True)
class Heard:
    """A believed notification: how it came, and what it says, by its OID."""

    kind: Kind
    says: Oid


class Handshake:
    """Not a notification: a sender asked for our engine's id or time."""


HANDSHAKE = Handshake()
Verdict = Heard | Reason | Handshake


class SnmpJudge:
    """Judges one message after the other. `engine_id` is ours, and `clock` gives seconds from any start.

    Traps of SNMPv3 are checked here, as our engine checks replies: pysnmp takes the time of a sender's engine from the
    message that it is about to check, so that it never refuses one that was recorded and is said again.
    """

    def __init__(
        self,
        snmp: Snmp,
        communities: Collection[bytes],
        *,
        informs: Informs,
        engine_id: bytes,
        clock: Callable[[], float],
    ) -> None:
        self._v3 = snmp if isinstance(snmp, SnmpV3) else None
        self._communities = tuple(communities)
        self._informs = informs
        self._engine_id = engine_id
        self._clock = clock
        self._senders: dict[str, dict[bytes, UsmMessages]] = {}
        self._own = self._sender(engine_id)
        self._asked: Counter[str] = Counter()
        self._second = 0

    def judge(self, data: bytes, sender: tuple[str, int], device: str, answer: Answer) -> Verdict:
        """What a message of `device` is; never raises for what is in it. `answer` gets what the sender waits for."""
        try:
            version = version_of(data)
            if version == Version.V3:
                return self._judge_v3(data, sender, device, answer)
            return self._judge_community(data, answer)
        except BerError:
            return Reason.UNDECODABLE

    def _judge_community(self, data: bytes, answer: Answer) -> Verdict:
        message = community_notification(data)
        if not self._communities:
            return Reason.COMMUNITY_NOT_TAKEN
        if not any(hmac.compare_digest(message.community, known) for known in self._communities):
            return Reason.WRONG_COMMUNITY
        if message.answer is not None:
            answer(message.answer)
            return Heard(Kind.INFORM_V2C, message.notification.kind)
        is_v1 = message.version is Version.V1
        return Heard(Kind.TRAP_V1 if is_v1 else Kind.TRAP_V2C, message.notification.kind)

    def _judge_v3(self, data: bytes, sender: tuple[str, int], device: str, answer: Answer) -> Verdict:
        message = V3Message(data)
        if self._v3 is None:
            return Reason.V3_NOT_TAKEN
        if message.engine_id == self._engine_id or (not message.engine_id and not message.flags & AUTH):
            return self._judge_ours(message, data, sender, device, answer)
        if message.flags & AUTH_PRIV != AUTH_PRIV:
            return Reason.UNAUTHENTICATED
        if not SHORTEST_ENGINE_ID <= len(message.engine_id) <= LONGEST_ENGINE_ID:
            return Reason.UNDECODABLE
        return self._judge_trap(message, device)

    def _judge_ours(
        self, message: V3Message, data: bytes, sender: tuple[str, int], device: str, answer: Answer
    ) -> Verdict:
        """What is said to our engine: informs, and before them questions for its id and its time.

        With DES, which we don't speak, only pysnmp looks whether it is authentic.
        """
        if message.flags & AUTH:
            if self._own is not None and not self._own.is_authentic(message):
                return Reason.AUTH_FAILED
        elif not message.flags & REPORTABLE:
            return Reason.UNAUTHENTICATED
        elif self._is_one_too_many(device):
            return Reason.TOO_MANY_HANDSHAKES
        kinds = self._informs.receive(data, sender, answer)
        if message.flags & AUTH_PRIV != AUTH_PRIV:
            return Reason.UNAUTHENTICATED if kinds else HANDSHAKE
        return Heard(Kind.INFORM_V3, kinds[0]) if kinds else HANDSHAKE

    def _judge_trap(self, message: V3Message, device: str) -> Verdict:
        known = self._senders.setdefault(device, {})
        engine = known.get(message.engine_id) or self._sender(message.engine_id)
        if engine is None:
            return Reason.V3_NOT_TAKEN
        before = Counter(engine.dropped)
        pdu = engine.open_unasked(message)
        if pdu is None:
            return next(REASON_OF[why] for why in engine.dropped - before)
        if message.engine_id not in known:  # only now: nobody fills our memory without the key
            while len(known) >= MOST_ENGINES:
                del known[next(iter(known))]
            known[message.engine_id] = engine
        notification = notification_of(pdu)
        if notification.is_inform:  # an inform's authority is the receiver (RFC 3414 §1.5.1)
            raise BerError("an inform in the name of another engine than ours")
        return Heard(Kind.TRAP_V3, notification.kind)

    def _is_one_too_many(self, device: str) -> bool:
        """Whether the device asked too often in this second: each costs pysnmp milliseconds, and proves nothing."""
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._asked.clear()
        self._asked[device] += 1
        return self._asked[device] > MOST_HANDSHAKES

    def _sender(self, engine_id: bytes) -> UsmMessages | None:
        """None: there is no user, or one with DES, which is spoken through pysnmp only."""
        if self._v3 is None or self._v3.priv_protocol is PrivProtocol.DES:
            return None
        return UsmMessages.of_sender(self._v3, engine_id, self._clock)
