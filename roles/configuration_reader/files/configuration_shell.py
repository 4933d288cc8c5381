#!/usr/bin/python3 -I
"""All that the account baophu-config can do: read this device's configuration at a prompt that answers two words.

Programs that collect configurations (netmiko among them) want a prompt, an echo and a `show` command; an account that
had FRR's own shell could configure. What is shown comes from sockets, behind which systemd runs fixed commands.
"""

import io
import json
import os
import re
import signal
import socket
import sys
import termios
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

#: One socket a source: whoever connects is told, and has nothing to say.
FOLDER = Path("/run/baophu")
FRR, OPEN_VSWITCH = "configuration_frr", "configuration_openvswitch"
#: A session may last this long, and a source's answer.
SESSION_SECONDS, SOURCE_SECONDS = 120, 20.0
LONGEST_ANSWER_BYTES = 8 * 1024 * 1024
HELP = "% Unknown command. This account can do nothing but: show running-config, exit"
#: What clients send before they ask; nothing has to be done about it.
TERMINAL = re.compile(r"terminal (?:width|length) \d+")

Row = dict[str, Any]
#: The tables of Open vSwitch's database in the order in which they come, each row's name first.
TABLES = ("Manager", "Controller", "sFlow", "NetFlow", "IPFIX", "Mirror", "Interface", "Port", "Bridge")
NAMES = {"Manager": "target", "Controller": "target", "sFlow": "targets", "NetFlow": "targets", "IPFIX": "targets"}
#: Columns that lead to rows which are printed below their owner, and columns that say nothing by themselves.
BELOW, SILENT = ("ports", "interfaces", "mirrors"), ("_uuid", "name")
#: Values that mean that nothing is set; 0 does so only where it is a limit, for there is a VLAN 0.
UNSET: tuple[Any, ...] = ([], {}, "")
LIMITS = ("ingress_policing_rate", "ingress_policing_burst")


class SourceError(Exception):
    """A source gave no whole answer."""


def plain(value: Any) -> Any:
    """An OVSDB value (RFC 7047 §5.1) as Python's: sets as lists, maps as dicts, references as their id."""
    if isinstance(value, list) and len(value) == 2 and value[0] in ("set", "map", "uuid"):
        kind, content = value
        if kind == "map":
            return {key: plain(item) for key, item in content}
        return content if kind == "uuid" else [plain(item) for item in content]
    return value


def as_list(value: Any) -> list[Any]:
    """A set: one of a single element comes as that element."""
    return value if isinstance(value, list) else [value]


def natural(name: str) -> list[tuple[int, str]]:
    """A key that puts p2 before p10."""
    return [(int(part or 0), "") if index % 2 else (0, part) for index, part in enumerate(re.split(r"(\d+)", name))]


def bridge_text(answer: str) -> str:
    """Open vSwitch's configuration as text, the same for the same configuration; raises SourceError."""
    try:
        documents = [json.loads(line) for line in answer.splitlines() if line.strip()]
        tables = {
            name: [dict(zip(table["headings"], map(plain, row), strict=True)) for row in table["data"]]
            for name, table in zip(TABLES, documents, strict=True)
        }
        rows = {row["_uuid"]: row | {"name": row_name(name, row)} for name in TABLES for row in tables[name]}
        lines = ["! Open vSwitch"]
        lines += [f"manager {name}" for name in sorted(row_name("Manager", row) for row in tables["Manager"])]
        for bridge in sorted(tables["Bridge"], key=lambda row: natural(row["name"])):
            lines += ["!", f"bridge {bridge['name']}", *settings(bridge, rows, " ")]
        return "\n".join([*lines, "end", ""])
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(OPEN_VSWITCH) from error


def row_name(table: str, row: Row) -> str:
    """What a row is called where others refer to it."""
    return " ".join(sorted(map(str, as_list(row[NAMES.get(table, "name")]))))


def settings(row: Row, rows: dict[str, Row], indent: str) -> Iterator[str]:
    """What is set in a row, a line each and in a fixed order, then what belongs to it."""
    limits = {column for column in LIMITS if row.get(column) == 0}
    for column in sorted(set(row) - set(BELOW) - set(SILENT) - limits):
        yield from (f"{indent}{column}{words}" for words in values(row[column], rows))
    for column in BELOW:
        below = [rows[item] for item in as_list(row.get(column, []))]
        for inner in sorted(below, key=lambda one: natural(one["name"])):
            yield f"{indent}{column[:-1]} {inner['name']}"
            yield from settings(inner, rows, f"{indent} ")


def values(value: Any, rows: dict[str, Row]) -> list[str]:
    """A column's value, each with a blank before it; nothing where it isn't set."""
    if value is False or value in UNSET:
        return []
    if isinstance(value, dict):
        return [" " + " ".join(f"{key} {value[key]}".splitlines()) for key in sorted(value)]
    if value is True:
        return [""]
    items = [rows[item]["name"] if item in rows else item for item in as_list(value)]
    return [" " + " ".join(map(str, sorted(items, key=lambda item: natural(str(item)))))]


def asked(path: Path) -> str:
    """What the source behind a socket says; raises SourceError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SOURCE_SECONDS)
        answer = b""
        try:
            connection.connect(str(path))
            while chunk := connection.recv(65536):
                answer += chunk
                if len(answer) > LONGEST_ANSWER_BYTES:
                    raise SourceError(path.name)
        except OSError as error:
            raise SourceError(path.name) from error
    return answer.decode("utf-8", "replace")


def running_config(folder: Path = FOLDER) -> str:
    """The whole configuration: FRR's, then Open vSwitch's, as far as the device has them; raises SourceError."""
    parts = []
    if (folder / FRR).exists():
        text = asked(folder / FRR)
        if not text.rstrip().endswith("\nend"):
            raise SourceError(FRR)
        parts.append(text)
    if (folder / OPEN_VSWITCH).exists():
        parts.append(bridge_text(asked(folder / OPEN_VSWITCH)))
    if not parts:
        raise SourceError("configuration source")
    return "".join(parts)


def answer_to(command: str, folder: Path = FOLDER) -> str:
    """What is printed for a line that was typed."""
    if not command or TERMINAL.fullmatch(command):
        return ""
    if command != "show running-config":
        return HELP + "\n"
    try:
        return running_config(folder)
    except SourceError as error:
        return f"% {error} does not answer properly\n"


def stop_echo(descriptor: int) -> None:
    """Echo by ourselves, after the prompt: the terminal would echo what is typed ahead before it. No signals either."""
    if os.isatty(descriptor):
        attributes = termios.tcgetattr(descriptor)
        attributes[3] &= ~(termios.ECHO | termios.ISIG)
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)


def serve(lines: Iterator[str], write: Any, name: str, folder: Path = FOLDER) -> None:
    """Answer line by line until `exit`."""
    write(f"{name}> ")
    for line in lines:
        command = " ".join(line.split())
        if command in ("exit", "quit", "logout"):
            return
        write(f"{line.strip()}\n{answer_to(command, folder)}{name}> ")


def main(arguments: Sequence[str]) -> None:
    """Serve the session; a folder of sockets may be given."""
    signal.alarm(SESSION_SECONDS)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    stop_echo(sys.stdin.fileno())

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    folder = Path(arguments[0]) if arguments else FOLDER
    serve(iter(sys.stdin.readline, ""), write, os.uname().nodename, folder)


if __name__ == "__main__":
    main(sys.argv[1:])
