// Sending while no page is open, where the browser wakes the service worker when the network is back.

import { openDrafts } from "./draft_store.js";
import { sendWaiting } from "./outbox_sending.js";

// Rejects while something is left, so that the browser wakes the worker again.
export async function sendInBackground() {
  const drafts = await openDrafts();
  if (!drafts) {
    return; // no key here: nobody's logs to send
  }
  const choices = await drafts.note("choices");
  const round = await sendWaiting(drafts, { photos: !choices?.wifiOnly });
  if (round.left && !round.signIn) {
    throw new Error("something is left to send");
  }
}
