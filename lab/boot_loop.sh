#!/bin/sh
# Boots one host, again for as long as it asks for a reboot; afterwards pulls its plugs, as on a host without power.
# usage: boot_loop.sh PYTHON STATE-FOLDER HOST CGROUP... -- COMMAND...
set -eu
python=$1 state=$2 host=$3
shift 3
cgroups=
while [ "$1" != -- ]; do
  cgroups="$cgroups $1"
  shift
done
shift

# Everything of the host lives in its cgroups: what is in there belongs to it, and to nothing else.
for cgroup in $cgroups; do
  mkdir -p "$cgroup/loop"
  echo $$ > "$cgroup/loop/cgroup.procs"
done

boot=1
while :; do
  code=0
  # A fresh cgroup a boot: in cgroup v2 one that had children takes no processes again.
  # shellcheck disable=SC2016  # the inner shell expands
  sh -ec 'for cgroup in $1; do mkdir "$cgroup/boot$2"; echo $$ > "$cgroup/boot$2/cgroup.procs"; done
          shift 2; exec "$@"' - "$cgroups" "$boot" "$@" || code=$?
  # 133 is how systemd-nspawn says that the host wants to reboot.
  [ "$code" = 133 ] || break
  boot=$((boot + 1))
  "$python" -m lab.replug "$state" "$host" on
done
"$python" -m lab.replug "$state" "$host" off
