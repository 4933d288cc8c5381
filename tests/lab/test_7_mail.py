"""Mail between agencies: delivered and proven, refused where it must be, kept where it can't be delivered yet."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

from mail_client import attempt, fetched, password, send, state
from province import PLAN, Province, rows

A, B = "skhcn.lamdong.gov.vn", "phanthiet.lamdong.gov.vn"
SENDER, RECEIVER, DESK = f"vanthu@{A}", f"vanthu@{B}", f"motcua@{B}"
PC_A, PC_B, PC_DESK = "68-SKHCN-PC-001", "68-22945-PC-001", "68-22945-PC-002"
SERVER_A, SERVER_B, RELAY = "68-SKHCN-SV-001", "68-22945-SV-001", "68-TTDL-SV-002"
PROVINCE = "68-TTDL-SV-001"


def test_a_mail_to_another_agency_is_signed_sent_by_whom_it_says_and_read(province: Province) -> None:
    message = fetched(province, PC_B, send(province, PC_A, SENDER, RECEIVER))
    assert message is not None
    results = [" ".join(value.split()) for value in message.get_all("Authentication-Results", [])]
    assert {value.split(";")[0] for value in results} == {f"mail.{B}"}, "the receiver itself says so"
    assert [value for value in results if "dkim=pass" in value and f"header.d={A}" in value]
    assert [value for value in results if "spf=pass" in value and f"smtp.mailfrom={A}" in value]
    hops = [" ".join(value.split()) for value in message.get_all("Received", [])]
    assert [hop for hop in hops if "by relay.lamdong.tslcd.internal" in hop and "with ESMTPS" in hop]
    assert message.get_payload() == "Xin chào.\n"


def test_the_province_s_dns_says_where_mail_goes_and_who_may_send_it(province: Province) -> None:
    def told(kind: str, name: str) -> str:
        return province.on(PROVINCE, f"dig +short {kind} {name}").stdout.replace('"', "")

    for domain in (A, B):
        assert told("MX", domain).split()[1] == f"mail.{domain}."
        assert told("TXT", domain).startswith("v=spf1 mx a:relay."), domain
        assert told("TXT", domain).endswith(" -all\n"), domain
        assert told("TXT", f"_dmarc.{domain}").startswith("v=DMARC1; p="), domain


def test_a_mailbox_has_the_quota_of_the_plan(province: Province) -> None:
    quotas = province.on(SERVER_B, f"doveadm -f tab quota get -u {DESK}")
    (limit,) = [line.split("\t")[3] for line in quotas.stdout.splitlines() if "\tSTORAGE\t" in line]
    assert int(limit) == 500 * 1024, "500 MB, in KiB"


def test_what_a_sender_says_of_its_own_checks_is_taken_off(province: Province) -> None:
    forged = f"Authentication-Results: mail.{B}; dkim=pass header.d=bank.example\n"
    text = f"{forged}From: {SENDER}\nTo: {RECEIVER}\nSubject: forged-results\n\nx\n"
    province.on(PC_A, f"printf %s '{text}' | runuser -u canbo -- msmtp --account={SENDER} {RECEIVER}")
    message = fetched(province, PC_B, "forged-results")
    assert message is not None
    assert not [value for value in message.get_all("Authentication-Results", []) if "bank.example" in value]


def test_every_mailbox_was_welcomed_and_those_with_a_pc_were_logged_into(province: Province) -> None:
    found = state(province, SERVER_B)["mailboxes"]
    assert set(found) == {RECEIVER, DESK, f"nghile@{B}"}, "the probe's is nobody's"
    used = {name: (box["active"], box["last_login"] is not None, box["last_delivery"] is not None)
            for name, box in found.items() if isinstance(box, dict)}  # fmt: skip
    assert used == {RECEIVER: (True, True, True), DESK: (True, True, True), f"nghile@{B}": (True, False, True)}


def test_a_wrong_password_is_refused_and_none_is_taken_in_the_clear(province: Province) -> None:
    server, right = f"mail.{A}", password(province, PC_A, SENDER)
    assert attempt(province, PC_A, "imap", server, SENDER, right) == "OK"
    assert "AUTHENTICATIONFAILED" in str(attempt(province, PC_A, "imap", server, SENDER, "wrong"))
    assert str(attempt(province, PC_A, "submit", server, SENDER, "wrong", SENDER, RECEIVER)).startswith("535 ")
    assert attempt(province, PC_A, "offers_in_clear", server) is False
    refused = attempt(province, PC_A, "submit", server, SENDER, right, f"giamdoc@{A}", RECEIVER)
    assert str(refused).startswith("553 "), "nobody sends as somebody else"


def test_nobody_is_a_relay_for_strangers(province: Province) -> None:
    elsewhere = "someone@elsewhere.example"
    for host in (PC_A, PROVINCE, RELAY):
        told = attempt(province, host, "hand_over", f"mail.{A}", "25", elsewhere, "other@elsewhere.example")
        assert str(told).startswith(("554 ", "550 ")), f"{host}: {told}"
    assert str(attempt(province, PC_B, "hand_over", f"mail.{A}", "25", RECEIVER, SENDER)).startswith("554 ")
    through = attempt(province, SERVER_A, "hand_over", "relay.lamdong.tslcd.internal", "25", SENDER, elsewhere)
    assert str(through).startswith("554 "), "the relay takes mail for the province alone"
    spoofed = attempt(province, SERVER_A, "hand_over", "relay.lamdong.tslcd.internal", "25", RECEIVER, DESK)
    assert str(spoofed).startswith("550 "), "a server sends for its own domains alone"
    knock = province.on(PC_A, "timeout 2 bash -c '</dev/tcp/10.68.3.2/25'", check=False)
    assert knock.returncode == 124, "nobody but servers gets past the relay's firewall"


def test_a_mailbox_off_the_plan_is_suspended_and_back_on_it_works_again(province: Province, tmp_path: Path) -> None:
    secret = password(province, PC_DESK, DESK)
    subject = send(province, PC_A, SENDER, DESK)
    assert fetched(province, PC_DESK, subject) is not None
    plan = tmp_path / "plan"
    shutil.copytree(PLAN, plan)
    mail = plan / "mail.csv"
    rows = mail.read_text(encoding="utf-8").splitlines(keepends=True)
    mail.write_text("".join(row for row in rows if not row.startswith(DESK)), encoding="utf-8")
    try:
        replace(province, plan=plan).provision("mail", "--limit", SERVER_B)
        assert state(province, SERVER_B)["mailboxes"][DESK]["active"] is False  # type: ignore[index]
        assert "AUTHENTICATIONFAILED" in str(attempt(province, PC_DESK, "imap", f"mail.{B}", DESK, secret))
        told = attempt(province, PC_DESK, "submit", f"mail.{B}", DESK, secret, DESK, SENDER)
        assert str(told).startswith("535 ")
        told = attempt(province, RELAY, "hand_over", f"mail.{B}", "25", SENDER, DESK)
        assert str(told).startswith("550 5.1.1"), "mail to it is refused"
        kept = province.on(SERVER_B, f"doveadm search -u {DESK} mailbox INBOX subject {subject}").stdout
        assert len(kept.splitlines()) == 1, "its mail is kept"
    finally:
        recap = province.provision("mail", "--limit", SERVER_B)
    assert recap[SERVER_B]["changed"] > 0
    assert attempt(province, PC_DESK, "imap", f"mail.{B}", DESK, secret) == "OK"
    assert state(province, SERVER_B)["mailboxes"][DESK]["active"] is True  # type: ignore[index]
    assert fetched(province, PC_DESK, send(province, PC_A, SENDER, DESK)) is not None
    welcomes = province.on(SERVER_B, f"doveadm search -u {DESK} mailbox INBOX from postmaster@{B}").stdout
    assert len(welcomes.splitlines()) == 1, "it is welcomed once"


def test_a_mail_server_that_stopped_is_down_with_its_cause(province: Province) -> None:
    province.on(SERVER_B, "systemctl stop postfix.service")
    try:
        province.collect()
        rollout, now = (
            next(row for row in rows(province) if (row.asset, row.indicator) == (B, indicator))
            for indicator in ("TD02", "AV03")
        )
        assert (rollout.availability, rollout.verdict, now.verdict) == ("down", "covered", "down")
        assert str(now.detail).startswith("smtp: no_answer"), now.detail
    finally:
        province.on(SERVER_B, "systemctl start postfix.service")
    province.collect()
    assert [row.verdict for row in rows(province) if (row.asset, row.indicator) == (B, "AV03")] == ["up"]


def test_mail_for_a_server_that_is_down_waits_and_arrives(province: Province) -> None:
    await_queue(province, 0)
    province.lab("power-off", SERVER_B)
    try:
        subject = send(province, PC_A, SENDER, RECEIVER)
        await_queue(province, 1)
    finally:
        province.lab("power-on", SERVER_B)
    message = fetched(province, PC_B, subject, seconds=90)
    assert message is not None
    await_queue(province, 0)


def await_queue(province: Province, messages: int, seconds: float = 90) -> None:
    """The relay's queue has so many messages before the time is up; mail of earlier tests may still be leaving it."""
    deadline = time.monotonic() + seconds
    while (queue := state(province, RELAY)["queue"]["messages"]) != messages:
        assert time.monotonic() < deadline, f"{queue} messages wait at the relay, not {messages}"
        time.sleep(1)


def test_web_services_answer_and_the_expired_one_is_seen_as_such(province: Province) -> None:
    def get(url: str, *options: str) -> tuple[int, str]:
        done = province.on(
            PROVINCE, f"curl -sS -o /dev/null -w '%{{http_code}}' {' '.join(options)} {url}", check=False
        )
        return done.returncode, done.stdout or done.stderr

    portal, office = f"https://www.{A}/", "https://qoffice.lamdong.gov.vn/"
    assert get(portal, "-4") == (0, "200")
    assert get(portal, "-6") == (0, "200")
    assert get(f"http://www.{A}/", "-4") == (0, "301")
    status, _ = get(office)
    assert status == 60, "the certificate isn't valid"
    assert "certificate has expired" in province.on(PROVINCE, f"curl -sS {office}", check=False).stderr
    assert get(office, "--insecure") == (0, "200"), "the service itself answers"
    assert province.on(PROVINCE, "dig +short AAAA qoffice.lamdong.gov.vn").stdout == "", "it has no IPv6 address"
