"""Where each family of devices shows secrets. Masking too much costs a word; masking too little costs a network.

Texts come with blanks for tabs and without blanks at the ends of lines.
"""

import re

from collectors.configuration.masking import Rule, rules

#: What may stand between a keyword and its secret: how it is encoded, or which of several it is.
_FORM = r"(?:(?:\d{1,2}|level \d+|clear|encrypted|cipher|irreversible-cipher|simple|plain|hash|md5|sha\w*) +)*"
_VALUE = r'(?P<secret>"(?:[^"\\\n]|\\.)*"|\S+)'

#: What is a secret on every platform: private keys, hashes as crypt(3) writes them, passwords in URLs, Huawei's and
#: H3C's reversible forms.
EVERYWHERE = rules(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?P<secret>[\s\S]*?)(?:-----END|\Z)",
    r"(?P<secret>\$[0-9a-z-]{1,16}\$[^\s\";]+)",
    r"://[^\s:/@\"]+:(?P<secret>[^\s\"]+)@",
    r"(?P<secret>%[\^@$#+]%[#@$]\S*)",
)

#: Cisco's command line and those that look like it: IOS, NX-OS, EOS, FRR.
CISCO_LIKE = rules(
    # To the end of the line, because a password may hold blanks; NX-OS writes the role after it.
    rf"\b(?:password|secret|passphrase) +{_FORM}(?P<secret>\S+(?: +(?!role )\S+)*)",
    rf"\b(?:key-string|authentication string|server-key) +{_FORM}(?P<secret>\S+)",
    r"\bauthentication-key +(?:\d+ +(?:md5|sha|hmac|aes|cmac)\S* +)?(?:\d +)?(?P<secret>\S+)",
    r"\bmessage-digest-key +\d+ +\S+ +(?:\d +)?(?P<secret>\S+)",
    r"\b(?:nhrp|standby(?: \d+)?|vrrp \d+|glbp \d+) +authentication +(?:text +|md5 +key-string +)?(?P<secret>.+)$",
    r"^snmp-server community +(?:[078] +)?(?P<secret>\S+)",
    r"^snmp-server host \S+(?: +(?:use-)?vrf \S+)?(?: +(?:traps|informs))?(?: +version (?:1|2c|3 \S+))?"
    r" +(?!(?:use-|filter-)?vrf\b|source-interface\b|traps\b|informs\b|version\b)(?P<secret>\S+)",
    r"^snmp-server (?:user|remote)\b.*?\bauth +(?:md5|sha\S*) +(?:(?:224|256|384|512) +)?(?P<secret>\S+)",
    r"^snmp-server (?:user|remote)\b.*?\bpriv +(?:(?:3?des|aes)\S* +)?(?:(?:128|192|256) +)?(?P<secret>\S+)",
    # A number alone is the name of a key in a chain.
    r"^ +key +(?!\d{1,3} *$)(?:\d +)?(?P<secret>\S+) *$",
    r"^ *(?:radius|tacacs|client|server)\S*\b.*\bkey +(?:\d +)?(?P<secret>\S+)",
    r"^crypto isakmp key +(?:\d +)?(?P<secret>\S+)",
    rf"\b(?:pre-shared-key|wpa-psk) +(?:address .*\bkey +|local +|remote +|ascii +|hex +)?{_FORM}(?P<secret>\S+)",
)

#: What our own reader prints of Open vSwitch: `options psk …`. A tunnel's `key` is a number that packets carry.
OPEN_VSWITCH = rules(r"^ *(?:options|other_config|external_ids) (?=\S*(?:psk|passw|secret|private))\S+ (?P<secret>.+)$")

#: Huawei VRP and H3C/HPE Comware.
HUAWEI_LIKE = rules(
    r"(?<!client )(?<!server )\b(?:irreversible-)?cipher +(?!(?:authentication|privacy)-mode\b)(?P<secret>\S+)",
    r"\b(?:simple|plain) +(?:plain +|cipher +)?(?P<secret>\S+)",
    r"\bpassword +(?:level \d+ +)?(?:(?:irreversible-)?cipher +|simple +|plain +|hash +)?(?P<secret>\S+)",
    r"^ *snmp-agent community (?:read|write) +(?:(?:cipher|simple) +)?(?P<secret>\S+)",
    r"^ *snmp-agent target-host\b.*\bsecurityname +(?:cipher +)?(?P<secret>\S+)",
    r"^ *snmp-agent usm-user\b.*?\bauthentication-mode +\S+ +(?:(?:cipher|simple) +)?(?P<secret>\S+)",
    r"^ *snmp-agent usm-user\b.*?\bprivacy-mode +\S+ +(?:(?:cipher|simple) +)?(?P<secret>\S+)",
    r"\b(?:pre-shared-key|shared-key|key-string) +(?:(?:cipher|simple|plain) +)?(?P<secret>\S+)",
)

#: Junos, as `display set` writes it. A trap group's name travels as the community of its traps.
JUNOS = rules(
    r"\b(?:encrypted-password|plain-text-password(?:-value)?|simple-password|authentication-password|privacy-password|"
    rf"(?:hello-)?authentication-key|(?:shared-)?secret|passphrase|md5 \d+ key) +{_VALUE}",
    rf"\bpassword +(?!minimum|maximum|format|change-type){_VALUE}",
    rf"\bpre-shared-key (?:ascii-text|hexadecimal) +{_VALUE}",
    rf"^set snmp (?:community|trap-group) +{_VALUE}",
    rf"^set snmp\b.*\bcommunity-name +{_VALUE}",
)

#: RouterOS, as `export terse` writes it: one line a thing.
ROUTEROS = rules(
    r"(?<![\w-])(?=[\w-]*(?:password|secret|passphrase|pre-?shared-key|private-key|auth-key|md5-key))[\w-]+="
    rf"{_VALUE}",
    rf"(?<![\w-])(?:key|psk)={_VALUE}",
    rf"^/snmp community (?:add|set)\b.*?\bname={_VALUE}",
)

#: FortiOS.
FORTIOS = (
    *rules(
        r"\bENC +(?P<secret>\S+)",
        rf"^ *set (?=\S*(?:passw|secret|passphrase|psk|-pwd))\S+ +(?!ENC\b){_VALUE}",
        rf"^ *set (?:key|auth-key|priv-key|md5-key) +(?!ENC\b){_VALUE}",
    ),
    Rule(
        re.compile(rf"^ *set name {_VALUE}", re.MULTILINE),
        within=re.compile(r"^config system snmp community$[\s\S]*?(?:^end$|\Z)", re.MULTILINE),
    ),
)
