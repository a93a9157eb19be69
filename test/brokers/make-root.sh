#!/bin/sh
# make-root.sh ROOT SUITE MIRROR: a small Debian with RabbitMQ in a folder. Its mounts end with the mount namespace that it
# is started in.
set -eu
root=$1 suite=$2 mirror=$3

# The script `sid` knows every suite, and this Debian may be older than the suite.
debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
  "$suite" "$root" "$mirror" /usr/share/debootstrap/scripts/sid
# Nothing starts when it is installed. https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
echo "127.0.0.1 localhost $(hostname)" > "$root/etc/hosts"
# A mirror may be late. What it has is signed all the same.
chroot "$root" sh -ec 'apt-get -q -o Acquire::Check-Valid-Until=false update
  apt-get -q install -y --no-install-recommends rabbitmq-server procps ca-certificates adduser'
