"""What the words of the data are called for people: verdicts, levels, kinds, checks, steps. English is the key.

A value that isn't here is shown as it is; a test keeps each list complete.
"""

from collections.abc import Mapping

from ledger.language import N_, Text

VERDICTS: Mapping[str, str] = {
    "exempt": N_("exempt"),
    "covered": N_("covered"),
    "planned_later": N_("planned later"),
    "wrong_place": N_("in the wrong place"),
    "not_compliant": N_("not compliant"),
    "collector_silent": N_("collector silent"),
    "behind_outage": N_("behind an outage"),
    "stale": N_("not seen for too long"),
    "provisioning_failed": N_("provisioning failed"),
    "not_provisioned": N_("not provisioned"),
    "never_seen": N_("never seen"),
    "unplanned": N_("not planned"),
    "up": N_("up"),
    "auth_failed": N_("wrong credentials"),
    "bad_reply": N_("undecodable reply"),
    "down": N_("down"),
}
#: What each verdict means and who can do something about it.
MEANINGS: Mapping[str, str] = {
    "exempt": N_("left out of the count by the plan, with a reason and an end date"),
    "planned_later": N_("its date in the plan lies ahead"),
    "wrong_place": N_("seen, but at another unit than the plan says"),
    "not_compliant": N_("seen in its place, but something required is missing"),
    "collector_silent": N_("nobody has looked since: our own collector is silent"),
    "behind_outage": N_("can't be seen because something before it is down"),
    "stale": N_("was in its place, but not seen again for longer than its evidence holds"),
    "provisioning_failed": N_("its configuration was tried and failed"),
    "not_provisioned": N_("nobody has configured it yet"),
    "never_seen": N_("configured, but never seen on the network"),
    "unplanned": N_("seen on the network, but in no register; listed, never counted"),
    "auth_failed": N_("answers, but refuses our credentials"),
    "bad_reply": N_("answers something that can't be read"),
    "down": N_("doesn't answer, and nothing before it is to blame"),
}
LEVELS: Mapping[str, str] = {
    "province": N_("province"),
    "district": N_("district"),
    "commune": N_("commune"),
    "department": N_("department"),
}
STEPS: Mapping[str, str] = {
    "deployed": N_("deployed"),
    "connected": N_("connected"),
    "used": N_("used"),
}
EVIDENCE: Mapping[str, str] = {
    "measured": N_("measured"),
    "declared": N_("declared"),
}
#: Of whom a figure is.
SCOPES: Mapping[str, str] = {
    "subtree": N_("the unit with all below it"),
    "level": N_("the units of this level in it"),
}
QUALIFIERS: Mapping[str, str] = {
    "nearly": N_("nearly {value}"),
    "about": N_("about {value}"),
    "over": N_("over {value}"),
    "under": N_("under {value}"),
}
STATES: Mapping[str, str] = {
    "no_data": N_("no data"),
    "not_applicable": N_("not applicable"),
    "conflict": N_("contradictory"),
}
MARKS: Mapping[str, str] = {
    "document": N_("from a document"),
    "derived": N_("derived"),
    "synthetic": N_("synthetic"),
}
VALUE_UNITS: Mapping[str, str] = {
    "ratio": N_("per cent"),
    "count": N_("number"),
    "rank": N_("place"),
    "vnd": N_("đồng"),
}
DIRECTIONS: Mapping[str, str] = {
    "up": N_("higher"),
    "down": N_("lower"),
}
TASK_STATES: Mapping[str, str] = {
    "planned": N_("planned"),
    "doing": N_("under way"),
    "done": N_("done"),
    "dropped": N_("dropped"),
}
LIFECYCLES: Mapping[str, str] = {
    "planned": N_("planned"),
    "provisioned": N_("provisioned"),
    "in_service": N_("in service"),
    "retired": N_("retired"),
    "exempt": N_("exempt"),
}
KINDS: Mapping[str, str] = {
    "router": N_("router"),
    "switch": N_("switch"),
    "server": N_("server"),
    "workstation": N_("workstation"),
    "link": N_("link"),
    "lan": N_("LAN"),
    "connection_point": N_("connection point"),
    "mail_domain": N_("mail domain"),
    "mailbox": N_("mailbox"),
    "service": N_("web service"),
    "unit_mail": N_("official mail of the unit"),
    "unit_portal": N_("portal of the unit"),
}
CHECKS: Mapping[str, str] = {
    "snmp": N_("answers SNMP at its address"),
    "ping": N_("answers ping"),
    "vlans": N_("carries every planned VLAN"),
    "dhcp": N_("serves DHCP leases"),
    "terminal": N_("what Annex I asks of a terminal"),
    "bgp_session": N_("its routing session is up, as seen at the PoP"),
    "link": N_("the link is up"),
    "adjacency": N_("tells whom it hears on its ports"),
    "capacity": N_("enough capacity"),
    "fdb": N_("seen on a switch's access port"),
    "arp": N_("seen in the router's address table"),
    "tslcd_vlan": N_("in a VLAN of the TSLCD"),
    "lease": N_("holds a DHCP lease"),
    "smtp": N_("accepts mail over TLS (SMTP)"),
    "imap": N_("lets mail be read over TLS (IMAPS)"),
    "round_trip": N_("a test message arrives"),
    "mail_queue": N_("mail queue"),
    "mailbox": N_("the account exists and is active"),
    "mail_login": N_("its owner logged in"),
    "mail_delivery": N_("mail was delivered"),
    "dns": N_("its name is in the DNS"),
    "https": N_("answers HTTPS"),
    "https_ipv6": N_("answers HTTPS over IPv6"),
    "tls": N_("its certificate is valid"),
}
CABLING: Mapping[str, str] = {
    "wrong_port": N_("on another port"),
    "missing": N_("missing"),
    "unexpected": N_("not planned"),
    "unknown": N_("not known"),
    "planned_later": N_("planned later"),
    "right": N_("as planned"),
}
MATCHES: Mapping[str, str] = {
    "both_ways": N_("each end hears the other"),
    "chassis_and_port": N_("chassis id and port"),
    "name_and_port": N_("system name and port"),
    "chassis": N_("chassis id; its port tells nothing"),
    "name": N_("system name; its port tells nothing"),
    "stranger": N_("no device of the plan"),
}
CAPACITIES: Mapping[str, str] = {
    "within": N_("enough"),
    "over": N_("too little"),
    "too_few_samples": N_("not enough samples yet"),
}
OUTCOMES: Mapping[str, str] = {
    "ok": N_("succeeded"),
    "failed": N_("failed"),
    "unreachable": N_("unreachable"),
}


def called(words: Mapping[str, str], value: str | None, text: Text) -> str:
    """What `value` is called in the reader's language; None → a dash."""
    if value is None:
        return "–"
    return text(words[value]) if value in words else value
