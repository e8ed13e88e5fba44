// Keeping what is saved means giving up the draft of the other text.

import { canEncrypt } from "./account_key.js";
import { discardDrafts } from "./draft_store.js";

const keep = document.querySelector("[data-discard-draft]");
if (keep && canEncrypt()) {
  keep.addEventListener("click", async (event) => {
    event.preventDefault();
    await discardDrafts(keep.dataset.slot, [keep.dataset.discardDraft]);
    location.assign(keep.href);
  });
}
