"""Messages of syslog: what they are read as, and which rule fits."""

import re

import pytest

from collectors.listening.rules import Trigger, read_rules
from collectors.listening.syslog import LONGEST_MESSAGE, syslog_text
from collectors.listening.tally import Reason

RULES = read_rules()
#: A message of each rule, in the form that its source gives.
MESSAGES = {
    "cisco_config": "<189>29: *Mar  1 18:48:50.483: %SYS-5-CONFIG_I: Configured from console by vty2 (10.34.195.36)",
    "cisco_link": "<187>45: Mar  1 18:46:11: %LINK-3-UPDOWN: Interface Port-channel1, changed state to up",
    "cisco_link_admin": "<189>46: %LINK-5-CHANGED: Interface Gi0/1, changed state to administratively down",
    "cisco_line_protocol": "<189>46: %LINEPROTO-5-UPDOWN: Line protocol on Interface Vlan1, changed state to down",
    "cisco_bgp": "<189>46: %BGP-5-ADJCHANGE: neighbor 10.68.2.1 Down Peer closed the session",
    "nxos_config": "<189>: 2026 Nov 22 05:00:00 UTC: %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin",
    "nxos_link": "<189>: 2026 Nov 22 05:00:00 UTC: %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down",
    "asa_config": "<165>Nov 22 2026 05:00:00: %ASA-5-111010: User 'admin', running 'CLI' from IP 10.0.0.1, executed",
    "asa_link": "<164>Nov 22 2026 05:00:00: %ASA-4-411002: Line protocol on Interface outside, changed state to down",
    "huawei_config": "<190>Nov 22 2026 05:00:00 RT %%01CONFIGURATION/6/CFG_FILE_CHANGE(l):Configuration file was chang",
    "huawei_config_event": "<190>RT %%01CONFIGURATION/6/NETCONF_CONFIG_CHANGE_EVENT(s):The configuration changed.",
    "huawei_link": "<188>RT %%01IFNET/4/IF_STATE(l)[0]:Interface GigabitEthernet0/0/1 has turned into DOWN state.",
    "huawei_line_protocol": "<188>RT %%01IFNET/4/LINK_STATE(l)[1]:The line protocol IP on the interface has entered",
    "h3c_config": "<190>SW %%10CFGMAN/5/CFGMAN_CFGCHANGED: -EventIndex=[6]-CommandSource=[2]; Configuration changed.",
    "h3c_physical": "<187>SW %%10IFNET/3/PHY_UPDOWN: Physical state on the interface GE1/0/1 changed to down.",
    "h3c_line_protocol": "<189>SW %%10IFNET/5/LINK_UPDOWN: Line protocol state on the interface changed to down.",
    "h3c_comware_5": "<188>SW %%10IFNET/4/UPDOWN: Line protocol on the interface Ethernet0/1 is DOWN",
    "junos_commit": "<189>Nov 22 05:00:00 mx mgd[42]: UI_COMMIT_COMPLETED: commit complete",
    "junos_link_down": "<28>1 2026-11-22T05:00:00Z mx mib2d 42 SNMP_TRAP_LINK_DOWN [junos@2636] ifIndex 5, ifName ge-0",
    "junos_link_up": "<30>Nov 22 05:00:00 mx mib2d[42]: SNMP_TRAP_LINK_UP: ifIndex 5, ifAdminStatus up(1)",
    "fortios_object": '<189>date=2026-11-22 logid="0100044547" type="event" logdesc="Object attribute configured"',
    "fortios_attribute": '<189>date=2026-11-22 logid="0100044546" type="event" logdesc="Attribute configured"',
    "fortios_link": '<189>date=2026-11-22 logid="0100020099" type="event" logdesc="Interface status changed"',
    "routeros_changed": "<30>system,info mangle rule changed by admin",
    "routeros_added": "<30>system,info item added by admin",
    "routeros_moved": "<30>system,info mangle rule moved by admin",
    "procurve_link": "<14>Nov 22 05:00:00 10.0.0.2 00077 ports:  port 1 is now off-line",
    "linux_link_down": "<6>Nov 22 05:00:00 sw kernel: [566322.867110] e1000e: eth0 NIC Link is Down",
    "linux_link_up": "<6>Nov 22 05:00:00 sw kernel: eno1: Link is Up - 1Gbps/Full - flow control off",
    "networkd_lost": "<30>1 2026-11-22T05:00:00Z pc systemd-networkd 42 - - eth0: Lost carrier",
    "networkd_gained": "<30>Nov 22 05:00:00 pc systemd-networkd[42]: eth0: Gained carrier",
    "frr_bgp": "<29>Nov 22 05:00:00 pop bgpd[42]: %ADJCHANGE: neighbor 10.68.2.6(RT) in vrf default Down BGP",
}


def test_each_rule_has_a_message_and_a_source() -> None:
    assert [rule.name for rule in RULES.syslog] == list(MESSAGES)
    assert all(rule.source and rule.platform for rule in RULES.syslog)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_told_by_its_rule_and_no_other(name: str) -> None:
    text = syslog_text(MESSAGES[name].encode())
    assert [rule.name for rule in RULES.syslog if rule.fits(text)] == [name]


@pytest.mark.parametrize(
    "message",
    [
        "<30>system,info,account user admin logged in from 10.1.101.212 via winbox",
        "<13>kernel: something else",
        "<13>Link is Down",
        "<13>Link is Down kernel:",
        "<13>",
    ],
)
def test_other_messages_mean_nothing(message: str) -> None:
    assert RULES.of_syslog(syslog_text(message.encode())) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<0>x", "x"),
        (b"<191>x", "x"),
        (b"<192>x", Reason.UNDECODABLE),
        (b"<1234>x", Reason.UNDECODABLE),
        (b"<>x", Reason.UNDECODABLE),
        (b"x", Reason.UNDECODABLE),
        (b"", Reason.UNDECODABLE),
        (b"<13>" + b"x" * (LONGEST_MESSAGE - 4), "x" * (LONGEST_MESSAGE - 4)),
        (b"<13>" + b"x" * (LONGEST_MESSAGE - 3), Reason.OVERSIZE),
        (b"<13>a\x1b[31m\x00\nb\xff", "a [31m  b\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_is_read_of_a_message(data: bytes, expected: object) -> None:
    assert syslog_text(data) == expected


def test_notifications_of_configurations_make_them_be_read() -> None:
    expected = {
        (1, 3, 6, 1, 4, 1, 9, 9, 43, 2, 0, 1): Trigger.CONFIGURATION,
        (1, 3, 6, 1, 2, 1, 47, 2, 0, 1): Trigger.CONFIGURATION,
        (1, 3, 6, 1, 6, 3, 1, 1, 5, 3): Trigger.POLL,
        (1, 3): Trigger.POLL,
    }
    assert {kind: RULES.of_notification(kind) for kind in expected} == expected
    assert all(re.fullmatch(r"[A-Za-z]\w+", rule.name) for rule in RULES.notifications.values())
