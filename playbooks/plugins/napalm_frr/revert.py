"""What undoes a commit without the controller: systemd units on the device's disk, which survive a reboot.

The pending commit is /var/lib/baophu/frr/pending (JSON: id, boot, message). While it is there, `baophu-revert.timer`
ends it at an absolute time, and so does the next boot, where the startup configuration (untouched until confirm) is
already the one before. Both run `baophu-revert.service`, which brings back `rollback/frr.conf` and forgets the commit.
"""

import json
from shlex import quote

FOLDER = "/var/lib/baophu/frr"
PENDING = f"{FOLDER}/pending"
ROLLBACK = f"{FOLDER}/rollback"
CANDIDATE = f"{FOLDER}/candidate"
RUNNING = f"{FOLDER}/running"
STARTUP = "/etc/frr/frr.conf"
UNITS = "/etc/systemd/system"
NAME = "baophu-revert"
#: Changes at every boot.
BOOT_ID = "/proc/sys/kernel/random/boot_id"


def reload_command(folder: str, mode: str = "--reload") -> str:
    """Make FRR run (or, with `--test`, report) `folder`/frr.conf, and never write the startup file.

    frr-reload.py saves what it loads unless the file is frr.conf of its configuration folder; a folder of our own
    makes sure of it, and would catch a stray `write` as well.
    """
    return f"/usr/lib/frr/frr-reload.py {mode} --stdout --confdir {folder} {folder}/frr.conf"


def make_folder(folder: str) -> str:
    """The shell command that makes a configuration folder of our own; vtysh wants its vtysh.conf there."""
    return f"set -e; umask 077; mkdir -p {folder}; echo 'service integrated-vtysh-config' > {folder}/vtysh.conf"


def service_unit() -> str:
    """The unit that reverts; it retries until FRR takes the configuration."""
    return f"""\
[Unit]
Description=Bring back the FRR configuration from before an unconfirmed commit
ConditionPathExists={PENDING}
After=frr.service
Wants=frr.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
Restart=on-failure
RestartSec=5
ExecStart={reload_command(ROLLBACK)}
ExecStart=/bin/rm -f {PENDING}
ExecStart=/bin/systemctl disable {NAME}.timer {NAME}.service
ExecStart=/bin/systemctl --no-block stop {NAME}.timer

[Install]
WantedBy=multi-user.target
"""


def timer_unit(commit: str, deadline: str) -> str:
    """The unit that starts it at `deadline` (systemd's absolute time), also if the device slept or restarted then."""
    return f"""\
[Unit]
Description=Revert the FRR commit {commit} unless it is confirmed

[Timer]
OnCalendar={deadline}
Persistent=true
AccuracySec=100ms
Unit={NAME}.service

[Install]
WantedBy=timers.target
"""


def arm(commit: str, message: str, seconds: int) -> str:
    """The shell command that keeps the running configuration and starts the clock; nothing was changed before it.

    The deadline comes from the device's own clock. Everything is on disk before the timer runs.
    """
    pending = json.dumps({"id": commit, "boot": "@boot@", "message": message})
    return f"""{make_folder(ROLLBACK)}
vtysh -c 'show running-config no-header' | grep -vx -e agentx > {ROLLBACK}/frr.conf
umask 022
deadline=$(date -u -d '+{seconds} seconds' '+%Y-%m-%d %H:%M:%S UTC')
printf '%s' {quote(service_unit())} > {UNITS}/{NAME}.service
printf '%s' {quote(timer_unit(commit, "@deadline@"))} | sed "s/@deadline@/$deadline/" > {UNITS}/{NAME}.timer
printf '%s\\n' {quote(pending)} | sed "s/@boot@/$(cat {BOOT_ID})/" > {PENDING}
rm -f /var/lib/systemd/timers/stamp-{NAME}.timer
sync -f {FOLDER} {UNITS}
systemctl daemon-reload
systemctl --quiet enable {NAME}.service {NAME}.timer
systemctl start {NAME}.timer"""


def disarm() -> str:
    """The shell command that stops the clock; it fails where the revert has begun."""
    return f"""set -e
systemctl --quiet disable --now {NAME}.timer
state=$(systemctl show --property ActiveState --value {NAME}.service)
test "$state" = inactive
test -e {PENDING}
systemctl --quiet disable {NAME}.service
rm -f {PENDING}
sync -f {FOLDER} {UNITS}"""


def save_startup() -> str:
    """The shell command that makes the running configuration the startup one, whole or not at all."""
    return f"""set -e
umask 027
vtysh -c 'show running-config no-header' | grep -vx -e agentx > {STARTUP}.new
chown frr:frr {STARTUP}.new
chmod 640 {STARTUP}.new
sync {STARTUP}.new
mv {STARTUP}.new {STARTUP}
sync -f /etc/frr"""
