#!/bin/sh
# Starts nginx before the gateways, and has it follow them: a container that is started again may have another address, and its old
# one may belong to a worker by then.
# From 1.27.3 on nginx asks Docker's DNS itself, every second. An older one knows the addresses that are written down for it: they
# are looked up here, and it is told when they have changed. Its clients keep their connections then.
set -eu
home=/tmp/nginx
mkdir -p "$home"

# VERSION: whether nginx is as new.
is_since() {
  version=$(nginx -v 2>&1 | sed -E 's/^.*nginx\/([0-9.]+).*$/\1/')
  test "$(printf '%s\n%s\n' "$1" "$version" | sort -V | head -n 1)" = "$1"
}

# The gateways' addresses, one a line; none while no gateway has one.
look_up() {
  getent ahostsv4 gateway | sed -nE 's/^([0-9.]+) +STREAM.*$/\1/p' | sort
}

# Writes the configuration with these lines for the gateways.
configure() {
  printf '%s\n' "$1" > "$home/gateways.conf"
  sed -e "s/\${BALANCE_METHOD}/$BALANCE_METHOD/" -e "s/\${RESOLVER}/$2/" "$(dirname "$0")/nginx.conf.template" > "$home/nginx.conf"
}

# Addresses, one a line, as nginx writes them.
list_servers() {
  printf '%s\n' "$1" | sed 's/.*/server &:8080 max_fails=3 fail_timeout=1s;/'
}

if is_since 1.27.3; then
  configure 'server gateway:8080 resolve max_fails=3 fail_timeout=1s;' 'resolver 127.0.0.11 valid=1s ipv6=off;'
else
  known=$(look_up)
  while [ -z "$known" ]; do
    sleep 0.2
    known=$(look_up)
  done
  configure "$(list_servers "$known")" ''
  while sleep 1; do
    found=$(look_up)
    # Without any of them there is nothing better to tell it.
    if [ -z "$found" ] || [ "$found" = "$known" ]; then continue; fi
    configure "$(list_servers "$found")" ''
    nginx -c "$home/nginx.conf" -s reload && known=$found
  done &
fi
exec nginx -c "$home/nginx.conf" -g 'daemon off;'
