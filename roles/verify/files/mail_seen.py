"""Look at a mail server from another host, as `baophu-probe`; the password comes by standard input.

Arguments: the domain, the probe's address. Fails with one line for the first thing that isn't as it must be.
"""

import imaplib
import smtplib
import ssl
import sys

STRANGER, ELSEWHERE = "someone@elsewhere.example", "other@elsewhere.example"
SECONDS = 15


def no_open_relay(server: str, context: ssl.SSLContext) -> str | None:
    """Port 25 has a trusted certificate, takes no password and nothing for elsewhere."""
    with smtplib.SMTP(server, 25, timeout=SECONDS) as client:
        client.starttls(context=context)
        client.ehlo()
        if client.has_extn("auth"):
            return "port 25 takes passwords"
        client.mail(STRANGER)
        status, text = client.rcpt(ELSEWHERE)
        return None if status >= 500 else f"port 25 takes mail for elsewhere: {status} {text.decode()}"


def submission(server: str, context: ssl.SSLContext, address: str, password: str) -> str | None:
    """Port 587 takes the password once TLS began, and not before."""
    with smtplib.SMTP(server, 587, timeout=SECONDS) as client:
        client.ehlo()
        if client.has_extn("auth"):
            return "port 587 takes passwords in the clear"
        client.starttls(context=context)
        client.login(address, password)
        return None


def reading(server: str, context: ssl.SSLContext, address: str, password: str) -> str | None:
    """IMAPS lets the owner of a mailbox in."""
    with imaplib.IMAP4_SSL(server, 993, ssl_context=context, timeout=SECONDS) as client:
        client.login(address, password)
        status, _ = client.select(readonly=True)
        return None if status == "OK" else "the mailbox can't be opened"


def main() -> None:
    """Look at all three."""
    domain, address = sys.argv[1:]
    password, server = sys.stdin.read().strip(), f"mail.{domain}"
    context = ssl.create_default_context()
    steps = [
        lambda: no_open_relay(server, context),
        lambda: submission(server, context, address, password),
        lambda: reading(server, context, address, password),
    ]
    for step in steps:
        try:
            fault = step()
        except (OSError, smtplib.SMTPException, imaplib.IMAP4.error) as error:
            fault = f"{type(error).__name__}: {error}"
        if fault:
            sys.exit(f"{server}: {fault}")


if __name__ == "__main__":
    main()
