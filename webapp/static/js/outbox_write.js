// The log form of the app shell: needs neither network nor session. Villages, tasks and sheet lines come from what the phone
// keeps of the person's own; the log goes into the outbox and leaves when there is a line.

import { DraftKeeper } from "./draft_keeping.js";
import { dataFor } from "./outbox_data.js";
import { openGate } from "./outbox_gate.js";
import { followTextSize, registerWorker } from "./outbox_head.js";
import { dropPhoto } from "./outbox_photos.js";
import { queued } from "./outbox_runner.js";
import { dayWords, skewWords, WORDS } from "./outbox_words.js";
import { boundAs, boundTo } from "./worklog_bound.js";
import { DraftFields } from "./worklog_fields.js";
import { makeSmaller } from "./worklog_photos.js";

const form = document.querySelector("[data-log-form]");
const find = (name) => document.querySelector(`[data-${name}]`);
const group = (name) => form.querySelector(`[data-group=${name}]`);
const refusal = find("refusal");
const iso = (moment) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(moment);

const WEEK = 7 * 24 * 3600_000; // milliseconds: what is longer ago is not gone on with

let smaller = Promise.resolve();

function option(name, type, value, words) {
  const label = document.createElement("label");
  label.className = "option";
  const input = document.createElement("input");
  Object.assign(input, { type, name, value });
  const text = document.createElement("span");
  text.textContent = words;
  label.append(input, text);
  return label;
}

function offer(name, type, choices) {
  const place = group(name);
  place.hidden = choices.length === 0;
  place.querySelector(".options").replaceChildren(...choices.map(([value, words]) => option(name, type, String(value), words)));
}

// Today is judged by the server's clock as far as this phone knows it: its own may be a year off.
function offerDays(skew) {
  const now = Date.now() + skew;
  offer("day", "radio", [[iso(now), "今天"], [iso(now - 24 * 3600_000), "昨天"], ["other", "其他日期"]]);
  group("day").querySelector("input").checked = true;
  const words = skewWords(skew);
  find("clock").hidden = words === "";
  find("clock").firstElementChild.textContent = words;
}

// What a log serves already stays ticked, even when the phone no longer knows its title.
function withServed(known, served = []) {
  const missing = served.filter((id) => !known.some(([value]) => String(value) === id));
  return [...known, ...missing.map((id) => [id, "已关联的一项"])];
}

// A group for each kind of row that logs serve besides tasks, and for what this log serves of a kind that is not known here.
function offerKinds(data, served) {
  const kinds = new Map((data?.kinds || []).map(({ field, asks }) => [field, asks]));
  for (const name of [...kinds.keys(), ...Object.keys(served)]) {
    const part = find("kind").content.cloneNode(true).querySelector("fieldset");
    part.id = part.dataset.group = name;
    part.querySelector("[data-asks]").textContent = kinds.get(name) || "还用于哪些事项";
    if (!group(name)) {
      find("kind").before(part);
    }
    offer(name, "checkbox", withServed((data?.[name] || []).map((one) => [one.id, one.title]), served[name]));
  }
}

function offerData(data, entry) {
  const units = new Map((data?.posts || []).map((post) => [post.unit_code, post.name]));
  if (entry?.typed.unit_code && !units.has(entry.typed.unit_code)) {
    units.set(entry.typed.unit_code, "原来的村");
  }
  offer("unit_code", "radio", [...units]);
  group("unit_code").hidden = units.size <= 1;
  form.dataset.unit = units.size === 1 ? [...units.keys()][0] : "";
  const tasks = (data?.assignments || []).map((one) => [one.id, `${one.title}（${dayWords(one.due)}前完成）`]);
  offer("tasks", "checkbox", withServed(tasks, entry?.typed.tasks));
  offerKinds(data, boundTo(entry?.typed || {}));
  find("no-data").hidden = units.size > 0;
}

function showFaults(fields) {
  for (const [name, words] of Object.entries(fields || {})) {
    const place = group({ assignment_ids: "tasks" }[name] || name)?.querySelector("[data-field-error]");
    if (place) {
      place.textContent = words;
      place.hidden = false;
      place.closest(".field").classList.add("field-bad");
    }
  }
}

async function showPhotos(drafts, id) {
  const entry = await drafts.one(id);
  const list = find("photo-list");
  list.hidden = !entry?.photos.length;
  list.replaceChildren(...(entry?.photos || []).map((photo) => {
    const item = document.createElement("li");
    item.textContent = `${photo.name} `;
    if (!photo.done) {
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "as-link";
      drop.textContent = "不要这张";
      drop.addEventListener("click", async () => {
        await dropPhoto(drafts, id, photo.id);
        await showPhotos(drafts, id);
      });
      item.append(drop);
    }
    return item;
  }));
}

function showRecent(data) {
  const logs = data?.logs || [];
  find("recent").hidden = logs.length === 0;
  find("recent-list").replaceChildren(...logs.map((log) => {
    const item = document.createElement("li");
    item.className = "outbox-entry";
    const day = document.createElement("p");
    day.textContent = dayWords(log.day);
    const text = document.createElement("p");
    text.className = "log-text";
    text.textContent = log.text;
    const edit = document.createElement("a");
    edit.className = "as-link";
    edit.href = `/outbox/write?log=${log.id}`;
    edit.textContent = "修改";
    item.append(day, text, edit);
    return item;
  }));
}

function typedOf(log) {
  return {
    day: log.day,
    unit_code: log.unit_code,
    duty_area: log.duty_area,
    text: log.text,
    base_version: String(log.version),
    tasks: log.assignment_ids.map(String),
    ...boundAs(String, log),
  };
}

// The number of the log that the address asks for; none for a new one.
function askedFor() {
  const asked = new URLSearchParams(location.search);
  const path = location.pathname.match(/^\/worklogs\/([0-9a-f-]{36})\/edit$/);
  return asked.get("id") || asked.get("log") || path?.[1];
}

// The log to go on with: one of the outbox, or one of the person's own that the server holds; null where it is not here.
async function chosen(drafts, data, id) {
  const held = await drafts.one(id);
  if (held) {
    return held;
  }
  const log = (data?.logs || []).find((one) => one.id === id);
  return log ? {
    id: log.id,
    kind: "edit",
    photos: [],
    typed: typedOf(log),
  } : null;
}

// Yesterday's work goes on, or that of some days ago: all but the sentence is taken over.
function offerToGoOn(data, skew) {
  const since = iso(Date.now() + skew - WEEK);
  const latest = (data?.logs || []).find((log) => log.day >= since);
  const place = find("go-on");
  place.hidden = !latest || location.search !== "";
  if (latest) {
    const link = place.querySelector("a");
    link.href = `/outbox/write?after=${latest.id}`;
    link.textContent = `接着${dayWords(latest.day)}写`;
  }
}

function goOnFrom(data, fields) {
  const after = new URLSearchParams(location.search).get("after");
  const log = (data?.logs || []).find((one) => one.id === after);
  if (log) {
    fields.fill({ id: fields.id, typed: { ...typedOf(log), text: "", base_version: "", day: fields.typed().day } });
  }
}

function refuse(words) {
  refusal.textContent = words;
  refusal.hidden = false;
  refusal.focus();
}

function fault(typed) {
  const missing = { text: "没有填写做了什么。请简要写明，一句话即可。", duty_area: "没有选择工作方面。请从四项中选一项。", unit_code: "没有选择村。请选择这条日志是哪个村的。", day: "没有填写日期。请选择今天、昨天，或填写其他日期。" };
  return Object.keys(missing).find((name) => !typed[name].trim()) && Object.fromEntries(
    Object.entries(missing).filter(([name]) => !typed[name].trim()));
}

async function submit(event, drafts, keeper, fields) {
  event.preventDefault();
  const faults = fault(fields.typed());
  for (const place of form.querySelectorAll("[data-field-error]")) {
    place.hidden = true;
    place.closest(".field").classList.remove("field-bad");
  }
  if (faults) {
    showFaults(faults);
    refuse(Object.values(faults)[0]);
    return;
  }
  await smaller;
  if (!await keeper.settle()) {
    refuse(WORDS.full);
    return;
  }
  keeper.resting = true;
  try {
    await queued(drafts, fields.id, form.elements.photos.files);
    location.assign("/outbox/");
  } catch (error) {
    console.info("not put into the outbox:", error.name);
    keeper.resting = false;
    refuse(WORDS.full);
  }
}

async function begin() {
  followTextSize();
  registerWorker();
  const drafts = await openGate();
  const skew = await drafts.note("skew") || 0;
  let data = await dataFor(drafts, { refresh: false });
  data ||= await dataFor(drafts);
  offerDays(skew);
  const asked = askedFor();
  const entry = asked ? await chosen(drafts, data, asked) : null;
  if (asked && !entry) {
    find("not-here").hidden = false; // an empty form under its address would make a second log of it
    showRecent(data);
    return;
  }
  offerData(data, entry);
  const fields = new DraftFields(form);
  form.elements.id.value = entry?.id || crypto.randomUUID();
  form.elements.base_version.value = entry?.typed.base_version || "";
  fields.kind = entry?.kind || "new";
  if (entry) {
    fields.fill(entry);
    showFaults(entry.fields);
    await showPhotos(drafts, entry.id);
  } else {
    offerToGoOn(data, skew);
    goOnFrom(data, fields);
  }
  fields.followOtherDay();
  const keeper = new DraftKeeper(form, fields);
  const photos = form.elements.photos;
  photos.addEventListener("change", () => { smaller = smaller.then(() => makeSmaller(photos)); });
  form.addEventListener("submit", (event) => submit(event, drafts, keeper, fields));
  await keeper.begin(drafts, { bringBack: !entry, keepNow: false });
  form.hidden = false; // with the draft in it, and with all that answers what is typed and pressed
  showRecent(data);
  await dataFor(drafts);
}

begin();
