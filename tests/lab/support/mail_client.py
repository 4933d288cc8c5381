"""What a user of a PC in the lab does with mail: send, fetch, read; and what a stranger would try."""

import json
import shlex
import time
from email import message_from_string
from email.message import Message
from uuid import uuid4

from province import Province

#: Tries a server from a host, with Python's own library. Arguments: what, server, and what else it takes.
ATTEMPT = """
import imaplib, json, smtplib, ssl, sys
what, server, *rest = sys.argv[1:]
context = ssl.create_default_context()

def submission(start_tls=True):
    client = smtplib.SMTP(server, 587, timeout=20)
    client.ehlo()
    if start_tls:
        client.starttls(context=context)
        client.ehlo()
    return client

def imap(address, password):
    return imaplib.IMAP4_SSL(server, 993, ssl_context=context, timeout=20).login(address, password)[0]

def offers_in_clear():
    return "auth" in submission(start_tls=False).esmtp_features

def submit(address, password, sender, receiver):
    client = submission()
    client.login(address, password)
    client.sendmail(sender, [receiver], "From: %s\\r\\nSubject: attempt\\r\\n\\r\\nattempt\\r\\n" % sender)
    return "sent"

def hand_over(port, sender, receiver):
    client = smtplib.SMTP(server, int(port), timeout=20)
    client.starttls(context=context)
    client.ehlo()
    client.sendmail(sender, [receiver], "From: %s\\r\\nSubject: attempt\\r\\n\\r\\nattempt\\r\\n" % sender)
    return "sent"

try:
    print(json.dumps(globals()[what](*rest)))
except smtplib.SMTPRecipientsRefused as error:
    (code, text), = error.recipients.values()
    print(json.dumps("%d %s" % (code, text.decode())))
except smtplib.SMTPResponseException as error:
    print(json.dumps("%d %s" % (error.smtp_code, error.smtp_error.decode())))
except imaplib.IMAP4.error as error:
    print(json.dumps(str(error)))
except OSError as error:
    print(json.dumps(type(error).__name__))
"""
FETCH_SECONDS = 30.0


def attempt(province: Province, host: str, what: str, server: str, *arguments: str) -> object:
    """What comes of trying; a refusal is its text."""
    words = " ".join(shlex.quote(word) for word in (what, server, *arguments))
    return json.loads(province.on(host, f"python3 -c {shlex.quote(ATTEMPT)} {words}").stdout)


def password(province: Province, host: str, address: str) -> str:
    """The password that the PC's user was given."""
    return province.on(host, f"cat /etc/baophu/mail/{address}").stdout.strip()


def send(province: Province, host: str, sender: str, receiver: str) -> str:
    """Send a message with the PC's own client; gives its subject, which no other has."""
    subject = f"thử {uuid4().hex}".encode("ascii", "ignore").decode().replace(" ", "-")
    text = f"From: {sender}\nTo: {receiver}\nSubject: {subject}\n\nXin chào.\n"
    sent = f"printf %s {shlex.quote(text)} | msmtp --account={sender} {receiver}"
    province.on(host, f"runuser -u canbo -- sh -c {shlex.quote(sent)}")
    return subject


def fetched(province: Province, host: str, subject: str, seconds: float = FETCH_SECONDS) -> Message | None:
    """The message, once the PC's client has read it over IMAPS; None if it doesn't come."""
    deadline = time.monotonic() + seconds
    while True:
        province.on(host, "systemctl start baophu-mail.service")
        found = province.on(host, f"grep -rl -F 'Subject: {subject}' /home/canbo/Mail | head -n 1", check=False)
        if found.stdout.strip():
            return message_from_string(province.on(host, f"cat {shlex.quote(found.stdout.strip())}").stdout)
        if time.monotonic() > deadline:
            return None
        time.sleep(1)


def state(province: Province, host: str) -> dict[str, dict[str, object]]:
    """What the host's own account of its mail says (queue, mailboxes)."""
    told: dict[str, dict[str, object]] = json.loads(province.on(host, "/usr/local/libexec/baophu/mail_state").stdout)
    return told
