"""Messages of syslog over UDP (RFC 5424, RFC 3164, RFC 5426), as one line of text; anybody may say anything in them."""

import re

from collectors.listening.tally import Reason

#: RFC 5426 §3.2: 2,048 octets should be taken; firewalls write longer ones.
LONGEST_MESSAGE = 8192
HIGHEST_PRIORITY = 191
PRIORITY = re.compile(rb"<(\d{1,3})>")
#: What is no text must not reach a log or a terminal.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def syslog_text(data: bytes) -> str | Reason:
    """Everything after the priority: where a message's name stands differs between vendors, so all is looked at."""
    if len(data) > LONGEST_MESSAGE:
        return Reason.OVERSIZE
    found = PRIORITY.match(data)
    if found is None or int(found[1]) > HIGHEST_PRIORITY:
        return Reason.UNDECODABLE
    return CONTROL.sub(" ", data[found.end() :].decode("utf-8", errors="replace"))
