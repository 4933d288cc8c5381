"""Mail on loopback: Dovecot, and SMTP servers that hand over to it what is submitted."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from certificates import Server

HOST, PASSWORD = "127.0.0.1", 'pw "with \\ quotes'
READY_SECONDS = 20.0


@dataclass
class Mailstore:
    """Dovecot with a mailbox for every address; `deliver` is false where what is submitted gets lost."""

    folder: Path
    port: int
    owner: int
    deliver: bool = True
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    def messages(self, address: str) -> list[bytes]:
        """The raw messages in a mailbox."""
        maildir = self.folder / "home" / address / "Maildir"
        return [path.read_bytes() for part in ("new", "cur") for path in sorted((maildir / part).glob("*"))]

    def put(self, address: str, message: bytes) -> None:
        """Put a message into a mailbox."""
        maildir = self.folder / "home" / address / "Maildir"
        for part in (maildir.parent, maildir, *(maildir / name for name in ("tmp", "new", "cur"))):
            part.mkdir(exist_ok=True)
            os.chown(part, self.owner, -1)
        draft = maildir / "tmp" / f"{time.time_ns()}.test"
        draft.write_bytes(message)
        os.chown(draft, self.owner, -1)
        draft.rename(maildir / "new" / draft.name)

    # What aiosmtpd calls on its handler, and to check a login.
    async def handle_DATA(self, *asked: SMTP | Session | Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        envelope = asked[-1]
        assert isinstance(envelope, Envelope)
        sender, content = envelope.mail_from, envelope.content
        assert sender is not None
        assert isinstance(content, bytes)
        self.envelopes.append((sender, list(envelope.rcpt_tos)))
        for recipient in envelope.rcpt_tos if self.deliver else ():
            self.put(recipient, content)
        return "250 taken"

    def authenticate(self, *asked: SMTP | Session | Envelope | str | LoginPassword) -> AuthResult:
        data = asked[-1]
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == PASSWORD.encode())


CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {self}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
auth_failure_delay = 1 secs
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:{folder}/home/%u/Maildir
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=everyone {folder}/password
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/home/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextmanager
def mailstore(server: Server) -> Iterator[Mailstore]:
    """Start Dovecot with the server's certificate; mail belongs to nobody where this is root, as Dovecot asks."""
    me = pwd.getpwuid(os.getuid())
    owner = me if me.pw_uid else pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="bp-mail"))
    store = Mailstore(folder, free_port(), owner.pw_uid)
    try:
        for name in ("run", "state", "home"):
            (folder / name).mkdir()
        folder.chmod(0o755)
        os.chown(folder / "home", owner.pw_uid, -1)
        (folder / "password").write_text(f"everyone:{PASSWORD}\n", encoding="ascii")
        words = {
            "self": me.pw_name,
            "login": me.pw_name if me.pw_uid else "dovenull",
            "group": grp.getgrgid(me.pw_gid).gr_name,
            "owner": owner.pw_uid,
            "owner_group": owner.pw_gid,
        }
        configuration = CONFIGURATION.format(
            folder=folder, port=store.port, certificate=server.certificate, key=server.key, **words
        )
        (folder / "dovecot.conf").write_text(configuration, encoding="ascii")
        command = ["/usr/sbin/dovecot", "-F", "-c", str(folder / "dovecot.conf")]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                _wait(process, store.port, folder / "log")
                yield store
            finally:
                process.terminate()
                process.wait(10)
    finally:
        shutil.rmtree(folder)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else process.stderr}")
        time.sleep(0.02)


@contextmanager
def smtp_server(store: Mailstore, tls: SSLContext | None, *, submission: bool) -> Iterator[int]:
    """An SMTP server of the store: port 25, or where people submit; gives its port. No `tls`: no STARTTLS."""
    controller = Controller(
        store,
        hostname=HOST,
        port=free_port(),
        tls_context=tls,
        require_starttls=submission,
        auth_required=submission,
        authenticator=store.authenticate if submission else None,
        server_hostname="mx1.a.example",
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
