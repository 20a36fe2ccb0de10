/** One shape for every error the service answers with, saying which field is wrong and what was expected. */
import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

interface FieldProblem {
  /** Where: `body.title`, `params.id`. */
  readonly field: string;
  readonly problem: string;
}

export const problemSchema = {
  type: "object",
  required: ["status", "error", "message"],
  properties: {
    status: { type: "integer" },
    error: { type: "string" },
    message: { type: "string" },
    fields: {
      type: "array",
      items: {
        type: "object",
        required: ["field", "problem"],
        properties: { field: { type: "string" }, problem: { type: "string" } },
      },
    },
  },
} as const;

/** @param status of HTTP, 400 or above */
export function answer(
  reply: FastifyReply,
  status: number,
  message: string,
  fields?: readonly FieldProblem[],
): FastifyReply {
  return reply.code(status).send({ status, error: STATUS_CODES[status], message, ...(fields && { fields }) });
}

/** Answers the client's errors with what is wrong; keeps the details of our own in the log. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: error }, "request failed");
  if (status === 500) return answer(reply, status, "the failure was logged");
  if (status === 415) {
    const found = request.headers["content-type"] ?? "no content type";
    return answer(reply, status, `expected application/json, found ${found}`);
  }
  if (error.validation === undefined) return answer(reply, status, error.message);
  const part = error.validationContext ?? "request";
  const fields = error.validation.map((finding) => describe(part, finding));
  return answer(reply, status, fields.map(({ field, problem }) => `${field} ${problem}`).join("; "), fields);
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answer(reply, 404, `there is no ${request.method} ${request.url.split("?", 1)[0]}`);
}

/** Turns one of Ajv's findings, whose path is a JSON pointer, into `body.title must be string`. */
function describe(part: string, finding: NonNullable<FastifyError["validation"]>[number]): FieldProblem {
  const { instancePath, keyword, params, message } = finding;
  const field = `${part}${instancePath.replaceAll("/", ".")}`;
  if (keyword === "required")
    return { field: `${field}.${String(params["missingProperty"])}`, problem: "is required" };
  if (keyword === "additionalProperties") {
    return { field: `${field}.${String(params["additionalProperty"])}`, problem: "is not a known field" };
  }
  return { field, problem: message ?? "is not valid" };
}
