// The outbox: what waits, what is a draft, what was sent, each with what can be done with it.

import { openGate } from "./outbox_gate.js";
import { followTextSize, registerWorker } from "./outbox_head.js";
import { showMerge } from "./outbox_conflict.js";
import { Runner, photosMayGo } from "./outbox_runner.js";
import { setUp, tellStorage } from "./outbox_settings.js";
import { age, dayWords, momentWords, skewWords, STATES, WARN_AFTER } from "./outbox_words.js";

const KEPT = 14 * 24 * 3600_000; // milliseconds for which a sent log is shown here
const AREAS = { waiting: ["waiting", "asked", "conflict"], draft: ["draft"], sent: ["sent"] };
const find = (name) => document.querySelector(`[data-${name}]`);

let drafts;
let runner;
let drawing = null;
let stale = false;

function button(words, act, look = "as-link") {
  const one = document.createElement("button");
  one.type = "button";
  one.className = look;
  one.textContent = words;
  one.addEventListener("click", act);
  return one;
}

function link(words, href) {
  const one = document.createElement("a");
  one.className = "as-link";
  one.href = href;
  one.textContent = words;
  return one;
}

async function retry(entry) {
  await drafts.update(entry.id, (held) => held && {
    ...held, state: "waiting", queuedAt: held.queuedAt || Date.now(), error: "", failures: 0,
    photos: held.photos.map((photo) => ({ ...photo, refused: false })),
  });
  await draw();
  await runner.soon();
}

async function remove(entry) {
  const asked = entry.state === "sent" ? "只从本机列表中去掉，系统里的日志不变。确定去掉吗？" : "删除后不能恢复。确定删除这条没有发出的日志吗？";
  if (window.confirm(asked)) {
    await drafts.discard(entry.id);
    await draw();
  }
}

function photoWords(photos) {
  const waiting = photos.filter((photo) => !photo.done).length;
  return waiting ? `照片 ${photos.length} 张，其中 ${waiting} 张未发` : `照片 ${photos.length} 张，已发`;
}

function savedWords(entry) {
  const saves = (entry.saves || []).map((one) => one.title).join("、");
  return saves ? `已发 ${momentWords(entry.sentAt)}。同时记入：${saves}` : `已发 ${momentWords(entry.sentAt)}`;
}

function drawn(entry) {
  const item = find("entry").content.cloneNode(true).querySelector("li");
  const part = (name) => item.querySelector(`[data-${name}]`);
  item.dataset.id = entry.id;
  part("day").textContent = dayWords(entry.typed.day);
  part("state").textContent = STATES[entry.state];
  part("text").textContent = entry.typed.text;
  part("text").hidden = entry.state === "conflict"; // it stands beside the other one below
  part("age").textContent = entry.state === "sent" ? savedWords(entry) : age(entry.queuedAt || entry.savedAt);
  part("error").textContent = entry.error || "";
  part("error").hidden = !entry.error;
  part("photos").textContent = entry.photos.length ? photoWords(entry.photos) : "";
  part("photos").hidden = entry.photos.length === 0;
  const acts = part("acts");
  if (entry.state === "waiting" || entry.state === "asked") {
    acts.append(button("重试", () => retry(entry)));
  }
  if (entry.state === "conflict") {
    showMerge(part("merge"), drafts, entry, async () => { await draw(); await runner.soon(); });
  }
  acts.append(link(entry.state === "draft" ? "接着写" : "修改", `/outbox/write?id=${entry.id}`));
  acts.append(button(entry.state === "sent" ? "从本机去掉" : "删除", () => remove(entry)));
  return item;
}

// Many logs leave in a row; what changes while the page is being drawn is drawn once after that.
function draw() {
  stale = true;
  drawing ||= (async () => {
    while (stale) {
      stale = false;
      await redraw();
    }
    drawing = null;
  })();
  return drawing;
}

async function redraw() {
  const entries = await drafts.all();
  const now = Date.now();
  for (const entry of entries.filter((one) => one.state === "sent" && now - one.sentAt > KEPT)) {
    await drafts.discard(entry.id);
  }
  const shown = entries.filter((one) => one.state !== "sent" || now - one.sentAt <= KEPT);
  for (const [name, states] of Object.entries(AREAS)) {
    const part = document.querySelector(`[data-part=${name}]`);
    const own = shown.filter((entry) => states.includes(entry.state));
    // A merge that is being typed is left alone.
    if (part.contains(document.activeElement) && document.activeElement.matches("textarea")) {
      continue;
    }
    part.querySelector("[data-list]").replaceChildren(...own.map(drawn));
    part.querySelector("[data-none]").hidden = own.length > 0;
  }
  const unsent = shown.filter((entry) => entry.state !== "sent");
  find("old").hidden = !unsent.some((entry) => now - (entry.queuedAt || entry.savedAt) > WARN_AFTER);
  find("send").hidden = !unsent.some((entry) => entry.state === "waiting");
  await askForPhotos(unsent);
  const skew = skewWords(await drafts.note("skew") || 0);
  find("clock").hidden = skew === "";
  find("clock").firstElementChild.textContent = skew;
}

async function askForPhotos(unsent) {
  const choices = await drafts.note("choices");
  const asks = photosMayGo(choices?.wifiOnly) === "ask" && !runner.photosNow;
  find("ask-photos").hidden = !asks || !unsent.some((entry) => entry.logSent && entry.photos.some((photo) => !photo.done));
}

function told(round) {
  draw();
  if (!round) {
    return;
  }
  find("sign-in").hidden = !round.signIn;
  find("told").textContent = round.left && !round.signIn && !round.elsewhere ? "还有日志没有发出，有信号后自动再发。" : "";
}

async function begin() {
  followTextSize();
  registerWorker();
  find("elsewhere").hidden = location.pathname === "/outbox/";
  drafts = await openGate();
  runner = new Runner(drafts, told);
  find("send").addEventListener("click", () => runner.soon());
  find("photos-now").addEventListener("click", () => { runner.photosNow = true; runner.soon(); });
  await setUp(drafts, draw);
  find("outbox").hidden = false; // nothing is shown that would not answer yet
  await draw();
  await tellStorage();
  await runner.soon();
}

begin();
