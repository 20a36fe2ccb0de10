/** Who the services of a stack are in its PostgreSQL, by what they were given to log in with. */

export type Environment = ReadonlyMap<string, string | undefined>;

const USER_KEYS =
  /^(?:\w+_)?(?:POSTGRES(?:QL)?_USER(?:NAME)?|PGUSER|DB_USER(?:NAME)?|DATABASE_USER(?:NAME)?)$/;
const URL = /^postgres(?:ql)?(?:\+\w+)?:\/\/([^:@/]+)(?::[^@/]*)?@([^:/?]+)/;

/**
 * Each account once; none where nobody says.
 * @param names that the database goes by
 * @param clients environments of the other services
 */
export function postgresAccounts(
  names: readonly string[],
  clients: readonly Environment[],
): readonly string[] {
  const used = clients.flatMap((env) =>
    [...env].flatMap(([key, value = ""]) => {
      const [url, user = "", host = ""] = URL.exec(value) ?? [];
      if (url !== undefined && names.includes(host)) return [decoded(user)];
      return USER_KEYS.test(key) && value !== "" ? [value] : [];
    }),
  );
  return [...new Set(used)];
}

/** As the official image makes it. */
export function superuserOf(env: Environment): string {
  return env.get("POSTGRES_USER") ?? "postgres";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
