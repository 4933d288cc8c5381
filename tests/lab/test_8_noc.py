"""What the NOC gets of an outage: one mail through the province's own relay, in Vietnamese, and one when it is over."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from email.message import EmailMessage

import httpx
from province import PLAN, Province

from baophu.lab_session import LabSession
from baophu.listening import listening_socket
from baophu.noc import HOST, Letters, Ports, watching
from ledger.language import Language, Text
from ledger.plan import read_plan

UPLINK = "68-22945-LK-001"
READER = "68-SKHCN-PC-002"
PATIENCE_SECONDS = 180.0
#: The lab's web service with an expired certificate has an alarm of its own.
EXPIRED = "68-QOFFICE"


def test_a_cut_uplink_is_one_mail_to_the_noc_and_one_when_it_is_mended(province: Province) -> None:
    session = LabSession(province.name, Text(Language.EN))
    letters = Letters.of(PLAN)
    ports = Ports(prometheus=free_port(), alertmanager=free_port(), relay=free_port(), samples=free_port())
    service = free_port()
    url = f"http://{HOST}:{service}"
    with (
        running(province, "collect", "--lab", province.name, "--interval", "5", "--port", str(ports.samples)),
        running(province, "serve", "--port", str(service)),
        watching(session, read_plan(PLAN), url, ports, letters),
    ):
        assert until(
            lambda: asked(ports, "baophu_link_up") and not asked(ports, "baophu_outage_start_timestamp_seconds")
        )
        assert until(lambda: asked(ports, 'baophu_snmp_up{device="68-22945-RT-001"} == 1'))
        assert letters_to_the_noc(province, letters) == []
        province.lab("cut", UPLINK)
        try:
            assert until(lambda: letters_to_the_noc(province, letters))
        finally:
            province.lab("mend", UPLINK)
        assert until(lambda: len(letters_to_the_noc(province, letters)) > 1)
    cut, mended = letters_to_the_noc(province, letters)
    assert [message["Subject"] for message in (cut, mended) if UPLINK not in body(message)] == []
    assert "Phường Phan Thiết" in body(cut)
    assert "Phường Phan Thiết" in body(mended)
    assert cut["Subject"] != mended["Subject"]


def free_port() -> int:
    with listening_socket(HOST, 0) as socket:
        port: int = socket.getsockname()[1]
    return port


@contextmanager
def running(province: Province, *arguments: str) -> Iterator[None]:
    """A command of ours beside the test, until the block ends."""
    command = [sys.executable, "-m", "baophu", *arguments, "--plan", str(PLAN), "--store", str(province.store)]
    with (
        province.store.with_name(f"{arguments[0]}.log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def asked(ports: Ports, query: str) -> list[object]:
    """What Prometheus gives for a query."""
    answer = httpx.get(f"http://{HOST}:{ports.prometheus}/api/v1/query", params={"query": query}, timeout=10).json()
    found: list[object] = answer["data"]["result"]
    return found


def letters_to_the_noc(province: Province, letters: Letters) -> list[EmailMessage]:
    """Every alarm that the NOC's mail client has fetched over IMAPS, but that of the certificate; the oldest first."""
    province.on(READER, "systemctl start baophu-mail.service")
    found = province.on(READER, f"grep -rl -F 'From: {letters.sender}' /home/canbo/Mail", check=False).stdout.split()
    texts = [province.on(READER, f"cat '{path}'").stdout for path in found]
    parsed = [message_from_string(text, policy=policy.default) for text in texts]
    others = [m for m in parsed if isinstance(m, EmailMessage) and EXPIRED not in body(m)]
    return sorted(others, key=lambda m: m["Date"].datetime)


def body(message: EmailMessage) -> str:
    """A message's subject and plain text."""
    text = message.get_body(("plain",))
    return f"{message['Subject']}\n{text.get_content() if text is not None else ''}"


def until(look: Callable[[], object]) -> object:
    """What `look` gives, as soon as it is something; None past the deadline."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(1)
    return found or None
