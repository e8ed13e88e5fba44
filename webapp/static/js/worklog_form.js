// The log form with a draft: kept as it is typed, brought back when the form opens again, gone when the log is saved. A log
// that cannot be sent now goes into the outbox with its photos. Without this script the form works as it is.

import { DraftKeeper } from "./draft_keeping.js";
import { openDrafts } from "./draft_store.js";
import { openUnderPin } from "./outbox_gate.js";
import { queued } from "./outbox_runner.js";
import { WORDS } from "./outbox_words.js";
import { DraftFields } from "./worklog_fields.js";
import { makeSmaller } from "./worklog_photos.js";
import { send } from "./worklog_sending.js";

const form = document.querySelector("[data-log-form]");
const fields = new DraftFields(form);
const keeper = new DraftKeeper(form, fields);
const refusal = form.querySelector("[data-refusal]");
const button = form.querySelector("button[type=submit]");
const photos = form.elements.photos;
const pin = document.querySelector("[data-gate=sealed]"); // shown while the key lies under a PIN

let smaller = Promise.resolve();

function refuse(words, link) {
  refusal.hidden = false;
  refusal.textContent = words;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    refusal.append(" ", anchor);
  }
  refusal.scrollIntoView({ block: "center" });
}

// The log waits in the outbox, its photos beside it. False on a full disk: everything is still in the form.
async function putIntoOutbox() {
  try {
    await queued(keeper.drafts, fields.id, photos.files);
    return true;
  } catch (error) {
    console.info("not put into the outbox:", error.name);
    refuse(WORDS.full);
    return false;
  }
}

// Only where the outbox opens without a network; an ended session needs the device's token besides.
async function mayWait(outcome, kept) {
  if (!kept || !navigator.serviceWorker?.controller) {
    return false;
  }
  return outcome.canWait || (outcome.signedOut && Boolean(await keeper.drafts.note("token")));
}

async function submit(event) {
  event.preventDefault();
  if (keeper.resting) {
    return;
  }
  button.disabled = true;
  button.textContent = "正在保存…";
  refusal.hidden = true;
  await smaller;
  const kept = await keeper.settle();
  keeper.resting = true;
  const outcome = await send(form, kept);
  if (outcome.location) {
    if (keeper.drafts) {
      await keeper.drafts.discard(fields.id);
    }
    location.replace(outcome.location);
    return;
  }
  if (outcome.askAgain) {
    photos.value = "";
    form.submit(); // the server shows a page of its own
    return;
  }
  if (await mayWait(outcome, kept) && await putIntoOutbox()) {
    location.assign("/outbox/");
    return;
  }
  keeper.resting = false;
  button.disabled = false;
  button.textContent = button.dataset.words;
  if (!pin.hidden && (outcome.canWait || outcome.signedOut)) {
    refuse(`${outcome.words}也可以输入 PIN 后再点一次保存，日志进入待发日志。`, { href: "#pin", text: "输入 PIN" });
  } else if (refusal.hidden) {
    refuse(outcome.words, outcome.link);
  }
}

async function begin() {
  button.dataset.words = button.textContent;
  fields.followOtherDay();
  form.addEventListener("submit", submit);
  photos.addEventListener("change", () => { smaller = smaller.then(() => makeSmaller(photos)); });
  const { slot, keyUrl } = form.dataset;
  const drafts = await openDrafts(slot, keyUrl) || await openUnderPin(slot);
  if (!drafts) {
    const why = window.isSecureContext ? "" : "网址没有启用 HTTPS，";
    keeper.tell(`${why}这台设备的浏览器不能保存草稿，也不能离线记日志。离开本页前请先保存日志。`);
    return;
  }
  await keeper.begin(drafts, { bringBack: form.dataset.fresh === "yes", keepNow: true });
}

begin();
