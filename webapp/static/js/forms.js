// A form that has just been sent is not sent again by a second click. The server keeps a repeat harmless anyway.
const PAUSE_MS = 6000;

function rest(form) {
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
}

function wake(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  rest(form);
  // A download leaves the page standing, so the form must work again.
  setTimeout(() => wake(form), PAUSE_MS);
});

// The page comes back from the browser's memory as it was left.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));

// The summary of errors is the first thing to read after a form was refused.
document.querySelector("[data-error-summary]")?.focus();

// Filters that are chosen from a list apply at once; without scripts their button does it.
for (const field of document.querySelectorAll("form[method=get] select[data-apply]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
