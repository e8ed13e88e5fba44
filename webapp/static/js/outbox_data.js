// What a phone keeps of the server for writing without a network: the account's own token for sending, and the person's own
// recent logs, open tasks, sheet lines and posts. Of households and third persons nothing is kept.

import { handedOver } from "./account_key.js";

const FRESH = 10 * 60_000; // milliseconds
const SOON = 3 * 24 * 3600_000; // a token that ends within these days is replaced
const PATIENCE = 20_000;

function own(address, options = {}) {
  return fetch(address, {
    headers: { Accept: "application/json", ...options.headers },
    method: options.method || "GET",
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

// A token of this device that can send and never read, kept encrypted. Null when nobody, or somebody else, is signed in.
export async function renewToken(drafts) {
  try {
    const handed = await handedOver();
    if (!handed || handed.slot !== drafts.slot) {
      return null;
    }
    const answer = await own("/outbox/device", { method: "POST", headers: { "X-CSRFToken": handed.csrf_token } });
    if (!answer.ok) {
      return null;
    }
    const { token, expires_at: expiresAt } = await answer.json();
    await drafts.keepNote("token", { token, expiresAt });
    return token;
  } catch (error) {
    console.info("no token for sending:", error.name);
    return null;
  }
}

export async function heldToken(drafts) {
  return (await drafts.note("token"))?.token || renewToken(drafts);
}

// While a session is there, see to it that sending goes on without one.
async function prolongToken(drafts, serverTime) {
  const held = await drafts.note("token");
  if (!held || Date.parse(held.expiresAt) - Date.parse(serverTime) < SOON) {
    await renewToken(drafts);
  }
}

// What can be written from, as it was when the phone last had a network and a session; undefined before that.
export async function dataFor(drafts, { refresh = true } = {}) {
  const held = await drafts.note("data");
  if (!refresh || (held && Date.now() - held.takenAt < FRESH && Date.now() >= held.takenAt)) {
    return held;
  }
  try {
    const answer = await own("/outbox/data");
    const data = answer.ok ? await answer.json() : null;
    if (!data || data.key_slot !== drafts.slot) {
      return held;
    }
    const takenAt = Date.now();
    const fresh = { ...data, takenAt, skew: skewOf(data.server_time, takenAt) };
    await drafts.keepNote("data", fresh);
    await drafts.keepNote("skew", fresh.skew);
    await prolongToken(drafts, data.server_time);
    return fresh;
  } catch (error) {
    console.info("what can be written from is not fresh:", error.name);
    return held;
  }
}

// Milliseconds by which this device's clock is behind the server's; 0 where the server said nothing.
export function skewOf(serverTime, here) {
  const there = Date.parse(serverTime);
  return Number.isNaN(there) ? 0 : there - here;
}
