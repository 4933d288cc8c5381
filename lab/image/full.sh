#!/bin/sh
# Builds the full image as a layer above the bare one, and the package pool from what was downloaded for it.
# Runs in a mount and PID namespace of its own, so that neither mounts, daemons nor temporary files outlive it.
# usage: full.sh BARE LAYER POOL PACKAGE-LIST
set -eu
bare=$1 layer=$2 pool=$3 list=$4
scratch=$layer.scratch
root=$scratch/root
mkdir -p /run/baophu-build "$layer" "$pool/partial" "$scratch/work" "$root"
mount -t tmpfs tmpfs /run/baophu-build
mount -t overlay overlay -o "lowerdir=$bare,upperdir=$layer,workdir=$scratch/work" "$root"
mount --bind "$pool" "$root/var/cache/apt/archives"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
: > "$root/etc/resolv.conf"
mount --bind "$(realpath /etc/resolv.conf)" "$root/etc/resolv.conf"

enabled() {
  chroot "$root" systemctl list-unit-files --state=enabled --no-legend | awk '{print $1}' | sort
}

enabled > "$scratch/before"
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
cp "$root/usr/share/lab-sources.list" "$root/etc/apt/sources.list.d/lab-build.list"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
echo 'stage: download'
chroot "$root" apt-get -q -y -o Acquire::Retries=3 update
# shellcheck disable=SC2046  # one word a package is meant
set -- -q -y -o Acquire::Retries=3 --no-install-recommends install $(cat "$list")
chroot "$root" apt-get --download-only "$@"
echo 'stage: install'
chroot "$root" apt-get "$@"

# Packages lie in the image; nothing of them runs until a role says so.
enabled > "$scratch/after"
# shellcheck disable=SC2046  # one word a unit is meant
chroot "$root" systemctl --quiet disable $(comm -13 "$scratch/before" "$scratch/after")
enabled > "$scratch/final"
if [ -n "$(comm -13 "$scratch/before" "$scratch/final")" ]; then
  echo "still enabled in the full image: $(comm -13 "$scratch/before" "$scratch/final")" >&2
  exit 1
fi

echo 'stage: pool'
rm -rf "$pool/partial" "$pool/lock"
chroot "$root" sh -c 'cd /var/cache/apt/archives && apt-ftparchive packages . > Packages &&
  apt-ftparchive -o APT::FTPArchive::Release::Origin=baophu-lab -o APT::FTPArchive::Release::Suite=lab release . > /run/Release'
mv "$root/run/Release" "$pool/Release"
rm -rf "$root/usr/sbin/policy-rc.d" "$root/etc/apt/sources.list.d/lab-build.list" \
  "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin
rm -rf "$root"/var/log/apt "$root"/var/log/dpkg.log "$root"/var/lib/chrony/*

# The key lives for this one signature: whoever trusts the pool trusts these packages and no later ones.
export GNUPGHOME=/run/baophu-build/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'Bao Phu lab package pool' ed25519 sign never
gpg --batch --quiet --clear-sign --output "$pool/InRelease" "$pool/Release"
gpg --batch --quiet --export --armor > "$pool/pool.asc"
gpgconf --kill gpg-agent
