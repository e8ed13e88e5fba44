// The server has confirmed these logs: their drafts may go.

import { canEncrypt } from "./account_key.js";
import { discardDrafts } from "./draft_store.js";

const page = document.querySelector("[data-saved-logs]");
if (canEncrypt()) {
  discardDrafts(page.dataset.slot, page.dataset.savedLogs.split(" "));
}
