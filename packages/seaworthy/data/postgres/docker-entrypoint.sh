#!/bin/sh
# Makes the database on first start and then becomes PostgreSQL, with the official image's variables:
# POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB (each also as *_FILE), POSTGRES_INITDB_ARGS,
# POSTGRES_HOST_AUTH_METHOD, PGDATA, and /docker-entrypoint-initdb.d/*.sql.
# Only the shell's own commands are used: the image carries no others. It never runs as root and never changes owner.
set -eu

fail() {
	printf 'postgres: %s\n' "$1" >&2
	exit 1
}

# setting NAME DEFAULT: prints $NAME, or the content of the file $NAME_FILE names.
setting() {
	eval "value=\${$1:-} file=\${$1_FILE:-}"
	if [ -n "$value" ] && [ -n "$file" ]; then
		fail "expected either $1 or $1_FILE, found both"
	fi
	if [ -n "$file" ]; then
		[ -r "$file" ] || fail "expected to read $1 from $file, but it is missing or may not be read by uid $(uid)"
		IFS= read -r value <"$file" || [ -n "$value" ] || fail "expected a value in $file, found an empty file"
	fi
	printf '%s' "${value:-$2}"
}

uid() {
	while read -r key first _; do
		if [ "$key" = Uid: ]; then
			printf '%s' "$first"
			return
		fi
	done </proc/self/status
}

# One SQL session that no client can take for the finished server: its socket is not where clients look.
sql() {
	connect_to=$1
	shift
	psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --host="$PGDATA" --username="$user" --dbname="$connect_to" "$@"
}

initialise() {
	user=$(setting POSTGRES_USER postgres)
	database=$(setting POSTGRES_DB "$user")
	password=$(setting POSTGRES_PASSWORD '')
	method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
	if [ -z "$password" ] && [ "$method" != trust ]; then
		fail 'expected POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE for the first start, found neither'
	fi

	# Local connections are trusted, as in the official image: only this container's processes can make one.
	# shellcheck disable=SC2086 # POSTGRES_INITDB_ARGS is a list of words
	if [ -n "$password" ]; then
		initdb --pgdata="$PGDATA" --username="$user" --pwfile=/dev/fd/3 --auth-local=trust --auth-host="$method" \
			${POSTGRES_INITDB_ARGS:-} 3<<-PASSWORD
				$password
			PASSWORD
	else
		initdb --pgdata="$PGDATA" --username="$user" --auth-local=trust --auth-host="$method" ${POSTGRES_INITDB_ARGS:-}
	fi
	printf 'begun\n' >"$setup"
	printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
	printf "\nlisten_addresses = '*'\n" >>"$PGDATA/postgresql.conf"

	pg_ctl --pgdata="$PGDATA" --silent --wait --options="-c listen_addresses='' -c unix_socket_directories='$PGDATA'" start
	if [ "$database" != postgres ]; then
		sql postgres --set=name="$database" <<-'SQL'
			CREATE DATABASE :"name";
		SQL
	fi
	for script in /docker-entrypoint-initdb.d/*; do
		case $script in
		*.sql) sql "$database" --file="$script" ;;
		'/docker-entrypoint-initdb.d/*') ;;
		*) fail "expected only .sql files in /docker-entrypoint-initdb.d, found $script" ;;
		esac
	done
	pg_ctl --pgdata="$PGDATA" --silent --wait --mode=fast stop
	printf 'done\n' >"$setup"
}

case ${1:-} in
'' | -*) set -- postgres "$@" ;;
esac

if [ "$1" = postgres ]; then
	[ "$(uid)" != 0 ] || fail 'expected to run as the numeric user of the database, found uid 0'
	# How far the first-time setup came; data that somebody else has made has no such file.
	setup=$PGDATA/first-time-setup
	state=done
	if [ -s "$PGDATA/PG_VERSION" ]; then
		[ ! -e "$setup" ] || IFS= read -r state <"$setup" || state=begun
	else
		initialise
	fi
	[ "$state" = done ] || fail "expected a finished database in $PGDATA, found a first-time setup that was interrupted: remove that volume"
fi

exec "$@"
