#!/bin/sh
# Builds the bare image: a Debian that answers on SSH and that Ansible can talk to, and nothing else.
# Runs in a mount and PID namespace of its own, with a temporary folder that goes with it.
# usage: bare.sh TARGET PACKAGE-LIST
set -eu
target=$1
mkdir -p /run/baophu-build
mount -t tmpfs tmpfs /run/baophu-build
export TMPDIR=/run/baophu-build
packages=$(paste -sd, "$2")

# No mirror: mmdebstrap takes the suite's default, or what the machine's own apt is told to use.
echo 'stage: base'
mmdebstrap --variant=minbase --include="$packages" bookworm "$target"

# One identity a host, planted by the lab before it boots; never one that all hosts share.
rm -f "$target"/etc/ssh/ssh_host_*_key "$target"/etc/ssh/ssh_host_*_key.pub
rm -f "$target/etc/machine-id" "$target/var/lib/dbus/machine-id"
chroot "$target" systemctl --quiet disable systemd-pstore.service e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
# A host of a closed network knows no mirror until one is given to it.
mv "$target/etc/apt/sources.list" "$target/usr/share/lab-sources.list"
