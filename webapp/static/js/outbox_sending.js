// Sending what waits: one log after the other, each with its photos. Every send carries the log's own number, so that an
// answer lost on the way doubles nothing. What the server does not take stays here with the reason.

import { isJson, NotNow, refusalOfPhoto, unsettled, verdictOn } from "./outbox_answers.js";
import { heldToken, renewToken, skewOf } from "./outbox_data.js";
import { photoBytes, sendPhoto } from "./outbox_photos.js";
import { PHOTOS } from "./local_database.js";
import { WORDS } from "./outbox_words.js";
import { boundAs } from "./worklog_bound.js";

const PATIENCE = 60_000; // milliseconds
const NOTED = 60_000; // milliseconds: a smaller change of the clock is not worth a write
const AGAIN = [200, 600, 1500]; // pauses after a line that broke in the middle of an otherwise good round
const ENOUGH = 3; // logs in a row that were not taken: it does not lie with the logs

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
    sent_time: deviceTime(new Date()),
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
      if (error instanceof NotNow) {
        throw error;
      }
      console.info("the line broke:", error.name);
      await pause(wait);
    }
  }
  try {
    return await send();
  } catch (error) {
    console.info("no line:", error.name);
    throw error instanceof NotNow ? error : new NotNow(WORDS.offline);
  }
}

const endedHere = (answer) => answer.status === 401 && isJson(answer); // the server's own word: not that of something in between

// Send with the device's token; an ended one is renewed once where a session allows it.
async function withToken(round, send) {
  if (!round.token) {
    throw globalThis.navigator.onLine === false ? new NotNow(WORDS.offline) : new NotNow(WORDS.signIn, { signIn: true });
  }
  let answer = await tried(() => send(round.token));
  if (endedHere(answer)) {
    round.token = await renewToken(round.drafts);
    answer = round.token ? await tried(() => send(round.token)) : answer;
  }
  if (endedHere(answer)) {
    throw new NotNow(WORDS.signIn, { signIn: true });
  }
  if (answer.status === 429) {
    throw new NotNow(WORDS.busy, { seconds: Number(answer.headers.get("Retry-After")) || 60 });
  }
  if (answer.status >= 500) {
    throw unsettled(answer);
  }
  return answer;
}

// What an answer makes of a log. `sent` is what was sent: the person may have gone on writing meanwhile.
export function outcome(held, sent, answer, told) {
  if (!held) {
    return null;
  }
  const untouched = held.savedAt === sent.savedAt;
  const settled = { error: "", fields: null, held: null, failures: 0 };
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
    return { ...held, state: "conflict", error: told.error, held: told.held };
  }
  const error = answer.status === 413 ? WORDS.tooLarge : told.error;
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
  const told = await verdictOn(entry.id, answer);
  if (answer.ok && told.server_time) {
    await noteSkew(round, skewOf(told.server_time, Date.now()));
  }
  return round.drafts.update(entry.id, (held) => outcome(held, entry, answer, told));
}

// Send a photo. Answers why it was not taken, "" when it is there.
async function refusedPhoto(round, entry, photo) {
  const bytes = await photoBytes(round.drafts, photo);
  if (!bytes) {
    return WORDS.photoRefused;
  }
  const answer = await withToken(round, (token) => sendPhoto(entry.id, photo, bytes, token));
  return answer.ok ? "" : refusalOfPhoto(answer);
}

async function sendPhotos(round, entry) {
  for (const photo of entry.photos.filter((one) => !one.done)) {
    const refusal = await refusedPhoto(round, entry, photo);
    const done = refusal === "";
    await round.drafts.update(entry.id, (held) => held && {
      ...held,
      error: refusal || held.error,
      photos: held.photos.map((one) => (one.id === photo.id ? { ...one, done, refused: !done } : one)),
    });
    if (done) {
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
  // The oldest first; but a log that was not taken before does not stand in the way of those that were not tried yet.
  waiting.sort((one, other) => (one.failures || 0) - (other.failures || 0) || one.savedAt - other.savedAt);
  if (waiting.length === 0) {
    return { left: 0 };
  }
  const round = { drafts, photos: options.photos, token: await heldToken(drafts) };
  let left = 0;
  let inARow = 0;
  for (const entry of waiting) {
    try {
      await sendEntry(round, entry);
      inARow = 0;
    } catch (error) {
      if (!(error instanceof NotNow)) {
        throw error;
      }
      const more = error.othersMay ? 1 : 0;
      await drafts.update(entry.id, (held) => held && { ...held, error: error.message, failures: (held.failures || 0) + more });
      left = 1;
      inARow += 1;
      if (!error.othersMay || inARow === ENOUGH) {
        options.told?.();
        return { left, signIn: error.signIn, seconds: error.seconds };
      }
    }
    options.told?.();
  }
  return { left };
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
