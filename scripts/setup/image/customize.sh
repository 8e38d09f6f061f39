#!/bin/sh
# Run by mmdebstrap as its customize hook, as root of the image: $1 is the image's root folder.
set -eu
root=$1
here=$(dirname "$0")

(cd "$here/rootfs" && find . -type f) | while read -r file; do
  install -D -o root -g root -m 0644 "$here/rootfs/$file" "$root/$file"
done

chroot "$root" systemctl enable --quiet systemd-networkd.service ssh.service
# Timers and services that serve a long-lived machine with internet access and disks of its own.
chroot "$root" systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-binfmt.service getty.target console-getty.service

# Every machine gets its own identity at its first boot.
rm -f "$root"/etc/ssh/ssh_host_*_key*
: > "$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/hostname" "$root/etc/resolv.conf"

rm -rf "$root"/var/log/*.log "$root"/var/log/apt "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old
