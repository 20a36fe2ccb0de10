/** A set-user-id file, or one with capabilities, is the one way an unprivileged process may become more by design. */
import { CAPABILITIES } from "../../recipe/capabilities.ts";
import { forbidPaths, type InspectedEntry, type Rule } from "../rule.ts";

export const noSetIdFiles: Rule = {
  id: "no-set-id-files",
  claim: {
    en: "The image has no set-uid or set-gid file, and none with capabilities",
    ru: "В образе нет файлов с битами set-uid и set-gid и файлов с capabilities",
  },
  fix: {
    en: "Take both away when the image is made: chmod u-s,g-s and setcap -r",
    ru: "Снимите и то и другое при сборке: chmod u-s,g-s и setcap -r",
  },
  key: "image",
  about: {
    severity: "medium",
    why: {
      en: "Each such file runs with its owner's rights, or with capabilities of root, for whoever starts it, so a mistake in it gives those rights away. Services do not need su, mount or ping.",
      ru: "Каждый такой файл работает с правами владельца или с частью прав root, кто бы его ни запустил, и ошибка в нём отдаёт эти права. Службам не нужны su, mount и ping.",
    },
    docker: "in the image: chmod u-s,g-s; setcap -r",
    kubernetes: "in the image: chmod u-s,g-s; setcap -r",
    references: ["CIS-Docker@1.6.0:4.8", "OWASP-Docker-Security@2026-11:4", "NIST-SP-800-190@2017-09:4.1.2"],
  },
  check: (image) =>
    forbidPaths(
      image,
      {
        en: "set-uid file, set-gid file or file with capabilities",
        ru: "файл с битом set-uid или set-gid или с capabilities",
      },
      (entry) => entry.kind === "file" && givesOf(entry) !== "",
      (entry) => `${givesOf(entry)}, from ${entry.origin}`,
    ),
};

/** What starting the file gives, in words; empty where it gives nothing. */
function givesOf({ mode, capabilities }: InspectedEntry): string {
  const given = [
    ...((mode & 0o4000) === 0 ? [] : ["set-uid"]),
    ...((mode & 0o2000) === 0 ? [] : ["set-gid"]),
    ...(capabilities === undefined ? [] : capabilitiesIn(capabilities)),
  ];
  return given.join(", ");
}

/**
 * Permitted and inheritable ones of `struct vfs_cap_data`: a word of flags, then a word of each, in the later versions two.
 * @see https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/capability.h
 */
function capabilitiesIn(hex: string): readonly string[] {
  const data = Buffer.from(hex, "hex");
  const words = data.length === 12 ? [4, 8] : data.length === 20 || data.length === 24 ? [4, 8, 12, 16] : [];
  // What is of no known length is not understood, and is told as what it may be.
  if (words.length === 0) return [`capabilities 0x${hex.slice(0, 64)}`];
  const sets = words.map((at, index) => BigInt(data.readUInt32LE(at)) << (index < 2 ? 0n : 32n));
  const all = sets.reduce((sum, set) => sum | set, 0n);
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => ((all >> BigInt(bit)) & 1n) === 1n)
    .map((bit) => `cap_${CAPABILITIES[bit]?.toLowerCase() ?? bit}`);
}
