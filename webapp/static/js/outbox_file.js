// The outbox as a file for another device. It holds the records as they lie here: sealed under the account's key, so that
// only the same account opens it. Taking it in twice changes nothing.

import { fromBase64, sha256 } from "./bytes.js";
import { DRAFTS, PHOTOS } from "./local_database.js";
import { boundTo } from "./worklog_bound.js";

const FORMAT = "dandang-outbox-1";
const TAKEN = "taken"; // the note of second texts that came in
const LARGEST = 40 * 1024 * 1024; // bytes of photos in one file, which the other device reads in as a whole

const DAMAGED = "文件已损坏，没有全部导入。请重新导出后再试；已导入的不会重复。";

function toBase64(bytes) {
  let text = "";
  const view = new Uint8Array(bytes);
  for (let from = 0; from < view.length; from += 0x8000) {
    text += String.fromCharCode(...view.subarray(from, from + 0x8000));
  }
  return btoa(text);
}

function packed(row) {
  return { place: row.place, iv: toBase64(row.iv), data: toBase64(row.data) };
}

// The unsent logs in as many parts as there will be files; a log goes with all its photos.
export async function partsToExport(drafts) {
  const parts = [];
  let size = 0;
  for (const entry of await drafts.unsent()) {
    const own = entry.photos.reduce((sum, photo) => sum + photo.size, 0);
    if (parts.length === 0 || size + own > LARGEST) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1).push(entry);
    size += own;
  }
  return parts;
}

// Some logs with their photos as one file.
export async function exported(drafts, entries, name = "dandang-outbox.json") {
  const rows = async (store, ids) => (await Promise.all(ids.map((id) => drafts.take(store, id)))).filter(Boolean).map(packed);
  const logs = await rows(DRAFTS, entries.map((entry) => entry.id));
  const photos = await rows(PHOTOS, entries.flatMap((entry) => entry.photos.map((photo) => photo.id)));
  const content = { format: FORMAT, slot: drafts.slot, logs, photos };
  return new File([JSON.stringify(content)], name, { type: "application/json" });
}

export class Unreadable extends Error {}

const isRow = (row) => ["place", "iv", "data"].every((name) => typeof row?.[name] === "string");

async function parsed(file) {
  let content;
  try {
    content = JSON.parse(await file.text());
    if (content.format !== FORMAT || !Array.isArray(content.logs) || !Array.isArray(content.photos)) {
      throw new TypeError("another format");
    }
  } catch (error) {
    console.info("not a file of ours:", error.name);
    throw new Unreadable("这不是从“待发日志”导出的文件，或文件已损坏。请重新选择。");
  }
  if (![...content.logs, ...content.photos].every(isRow)) {
    throw new Unreadable(DAMAGED);
  }
  return content;
}

// What a row of a file holds.
async function opened(drafts, row) {
  let plain = null;
  try {
    plain = await drafts.open({ place: row.place, iv: fromBase64(row.iv), data: fromBase64(row.data) });
  } catch (error) {
    console.info("a row is no base64:", error.name);
  }
  if (!plain) {
    throw new Unreadable(DAMAGED);
  }
  return plain;
}

// A number for a second text of one log, and for each photo of it: the same each time the same file is taken in.
async function numberFor(row, copy = "") {
  const hex = await sha256(`${row.place}:${row.iv}:${copy}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function sameText(one, other) {
  const said = ({ typed }) => JSON.stringify([typed.text, typed.day, typed.duty_area, typed.unit_code, typed.tasks, boundTo(typed)]);
  return said(one) === said(other);
}

// Take a file in. Answers how many logs came new. What lies here is never replaced: a different text of the same log comes
// in as a log of its own, once, which the person can compare and delete. Raises `Unreadable` with a sentence.
export async function imported(drafts, file) {
  const content = await parsed(file);
  if (content.slot !== drafts.slot) {
    throw new Unreadable("这个文件由另一个账号导出，只有原账号能打开。请用原账号登录后再导入。");
  }
  const photos = new Map(content.photos.map((row) => [row.place, row]));
  const taken = new Set(await drafts.note(TAKEN) || []);
  let added = 0;
  for (const row of content.logs) {
    const entry = JSON.parse(new TextDecoder().decode(await opened(drafts, row)));
    const held = await drafts.one(entry.id);
    if (!held) {
      const own = await withPhotos(drafts, entry, photos, (photo) => photo);
      await drafts.update(entry.id, () => own);
      added += 1;
    } else if (!sameText(held, entry)) {
      added += await takeCopy(drafts, entry, photos, taken, await numberFor(row));
    }
  }
  return added;
}

// A second text of a log that lies here, with photos of its own: deleting or sending one of the two leaves the other whole.
// One that was taken in before and deleted since does not come again.
async function takeCopy(drafts, entry, photos, taken, id) {
  if (taken.has(id) || await drafts.one(id)) {
    return 0;
  }
  const own = await withPhotos(drafts, entry, photos, async (photo, row) =>
    row && { ...photo, id: await numberFor(row, id), done: false, refused: false });
  const apart = { kind: "new", version: null, logSent: false, typed: { ...entry.typed, base_version: "" }, state: "draft" };
  await drafts.update(id, () => ({ ...own, ...apart, error: "", fields: null, held: null }));
  await drafts.keepNote(TAKEN, [...taken.add(id)]);
  return 1;
}

// Keep the photos of a log that are in the file. `named` says what each is here; one that it leaves out is not kept.
async function withPhotos(drafts, entry, photos, named) {
  const kept = [];
  for (const photo of entry.photos) {
    const row = photos.get(await drafts.place(photo.id));
    const own = await named(photo, row);
    if (own && row) {
      await drafts.put(PHOTOS, own.id, await opened(drafts, row));
    }
    kept.push(own);
  }
  return { ...entry, photos: kept.filter(Boolean) };
}
