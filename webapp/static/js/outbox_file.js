// The outbox as a file for another device. It holds the records as they lie here: sealed under the account's key, so that
// only the same account opens it. Taking it in twice changes nothing.

import { fromBase64, sha256 } from "./bytes.js";
import { DRAFTS, ofSlot, PHOTOS, read } from "./local_database.js";
import { boundTo } from "./worklog_bound.js";

const FORMAT = "dandang-outbox-1";
const LARGEST = 200 * 1024 * 1024; // bytes

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

// The unsent logs with their photos as one file.
export async function exported(drafts) {
  const wanted = new Set();
  for (const entry of await drafts.unsent()) {
    wanted.add(await drafts.place(entry.id));
    for (const photo of entry.photos || []) {
      wanted.add(await drafts.place(photo.id));
    }
  }
  const rows = async (store) => (await read(drafts.database, store, ofSlot(drafts.slot))).filter((row) => wanted.has(row.place)).map(packed);
  const content = { format: FORMAT, slot: drafts.slot, logs: await rows(DRAFTS), photos: await rows(PHOTOS) };
  return new File([JSON.stringify(content)], "dandang-outbox.json", { type: "application/json" });
}

export class Unreadable extends Error {}

async function parsed(file) {
  if (file.size > LARGEST) {
    throw new Unreadable("文件太大，不是从本系统导出的。请重新选择。");
  }
  try {
    const content = JSON.parse(await file.text());
    if (content.format !== FORMAT || !Array.isArray(content.logs) || !Array.isArray(content.photos)) {
      throw new TypeError("another format");
    }
    return content;
  } catch (error) {
    console.info("not a file of ours:", error.name);
    throw new Unreadable("这不是从“待发日志”导出的文件，或文件已损坏。请重新选择。");
  }
}

// A number for a second text of one log, the same each time the same file is taken in.
async function numberFor(row) {
  const hex = await sha256(`${row.place}:${row.iv}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function sameText(one, other) {
  const said = ({ typed }) => JSON.stringify([typed.text, typed.day, typed.duty_area, typed.unit_code, typed.tasks, boundTo(typed)]);
  return said(one) === said(other);
}

// Take a file in. Answers how many logs came new. What lies here is never replaced: a different text of the same log comes
// in as a log of its own, which the person can compare and delete. Raises `Unreadable` with a sentence.
export async function imported(drafts, file) {
  const content = await parsed(file);
  const open = (row) => drafts.open({ place: row.place, iv: fromBase64(row.iv), data: fromBase64(row.data) });
  if (content.slot !== drafts.slot) {
    throw new Unreadable("这个文件由另一个账号导出，只有原账号能打开。请用原账号登录后再导入。");
  }
  const photos = new Map(content.photos.map((row) => [row.place, row]));
  let added = 0;
  for (const row of content.logs) {
    const plain = await open(row);
    if (!plain) {
      throw new Unreadable("文件已损坏，没有全部导入。请重新导出后再试；已导入的不会重复。");
    }
    const entry = JSON.parse(new TextDecoder().decode(plain));
    const held = await drafts.one(entry.id);
    if (held && sameText(held, entry)) {
      continue;
    }
    const id = held ? await numberFor(row) : entry.id;
    if (held && await drafts.one(id)) {
      continue;
    }
    for (const photo of entry.photos || []) {
      const sealed = photos.get(await drafts.place(photo.id));
      const bytes = sealed ? await open(sealed) : null;
      if (bytes) {
        await drafts.put(PHOTOS, photo.id, bytes);
      }
    }
    const apart = { kind: "new", version: null, logSent: false, typed: { ...entry.typed, base_version: "" }, state: "draft" };
    await drafts.update(id, () => (held ? { ...entry, ...apart } : entry));
    added += 1;
  }
  return added;
}
