// The account's key on this device. The server hands it over to the account that is signed in; the browser holds it as a
// CryptoKey that no script can read out. It outlives the session, so that writing goes on; signing out, or another
// account at work here, removes it, and what it sealed stays until its owner is back.
// With a PIN the key itself is sealed under the PIN; opened, it lies beside until it rests for a while.

import { fromBase64 } from "./bytes.js";
import { change, KEYS, read, readOne } from "./local_database.js";

const ROUNDS = 600_000; // PBKDF2-SHA-256
const PATIENCE = 20_000; // milliseconds for the server to hand the key over
const REST = 5 * 60_000; // milliseconds after which an opened key is sealed again

export function canEncrypt() {
  return Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);
}

// What the server hands to the account that is signed in now: slot, key, csrf_token; {refused} where it does not write logs.
// Null when nobody is signed in.
export async function handedOver(keyUrl = "/worklogs/draft-key") {
  const answer = await fetch(keyUrl, {
    headers: { Accept: "application/json" },
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const handed = answer.ok || answer.status === 403 ? await answer.json() : null;
  if (answer.status === 403) {
    return { refused: Boolean(handed?.reference) };
  }
  return typeof handed?.slot === "string" && typeof handed.key === "string" ? handed : null;
}

function imported(raw) {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

// Other windows that show what lies here close it when its key goes.
export const GONE = "dandang-keys";

function tellWindows() {
  const channel = new BroadcastChannel(GONE);
  channel.postMessage("gone");
  channel.close();
}

// A PIN goes with the key that it sealed; its owner is told when back.
const PIN_GONE = "dandang-pin-gone";

function notePins(rows) {
  rows.filter((row) => row.pin).forEach((row) => localStorage.setItem(PIN_GONE, row.slot));
}

// Whether the PIN of a slot has gone with its key; told once.
export function pinIsGone(slot) {
  const gone = localStorage.getItem(PIN_GONE) === slot;
  if (gone) {
    localStorage.removeItem(PIN_GONE);
  }
  return gone;
}

export async function forgetOtherKeys(database, slot) {
  const others = (await read(database, KEYS)).filter((row) => row.slot !== slot);
  if (others.length > 0) {
    notePins(others);
    await change(database, KEYS, (rows) => others.forEach((row) => rows.delete(row.slot)));
    tellWindows();
  }
}

export async function forgetAllKeys(database) {
  notePins(await read(database, KEYS));
  await change(database, KEYS, (rows) => rows.clear());
  tellWindows();
}

// The slot whose key lies here, "" when none does.
export async function heldSlot(database) {
  const rows = await read(database, KEYS);
  return rows.length ? rows[0].slot : "";
}

// The key of a slot: held, or fetched where there is none yet; null when it is sealed by a PIN or cannot be had.
export async function keyOf(database, slot, keyUrl) {
  const row = await readOne(database, KEYS, slot);
  if (!row) {
    const handed = await handedOver(keyUrl);
    return handed && handed.slot === slot ? takeOver(database, handed) : null;
  }
  if (row.pin && row.key && Date.now() - row.openedAt > REST) {
    await sealAgain(database, slot);
    return null;
  }
  return row.key || null;
}

// Keep a key that the server handed over. It takes the place of one under a PIN, so ask only where none lies here.
export async function takeOver(database, handed) {
  const raw = fromBase64(handed.key);
  const key = await imported(raw);
  raw.fill(0);
  await change(database, KEYS, (rows) => rows.put({ slot: handed.slot, key }));
  return key;
}

async function pinKey(pin, salt, rounds) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const method = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(method, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

// Seal the key under a PIN. The server hands the key over once more, since the one held here cannot be read out.
export async function sealWithPin(database, slot, pin) {
  const handed = await handedOver();
  if (!handed || handed.slot !== slot) {
    return false;
  }
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const raw = fromBase64(handed.key);
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await pinKey(pin, salt, ROUNDS), raw);
  raw.fill(0);
  await change(database, KEYS, (rows) => rows.put({ slot, pin: { salt, iv, wrapped, rounds: ROUNDS } }));
  return true;
}

// Open the sealed key; false for a wrong PIN.
export async function openWithPin(database, slot, pin) {
  const row = await readOne(database, KEYS, slot);
  const { salt, iv, wrapped, rounds } = row.pin;
  try {
    const raw = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await pinKey(pin, salt, rounds), wrapped));
    const key = await imported(raw);
    raw.fill(0);
    await change(database, KEYS, (rows) => rows.put({ ...row, key, openedAt: Date.now() }));
    return true;
  } catch (error) {
    console.info("the key stays sealed:", error.name);
    return false;
  }
}

// The key lies open beside its seal no longer.
export async function sealAgain(database, slot) {
  const row = await readOne(database, KEYS, slot);
  if (row?.pin) {
    await change(database, KEYS, (rows) => rows.put({ slot, pin: row.pin }));
    tellWindows();
  }
}

// Take the PIN away while the key lies open.
export async function removePin(database, slot) {
  const row = await readOne(database, KEYS, slot);
  if (row?.key) {
    await change(database, KEYS, (rows) => rows.put({ slot, key: row.key }));
  }
}

// "open", "sealed" (asks for the PIN) or "missing" (asks to sign in).
export async function keyState(database, slot) {
  const row = slot ? await readOne(database, KEYS, slot) : null;
  if (!row) {
    return { state: "missing", pin: false };
  }
  return { state: row.key ? "open" : "sealed", pin: Boolean(row.pin) };
}
