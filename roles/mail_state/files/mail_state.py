#!/usr/bin/python3
"""Tell how mail stands on this host: the queue, and each mailbox's account, last login and last delivery.

Prints one JSON object: {"queue": {"messages": 0, "oldest_seconds": 0}, "mailboxes": {"a@x": {"active": true,
"last_login": 1795320000, "last_delivery": null}}}; times are seconds since 1970. It never looks into a message.

Deliveries are read from the journal since the last call; what they came to is kept in /var/lib/baophu/mail_state.json.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = Path("/etc/baophu/mail_state.json")
MEMORY = Path("/var/lib/baophu/mail_state.json")
ACCOUNTS = Path("/etc/dovecot/baophu-mailboxes")
SUSPENDED = Path("/etc/dovecot/baophu-suspended")
HOME = Path("/var/vmail")
#: How Postfix says that Dovecot has taken a message into a mailbox.
DELIVERED = re.compile(r"to=<([^>]+)>.* relay=\S*dovecot-lmtp\S*.* status=sent ")
PATIENCE_SECONDS = 20


def output(*command: str) -> str:
    """What a command prints; raises CalledProcessError where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True)
    return done.stdout


def queue(listed: str, now: float) -> dict[str, int]:
    """How many messages wait and how long the oldest has, from `postqueue -j`: a JSON object a line."""
    arrivals = [json.loads(line)["arrival_time"] for line in listed.splitlines() if line.strip()]
    return {"messages": len(arrivals), "oldest_seconds": max(0, int(now - min(arrivals))) if arrivals else 0}


def deliveries(journal: str) -> tuple[dict[str, int], str | None]:
    """When each mailbox last got a message, from the journal as JSON lines; and the cursor of its last entry."""
    found: dict[str, int] = {}
    cursor = None
    for line in journal.splitlines():
        entry = json.loads(line)
        cursor = entry["__CURSOR"]
        told = entry.get("MESSAGE")
        match = DELIVERED.search(told) if isinstance(told, str) else None
        if match is not None:
            found[match[1].lower()] = int(entry["__REALTIME_TIMESTAMP"]) // 1_000_000
    return found, cursor


def remember(memory: Path) -> dict[str, int]:
    """Last deliveries, with those since the last call; an unreadable memory is one that is empty."""
    try:
        before = json.loads(memory.read_text(encoding="utf-8"))
        known, cursor = dict(before["deliveries"]), before["cursor"]
    except (OSError, ValueError, KeyError, TypeError):
        known, cursor = {}, None
    since = [f"--after-cursor={cursor}"] if cursor else []
    fields = "--output-fields=MESSAGE"
    journal = ["journalctl", "--quiet", "--no-pager", "--output=json", fields, "SYSLOG_IDENTIFIER=postfix/lmtp"]
    try:
        new, last = deliveries(output(*journal, *since))
    except subprocess.CalledProcessError:  # the entry of that cursor was rotated away
        new, last = deliveries(output(*journal))
    if last is not None:
        known |= new
        write(memory, json.dumps({"cursor": last, "deliveries": known}))
    return known


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(name).replace(path)


def last_login(home: Path, address: str) -> int | None:
    """When somebody last logged into the mailbox, as Dovecot's last_login plugin noted it."""
    local, _, domain = address.partition("@")
    try:
        return int((home / domain / local / "last-login").read_text(encoding="ascii").split()[-1])
    except (OSError, ValueError, IndexError):
        return None


def mailboxes(accounts: str, suspended: str, probe: str) -> dict[str, bool]:
    """Each mailbox of Dovecot's passwd-file, and whether it is active."""
    denied = set(suspended.split())
    names = [line.partition(":")[0] for line in accounts.splitlines() if line and not line.startswith("#")]
    return {name: name not in denied for name in names if name.partition("@")[0] != probe}


def text_of(path: Path) -> str:
    """What a file holds; nothing where it isn't there (a relay has no mailboxes)."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def main() -> None:
    """Print it."""
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    found = mailboxes(text_of(ACCOUNTS), text_of(SUSPENDED), settings["probe"])
    delivered = remember(MEMORY) if found else {}
    state = {
        name: {"active": active, "last_login": last_login(HOME, name), "last_delivery": delivered.get(name)}
        for name, active in found.items()
    }
    json.dump({"queue": queue(output("postqueue", "-j"), time.time()), "mailboxes": state}, sys.stdout)


if __name__ == "__main__":
    main()
