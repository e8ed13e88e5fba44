// On every page of somebody who writes logs: keeps the app shell for days without a network, shows how much is not sent
// yet, and sends it.

import { canEncrypt } from "./account_key.js";
import { openDrafts } from "./draft_store.js";
import { dataFor } from "./outbox_data.js";
import { Runner } from "./outbox_runner.js";

export async function registerWorker() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) {
    return null;
  }
  try {
    // Only where the browser sends in the background the worker needs the modules for it.
    if ("SyncManager" in window) {
      return await navigator.serviceWorker.register("/sw.js", { type: "module", updateViaCache: "none" });
    }
    return await navigator.serviceWorker.register("/sw.js?plain", { updateViaCache: "none" });
  } catch (error) {
    console.info("the page will not open without a network:", error.name);
    return null;
  }
}

// The size of the text that the person chose: the pages of the shell are kept without it.
export function followTextSize() {
  const { classList } = document.documentElement;
  if (document.body.dataset.slot) {
    localStorage.setItem("text", classList.contains("large-text") ? "large" : "usual");
  } else {
    classList.toggle("large-text", localStorage.getItem("text") === "large");
  }
}

export async function showCount(drafts) {
  const number = drafts ? (await drafts.unsent()).length : 0;
  for (const place of document.querySelectorAll("[data-outbox-count]")) {
    place.hidden = number === 0;
    place.querySelector("[data-number]").textContent = String(number);
  }
}

async function begin() {
  followTextSize();
  registerWorker();
  const slot = document.body.dataset.slot;
  if (!slot || !canEncrypt()) {
    return;
  }
  const drafts = await openDrafts(slot);
  if (!drafts) {
    return;
  }
  await showCount(drafts);
  const runner = new Runner(drafts, () => showCount(drafts));
  if (!document.querySelector("[data-log-form]")) {
    await runner.soon(); // the log form sends by itself
  }
  await dataFor(drafts);
}

// The pages of the shell have a body without a slot and begin by themselves.
if (document.body.dataset.slot) {
  begin().catch((error) => console.info("the outbox rests:", error.name));
}
