// What an answer says. A gateway, a filter or the sign-in page of a guest network answers too, with 200 as well as with errors:
// only what bears the marks of the server itself is a receipt or a refusal. All else is not sent, stays, and is sent again.

import { WORDS } from "./outbox_words.js";

// Why something is not sent now. `othersMay`: it lies with this one log, or may do so; the others are tried all the same.
export class NotNow extends Error {
  constructor(words, { seconds = 0, signIn = false, othersMay = false } = {}) {
    super(words);
    Object.assign(this, { seconds, signIn, othersMay });
  }
}

export function isJson(answer) {
  return (answer.headers.get("Content-Type") || "").startsWith("application/json");
}

async function read(answer) {
  if (!isJson(answer)) {
    return {};
  }
  try {
    return Object(await answer.json());
  } catch (error) {
    console.info("an answer does not read:", error.name);
    return {};
  }
}

// An answer that settles nothing. The server's own refusals of a request, which bear a reference, say why.
export function unsettled(answer, told = {}) {
  const words = answer.status >= 500 ? WORDS.broken : WORDS.between;
  return new NotNow(told.reference && told.error ? told.error : words, { othersMay: true });
}

// What the server said of a log: the receipt, or why it does not take it. Throws `NotNow` for anything else.
export async function verdictOn(logId, answer) {
  const told = await read(answer);
  const said = typeof told.error === "string";
  const receipt = told.id === logId && Number.isInteger(told.version);
  const own = { 200: receipt, 201: receipt, 409: said && "held" in told, 413: said, 422: said && Boolean(told.fields) };
  if (!own[answer.status]) {
    throw unsettled(answer, told);
  }
  return told;
}

// Why the server does not take a photo. Throws `NotNow` where it was not the server that said so.
export async function refusalOfPhoto(answer) {
  const told = await read(answer);
  if (![409, 413, 422].includes(answer.status) || typeof told.error !== "string" || told.reference) {
    throw unsettled(answer, told);
  }
  return told.error;
}

// Bytes of a photo that the server says it has. Throws `NotNow` where the answer does not say so.
export function standsAt(answer, size) {
  const offset = answer.headers.has("Upload-Offset") ? Number(answer.headers.get("Upload-Offset")) : NaN;
  if (!Number.isInteger(offset) || offset < 0 || offset > size) {
    throw unsettled(answer);
  }
  return offset;
}
