// Sending what waits: one log after the other, the oldest first, then its photos. Every send carries the log's own number,
// so that an answer lost on the way doubles nothing. What the server does not take stays here with the reason.

import { heldToken, renewToken, skewOf } from "./outbox_data.js";
import { sendPhoto } from "./outbox_photos.js";
import { PHOTOS } from "./local_database.js";
import { WORDS } from "./outbox_words.js";
import { boundAs } from "./worklog_bound.js";

const PATIENCE = 60_000; // milliseconds
const NOTED = 60_000; // milliseconds: a smaller change of the clock is not worth a write
const AGAIN = [200, 600, 1500]; // pauses after a line that broke in the middle of an otherwise good round

class SignIn extends Error {}
class Later extends Error {
  constructor(words, seconds = 0) {
    super(words);
    this.seconds = seconds;
  }
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// The server's time of a moment of this device is its business; what is told is the device's own clock with its offset.
export function deviceTime(moment) {
  const minutes = -moment.getTimezoneOffset();
  const pad = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  return `${local}${minutes < 0 ? "-" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}

function bodyOf(entry) {
  const { typed } = entry;
  return {
    id: entry.id,
    base_version: typed.base_version ? Number(typed.base_version) : null,
    unit_code: typed.unit_code,
    day: typed.day,
    duty_area: typed.duty_area,
    text: typed.text,
    assignment_ids: typed.tasks.map(Number),
    ...boundAs(Number, typed),
    device_time: entry.deviceTime || deviceTime(new Date(entry.savedAt)),
  };
}

function post(entry, token) {
  return fetch("/api/worklogs", {
    method: "POST",
    body: JSON.stringify(bodyOf(entry)),
    headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: `Bearer ${token}` },
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

// A line that flaps is tried again at once a few times; a dead one ends the round.
async function tried(send) {
  for (const wait of AGAIN) {
    try {
      return await send();
    } catch (error) {
      console.info("the line broke:", error.name);
      await pause(wait);
    }
  }
  try {
    return await send();
  } catch (error) {
    console.info("no line:", error.name);
    throw new Later(WORDS.offline);
  }
}

async function json(answer) {
  try {
    return await answer.json();
  } catch {
    return {}; // a page of something between us and the server
  }
}

// Send with the device's token; an ended one is renewed once where a session allows it.
async function withToken(round, send) {
  let answer = await tried(() => send(round.token));
  if (answer.status === 401) {
    round.token = await renewToken(round.drafts);
    if (!round.token) {
      throw new SignIn(WORDS.signIn);
    }
    answer = await tried(() => send(round.token));
  }
  if (answer.status === 401) {
    throw new SignIn(WORDS.signIn);
  }
  if (answer.status === 429) {
    throw new Later(WORDS.busy, Number(answer.headers.get("Retry-After")) || 60);
  }
  if (answer.status >= 500) {
    throw new Later(WORDS.broken);
  }
  return answer;
}

// What an answer makes of a log. `sent` is what was sent: the person may have gone on writing meanwhile.
export function outcome(held, sent, answer, told) {
  if (!held) {
    return null;
  }
  const untouched = held.savedAt === sent.savedAt;
  const settled = { error: "", fields: null, held: null };
  if (answer.ok) {
    const typed = { ...held.typed, base_version: String(told.version) };
    const known = { ...held, ...settled, kind: "edit", typed, version: told.version, saves: told.saves || [] };
    const state = waitsForPhotos(held) ? held.state : "sent";
    return untouched ? { ...known, state, logSent: true, sentAt: Date.now() } : known;
  }
  if (!untouched) {
    return held;
  }
  if (answer.status === 409) {
    return { ...held, state: "conflict", error: told.error || WORDS.conflict, held: told.held || null };
  }
  const error = answer.status === 413 ? WORDS.tooLarge : told.error || WORDS.refused;
  return { ...held, state: "asked", error, fields: told.fields || null };
}

async function noteSkew(round, skew) {
  round.skew ??= await round.drafts.note("skew") || 0;
  if (Math.abs(round.skew - skew) > NOTED) {
    round.skew = skew;
    await round.drafts.keepNote("skew", skew);
  }
}

async function sendLog(round, entry) {
  const answer = await withToken(round, (token) => post(entry, token));
  const told = await json(answer);
  if (answer.ok && told.server_time) {
    await noteSkew(round, skewOf(told.server_time, Date.now()));
  }
  return round.drafts.update(entry.id, (held) => outcome(held, entry, answer, told));
}

async function sendPhotos(round, entry) {
  for (const photo of entry.photos.filter((one) => !one.done)) {
    const answer = await withToken(round, (token) => sendPhoto(round.drafts, entry.id, photo, token));
    const told = answer.ok ? {} : await json(answer);
    await round.drafts.update(entry.id, (held) => held && {
      ...held,
      error: answer.ok ? held.error : told.error || WORDS.photoRefused,
      photos: held.photos.map((one) => (one.id === photo.id ? { ...one, done: answer.ok, refused: !answer.ok } : one)),
    });
    if (answer.ok) {
      await round.drafts.drop(PHOTOS, photo.id);
    }
  }
}

function waitsForPhotos(entry) {
  return entry.photos.some((photo) => !photo.done && !photo.refused);
}

async function sendEntry(round, entry) {
  const sent = entry.logSent ? entry : await sendLog(round, entry);
  if (!sent?.logSent || sent.state === "sent") {
    return;
  }
  if (waitsForPhotos(sent) && !round.photos) {
    await round.drafts.update(sent.id, (held) => held && { ...held, error: WORDS.wifi });
    return;
  }
  await sendPhotos(round, sent);
  await round.drafts.update(sent.id, (held) => {
    if (!held?.logSent || waitsForPhotos(held)) {
      return held;
    }
    const refused = held.photos.some((photo) => photo.refused);
    return { ...held, state: refused ? "asked" : "sent", error: refused ? held.error : "" };
  });
}

async function sendRound(drafts, options) {
  const waiting = (await drafts.all()).filter((entry) => entry.state === "waiting");
  waiting.sort((one, other) => one.savedAt - other.savedAt);
  if (waiting.length === 0) {
    return { left: 0 };
  }
  const round = { drafts, photos: options.photos, token: await heldToken(drafts) };
  let current = waiting[0];
  try {
    if (!round.token) {
      throw globalThis.navigator.onLine === false ? new Later(WORDS.offline) : new SignIn(WORDS.signIn);
    }
    for (const entry of waiting) {
      current = entry;
      await sendEntry(round, entry);
      options.told?.();
    }
  } catch (error) {
    if (!(error instanceof Later || error instanceof SignIn)) {
      throw error;
    }
    await drafts.update(current.id, (held) => held && { ...held, error: error.message });
    options.told?.();
    return { left: 1, signIn: error instanceof SignIn, seconds: error.seconds || 0 };
  }
  return { left: 0 };
}

// One round over all that waits. One window sends at a time; the others learn that it is being done.
// Answers {left, signIn, seconds}: whether to come again, whether a sign-in is needed first, and not before how long.
export async function sendWaiting(drafts, options = {}) {
  if (!navigator.locks) {
    return sendRound(drafts, options);
  }
  return navigator.locks.request("outbox-sending", { ifAvailable: true }, (lock) =>
    lock ? sendRound(drafts, options) : { left: 1, elsewhere: true });
}
