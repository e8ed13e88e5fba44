// Who may see what lies on this phone: opens the logs of the account whose key is here, asks for the PIN, or says what is
// missing.

import { canEncrypt, forgetOtherKeys, GONE, handedOver, heldSlot, keyState, openWithPin, takeOver } from "./account_key.js";
import { openDrafts } from "./draft_store.js";
import { openDatabase } from "./local_database.js";
import { endNow, OFFLINE } from "./session_ending.js";

// Resolves with the logs when they lie open; shows the fitting part of the page until then.
export async function openGate() {
  if (!canEncrypt()) {
    show("unfit");
    return new Promise(() => {});
  }
  const database = await openDatabase();
  const refused = await meet(database);
  const slot = await heldSlot(database);
  const { state } = await keyState(database, slot);
  const drafts = state === "missing" ? null : await openDrafts(slot);
  if (drafts) {
    database.close();
    closeWithTheKey();
    return drafts;
  }
  if (state === "missing") {
    show(refused ? "refused" : "missing");
    return new Promise(() => {});
  }
  const opened = await askForPin(database, slot);
  closeWithTheKey();
  return opened;
}

// The logs of an account whose key lies here under a PIN, once that was typed; null where none does.
export async function openUnderPin(slot) {
  const database = canEncrypt() ? await openDatabase() : null;
  return database && (await keyState(database, slot)).state === "sealed" ? askForPin(database, slot) : null;
}

// Where there is a network, learn who is signed in: somebody else closes what the one before left, a first visit opens it.
// Answers whether it is somebody who writes no logs.
async function meet(database) {
  if (await endNow() === OFFLINE) {
    document.querySelector("[data-sign-out]").hidden = false;
    window.addEventListener("online", () => location.reload());
    return false; // who has signed out is handed no key, whatever the session still says
  }
  const slot = await heldSlot(database);
  const asked = handedOver().catch(() => null);
  const waited = new Promise((resolve) => { setTimeout(() => resolve(null), slot ? 1500 : 8000); });
  const handed = navigator.onLine ? await Promise.race([asked, waited]) : null;
  if (handed?.slot && handed.slot !== slot) {
    await forgetOtherKeys(database, handed.slot);
    await takeOver(database, handed);
  }
  return Boolean(handed?.refused);
}

function closeWithTheKey() {
  new BroadcastChannel(GONE).addEventListener("message", () => location.reload());
}

function show(name) {
  for (const part of document.querySelectorAll("[data-gate]")) {
    part.hidden = part.dataset.gate !== name;
  }
}

function askForPin(database, slot) {
  show("sealed");
  const form = document.querySelector("[data-gate=sealed]");
  return new Promise((resolve) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const field = form.querySelector("input");
      const fits = await openWithPin(database, slot, field.value);
      form.querySelector("[data-pin-wrong]").hidden = fits;
      if (fits) {
        field.value = "";
        show("");
        database.close();
        resolve(await openDrafts(slot));
      }
    });
  });
}
