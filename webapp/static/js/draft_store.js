// Logs in this browser that the server may not have yet: drafts, waiting ones, and those just sent, with their photos,
// all encrypted under the account's own key (AES-GCM). A record says nothing but an opaque place: neither whose it is nor
// of what. Another account on the same device opens none of it.

import { canEncrypt, forgetAllKeys, forgetOtherKeys, heldSlot, keyOf, keyState } from "./account_key.js";
import { sha256 } from "./bytes.js";
import { change, DRAFTS, NOTES, ofSlot, openDatabase, PHOTOS, read, readOne } from "./local_database.js";

// The logs of one account; null where this browser cannot keep them encrypted, or their key is sealed or missing.
// Without a slot it is that of the account whose key lies here.
export async function openDrafts(slot, keyUrl) {
  if (!canEncrypt()) {
    return null;
  }
  try {
    const database = await openDatabase();
    if (slot) {
      await forgetOtherKeys(database, slot);
    }
    const own = slot || await heldSlot(database);
    const key = own ? await keyOf(database, own, keyUrl) : null;
    return key ? new Drafts(database, own, key) : null;
  } catch (error) {
    console.info("drafts are not kept:", error.name);
    return null;
  }
}

// One hand at a time on one record, whichever window it is in.
function alone(name, act) {
  return globalThis.navigator?.locks ? navigator.locks.request(name, act) : act();
}

class Drafts {
  constructor(database, slot, key) {
    this.database = database;
    this.slot = slot;
    this.key = key;
  }

  place(id) {
    return sha256(`${this.slot}:${id}`);
  }

  bound(place) {
    return new TextEncoder().encode(`${this.slot}:${place}`);
  }

  async put(store, id, plain) {
    const place = await this.place(id);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: this.bound(place) }, this.key, plain);
    await change(this.database, store, (rows) => rows.put({ slot: this.slot, place, iv, data }));
  }

  async open(row) {
    try {
      const method = { name: "AES-GCM", iv: row.iv, additionalData: this.bound(row.place) };
      return new Uint8Array(await crypto.subtle.decrypt(method, this.key, row.data));
    } catch (error) {
      console.info("a record does not open:", error.name);
      return null;
    }
  }

  async openJson(row) {
    const plain = row ? await this.open(row) : null;
    return plain && JSON.parse(new TextDecoder().decode(plain));
  }

  async putJson(store, id, value) {
    await this.put(store, id, new TextEncoder().encode(JSON.stringify(value)));
  }

  async take(store, id) {
    return readOne(this.database, store, [this.slot, await this.place(id)]);
  }

  async drop(store, id) {
    const place = await this.place(id);
    await change(this.database, store, (rows) => rows.delete([this.slot, place]));
  }

  // Keep what is typed; what the record holds besides (photos, version) stays.
  async save(id, draft) {
    return this.update(id, (held) => ({ state: "draft", photos: [], ...held, ...draft }));
  }

  async one(id) {
    return this.openJson(await this.take(DRAFTS, id));
  }

  // Change one record by a function of what it holds now (null when there is none); what it returns is kept.
  async update(id, changed) {
    return alone(`entry-${this.slot}-${id}`, async () => {
      const next = changed(await this.one(id));
      if (next) {
        await this.putJson(DRAFTS, id, { ...next, id });
      }
      return next;
    });
  }

  async discard(id) {
    const held = this.key ? await this.one(id) : null;
    await this.drop(DRAFTS, id);
    for (const photo of held?.photos || []) {
      await this.drop(PHOTOS, photo.id);
    }
  }

  // Own records that open, the newest first.
  async all() {
    const opened = await Promise.all((await read(this.database, DRAFTS, ofSlot(this.slot))).map((row) => this.openJson(row)));
    return opened.filter(Boolean).sort((one, other) => other.savedAt - one.savedAt);
  }

  async unsent() {
    return (await this.all()).filter((entry) => entry.state !== "sent");
  }

  // What the phone remembers for the account: undefined before it was noted.
  async note(name) {
    const row = await this.take(NOTES, `note:${name}`);
    return row ? this.openJson(row) : undefined;
  }

  async keepNote(name, value) {
    await this.putJson(NOTES, `note:${name}`, value);
  }
}

// Remove a draft whose log the server has confirmed.
export async function discardDrafts(slot, ids) {
  const drafts = await openDrafts(slot);
  const own = drafts || new Drafts(await openDatabase(), slot, null);
  await Promise.all(ids.map((id) => own.discard(id)));
}

// Another account is at work in this browser: the key of the one before goes, its drafts stay unreadable.
export async function forgetKeysOfOthers(slot) {
  const database = await openDatabase();
  await forgetOtherKeys(database, slot);
  database.close();
}

// Forget the key (signing out); the encrypted drafts stay and open again for the same account.
export async function forgetKeys() {
  const database = await openDatabase();
  await forgetAllKeys(database);
  database.close();
}

// Whether the account at work has logs on this device that were not sent. Those under a PIN count as such when there are any.
export async function hasDrafts() {
  const drafts = await openDrafts();
  if (drafts) {
    return (await drafts.unsent()).length > 0;
  }
  const database = await openDatabase();
  const slot = await heldSlot(database);
  const sealed = (await keyState(database, slot)).state === "sealed";
  const some = sealed && (await read(database, DRAFTS, ofSlot(slot))).length > 0;
  database.close();
  return some;
}
