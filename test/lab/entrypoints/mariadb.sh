#!/usr/bin/env bash
# What the official image documents: MARIADB_{ROOT_PASSWORD,DATABASE,USER,PASSWORD}, each also as _FILE and as MYSQL_,
# /docker-entrypoint-initdb.d, and a start as root that hands the data over to mysql and gives up root.
set -Eeuo pipefail
DATA=/var/lib/mysql
SOCKET=/run/mysqld/mysqld.sock

setting() {
  local name file
  for name in "MARIADB_$1" "MYSQL_$1"; do
    file="${name}_FILE"
    if [ -n "${!name:-}" ]; then printf '%s' "${!name}" && return; fi
    if [ -n "${!file:-}" ]; then printf '%s' "$(<"${!file}")" && return; fi
  done
}

quoted() { printf "'%s'" "$(sed "s/[\\\\']/\\\\&/g" <<<"$1")"; }

initialise() {
  local root database user password
  root=$(setting ROOT_PASSWORD) database=$(setting DATABASE) user=$(setting USER) password=$(setting PASSWORD)
  if [ -z "$root" ] && [ -z "$(setting RANDOM_ROOT_PASSWORD)" ] && [ -z "$(setting ALLOW_EMPTY_ROOT_PASSWORD)" ]; then
    echo 'Error: Database is uninitialized and password option is not specified' >&2
    exit 1
  fi
  mariadb-install-db --datadir="$DATA" --auth-root-authentication-method=normal --skip-test-db >/dev/null
  mariadbd --datadir="$DATA" --socket="$SOCKET" --skip-networking &
  local server=$!
  until mariadb --socket="$SOCKET" -uroot -e 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$server"
    sleep 0.2
  done
  {
    if [ -n "$root" ]; then echo "ALTER USER root@localhost IDENTIFIED BY $(quoted "$root");"; fi
    if [ -n "$root" ]; then echo "CREATE USER root@'%' IDENTIFIED BY $(quoted "$root"); GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"; fi
    if [ -n "$database" ]; then echo "CREATE DATABASE \`$database\`;"; fi
    if [ -n "$user" ]; then echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"; fi
    if [ -n "$user" ] && [ -n "$database" ]; then echo "GRANT ALL ON \`$database\`.* TO $(quoted "$user")@'%';"; fi
  } | mariadb --socket="$SOCKET" -uroot
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) mariadb --socket="$SOCKET" -uroot --password="$root" ${database:+"$database"} <"$file" ;;
    esac
  done
  mariadb --socket="$SOCKET" -uroot --password="$root" -e SHUTDOWN
  wait "$server"
  echo 'MariaDB init process done. Ready for start up.'
}

if [ "${1:0:1}" = - ]; then set -- mariadbd "$@"; fi
if [ "${1:-}" = mariadbd ]; then
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$DATA" /run/mysqld
    find "$DATA" /run/mysqld \! -user mysql -exec chown mysql: '{}' +
    exec gosu mysql "$BASH_SOURCE" "$@"
  fi
  if [ ! -d "$DATA/mysql" ]; then initialise; fi
fi
exec "$@"
