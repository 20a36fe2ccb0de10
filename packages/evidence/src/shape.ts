/** Checks of unknown values, put together like the types they stand for. */

export interface Problem {
  /** `$.findings[3].claim.en`. */
  readonly path: string;
  /** "expected X, found Y". */
  readonly message: string;
}

/** Gives every problem of a value. `of` is never set: it ties the check to the type it checks for. */
export interface Check<T> {
  (value: unknown, path: string): readonly Problem[];
  readonly of?: T;
}

type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
type RequiredKeys<T> = Exclude<keyof T, OptionalKeys<T>>;
type Checks<T, K extends keyof T> = { readonly [Key in K]-?: Check<NonNullable<T[Key]>> };

const MAX_SHOWN = 60;
const PLAIN_KEY = /^[A-Za-z_]\w*$/;

/** An object with these members and no others. */
export function object<T extends object>(
  required: Checks<T, RequiredKeys<T>>,
  optional: Checks<T, OptionalKeys<T>>,
): Check<T> {
  const requiredChecks = new Map<string, Check<unknown>>(Object.entries(required));
  const checks = new Map([...requiredChecks, ...Object.entries<Check<unknown>>(optional)]);
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [problem(path, "an object", value)];
    }
    const missing = [...requiredChecks.keys()].filter((key) => !Object.hasOwn(value, key));
    return [
      ...missing.map((key) => ({ path: member(path, key), message: "expected a value, found nothing" })),
      ...Object.entries(value).flatMap(([key, inner]) => {
        const check = checks.get(key);
        const at = member(path, key);
        return check === undefined
          ? [{ path: at, message: `expected one of ${[...checks.keys()].join(", ")}, found this key` }]
          : check(inner, at);
      }),
    ];
  };
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(item, `${path}[${index}]`))
      : [problem(path, "a list", value)];
}

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Check<T> {
  const wanted = allowed.map((one) => JSON.stringify(one)).join(" or ");
  return when(wanted, (value) => allowed.some((one) => one === value));
}

export const text: Check<string> = when("a text", (value) => typeof value === "string");

export const name: Check<string> = when(
  "a text that is not empty",
  (value) => typeof value === "string" && value !== "",
);

export const yesOrNo: Check<boolean> = when("true or false", (value) => typeof value === "boolean");

export function matching(pattern: RegExp, what: string): Check<string> {
  return when(what, (value) => typeof value === "string" && pattern.test(value));
}

export function integer(from: number, to: number = Number.MAX_SAFE_INTEGER): Check<number> {
  const what = to === Number.MAX_SAFE_INTEGER ? `a whole number from ${from}` : `${from} to ${to}`;
  return when(
    what,
    (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= from && value <= to,
  );
}

export const positive: Check<number> = when(
  "a number above 0",
  (value) => typeof value === "number" && Number.isFinite(value) && value > 0,
);

function when<T>(what: string, isRight: (value: unknown) => boolean): Check<T> {
  return (value, path) => (isRight(value) ? [] : [problem(path, what, value)]);
}

function member(path: string, key: string): string {
  return PLAIN_KEY.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function problem(path: string, what: string, found: unknown): Problem {
  return { path, message: `expected ${what}, found ${show(found)}` };
}

function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const shown = JSON.stringify(value) ?? typeof value;
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
}
