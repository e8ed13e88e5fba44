// A log form whose text is kept as it is typed and comes back when the form opens again. The form of the server and the one
// of the app shell keep their drafts with it.

const WAIT = 300; // milliseconds after the last key

function time(moment) {
  return new Date(moment).toTimeString().slice(0, 5);
}

// One window works on a draft; another one that opens meanwhile begins a form of its own.
function hold(id) {
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

export class DraftKeeper {
  constructor(form, fields) {
    this.form = form;
    this.fields = fields;
    this.status = form.querySelector("[data-draft-status]");
    this.drafts = null;
    this.resting = false; // while the form is being sent nothing is kept
    this.touched = false; // a log that is only looked at stays what it is
    this.work = Promise.resolve();
    this.timer = null;
  }

  tell(words) {
    this.status.parentElement.hidden = words === "";
    this.status.textContent = words;
  }

  // `bringBack`: an empty form takes up an earlier draft. `keepNow`: what stands in the form was typed and lies nowhere yet.
  async begin(drafts, { bringBack, keepNow }) {
    this.drafts = drafts;
    await hold(this.fields.id);
    if (bringBack && this.fields.untouched()) {
      await this.restore();
    } else if (keepNow && this.fields.typed().text) {
      await this.keep();
    }
    this.form.addEventListener("input", () => {
      this.touched = true;
      this.keepSoon();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.touched) {
        this.keep();
      }
    });
  }

  keepSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.work = this.work.then(() => this.keep()); }, WAIT);
  }

  // Whether what is typed lies on this device now.
  async keep() {
    clearTimeout(this.timer);
    if (!this.drafts || this.resting) {
      return false;
    }
    const typed = this.fields.typed();
    try {
      if (typed.text.trim() === "") {
        await this.drafts.discard(this.fields.id);
        this.tell("");
        return false;
      }
      const savedAt = Date.now();
      await this.drafts.save(this.fields.id, { kind: this.fields.kind, savedAt, typed, state: "draft", logSent: false });
      this.tell(`草稿已于 ${time(savedAt)} 保存在本机。照片不存入草稿。`);
      return true;
    } catch (error) {
      console.info("a draft was not kept:", error.name);
      this.tell("草稿没有存上（本机空间可能已满）。离开本页前请先保存日志。");
      return false;
    }
  }

  // What is typed and kept, before it is sent.
  async settle() {
    clearTimeout(this.timer);
    await this.work;
    return this.keep();
  }

  async restore() {
    const wanted = (await this.drafts.unsent()).filter((entry) =>
      this.fields.kind === "new" ? entry.kind === "new" && entry.state === "draft" : entry.id === this.fields.id);
    for (const draft of wanted) {
      if (draft.id === this.fields.id || await hold(draft.id)) {
        if (this.fields.same(draft.typed)) {
          continue;
        }
        this.fields.fill(draft);
        this.tell(`已恢复 ${new Date(draft.savedAt).toLocaleDateString("zh-CN")} ${time(draft.savedAt)} 的草稿，照片需要重新选择。`);
        this.offerToDrop(draft.id);
        return;
      }
    }
  }

  offerToDrop(id) {
    const drop = this.form.querySelector("[data-draft-drop]");
    drop.hidden = false;
    drop.addEventListener("click", async () => {
      clearTimeout(this.timer);
      this.resting = true;
      await this.drafts.discard(id);
      this.form.reset();
      location.reload();
    });
  }
}
