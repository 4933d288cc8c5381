"""USM's cryptography: the RFC's own examples, pysnmp as the oracle, and what must never be authentic."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.type.univ import OctetString  # type: ignore[import-untyped]  # no types exist
from pydantic import SecretStr
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel

from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV3
from collectors.snmp.pysnmp_client import AUTH, PRIV
from collectors.snmp.usm import KEY_LENGTHS, Keys, localized_key, localized_privacy_key, password_to_key

MAPLESYRUP = b"maplesyrup"
#: The engine of RFC 3414 §A.3, and one as net-snmp makes them.
ENGINES = (bytes.fromhex("000000000000000000000002"), bytes.fromhex("80001f8805e7071685c75eb8480a14b70cf2dd9d12"))
PASSWORDS = (MAPLESYRUP, b"12345678", b"q" * 64, b"q" * 100, "mật khẩu dài".encode())
SALT = bytes(range(8))
SPOKEN = tuple(KEY_LENGTHS)
BOTH = pytest.mark.parametrize(("auth", "priv"), [(auth, priv) for auth in AuthProtocol for priv in SPOKEN])
octets = st.binary(max_size=1500)
salts = st.binary(min_size=8, max_size=8)
# What RFC 3414 §2.4 lets boots and time be.
counters = st.integers(0, 2**31 - 1)


def credentials(
    auth: AuthProtocol, priv: PrivProtocol, auth_key: str = "maplesyrup", priv_key: str = "sugarmaple"
) -> SnmpV3:
    return SnmpV3("baophu", auth, SecretStr(auth_key), priv, SecretStr(priv_key))


def keys(auth: AuthProtocol = AuthProtocol.SHA1, priv: PrivProtocol = PrivProtocol.AES128) -> Keys:
    return Keys.localized(credentials(auth, priv), ENGINES[1])


#: hypothesis runs a test many times; keys are worked out once for all.
ALL = {(auth, priv): keys(auth, priv) for auth in AuthProtocol for priv in SPOKEN}


def authenticator(auth: AuthProtocol) -> Any:
    return SnmpUSMSecurityModel.AUTH_SERVICES[AUTH[auth]]


def cipher(priv: PrivProtocol) -> Any:
    return SnmpUSMSecurityModel.PRIV_SERVICES[PRIV[priv]]


@pytest.mark.parametrize(
    ("protocol", "key", "localized"),
    [
        (AuthProtocol.MD5, "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        (
            AuthProtocol.SHA1,
            "9fb5cc0381497b3793528939ff788d5d79145211",
            "6695febc9288e36282235fc7151f128497b38f3f",
        ),
    ],
)
def test_keys_are_those_of_the_rfc(protocol: AuthProtocol, key: str, localized: str) -> None:
    # RFC 3414 §A.3.1 and §A.3.2
    assert password_to_key(protocol, MAPLESYRUP).hex() == key
    assert localized_key(protocol, bytes.fromhex(key), ENGINES[0]).hex() == localized


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("auth", AuthProtocol)
def test_authentication_keys_are_those_of_pysnmp(auth: AuthProtocol, password: bytes) -> None:
    key = authenticator(auth).hash_passphrase(password)
    assert password_to_key(auth, password) == key.asOctets()
    for engine_id in ENGINES:
        expected = authenticator(auth).localize_key(key, OctetString(engine_id)).asOctets()
        assert localized_key(auth, key.asOctets(), engine_id) == expected


@pytest.mark.parametrize("engine_id", ENGINES)
@BOTH
def test_privacy_keys_are_those_of_pysnmp(auth: AuthProtocol, priv: PrivProtocol, engine_id: bytes) -> None:
    key = password_to_key(auth, MAPLESYRUP)
    found = localized_privacy_key(auth, priv, key, engine_id)
    expected = cipher(priv).localize_key(AUTH[auth], OctetString(key), OctetString(engine_id))
    assert found == expected.asOctets()
    assert len(found) == KEY_LENGTHS[priv]


@pytest.mark.parametrize(("auth", "length"), list(zip(AuthProtocol, (12, 12, 16, 24, 32, 48), strict=True)), ids=str)
@given(tail=octets)
def test_digests_are_those_of_pysnmp(auth: AuthProtocol, length: int, tail: bytes) -> None:
    ours = ALL[auth, PrivProtocol.AES128]
    message = b"0\x82head" + bytes(length) + tail
    key = OctetString(localized_key(auth, password_to_key(auth, MAPLESYRUP), ENGINES[1]))
    authenticated = authenticator(auth).authenticate_outgoing_message(key, message)
    assert ours.auth_length == length
    assert authenticated == message[:6] + ours.digest(message) + tail
    assert ours.is_authentic(message, authenticated[6 : 6 + length])


@BOTH
@given(plain=octets, boots=counters, time=counters)
def test_pysnmp_and_we_read_each_other(
    auth: AuthProtocol, priv: PrivProtocol, plain: bytes, boots: int, time: int
) -> None:
    ours, oracle = ALL[auth, priv], cipher(priv)
    key = oracle.localize_key(AUTH[auth], OctetString(password_to_key(auth, b"sugarmaple")), OctetString(ENGINES[1]))
    theirs, salt = oracle.encrypt_data(key, (boots, time, None), plain)
    assert ours.decrypt(theirs.asOctets(), boots, time, salt.asOctets()) == plain
    assert ours.encrypt(plain, boots, time, salt.asOctets()) == theirs.asOctets()
    mine = OctetString(ours.encrypt(plain, boots, time, SALT))
    assert oracle.decrypt_data(key, (boots, time, OctetString(SALT)), mine) == plain


@given(messages=st.lists(st.tuples(octets, counters, counters, salts), max_size=5))
def test_messages_come_back_whatever_came_before_them(messages: list[tuple[bytes, int, int, bytes]]) -> None:
    ours = ALL[AuthProtocol.SHA256, PrivProtocol.AES256]
    encrypted = [(ours.encrypt(plain, boots, time, salt), boots, time, salt) for plain, boots, time, salt in messages]
    plains = [message[0] for message in messages]
    assert [len(message[0]) for message in encrypted] == [len(plain) for plain in plains]
    assert [ours.decrypt(*message) for message in encrypted] == plains
    assert [ours.decrypt(*message) for message in reversed(encrypted)] == plains[::-1]


@pytest.mark.parametrize("length", range(34))
def test_the_context_is_ready_after_each_length(length: int) -> None:
    ours, plain = keys(), bytes(range(100))
    ours.decrypt(bytes(length), 1, 2, SALT)
    assert ours.decrypt(ours.encrypt(plain, 3, 4, SALT), 3, 4, SALT) == plain


@pytest.mark.parametrize("auth", AuthProtocol)
@given(message=st.binary(min_size=1, max_size=1500), data=st.data())
def test_a_flipped_bit_is_not_authentic(auth: AuthProtocol, message: bytes, data: st.DataObject) -> None:
    ours = ALL[auth, PrivProtocol.AES128]
    digest = ours.digest(message)
    assert ours.is_authentic(message, digest)
    assert not ours.is_authentic(flipped(message, data.draw(st.integers(0, len(message) * 8 - 1))), digest)
    assert not ours.is_authentic(message, flipped(digest, data.draw(st.integers(0, len(digest) * 8 - 1))))


def flipped(octets: bytes, bit: int) -> bytes:
    return (int.from_bytes(octets) ^ 1 << bit).to_bytes(len(octets))


@pytest.mark.parametrize("auth", AuthProtocol)
def test_a_digest_of_another_length_is_not_authentic(auth: AuthProtocol) -> None:
    ours = keys(auth)
    digest = ours.digest(b"message")
    for length in range(len(digest)):
        assert not ours.is_authentic(b"message", digest[:length])
    assert not ours.is_authentic(b"message", digest + b"\0")


def test_keys_open_one_engine_and_one_user_alone() -> None:
    digests = {
        Keys.localized(credentials(AuthProtocol.SHA1, PrivProtocol.AES128, password), engine_id).digest(b"message")
        for password in ("maplesyrup", "maplesyruq")
        for engine_id in ENGINES
    }
    assert len(digests) == 4


def test_passwords_are_utf_8() -> None:
    given_as_text = credentials(AuthProtocol.SHA256, PrivProtocol.AES128, auth_key="mật khẩu dài")
    key = localized_key(AuthProtocol.SHA256, password_to_key(AuthProtocol.SHA256, PASSWORDS[-1]), ENGINES[1])
    expected = authenticator(AuthProtocol.SHA256).authenticate_outgoing_message(OctetString(key), bytes(24))
    assert Keys.localized(given_as_text, ENGINES[1]).digest(bytes(24)) == expected


@BOTH
def test_nothing_secret_is_shown(auth: AuthProtocol, priv: PrivProtocol) -> None:
    # The whole of it: what isn't here can't be shown.
    assert repr(ALL[auth, priv]) == str(ALL[auth, priv]) == f"Keys(auth_length={ALL[auth, priv].auth_length})"


def test_no_error_carries_a_password() -> None:
    Keys.localized(
        credentials(AuthProtocol.SHA1, PrivProtocol.AES128, "maple\udcffsyrup", "sugar\ud800maple"), ENGINES[1]
    )


def test_des_is_left_to_pysnmp() -> None:
    with pytest.raises(
        ValueError, match=r"^usm: privacy protocol DES is not spoken here; ask its devices through pysnmp$"
    ):
        Keys.localized(credentials(AuthProtocol.SHA1, PrivProtocol.DES), ENGINES[1])


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^usm: the password is empty$"):
        password_to_key(AuthProtocol.SHA1, b"")


@pytest.mark.parametrize(
    ("boots", "time", "salt", "says"),
    [
        (1, 2, b"", "a salt of 0 octets, not 8"),
        (1, 2, bytes(7), "a salt of 7 octets, not 8"),
        (1, 2, bytes(9), "a salt of 9 octets, not 8"),
        (-1, 2, SALT, "boots -1 or time 2 does not fit 32 bits"),
        (1, 1 << 32, SALT, "boots 1 or time 4294967296 does not fit 32 bits"),
    ],
)
def test_an_impossible_initial_vector_is_refused(boots: int, time: int, salt: bytes, says: str) -> None:
    ours = keys()
    for use in (ours.encrypt, ours.decrypt):
        with pytest.raises(ValueError, match=f"^usm: {says}$"):
            use(b"scoped PDU", boots, time, salt)
    assert ours.decrypt(ours.encrypt(b"scoped PDU", 1, 2, SALT), 1, 2, SALT) == b"scoped PDU"


def test_pysnmp_speaks_every_protocol() -> None:
    assert set(AUTH) == set(AuthProtocol)
    assert set(PRIV) == set(PrivProtocol)
    assert len(set(AUTH.values())) == len(AUTH)
    assert len(set(PRIV.values())) == len(PRIV)
