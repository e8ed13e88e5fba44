// Signing out forgets the key of the drafts on this device, after saying so when there are any; any page of another
// account forgets it, too.

import { canEncrypt } from "./account_key.js";
import { forgetKeys, forgetKeysOfOthers, hasDrafts } from "./draft_store.js";

const PATIENCE = 20_000; // milliseconds; after that the browser sends the form itself and says how it goes

if (canEncrypt() && document.body.dataset.slot) {
  forgetKeysOfOthers(document.body.dataset.slot).catch((error) => console.info("keys were kept:", error.name));
}

// The session ends before the key goes: another window that learns of the key would be handed it again while it lasts.
async function endSession(form) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return answer.type === "opaqueredirect";
  } catch (error) {
    console.info("the session was not ended:", error.name);
    return false;
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
    const ended = await endSession(form);
    try {
      await forgetKeys();
    } catch (error) {
      console.info("keys were not forgotten:", error.name);
    }
    if (ended) {
      location.assign("/login");
    } else {
      form.submit();
    }
  });
}
