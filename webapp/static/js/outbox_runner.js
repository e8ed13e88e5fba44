// When to send: as a page opens, as the network comes back, as something is put into the outbox; after a failure later and
// later. The browser's own background sending is asked for where it exists.

import { addPhoto } from "./outbox_photos.js";
import { deviceTime, sendWaiting } from "./outbox_sending.js";

const FIRST = 2_000; // milliseconds
const LONGEST = 5 * 60_000;
const TOLD_EVERY = 2_000; // milliseconds: a page that is told of each of many logs would do nothing else

// Whether photos may go now: "yes", "no", or "ask" where the browser cannot tell the kind of network.
export function photosMayGo(wifiOnly, connection = navigator.connection) {
  if (!wifiOnly) {
    return "yes";
  }
  if (!connection?.type || connection.type === "unknown") {
    return "ask";
  }
  return ["wifi", "ethernet"].includes(connection.type) ? "yes" : "no";
}

export class Runner {
  constructor(drafts, told = () => {}) {
    this.drafts = drafts;
    this.told = told;
    this.delay = FIRST;
    this.timer = null;
    this.photosNow = false; // the person said so, for this page
    window.addEventListener("online", () => this.soon());
    navigator.connection?.addEventListener?.("change", () => this.soon());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.soon();
      }
    });
  }

  soon() {
    this.delay = FIRST;
    return this.run();
  }

  async run() {
    clearTimeout(this.timer);
    const choices = await this.drafts.note("choices");
    const photos = this.photosNow || photosMayGo(choices?.wifiOnly) === "yes";
    let last = 0;
    const told = () => {
      if (Date.now() - last > TOLD_EVERY) {
        last = Date.now();
        this.told();
      }
    };
    const round = await sendWaiting(this.drafts, { photos, told }).catch((error) => {
      console.info("sending stopped:", error.name); // a full disk: what was sent is known by its number the next time
      return { left: 1 };
    });
    this.told(round);
    if (round.left && !round.signIn) {
      await this.inBackground();
      const wait = Math.max(round.seconds * 1000 || 0, this.delay * (0.75 + Math.random() / 2));
      this.delay = Math.min(LONGEST, this.delay * 2);
      this.timer = setTimeout(() => this.run(), wait);
    }
    return round;
  }

  async inBackground() {
    try {
      const registration = await navigator.serviceWorker?.getRegistration();
      await registration?.sync?.register("outbox");
    } catch (error) {
      console.info("no background sending:", error.name);
    }
  }
}

// Put a log into the queue, with photos that were chosen for it. Rejects with QuotaExceededError on a full disk.
export async function queued(drafts, id, photos = []) {
  for (const file of photos) {
    await addPhoto(drafts, id, file);
  }
  const now = new Date();
  return drafts.update(id, (entry) => entry && {
    ...entry,
    state: "waiting",
    queuedAt: entry.queuedAt || now.getTime(),
    deviceTime: deviceTime(now),
    error: "",
    fields: null,
    failures: 0,
    logSent: false,
  });
}
