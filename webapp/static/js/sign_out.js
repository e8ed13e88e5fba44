// Signing out forgets the key of the drafts on this device, after saying so when there are any; any page of another
// account forgets it, too.

import { canEncrypt } from "./account_key.js";
import { forgetKeys, forgetKeysOfOthers, hasDrafts } from "./draft_store.js";
import { endLater, endNow, endSession, ENDED, OFFLINE } from "./session_ending.js";

if (canEncrypt() && document.body.dataset.slot) {
  forgetKeysOfOthers(document.body.dataset.slot).catch((error) => console.info("keys were kept:", error.name));
}

// Somebody signed out here while there was no network: what still runs is ended before anything else happens on this page.
async function finish() {
  if (await endNow() === ENDED) {
    await forgetKeys(); // this page was handed the key again meanwhile
    location.assign("/login");
  }
}

for (const form of document.querySelectorAll("form[action$='/logout']")) {
  form.addEventListener("submit", async (event) => {
    if (!canEncrypt()) {
      return;
    }
    event.preventDefault();
    if (form.dataset.sent) {
      return; // the second of two clicks would meet an ended session; forms.js wakes the form when the page comes back
    }
    form.dataset.sent = "yes";
    try {
      const asked = "本机还有没有发出的日志或草稿。退出后仍加密留在本机，您再次登录时恢复，其间不会发送。确定退出吗？";
      if (await hasDrafts() && !window.confirm(asked)) {
        delete form.dataset.sent;
        return;
      }
    } catch (error) {
      console.info("drafts could not be looked for:", error.name);
    }
    // The session ends before the key goes: another window that learns of the key would be handed it again while it lasts.
    const fields = [...new FormData(form)];
    const outcome = await endSession(form.action, fields);
    const waits = outcome === OFFLINE && Boolean(navigator.serviceWorker?.controller);
    if (waits) {
      endLater(form.action, fields);
    }
    try {
      await forgetKeys();
    } catch (error) {
      console.info("keys were not forgotten:", error.name);
    }
    if (outcome === ENDED) {
      location.assign("/login");
    } else if (waits) {
      location.assign("/outbox/"); // says that the session is still to be ended
    } else {
      form.submit(); // the browser says how it goes
    }
  });
}

finish().catch((error) => console.info("keys were not forgotten:", error.name));
