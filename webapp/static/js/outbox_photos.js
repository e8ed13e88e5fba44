// Photos of logs that wait: kept encrypted beside their log, once by their content, and sent in parts that go on where the
// line broke.

import { sha256 } from "./bytes.js";
import { PHOTOS } from "./local_database.js";
import { standsAt, unsettled } from "./outbox_answers.js";

const PART = 128 * 1024; // bytes: a part that one bar of signal carries within the patience below
const PATIENCE = 60_000; // milliseconds
const MISSES = 3;

// Keep a photo for a log; one that the log holds already changes nothing. Rejects with QuotaExceededError on a full disk.
export async function addPhoto(drafts, logId, file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const hash = await sha256(bytes);
  const held = await drafts.one(logId);
  if (held?.photos.some((photo) => photo.sha256 === hash)) {
    return;
  }
  const id = crypto.randomUUID();
  await drafts.put(PHOTOS, id, bytes);
  const photo = { id, sha256: hash, size: bytes.length, name: file.name, done: false };
  await drafts.update(logId, (entry) => ({ ...entry, photos: [...entry.photos, photo] }));
}

export async function photoBytes(drafts, photo) {
  const row = await drafts.take(PHOTOS, photo.id);
  return row ? drafts.open(row) : null;
}

export async function dropPhoto(drafts, logId, photoId) {
  await drafts.drop(PHOTOS, photoId);
  await drafts.update(logId, (entry) => entry && { ...entry, photos: entry.photos.filter((one) => one.id !== photoId) });
}

function asked(method, photo, token, more = {}, body = undefined) {
  return fetch(`/api/photos/${photo.id}`, {
    method,
    body,
    headers: { Authorization: `Bearer ${token}`, Accept: "application/json", ...more },
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

// Send one photo from where the server stands. Answers its last response to a part: the photo is taken when it is one of
// success that names the whole size. Throws `NotNow` where something else answered in the server's place.
export async function sendPhoto(logId, photo, bytes, token) {
  const known = await asked("HEAD", photo, token);
  if (!known.ok && known.status !== 404) {
    return known;
  }
  let offset = known.ok ? standsAt(known, bytes.length) : 0;
  let misses = 0;
  for (;;) {
    const headers = {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
      "Upload-Length": String(bytes.length),
      "Upload-Log-Id": logId,
      "Upload-Sha256": photo.sha256,
    };
    const answer = await asked("PATCH", photo, token, headers, bytes.subarray(offset, offset + PART));
    const lost = answer.status === 409 && answer.headers.has("Upload-Offset") && misses < MISSES;
    if (!answer.ok && !lost) {
      return answer;
    }
    const stands = standsAt(answer, bytes.length);
    if (lost) {
      misses += 1; // the answer to the part before was lost: the server says where it stands
    } else if (stands === bytes.length) {
      return answer;
    } else if (stands <= offset) {
      throw unsettled(answer); // without progress this would go on for ever, at the person's expense
    }
    offset = stands;
  }
}
