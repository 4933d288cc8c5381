"""Messages as they cross the network: what net-snmp 5.9.4 sent, what pysnmp makes of ours, and what is no message."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]  # no types exist
from pydantic import SecretStr
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.mpmod.rfc3412 import ScopedPDU, SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel, UsmSecurityParameters

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3
from collectors.snmp import ber, pdu
from collectors.snmp.ber import BerError, Oid, Value, encode_oid
from collectors.snmp.column import OutOfOrderError, Scan
from collectors.snmp.community import CommunityMessages, Version
from collectors.snmp.pdu import PduType, Reply, Request
from collectors.snmp.pysnmp_client import AUTH, PRIV
from collectors.snmp.usm import localized_key, localized_privacy_key, password_to_key
from collectors.snmp.usm_messages import DISCOVERY, Dropped, Stat, UsmMessages, stat_of

NUMBER = 0x4A5B6C7D
SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
OBJECT_ID, UP_TIME, NAME = ((*SYSTEM, number, 0) for number in (2, 3, 5))
SWITCH, NET_SNMP = b"68-22945-SW-001", (1, 3, 6, 1, 4, 1, 8072, 3, 2, 10)
#: exactEngineID of the agent that was recorded.
ENGINE = bytes.fromhex("80001f880462616f706875")
#: Recorded on loopback from snmpd, which was asked by these very modules; NUMBER is the first request's.
CAPTURED = {
    "v1 get": (
        "306102010004086c6f6f6b68657265a25202044a5b6c7d0201000201003044301606082b06010201010200060a2b06010401bf08"
        "03020a300d06082b06010201010300430177301b06082b06010201010500040f36382d32323934352d53572d303031"
    ),
    "v1 noSuchName": (
        "303902010004086c6f6f6b68657265a22a02044a5b6c7d020102020102301c300c06082b060102010105000500300c06082b0601"
        "02010163000500"
    ),
    "v2c noSuchInstance": (
        "304802010104086c6f6f6b68657265a23902044a5b6c7d020100020100302b301b06082b06010201010500040f36382d32323934"
        "352d53572d303031300c06082b060102010163008000"
    ),
    "v2c bulk": (
        "305002010104086c6f6f6b68657265a24102044a5b6c7d0201000201003033300f060a2b060102010109010401430100300f060a"
        "2b060102010109010402430100300f060a2b060102010109010403430100"
    ),
    "v2c endOfMibView": "302a02010104086c6f6f6b68657265a21b02044a5b6c7d020100020100300d300b06072b0601020101638200",
    "discovery": (
        "3065020103301102044a5b6c7d020300ffe3040100020103041b3019040b80001f880462616f7068750201010201010400040004"
        "003030040b80001f880462616f7068750400a81f02044a5b6c7d0201000201003011300f060a2b060106030f01010400410101"
    ),
    "notInTimeWindows": (
        "3074020103301102044a5b6c7e020300ffe3040101020103042d302b040b80001f880462616f706875020101020101040662616f"
        "706875040cd2146930ef80c42ecbedc8370400302d040b80001f880462616f7068750400a81c0201000201000201003011300f06"
        "0a2b060106030f01010200410101"
    ),
    "response": (
        "3081a5020103301102044a5b6c7f020300ffe304010302010304353033040b80001f880462616f70687502010102010104066261"
        "6f706875040c0a8d1ddd49cbdce3ed061b370408d57bd32f11668beb045617af81ed89afba1ba4453f98c0bbd44c473dd05968ab"
        "f9dec4675cd2b0257c6762d53546ca486e70388e69bb11b3bc8be12c95b9cc42d81f9d8e14b35e831b9ead48bd50fedcbc7130fe"
        "e59eabb1448c5d33559b1d0b"
    ),
    "wrongDigests": (
        "3068020103301102044a5b6c81020300ffe30401000201030421301f040b80001f880462616f706875020101020101040662616f"
        "70687504000400302d040b80001f880462616f7068750400a81c0201000201000201003011300f060a2b060106030f0101050041"
        "0101"
    ),
    "unknownUserNames": (
        "3068020103301102044a5b6c81020300ffe30401000201030421301f040b80001f880462616f70687502010102010104066e6f62"
        "6f647904000400302d040b80001f880462616f7068750400a81c0201000201000201003011300f060a2b060106030f0101030041"
        "0101"
    ),
    "SHA-256 notInTimeWindows": (
        "308180020103301102044a5b6c7e020300ffe304010102010304393037040b80001f880462616f70687502010102010104066261"
        "6f7068750418d78664eeb3a27a4b2ae0755d9229e9ffd1b9ef521901662e0400302d040b80001f880462616f7068750400a81c02"
        "01000201000201003011300f060a2b060106030f01010200410101"
    ),
    "SHA-256 response": (
        "3081b1020103301102044a5b6c7f020300ffe30401030201030441303f040b80001f880462616f70687502010102010104066261"
        "6f70687504189c5bfe067c6ed55cfb43bfbb56419c1c8ffcc22ff551df86040818ac2575bc1833d30456df04f1819ba54ed353d9"
        "de443ea032e6b2316aab46ccd9c12a624ff615c5435bb4b51f6f93e479ea339ced20e022125bb7d6d2fd39e1bf997b87ca479866"
        "b5c6b1d4413b2179c391f42499383c67a2d2d9ae32791770"
    ),
}
V1, V2C = (CommunityMessages(version, b"lookhere") for version in (Version.V1, Version.V2C))


def packet(name: str) -> bytes:
    return bytes.fromhex(CAPTURED[name])


def usm(auth: AuthProtocol = AuthProtocol.SHA1) -> UsmMessages:
    """One that knows the recorded agent's engine."""
    credentials = SnmpV3("baophu", auth, SecretStr("maplesyrup"), PrivProtocol.AES128, SecretStr("sugarmaple"))
    messages = UsmMessages(credentials, lambda: 0.0)
    assert messages.open(packet("discovery"), NUMBER) is not None
    return messages


def opened(reply: Reply | None) -> dict[bytes, Value | None]:
    assert reply is not None
    return pdu.values(reply)


def named(values: dict[Oid, Value | None]) -> dict[bytes, Value | None]:
    return {encode_oid(oid): value for oid, value in values.items()}


def test_a_response_of_snmpd_is_read_over_v1() -> None:
    reply = V1.open(packet("v1 get"), NUMBER)
    assert opened(reply) == named({OBJECT_ID: NET_SNMP, UP_TIME: 119, NAME: SWITCH})
    assert reply is not None
    assert (reply.kind, reply.request_id, reply.error_status, reply.error_index) == (PduType.RESPONSE, NUMBER, 0, 0)


def test_what_snmpd_has_not_is_an_error_over_v1_and_no_value_over_v2c() -> None:
    reply = V1.open(packet("v1 noSuchName"), NUMBER)
    assert reply is not None
    assert (reply.error_status, reply.error_index) == (pdu.ErrorStatus.NO_SUCH_NAME, 2)
    missing = opened(V2C.open(packet("v2c noSuchInstance"), NUMBER))
    assert missing == named({NAME: SWITCH, (*SYSTEM, 99, 0): None})
    assert opened(V2C.open(packet("v2c endOfMibView"), NUMBER)) == named({(*SYSTEM, 99): None})


def test_a_bulk_response_of_snmpd_is_a_part_of_a_column() -> None:
    column: Oid = (*SYSTEM, 9, 1, 4)
    reply = V2C.open(packet("v2c bulk"), NUMBER)
    assert opened(reply) == named({(*column, row): 0 for row in (1, 2, 3)})
    assert reply is not None
    scan = Scan(reply.data, reply.start, reply.stop, encode_oid(column), ())
    assert (scan.part.rows, scan.part.cells, scan.part.is_last) == (((1,), (2,), (3,)), (0, 0, 0), False)


def test_discovery_gives_the_engine_of_snmpd_and_nothing_else() -> None:
    messages = usm()
    assert (messages.engine_id, messages.boots, messages.time) == (ENGINE, None, 0)
    assert (messages.hint, dict(messages.dropped), messages.is_proven) == (None, {}, False)


@pytest.mark.parametrize(
    ("auth", "prefix"), [(AuthProtocol.SHA1, ""), (AuthProtocol.SHA256, "SHA-256 ")], ids=["SHA", "SHA-256"]
)
def test_an_authentic_report_and_an_encrypted_response_of_snmpd_are_understood(auth: AuthProtocol, prefix: str) -> None:
    messages = usm(auth)
    report = messages.open(packet(f"{prefix}notInTimeWindows"), NUMBER + 1)
    assert report is not None
    assert stat_of(report) is Stat.NOT_IN_TIME_WINDOWS
    assert (messages.boots, messages.time, messages.is_proven) == (1, 1, False)
    response = messages.open(packet(f"{prefix}response"), NUMBER + 2)
    assert opened(response) == named({NAME: SWITCH, OBJECT_ID: NET_SNMP})
    assert (messages.is_proven, dict(messages.dropped)) == (True, {})


def test_snmpds_refusals_in_clear_are_hints() -> None:
    for stat, name in ((Stat.WRONG_DIGESTS, "wrongDigests"), (Stat.UNKNOWN_USER_NAMES, "unknownUserNames")):
        messages = usm()
        assert messages.open(packet(name), NUMBER + 4) is None
        assert (messages.hint, messages.dropped) == (stat, {Dropped.DOWNGRADED: 1})


@pytest.mark.parametrize("number", [NUMBER + 1, NUMBER - 1])
def test_a_reply_to_another_request_is_none_of_ours(number: int) -> None:
    assert V1.open(packet("v1 get"), number) is None
    assert V2C.open(packet("v2c bulk"), number) is None
    messages = usm()
    assert messages.open(packet("response"), number) is None
    assert not messages.dropped


@pytest.mark.parametrize("other", [CommunityMessages(Version.V2C, b"lookher"), V1, CommunityMessages(Version.V2C, b"")])
def test_another_community_or_version_is_no_message_of_ours(other: CommunityMessages) -> None:
    with pytest.raises(BerError):
        other.open(packet("v2c bulk"), NUMBER)


def test_a_request_is_no_response() -> None:
    for request in (pdu.get([NAME]), pdu.get_next(encode_oid(NAME)), pdu.get_bulk(encode_oid(NAME), 3)):
        with pytest.raises(BerError):
            V2C.open(V2C.seal(request, NUMBER), NUMBER)


def test_nothing_may_follow_a_message_or_a_part_of_it() -> None:
    variable = ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, encode_oid(NAME)) + b"\2\1\5")
    assert V2C.open(response(variable), NUMBER) is not None
    for wrong in (response(variable) + b"\0", response(variable, b"\5\0"), response(variable, b"", b"\5\0")):
        with pytest.raises(BerError):
            V2C.open(wrong, NUMBER)
    with pytest.raises(BerError):
        opened(V2C.open(response(ber.tlv(ber.SEQUENCE, variable[2:] + b"\5\0")), NUMBER))


def response(variables: bytes, after_variables: bytes = b"", after_pdu: bytes = b"") -> bytes:
    """A response by hand, with things in it that have no place there."""
    fields = ber.encode_integer(NUMBER) + b"\2\1\0\2\1\0" + ber.tlv(ber.SEQUENCE, variables) + after_variables
    head = ber.encode_integer(Version.V2C) + ber.tlv(ber.OCTET_STRING, b"lookhere")
    return ber.tlv(ber.SEQUENCE, head + ber.tlv(PduType.RESPONSE, fields) + after_pdu)


def test_a_message_is_the_same_whatever_form_its_lengths_have() -> None:
    name = ber.tlv(ber.OBJECT_ID, encode_oid(NAME))
    variables = ber.tlv(ber.SEQUENCE, ber.tlv(ber.SEQUENCE, name + b"\2\x81\1\5"))
    heads, numbers = (
        ("0201010408", "028101010408", "020101048108"),
        ("02044a5b6c7d", "0281044a5b6c7d", "0205004a5b6c7d"),
    )
    for head, number, errors in product(heads, numbers, ("020100020100", "02020000020100", "028200010002810100")):
        fields = bytes.fromhex(number + errors) + variables
        contents = bytes.fromhex(head) + b"lookhere" + ber.tlv(PduType.RESPONSE, fields)
        reply = V2C.open(ber.tlv(ber.SEQUENCE, contents), NUMBER)
        assert opened(reply) == named({NAME: 5})
        assert reply is not None
        assert (reply.error_status, reply.error_index) == (0, 0)


REQUESTS = {
    PduType.GET: pdu.get([NAME, UP_TIME]),
    PduType.GET_NEXT: pdu.get_next(encode_oid(NAME)),
    PduType.GET_BULK: pdu.get_bulk(encode_oid(NAME), 25),
}
THEIRS = {PduType.GET: "get-request", PduType.GET_NEXT: "get-next-request", PduType.GET_BULK: "get-bulk-request"}
NULL = v2c.Null("")


def expect(kind: PduType, theirs: Any, number: int) -> None:
    names = [NAME, UP_TIME] if kind is PduType.GET else [NAME]
    repetitions = 25 if kind is PduType.GET_BULK else 0
    assert [int(theirs[field]) for field in range(3)] == [number, 0, repetitions]
    assert [(tuple(name), value) for name, value in v2c.apiPDU.get_varbinds(theirs)] == [(name, NULL) for name in names]


@pytest.mark.parametrize("number", [0x40000000, NUMBER, 0x7FFFFFFF])
@pytest.mark.parametrize(
    ("kind", "messages", "theirs"),
    [*((kind, V2C, v2c) for kind in REQUESTS), *((kind, V1, v1) for kind in REQUESTS if kind is not PduType.GET_BULK)],
)
def test_pysnmp_reads_what_is_asked_with_a_community(
    kind: PduType, messages: CommunityMessages, theirs: Any, number: int
) -> None:
    for _ in range(2):  # the second comes from the frame that was kept
        message, rest = decoder.decode(messages.seal(REQUESTS[kind], number), asn1Spec=theirs.Message())
        assert (int(message[0]), bytes(message[1]), rest) == (messages.version, b"lookhere", b"")
        assert message[2].getName() == THEIRS[kind]
        expect(kind, theirs.apiMessage.get_pdu(message), number)


@pytest.mark.parametrize(("auth", "priv"), [*product(AuthProtocol, (PrivProtocol.AES128, PrivProtocol.AES256))])
@pytest.mark.parametrize("kind", REQUESTS)
def test_pysnmp_deciphers_what_is_asked_over_v3(kind: PduType, auth: AuthProtocol, priv: PrivProtocol) -> None:
    messages = UsmMessages(SnmpV3("baophu", auth, SecretStr("maplesyrup"), priv, SecretStr("sugarmaple")), lambda: 0.0)
    messages.open(packet("discovery"), NUMBER)
    messages.boots, messages._time = 7, 1234
    sealed = messages.seal(REQUESTS[kind], NUMBER)
    message, rest = decoder.decode(sealed, asn1Spec=SNMPv3Message())
    header = message["msgGlobalData"]
    assert ([int(header[0]), int(header[1]), bytes(header[2]), int(header[3])], rest) == (
        [NUMBER, 65507, b"\7", 3],
        b"",
    )
    said, _ = decoder.decode(message["msgSecurityParameters"], asn1Spec=UsmSecurityParameters())
    assert [bytes(said[0]), int(said[1]), int(said[2]), bytes(said[3])] == [ENGINE, 7, 1234, b"baophu"]
    key = v2c.OctetString(localized_key(auth, password_to_key(auth, b"maplesyrup"), ENGINE))
    SnmpUSMSecurityModel.AUTH_SERVICES[AUTH[auth]].authenticate_incoming_message(key, said[4], sealed)
    secret = v2c.OctetString(localized_privacy_key(auth, priv, password_to_key(auth, b"sugarmaple"), ENGINE))
    cipher = SnmpUSMSecurityModel.PRIV_SERVICES[PRIV[priv]]
    plain = cipher.decrypt_data(secret, (7, 1234, said[5]), message["msgData"]["encryptedPDU"])
    scoped, _ = decoder.decode(plain, asn1Spec=ScopedPDU())
    assert (bytes(scoped[0]), bytes(scoped[1]), scoped[2].getName()) == (ENGINE, b"", THEIRS[kind])
    expect(kind, scoped[2][THEIRS[kind]], NUMBER)


def test_pysnmp_reads_discovery() -> None:
    credentials = SnmpV3("baophu", AuthProtocol.SHA1, SecretStr("x"), PrivProtocol.AES128, SecretStr("y"))
    message, _ = decoder.decode(UsmMessages(credentials, lambda: 0.0).seal(DISCOVERY, NUMBER), asn1Spec=SNMPv3Message())
    assert bytes(message["msgGlobalData"][2]) == b"\4"
    said, _ = decoder.decode(message["msgSecurityParameters"], asn1Spec=UsmSecurityParameters())
    assert [said[field] for field in range(6)] == [b"", 0, 0, b"", b"", b""]
    assert list(message["msgData"]["plaintext"][2]["get-request"][3]) == []


def test_a_set_cannot_be_made() -> None:
    assert 0xA3 not in {kind.value for kind in PduType}
    assert {request.kind for request in (*REQUESTS.values(), DISCOVERY)} == set(REQUESTS)
    for kind in set(range(256)) - set(REQUESTS):
        with pytest.raises(ValueError, match=r"is nothing that is asked$"):
            Request(kind, b"")  # type: ignore[arg-type]  # that is what is tried


#: Octets of every kind: chance, what BER is made of, and what was captured with some of it changed.
noise = st.binary(max_size=80) | st.lists(
    st.sampled_from(b"\x00\x01\x02\x03\x04\x06\x30\x41\x80\x81\x82\x84\xa2\xa8\xff"), max_size=60
).map(bytes)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    data = bytearray(packet(draw(st.sampled_from(sorted(CAPTURED)))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case 1:
                data[at : at + draw(st.integers(0, 9))] = b""
            case 2:
                data[at:at] = draw(noise)
            case _:
                del data[at:]
    return bytes(data)


def open_all(data: bytes) -> None:
    for name, number in (("discovery", NUMBER), ("notInTimeWindows", NUMBER + 1), ("response", NUMBER + 2)):
        messages = usm()
        ways: list[Callable[[], Reply | None]] = [
            lambda: V1.open(data, NUMBER),
            lambda: V2C.open(data, NUMBER),
            lambda messages=messages, number=number: messages.open(data, number),  # type: ignore[misc]  # bound at once
            lambda: Reply(data, 0, len(data)),
        ]
        if name == "discovery":
            messages.start_over()
        for way in ways:
            with suppress(BerError):
                look_into(way())


def look_into(reply: Reply | None) -> None:
    if reply is None:
        return
    with suppress(BerError):
        pdu.values(reply)
    with suppress(BerError):
        stat_of(reply)
    for prefix in (encode_oid((*SYSTEM, 9, 1, 4)), encode_oid((1, 3))):
        with suppress(BerError, OutOfOrderError):
            scan = Scan(reply.data, reply.start, reply.stop, prefix, ())
            layout = scan.layout()
            assert layout is not None
            assert layout.read(reply.data, reply.start, reply.stop) == scan.part.cells


@settings(max_examples=150, deadline=None)
@given(noise | mutated())
def test_octets_of_any_kind_raise_nothing_but_a_ber_error(data: bytes) -> None:
    open_all(data)


def test_a_captured_message_with_any_octet_changed_raises_nothing_but_a_ber_error() -> None:
    for name in ("v2c bulk", "response", "discovery"):
        whole = packet(name)
        for at, octet in product(range(len(whole)), (0x00, 0x80, 0x84, 0xFF)):
            open_all(whole[:at] + bytes((octet,)) + whole[at + 1 :])


def lines(work: Callable[[], object]) -> int:
    """How many lines of Python are executed: a measure of time that no busy machine changes."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with suppress(BerError, OutOfOrderError):
            work()
    finally:
        sys.settrace(before)
    return count


def longest(size: int) -> Iterator[bytes]:
    """What is read furthest: many variables, a name without end, a number without end."""
    name = encode_oid((1, 3))
    for variables in (
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, name) + b"\5\0") * (size // 7),
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, name + b"\xff" * size) + b"\5\0"),
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, name + b"\x81\x01" * (size // 2)) + b"\5\0"),
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, name) + ber.tlv(ber.INTEGER, b"\xff" * size)),
    ):
        yield ber.tlv(0xA2, ber.encode_integer(NUMBER) + b"\2\1\0\2\1\0" + ber.tlv(ber.SEQUENCE, variables))


def test_the_work_grows_no_faster_than_the_message() -> None:
    for small, large in zip(longest(500), longest(4000), strict=True):
        steps = []
        for data in (small, large):
            message = ber.tlv(ber.SEQUENCE, ber.encode_integer(1) + ber.tlv(ber.OCTET_STRING, b"lookhere") + data)
            steps.append(lines(lambda message=message: look_into(V2C.open(message, NUMBER))))  # type: ignore[misc]
        assert steps[1] <= 9 * steps[0] + 500
        assert steps[1] <= 20 * 4000
    assert lines(lambda: ber.decode_parts(b"\xff" * 4000)) < 60  # what is too large already isn't read on
