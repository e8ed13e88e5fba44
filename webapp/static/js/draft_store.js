// Drafts in this browser, encrypted under the account's own key (AES-GCM), in IndexedDB.
// The key comes from the server once and is held as a CryptoKey that no script can read out. A record says nothing
// but an opaque place: neither whose it is nor of what. Another account that signs in on the same device removes the
// key of the one before; the server hands it out again when its owner is back.

const DATABASE = "dandang-drafts";
const KEYS = "keys";
const DRAFTS = "drafts";

export function canEncrypt() {
  return Boolean(window.isSecureContext && window.crypto && window.crypto.subtle && window.indexedDB);
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(KEYS, { keyPath: "slot" });
    request.result.createObjectStore(DRAFTS, { keyPath: ["slot", "place"] });
  };
  return settled(request);
}

function change(database, store, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
    act(transaction.objectStore(store));
  });
}

function read(database, store, ...range) {
  const rows = database.transaction(store).objectStore(store);
  return settled(rows.getAll(...range));
}

async function forgetOtherKeys(database, slot) {
  const others = (await read(database, KEYS)).filter((row) => row.slot !== slot);
  if (others.length > 0) {
    await change(database, KEYS, (rows) => others.forEach((row) => rows.delete(row.slot)));
  }
}

async function fetchKey(database, slot, keyUrl) {
  const handed = await handedOver(keyUrl);
  if (!handed || handed.slot !== slot) {
    return null;
  }
  const raw = Uint8Array.from(atob(handed.key), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  raw.fill(0);
  await change(database, KEYS, (rows) => rows.put({ slot, key }));
  return key;
}

// What the server hands to the account that is signed in now: slot, key, csrf_token. Null when nobody is.
export async function handedOver(keyUrl) {
  const answer = await fetch(keyUrl, {
    headers: { Accept: "application/json" },
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
  });
  return answer.ok ? answer.json() : null;
}

// The drafts of one account; null where this browser cannot keep them encrypted.
export async function openDrafts(slot, keyUrl) {
  if (!canEncrypt() || !slot) {
    return null;
  }
  try {
    const database = await openDatabase();
    await forgetOtherKeys(database, slot);
    const held = (await read(database, KEYS, IDBKeyRange.only(slot)))[0];
    const key = held ? held.key : await fetchKey(database, slot, keyUrl);
    return key ? new Drafts(database, slot, key) : null;
  } catch (error) {
    console.info("drafts are not kept:", error.name);
    return null;
  }
}

class Drafts {
  constructor(database, slot, key) {
    this.database = database;
    this.slot = slot;
    this.key = key;
  }

  async place(id) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${this.slot}:${id}`));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  bound(place) {
    return new TextEncoder().encode(`${this.slot}:${place}`);
  }

  async save(id, draft) {
    const place = await this.place(id);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify({ id, ...draft }));
    const data = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: this.bound(place) }, this.key, plain,
    );
    await change(this.database, DRAFTS, (rows) => rows.put({ slot: this.slot, place, iv, data }));
  }

  async discard(id) {
    const place = await this.place(id);
    await change(this.database, DRAFTS, (rows) => rows.delete([this.slot, place]));
  }

  // Own drafts that open, the newest first.
  async all() {
    const own = IDBKeyRange.bound([this.slot], [this.slot, []]);
    const opened = await Promise.all((await read(this.database, DRAFTS, own)).map((row) => this.opened(row)));
    return opened.filter(Boolean).sort((one, other) => other.savedAt - one.savedAt);
  }

  async opened(row) {
    try {
      const bound = this.bound(row.place);
      const plain = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: row.iv, additionalData: bound }, this.key, row.data,
      );
      return JSON.parse(new TextDecoder().decode(plain));
    } catch (error) {
      console.info("a draft does not open:", error.name);
      return null;
    }
  }
}

// Remove a draft whose log the server has confirmed.
export async function discardDrafts(slot, ids) {
  const database = await openDatabase();
  const drafts = new Drafts(database, slot, null);
  await Promise.all(ids.map((id) => drafts.discard(id)));
}

// Forget the key (signing out); the encrypted drafts stay and open again for the same account.
// Another account is at work in this browser: the key of the one before goes, its drafts stay unreadable.
export async function forgetKeysOfOthers(slot) {
  const database = await openDatabase();
  await forgetOtherKeys(database, slot);
  database.close();
}

export async function forgetKeys() {
  const database = await openDatabase();
  await change(database, KEYS, (rows) => rows.clear());
}

// Whether the account at work has drafts on this device.
export async function hasDrafts() {
  const database = await openDatabase();
  const slots = (await read(database, KEYS)).map((row) => row.slot);
  return (await read(database, DRAFTS)).some((row) => slots.includes(row.slot));
}
