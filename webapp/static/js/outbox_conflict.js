// Two bodies of one log, beside each other; the person merges them, nothing is chosen for him.

import { queued } from "./outbox_runner.js";
import { dayWords } from "./outbox_words.js";
import { boundTo } from "./worklog_bound.js";

function factWords({ day, duty_area: area }) {
  const areas = JSON.parse(document.querySelector("[data-areas]").dataset.areas);
  return [dayWords(day), areas[area]].filter(Boolean).join(" · ");
}

const both = (held, own) => [...new Set([...(own || []), ...(held || []).map(String)])];

function bothBound(held, own) {
  const names = [held, own].flatMap((said) => Object.keys(boundTo(said)));
  return Object.fromEntries(names.map((name) => [name, both(held[name], own[name])]));
}

// The text of both, each sentence of the one that the other holds already only once.
export function bothTexts(held, own) {
  if (held.includes(own)) {
    return held;
  }
  return own.includes(held) ? own : `${held}\n${own}`;
}

export function showMerge(place, drafts, entry, done) {
  const form = document.querySelector("[data-merge-form]").content.cloneNode(true);
  const part = (name) => form.querySelector(`[data-${name}]`);
  const { held, typed } = entry;
  place.hidden = false;
  const merged = part("merged");
  merged.value = typed.text;
  part("own-day").textContent = factWords(typed);
  part("own-text").textContent = typed.text;
  if (!held) {
    // The number is taken by a log that is not this person's: what was written goes as a log of its own.
    part("held-day").textContent = "";
    part("held-text").textContent = "不能查看。请把这台手机上的内容另存为新的一条。";
    part("both").hidden = part("keep-held").hidden = true;
    part("send-merged").addEventListener("click", () => asNew(drafts, entry, merged.value).then(done));
    place.replaceChildren(form);
    return;
  }
  part("held-day").textContent = factWords(held);
  part("facts").hidden = factWords(held) === factWords(typed);
  const heldFacts = part("held-facts");
  part("held-text").textContent = held.text;
  part("both").addEventListener("click", () => { merged.value = bothTexts(held.text, typed.text); });
  part("keep-held").addEventListener("click", async () => {
    if (window.confirm("放弃这台手机上的内容后不能恢复。确定放弃吗？")) {
      await drafts.discard(entry.id);
      await done();
    }
  });
  part("send-merged").addEventListener("click", async () => {
    await drafts.update(entry.id, (now) => now && {
      ...now,
      kind: "edit",
      savedAt: Date.now(),
      held: null,
      typed: {
        ...now.typed,
        ...(heldFacts.checked ? { day: held.day, duty_area: held.duty_area } : {}),
        text: merged.value,
        base_version: String(held.version),
        tasks: both(held.assignment_ids, now.typed.tasks),
        ...bothBound(held, now.typed),
      },
    });
    await queued(drafts, entry.id);
    merged.blur();
    await done();
  });
  place.replaceChildren(form);
}

async function asNew(drafts, entry, text) {
  const id = crypto.randomUUID();
  const typed = { ...entry.typed, text, base_version: "" };
  await drafts.update(id, () => ({ ...entry, kind: "new", state: "draft", held: null, savedAt: Date.now(), typed }));
  await queued(drafts, id);
  await drafts.update(entry.id, (held) => held && { ...held, photos: [] }); // its photos went with it
  await drafts.discard(entry.id);
}
