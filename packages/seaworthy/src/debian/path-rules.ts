/** Which files of a Debian package a container has no use for: documentation, translations, boot, build and package tools. */

/** Raise it when a rule below changes: it is part of the key of every part made under them. */
export const PATH_RULES_VERSION = 2;

/** Globs relative to the root, after the usr-merge: `*` stays within a folder, `**` does not. */
const LEFT_OUT: readonly string[] = [
  // Documentation and translations.
  "usr/share/{bug,doc-base,gtk-doc,help,info,lintian,locale,man}/**",
  "usr/share/i18n/**",
  // Character set conversion beyond what glibc has built in.
  "usr/lib/*/gconv/**",
  // Boot, log and job systems that never run in a container.
  "etc/{cron.*,default,init.d,logcheck,logrotate.d,rc*.d,systemd,update-motd.d}/**",
  "usr/lib/{init,systemd,sysusers.d,tmpfiles.d,udev}/**",
  // Package management, and what only its scripts read.
  "etc/{apt,dpkg,kernel}/**",
  "etc/ca-certificates/**",
  "usr/lib/{apt,dpkg}/**",
  "usr/share/{apport,debconf,dpkg,initramfs-tools,menu,reportbug}/**",
  "var/lib/{apt,dpkg}/**",
  // Shell comfort.
  "etc/{bash_completion.d,profile.d,skel}/**",
  "etc/profile",
  "usr/share/{bash-completion,fish,zsh}/**",
  // Building against the package.
  "usr/include/**",
  "usr/lib/**/*.{a,la}",
  "usr/{lib/*,share}/pkgconfig/**",
  "usr/share/aclocal/**",
  "usr/share/gdb/**",
  // The same time zones again, counted with and without leap seconds.
  "usr/share/zoneinfo/{posix,right}/**",
];

/** The licence of what is shipped goes with it. */
const COPYRIGHT = /^usr\/share\/doc\/[^/]+\/copyright$/;
const DOCUMENTATION = /^usr\/share\/doc(\/|$)/;

/** What each token of a glob is as a regular expression; other special characters are escaped. */
const PATTERNS: Readonly<Record<string, string>> = {
  "/**": "(?:/.*)?",
  "**/": "(?:.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "{": "(?:",
  "}": ")",
  ",": "|",
};

const leftOut = matcher(LEFT_OUT);

/** @param path relative to the root, after the usr-merge */
export function isLeftOut(path: string): boolean {
  if (DOCUMENTATION.test(path)) return !COPYRIGHT.test(path);
  return leftOut(path);
}

/** A folder's `folder/**` matches the folder too. `{a,b}` is one of its words. */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const whole = new RegExp(`^(?:${globs.map(toPattern).join("|")})$`);
  return (path) => whole.test(path);
}

function toPattern(glob: string): string {
  return glob.replace(
    /\/\*\*$|\*\*\/|\*\*|[*{},]|[\\^$+?.()|[\]]/g,
    (token) => PATTERNS[token] ?? `\\${token}`,
  );
}
