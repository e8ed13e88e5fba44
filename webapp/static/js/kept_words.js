// Words that are typed and not sent are kept on the server when the page is left; without scripts its buttons do it.
const form = document.querySelector("form[data-keep]");
let typed = false;

function words() {
  const data = new FormData(form);
  data.delete("files");
  data.set("then", "stay");
  return data;
}

form?.addEventListener("input", () => { typed = true; });
form?.addEventListener("submit", () => { typed = false; });
window.addEventListener("pagehide", () => {
  if (typed) fetch(form.action, { method: "POST", body: words(), keepalive: true, redirect: "manual" }).catch(() => {});
  typed = false;
});
