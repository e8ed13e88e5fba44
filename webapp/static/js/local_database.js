// The one database of this product in a browser. Everything that says something is stored encrypted under the account's
// key; a row in the clear holds nothing but an opaque place.

const DATABASE = "dandang-drafts";
const VERSION = 2;
export const KEYS = "keys"; // one row an account: its key, which no script can read out, or the key under a PIN
export const DRAFTS = "drafts"; // logs: drafts, waiting, sent
export const PHOTOS = "photos"; // their pictures
export const NOTES = "notes"; // what the phone remembers for an account: device token, data to write from, choices

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export async function openDatabase() {
  const request = indexedDB.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    const held = request.result.objectStoreNames;
    const stores = { [KEYS]: "slot", [DRAFTS]: ["slot", "place"], [PHOTOS]: ["slot", "place"], [NOTES]: ["slot", "place"] };
    for (const [name, keyPath] of Object.entries(stores)) {
      if (!held.contains(name)) {
        request.result.createObjectStore(name, { keyPath });
      }
    }
  };
  const database = await settled(request);
  // A newer release in another window may change the stores; this window lets go of them.
  database.onversionchange = () => database.close();
  return database;
}

// A change that is told as done only when it is on the disk; a full disk rejects with QuotaExceededError.
export function change(database, store, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error || new DOMException("aborted", "AbortError"));
    transaction.onerror = () => reject(transaction.error);
    act(transaction.objectStore(store));
  });
}

export function read(database, store, ...range) {
  return settled(database.transaction(store).objectStore(store).getAll(...range));
}

export function readOne(database, store, key) {
  return settled(database.transaction(store).objectStore(store).get(key));
}

export function ofSlot(slot) {
  return IDBKeyRange.bound([slot], [slot, []]);
}
