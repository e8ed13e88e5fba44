// What the log form holds, as plain values for a draft, and back.

import { boundTo } from "./worklog_bound.js";

export class DraftFields {
  constructor(form) {
    this.form = form;
    this.kind = form.elements.base_version.value ? "edit" : "new";
  }

  get id() {
    return this.form.elements.id.value;
  }

  radio(name) {
    const chosen = this.form.querySelector(`input[name=${name}]:checked`);
    return chosen ? chosen.value : "";
  }

  ticked(name) {
    return Array.from(this.form.querySelectorAll(`input[name=${name}]:checked`), (box) => box.value);
  }

  // What a log can serve besides tasks: every other group of boxes.
  kinds() {
    const names = Array.from(this.form.querySelectorAll("input[type=checkbox]"), (box) => box.name);
    return [...new Set(names)].filter((name) => name !== "tasks");
  }

  typed() {
    const other = this.form.elements.other_day;
    const day = this.radio("day");
    return {
      day: day === "other" ? other.value : day,
      // A person of one village is not asked for it; the form names it all the same.
      unit_code: this.radio("unit_code") || this.form.dataset.unit || "",
      duty_area: this.radio("duty_area"),
      text: this.form.elements.text.value,
      tasks: this.ticked("tasks"),
      ...Object.fromEntries(this.kinds().map((name) => [name, this.ticked(name)])),
      base_version: this.form.elements.base_version.value,
    };
  }

  // Nothing was written yet. Browsers put back ticks and hidden values on the way back, but not this text.
  untouched() {
    const { text } = this.form.elements;
    return text.value === text.defaultValue;
  }

  same(typed) {
    const said = ({ day, unit_code, duty_area, text, tasks, ...more }) =>
      JSON.stringify([day, unit_code, duty_area, text, tasks, boundTo(more)]);
    return said(typed) === said(this.typed());
  }

  fill(draft) {
    const { elements } = this.form;
    elements.id.value = draft.id;
    elements.base_version.value = draft.typed.base_version;
    elements.text.value = draft.typed.text;
    this.choose("unit_code", draft.typed.unit_code);
    this.choose("duty_area", draft.typed.duty_area);
    if (!this.choose("day", draft.typed.day)) {
      this.choose("day", "other"); // what was today is a date by now
      elements.other_day.value = draft.typed.day;
    }
    for (const box of this.form.querySelectorAll("input[type=checkbox]")) {
      box.checked = (draft.typed[box.name] || []).includes(box.value);
    }
    this.showOtherDay();
  }

  choose(name, value) {
    const button = Array.from(this.form.querySelectorAll(`input[name=${name}]`)).find((one) => one.value === value);
    if (button) {
      button.checked = true;
    }
    return Boolean(button);
  }

  // The date field is there only when 其他日期 is chosen; without this script it always is.
  followOtherDay() {
    this.form.addEventListener("change", () => this.showOtherDay());
    this.showOtherDay();
  }

  showOtherDay() {
    this.form.querySelector(".field-other-day").hidden = this.radio("day") !== "other";
  }
}
