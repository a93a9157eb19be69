#!/bin/sh
# in-root.sh ROOT PROJECT COMMAND…: runs a command in the project, with the root's programs and an empty /tmp. Mounts and
# processes end with the namespaces that it is started in. It is their first process, so it waits for the others.
set -eu
root=$1 project=$2
shift 2

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root$project"
mount --bind "$project" "$root$project"
chroot "$root" sh -c 'cd "$0" && exec "$@"' "$project" "$@"
