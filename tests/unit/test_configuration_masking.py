"""No secret of any platform passes; what says how a network is built does."""

import re
from datetime import UTC, datetime
from pathlib import Path

import netmiko
import pytest

from collectors.configuration.masking import MASK, mask
from collectors.configuration.platforms import PLATFORMS
from collectors.configuration.reading import LONGEST_LINE, DigestKey, captured
from collectors.fault import Fault
from ledger.configuration import Capture
from ledger.observation import Failure

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = DigestKey.derived(b"the file of an SSH key")

#: In each line, what stands between ‹ and › is a secret; the rest must stay as it is.
SECRETS: dict[str, tuple[str, ...]] = {
    "frr": (
        "password ‹zebra›",
        "enable password 8 ‹gZ4nDb8QjR9Es›",
        " neighbor 10.68.0.2 password ‹bgp-md5›",
        "  key-string ‹ripsecret›",
        " ip rip authentication string ‹riptext›",
        " ip ospf authentication-key ‹ospfpw›",
        " ip ospf message-digest-key 1 md5 ‹ospfmd5›",
        " isis password md5 ‹isispw›",
        " area-password clear ‹areapw›",
        " ip nhrp authentication ‹nhrp›",
        " neighbor 10.1.1.1 password ‹with blanks in it›",
    ),
    "openvswitch": (
        "  options psk ‹swordfish›",
        "  other_config ipsec_password ‹two words›",
        "  external_ids iface-secret ‹x›",
    ),
    "cisco_ios": (
        "enable secret 9 ‹$9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM›",
        "enable secret level 5 5 ‹$1$mERr$hx5rVt7rPNoS4wqbXKX7m0›",
        "username noc privilege 15 secret 5 ‹$1$abcd$efghijklmnop›",
        "username noc password 7 ‹094F471A1A0A›",
        " password 7 ‹0822455D0A16›",
        "snmp-server community ‹public› RO 10",
        "snmp-server community ‹private›",
        "snmp-server host 10.68.1.10 version 2c ‹public›",
        "snmp-server host 10.68.1.10 vrf MGMT traps version 2c ‹public› udp-port 1162",
        "snmp-server host 10.68.1.10 ‹public›",
        "snmp-server user noc ops v3 auth sha ‹authpw123› priv aes 128 ‹privpw123›",
        "snmp-server user noc ops v3 encrypted auth md5 ‹0xAA›",
        "tacacs-server host 10.0.0.1 key 7 ‹1234abcd›",
        "radius-server key ‹radkey›",
        "radius-server host 10.0.0.1 auth-port 1812 acct-port 1813 key 7 ‹02050D480809›",
        " key 7 ‹121A0C041104›",
        " key ‹sharedsecret›",
        " server-private 10.0.0.1 key ‹priv8›",
        " client 10.0.0.9 server-key 7 ‹0011›",
        "crypto isakmp key ‹vpnkey› address 203.0.113.1",
        "crypto isakmp key 6 ‹AAAA› address 203.0.113.1",
        " pre-shared-key address 203.0.113.1 key 6 ‹BBBB›",
        " pre-shared-key local ‹locsec›",
        "   wpa-psk ascii 0 ‹wifi1234›",
        " ip ospf authentication-key 7 ‹0822455D0A16›",
        " ip ospf message-digest-key 1 md5 7 ‹0822455D0A16›",
        "ntp authentication-key 1 md5 ‹070C285F4D06› 7",
        "  key-string 7 ‹13061E010803›",
        " standby 1 authentication md5 key-string ‹hsrp›",
        " standby 1 authentication ‹hsrptext›",
        " vrrp 1 authentication text ‹vrrppw›",
        " neighbor 10.0.0.1 password 7 ‹01100F175804›",
        " ppp chap password 0 ‹chap›",
        " ppp pap sent-username site password 7 ‹pap›",
        " path ftp://backup:‹hunter2›@10.0.0.9/$h",
    ),
    "cisco_nxos": (
        "username admin password 5 ‹$5$KJ9AaBCC$abc.def›  role network-admin",
        "snmp-server user admin network-admin auth md5 ‹0xfe6c› priv ‹0xfe6d› localizedkey",
        "snmp-server user ops auth sha-256 ‹0x1› priv aes-128 ‹0x2› localizedkey",
        "snmp-server community ‹nxcomm› group network-operator",
        "snmp-server host 10.1.1.1 traps version 2c ‹nxtrap›",
        'radius-server host 10.1.1.1 key 7 ‹"fewhg"› authentication accounting',
    ),
    "arista_eos": (
        "username admin privilege 15 role network-admin secret sha512 ‹$6$salt$hash›",
        "enable password sha512 ‹$6$salt$hash›",
        "snmp-server community ‹eos› ro",
        "snmp-server user u g v3 localized f5717f auth sha512 ‹aabb› priv aes256 ‹ccdd›",
        "   neighbor 10.0.0.1 password 7 ‹DHZMQjVAMZM=›",
        "tacacs-server key 7 ‹0110›",
    ),
    "huawei_vrp": (
        " local-user admin password irreversible-cipher ‹$1c$abc$def›",
        " local-user noc password cipher ‹%^%#aBc>d,ef%^%#›",
        "super password level 3 cipher ‹%@%@abc%@%@›",
        "snmp-agent community read cipher ‹%^%#xyz%^%#›",
        "snmp-agent community write ‹private›",
        "snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname ‹public› v2c",
        "snmp-agent target-host trap address udp-domain 10.0.0.1 params securityname cipher ‹%^%#a%^%#› v2c",
        "snmp-agent usm-user v3 noc authentication-mode sha ‹authpw› privacy-mode aes128 ‹privpw›",
        " peer 10.0.0.1 password cipher ‹%^%#bgp%^%#›",
        " peer 10.0.0.1 password simple ‹bgpsimple›",
        " ospf authentication-mode md5 1 cipher ‹%^%#o%^%#›",
        " ospf authentication-mode simple plain ‹ospfpw›",
        " pre-shared-key cipher ‹%^%#ike%^%#›",
        " radius-server shared-key cipher ‹%^%#r%^%#›",
        " set authentication password cipher ‹%^%#con%^%#›",
        "ntp-service authentication-keyid 1 authentication-mode md5 cipher ‹%^%#n%^%#›",
    ),
    "hp_comware": (
        " password hash ‹$h$6$8bdn7pz3$abc==›",
        " password simple ‹abc123›",
        " key authentication cipher ‹$c$3$abcd==›",
        "snmp-agent community read simple ‹hpro›",
        "snmp-agent usm-user v3 noc ops cipher authentication-mode sha ‹$c$3$x› privacy-mode aes128 ‹$c$3$y›",
    ),
    "juniper_junos": (
        'set system root-authentication encrypted-password ‹"$6$abc$def"›',
        'set system login user noc authentication encrypted-password ‹"$5$abc"›',
        'set system radius-server 10.0.0.1 secret ‹"$9$abc/def"›',
        'set protocols bgp group tslcd authentication-key ‹"$9$Ohk.IcyKWX"›',
        'set security ike policy p pre-shared-key ascii-text ‹"$9$x y"›',
        "set snmp community ‹public› authorization read-only",
        "set snmp trap-group ‹traps› targets 10.0.0.1",
        "set snmp v3 snmp-community c1 community-name ‹pub›",
        'set snmp v3 usm local-engine user u authentication-sha authentication-password ‹"clear"›',
        'set access profile p client c chap-secret ‹"$9$a"›',
        'set protocols ospf area 0 interface ge-0/0/0 authentication md5 1 key ‹"$9$k"›',
    ),
    "mikrotik_routeros": (
        '/interface wireguard add name=wg0 private-key=‹"sdfAbc=="›',
        '/interface wireguard peers add preshared-key=‹"abc="› public-key="pub=" allowed-address=10.0.0.0/8',
        "/snmp community set [ find default=yes ] addresses=::/0 name=‹public›",
        "/ppp secret add name=site password=‹pw› service=l2tp",
        "/interface wireless security-profiles set wpa2-pre-shared-key=‹wifi1234› mode=dynamic-keys",
        "/radius add address=10.0.0.1 secret=‹rad› service=login",
        '/routing bgp connection add name=pop remote.address=10.0.0.1 tcp-md5-key=‹"bgp \\" key"›',
        "/ip ipsec identity add peer=p secret=‹ike›",
    ),
    "fortinet": (
        "        set password ENC ‹SH2abc==›",
        "    set psksecret ENC ‹abc›",
        '    set passphrase ‹"wifi 1234"›',
        "        set auth-pwd ENC ‹abc›",
        "    set secret ENC ‹xyz›",
    ),
}
#: Lines that look like secrets and aren't, or that must stay readable.
PLAIN: dict[str, tuple[str, ...]] = {
    "frr": (
        " neighbor 10.68.0.2 remote-as 65001",
        "key chain RIP",
        " key 1",
        "service password-encryption",
        " ip ospf authentication message-digest",
        "log syslog informational",
        "hostname 68-POP-RT-001",
    ),
    "openvswitch": ("  options key 5", "  options remote_ip 10.0.0.1", "  other_config mac-aging-time 300"),
    "cisco_ios": (
        "no service password-recovery",
        "aaa authentication login default group tacacs+ local",
        "username noc nopassword",
        "crypto key generate rsa",
        "snmp-server location Phan Thiet",
        "snmp-server enable traps bgp",
        "ip address 10.0.0.1 255.255.255.0",
    ),
    "huawei_vrp": ("ssh server cipher aes256_ctr aes128_ctr", " authentication-mode password", "sysname HW"),
    "juniper_junos": (
        "set policy-options community TSLCD members 65000:1",
        'set system login user noc authentication ssh-rsa "ssh-rsa AAAA noc"',
        "set system login password minimum-length 12",
    ),
    "mikrotik_routeros": ("/ip ssh set host-key-type=ed25519 strong-crypto=yes", "/ip address add address=10.0.0.1/24"),
    "fortinet": ('    set hostname "FGT"', "    set admin-lockout-threshold 5", '        set name "lan"'),
}
CASES = [(platform, line) for platform, lines in SECRETS.items() for line in lines]
PRIVATE_KEY = "-----BEGIN {kind} KEY-----\nMIIEvQ\nIBADANBg\n-----END {kind} KEY-----"


def masked(platform: str, text: str) -> str:
    return mask(text, PLATFORMS[platform].rules).text


@pytest.mark.parametrize(("platform", "marked"), CASES)
def test_a_secret_is_masked_and_nothing_else(platform: str, marked: str) -> None:
    line = marked.replace("‹", "").replace("›", "")
    secrets = [part.split("›")[0] for part in marked.split("‹")[1:]]
    wanted = marked
    for secret in secrets:
        wanted = wanted.replace(f"‹{secret}›", MASK)
    found = mask(f"a\n{line}\nb", PLATFORMS[platform].rules)
    assert found.text == f"a\n{wanted}\nb"
    assert list(found.secrets) == secrets


@pytest.mark.parametrize(("platform", "line"), [(name, line) for name, lines in PLAIN.items() for line in lines])
def test_what_is_no_secret_stays(platform: str, line: str) -> None:
    assert masked(platform, f"{line}\nend") == f"{line}\nend"


def test_every_platform_has_examples() -> None:
    assert set(SECRETS) == set(PLATFORMS)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("kind", ["RSA PRIVATE", "PRIVATE", "OPENSSH PRIVATE", "ENCRYPTED PRIVATE"])
def test_a_private_key_is_masked_over_all_its_lines(platform: str, kind: str) -> None:
    key = PRIVATE_KEY.format(kind=kind)
    assert masked(platform, f"a\n{key}\nb") == f"a\n-----BEGIN {kind} KEY-----{MASK}-----END {kind} KEY-----\nb"
    assert "MIIEvQ" not in masked(platform, key[:60])  # cut off


def test_a_community_of_fortios_is_known_by_its_section() -> None:
    text = (
        'config system snmp community\n    edit 1\n        set name "pub"\n    next\nend\n'
        'config system zone\n    edit 1\n        set name "lan"\n    next\nend'
    )
    assert masked("fortinet", text) == text.replace('"pub"', MASK)
    assert "pub" not in masked("fortinet", text[:60])  # cut off


def read(printed: str, platform: str = "frr", key: DigestKey = KEY) -> Capture | Fault:
    return captured("r1", printed, PLATFORMS[platform], key, NOON)


FRR = """Building configuration...\r
\r
Current configuration:\r
!\r
frr version 8.4.4\r
router bgp 65000\r
 neighbor 10.0.0.2 password one\r
exit\r
!\r
end\r
"""


def test_what_moves_by_itself_is_dropped_and_the_rest_is_kept() -> None:
    found = read(FRR)
    assert isinstance(found, Capture)
    assert found.text == "!\nfrr version 8.4.4\nrouter bgp 65000\n neighbor 10.0.0.2 password <masked>\nexit\n!\nend\n"
    assert found.message is None


def test_a_changed_secret_shows_in_the_digest_alone() -> None:
    one, same, other = read(FRR), read(FRR), read(FRR.replace("password one", "password two"))
    assert isinstance(one, Capture) and isinstance(same, Capture) and isinstance(other, Capture)  # noqa: PT018
    assert one.digest == same.digest
    assert one.text == other.text
    assert one.digest is not None
    assert other.digest is not None
    assert other.digest.differs_from(one.digest)
    assert "one" not in one.digest.value + one.digest.key


def test_digests_of_different_keys_do_not_compare() -> None:
    one, other = read(FRR), read(FRR.replace("one", "two"), key=DigestKey.derived(b"another file"))
    assert isinstance(one, Capture) and isinstance(other, Capture)  # noqa: PT018
    assert one.digest is not None
    assert other.digest is not None
    assert not other.digest.differs_from(one.digest)


def test_a_platform_that_encrypts_anew_every_time_has_no_digest() -> None:
    found = read("config system admin\n    set password ENC abc\nend", "fortinet")
    assert isinstance(found, Capture)
    assert found.digest is None


IOS = """Building configuration...

Current configuration : 1234 bytes
!
! Last configuration change at 13:05:11 UTC Tue Nov 24 2026 by ana
! NVRAM config last updated at 13:05:12 UTC Tue Nov 24 2026 by ana
!
hostname r1
ntp clock-period 36028796
end
"""
HUAWEI = """!Software Version V200R021
!Last configuration was updated at 2026-11-24 10:00:00+07:00 by ana
!Last configuration was saved at 2026-11-24 10:01:00+07:00 by ana
#
return
"""
NXOS = """
!Command: show running-config
!Running configuration last done at: Tue Nov 24 10:00:00 2026
!Time: Tue Nov 24 10:00:01 2026

version 9.3
"""


@pytest.mark.parametrize(
    ("platform", "printed", "message", "text"),
    [
        ("cisco_ios", IOS, "ana (13:05:11 UTC Tue Nov 24 2026)", "!\n!\nhostname r1\nend\n"),
        (
            "huawei_vrp",
            HUAWEI,
            "ana (2026-11-24 10:00:00+07:00)",
            "!Software Version V200R021\n#\nreturn\n",
        ),
        (
            "juniper_junos",
            "## Last commit: 2026-11-24 10:00:00 +07 by ana\nset version 21\n",
            "ana (2026-11-24 10:00:00 +07)",
            "set version 21\n",
        ),
        (
            "mikrotik_routeros",
            "# 2026-11-24 10:00:00 by RouterOS 7.15\n# software id = AAAA\n/ip dns set servers=10.0.0.1\n",
            None,
            "# software id = AAAA\n/ip dns set servers=10.0.0.1\n",
        ),
        (
            "cisco_nxos",
            NXOS,
            None,
            "version 9.3\n",
        ),
    ],
)
def test_the_devices_own_word_is_kept_apart(platform: str, printed: str, message: str | None, text: str) -> None:
    found = read(printed, platform)
    assert isinstance(found, Capture)
    assert (found.message, found.text) == (message, text)


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("", "printed no configuration"),
        ("Building configuration...\n\n", "printed no configuration"),
        (FRR[:-5], "doesn't end with 'end'"),
        ("% Unknown command.\n", "refused 'show running-config'"),
        ("error: permission denied\nend", "refused"),
        ("a" * (LONGEST_LINE + 1) + "\nend", "a line longer than"),
    ],
)
def test_what_is_no_whole_configuration_is_a_fault(printed: str, words: str) -> None:
    found = read(printed)
    assert isinstance(found, Fault)
    assert found.failure is Failure.BAD_REPLY
    assert words in found.detail


def test_a_device_can_not_steer_a_terminal() -> None:
    found = read("banner \x1b[2J\x1b]0;owned\x07\x9b31m\x00x\ty\nend\n")
    assert isinstance(found, Capture)
    assert found.text == "banner ]0;owned31mx    y\nend\n"


def test_every_platform_is_documented() -> None:
    text = Path("docs/configuration-history.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| `(.+)` \| (yes|no) \|$", text, flags=re.MULTILINE)
    assert {name: (kind, command.replace("\\|", "|"), said == "yes") for name, kind, command, said in rows} == {
        name: (platform.device_type, platform.command, platform.tested) for name, platform in PLATFORMS.items()
    }


def test_netmiko_knows_every_type() -> None:
    assert {platform.device_type for platform in PLATFORMS.values()} <= set(netmiko.platforms)
