/** First words to a service, and what its answer gives away: a port that answers its own protocol was truly reached. */
import type { Text } from "@seaworthy/evidence";
import type { Role } from "./scene.ts";

export interface Greeting {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What an answer says, in one clause. */
  read(answer: string): Text;
}

const SILENT: Text = { en: "takes the connection and says nothing", ru: "принимает соединение и молчит" };

export const GREETINGS: Readonly<Record<Role, Greeting>> = {
  app: {
    name: "the service",
    bytes: Buffer.from("GET / HTTP/1.0\r\n\r\n"),
    read: (answer) => (answer === "" ? SILENT : said(firstLine(answer))),
  },
  // PostgreSQL protocol 3.0, SSLRequest: the server says S or N, and waits for a login.
  postgres: {
    name: "PostgreSQL",
    bytes: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
    read(answer) {
      if (answer === "S" || answer === "N") return { en: "takes logins", ru: "принимает вход" };
      return answer === "" ? SILENT : { en: "answers", ru: "отвечает" };
    },
  },
  redis: {
    name: "Redis",
    bytes: Buffer.from("PING\r\n"),
    read: (answer) => (answer === "" ? SILENT : said(firstLine(answer))),
  },
};

function said(words: string): Text {
  return { en: `says ${words}`, ru: `говорит ${words}` };
}

/** As far as it can be printed. */
function firstLine(answer: string): string {
  return (answer.split(/[\r\n]/)[0] ?? "").replaceAll(/[^ -~]/g, "?").slice(0, 80);
}
