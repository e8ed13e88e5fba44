// The log form with a draft: kept as it is typed, brought back when the form opens again, gone when the log is saved.
// Without this script the form works as it is.

import { openDrafts } from "./draft_store.js";
import { DraftFields } from "./worklog_fields.js";
import { makeSmaller } from "./worklog_photos.js";
import { send } from "./worklog_sending.js";

const WAIT = 300; // milliseconds after the last key
const form = document.querySelector("[data-log-form]");
const fields = new DraftFields(form);
const status = form.querySelector("[data-draft-status]");
const drop = form.querySelector("[data-draft-drop]");
const refusal = form.querySelector("[data-refusal]");
const button = form.querySelector("button[type=submit]");
const photos = form.elements.photos;

let drafts = null;
let timer = null;
let work = Promise.resolve();
let sending = false;

function hold(id) {
  // One window works on a draft; another one that opens meanwhile begins a form of its own.
  if (!navigator.locks) {
    return Promise.resolve(true);
  }
  return new Promise((resolve) => {
    navigator.locks.request(`draft-${id}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : null;
    });
  });
}

function time(moment) {
  return new Date(moment).toTimeString().slice(0, 5);
}

function tell(words) {
  status.parentElement.hidden = words === "";
  status.textContent = words;
}

async function keep() {
  clearTimeout(timer);
  if (!drafts || sending) {
    return;
  }
  const typed = fields.typed();
  try {
    if (typed.text.trim() === "") {
      await drafts.discard(fields.id);
      tell("");
      return;
    }
    const savedAt = Date.now();
    await drafts.save(fields.id, { kind: fields.kind, savedAt, typed });
    tell(`草稿已于 ${time(savedAt)} 保存在本机。照片不存入草稿。`);
  } catch (error) {
    console.info("a draft was not kept:", error.name);
    tell("草稿没有存上（本机空间可能已满）。离开本页前请先保存日志。");
  }
}

function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => { work = work.then(keep); }, WAIT);
}

async function restore() {
  const wanted = (await drafts.all()).filter((draft) =>
    fields.kind === "new" ? draft.kind === "new" : draft.id === fields.id);
  for (const draft of wanted) {
    if (draft.id === fields.id || await hold(draft.id)) {
      if (fields.same(draft.typed)) {
        continue;
      }
      fields.fill(draft);
      tell(`已恢复 ${new Date(draft.savedAt).toLocaleDateString("zh-CN")} ${time(draft.savedAt)} 的草稿，照片需要重新选择。`);
      offerToDrop(draft.id);
      return;
    }
  }
}

function offerToDrop(id) {
  drop.hidden = false;
  drop.addEventListener("click", async () => {
    clearTimeout(timer);
    sending = true; // nothing is kept any more
    await drafts.discard(id);
    form.reset();
    location.reload();
  });
}

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

async function submit(event) {
  event.preventDefault();
  if (sending) {
    return;
  }
  clearTimeout(timer);
  button.disabled = true;
  button.textContent = "正在保存…";
  refusal.hidden = true;
  await work;
  await keep();
  sending = true;
  const outcome = await send(form, drafts !== null);
  if (outcome.location) {
    if (drafts) {
      await drafts.discard(fields.id);
    }
    location.replace(outcome.location);
    return;
  }
  if (outcome.askAgain) {
    photos.value = "";
    form.submit(); // the server shows a page of its own
    return;
  }
  sending = false;
  button.disabled = false;
  button.textContent = button.dataset.words;
  refuse(outcome.words, outcome.link);
}

async function begin() {
  button.dataset.words = button.textContent;
  fields.followOtherDay();
  form.addEventListener("submit", submit);
  photos.addEventListener("change", () => { work = work.then(() => makeSmaller(photos)); });
  drafts = await openDrafts(form.dataset.slot, form.dataset.keyUrl);
  if (!drafts) {
    tell("这台设备的浏览器不能保存草稿。离开本页前请先保存日志。");
    return;
  }
  await hold(fields.id);
  if (form.dataset.fresh === "yes" && fields.untouched()) {
    await restore();
  } else if (fields.typed().text) {
    await keep();
  }
  form.addEventListener("input", keepSoon);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      keep();
    }
  });
}

begin();
