#!/bin/sh
# What the official image documents: scripts of /docker-entrypoint.d run before the server; one of them edits the
# default site, and says so when it may not.
set -e
if [ "$1" = nginx ]; then
  for script in /docker-entrypoint.d/*.sh; do
    if [ -x "$script" ]; then "$script" "$@"; fi
  done
  echo "$0: Configuration complete; ready for start up"
fi
exec "$@"
