"""Keys of SNMPv3 users: as pysnmp works them out, and no passphrase in an error."""

import importlib.util
import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.secmod.rfc3414.localkey import password_to_key

FILTERS = Path(__file__).parents[2] / "roles" / "monitoring_agent" / "filter_plugins" / "snmp_keys.py"


def load() -> ModuleType:
    """The filters, which stand in a role and in no package."""
    specification = importlib.util.spec_from_file_location("snmp_keys", FILTERS)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["snmp_keys"] = module
    specification.loader.exec_module(module)
    return module


filters: Any = load()
ENGINE = "0x80001f8805e7071685c75eb8480a14b70cf2dd9d12"


@pytest.mark.parametrize("passphrase", ["maplesyrup", "12345678", "q" * 100, "mật khẩu dài"])
@pytest.mark.parametrize("octets", [32, 16])
def test_keys_are_those_of_pysnmp(passphrase: str, octets: int) -> None:
    engine = OctetString(hexValue=ENGINE.removeprefix("0x"))
    expected = password_to_key(passphrase.encode(), engine, sha256).asOctets()[:octets].hex()
    assert filters.snmp_localized_key(f"{passphrase}\n", ENGINE, octets) == f"0x{expected}"


def test_a_key_opens_one_engine_alone() -> None:
    other = filters.snmp_engine_id("another")
    assert filters.snmp_localized_key("maplesyrup", ENGINE) != filters.snmp_localized_key("maplesyrup", other)


def test_a_short_passphrase_is_refused_and_not_told() -> None:
    with pytest.raises(ValueError, match="at least 8 characters") as caught:
        filters.snmp_localized_key("secret7\n", ENGINE)
    assert "secret7" not in str(caught.value)


def test_an_engine_id_is_made_of_octets_of_net_snmps_enterprise() -> None:
    engine = filters.snmp_engine_id("e3b0 68-22945-SW-001")
    assert engine == filters.snmp_engine_id("e3b0 68-22945-SW-001")
    assert engine != filters.snmp_engine_id("e3b0 68-22945-SW-002")
    assert engine.startswith("0x80001f8805")
    assert 5 <= len(bytes.fromhex(engine[2:])) <= 32
