#!/bin/sh
# IPv6 is listened on where there is any, as the official image does by default.
site=/etc/nginx/conf.d/default.conf
if [ ! -f /proc/net/if_inet6 ]; then exit 0; fi
if ! touch "$site" 2>/dev/null; then
  echo "$0: info: can not modify $site (read-only file system?)"
  exit 0
fi
sed -i 's/listen  *80;/listen 80; listen [::]:80;/' "$site"
