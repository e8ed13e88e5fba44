// The matrix by keyboard: one stop for Tab, arrows move between cells; on a wide screen a cell's record opens beside it;
// the following pages of units are added below as the reader comes near. Without this module all of it is plain links.
const WIDE = 1100;
const table = document.querySelector("[data-matrix]");
const box = table?.closest(".matrix-box");
const beside = document.querySelector("[data-beside]");
const more = document.querySelector("[data-more]");
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
let opened = null;

const grid = () => [...table.rows].slice(1);
const linkAt = (row, column) => row?.cells[column]?.querySelector("a");

function rest(rows) {
  for (const link of rows.flatMap((row) => [...row.querySelectorAll("a")])) link.tabIndex = -1;
}

function stand(link) {
  for (const other of table.tBodies[0].querySelectorAll('a[tabindex="0"]')) other.tabIndex = -1;
  link.tabIndex = 0;
  link.focus({ preventScroll: true });
  // A cell must not hide under the heads that stand still.
  const head = table.tHead.getBoundingClientRect();
  const first = table.tBodies[0].rows[0].cells[0].getBoundingClientRect();
  const place = link.getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  if (place.top < head.bottom) box.scrollTop -= head.bottom - place.top;
  if (place.bottom > frame.bottom) box.scrollTop += place.bottom - frame.bottom + 8;
  if (link.closest("td") && place.left < first.right) box.scrollLeft -= first.right - place.left;
  if (place.right > frame.right) box.scrollLeft += place.right - frame.right + 8;
}

function move(event) {
  const cell = event.target.closest("tbody th, tbody td");
  if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = grid();
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  let next = null;
  if (event.key === "Home" || event.key === "End") {
    const links = [...cell.parentElement.querySelectorAll("a")];
    next = event.key === "Home" ? links[0] : links[links.length - 1];
  } else if (STEPS[event.key]) {
    const [down, right] = STEPS[event.key];
    for (row += down, column += right; row >= 0 && row < rows.length && column >= 0 && column < cell.parentElement.cells.length; row += down, column += right) {
      next = linkAt(rows[row], column);
      if (next) break;
    }
  } else return;
  event.preventDefault();
  if (next) stand(next);
}

function close() {
  beside.hidden = true;
  beside.replaceChildren();
  if (opened) {
    opened.removeAttribute("aria-current");
    stand(opened);
  }
  opened = null;
}

async function mainOf(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
}

async function open(link) {
  let main;
  try {
    main = await mainOf(link.href);
  } catch {
    window.location.assign(link.href); // the whole page says what is wrong
    return;
  }
  opened?.removeAttribute("aria-current");
  opened = link;
  link.setAttribute("aria-current", "true");
  const ways = document.createElement("p");
  ways.className = "matrix-close";
  const whole = document.createElement("a");
  whole.href = link.href;
  whole.textContent = "打开整页";
  const shut = document.createElement("button");
  shut.type = "button";
  shut.className = "as-link";
  shut.textContent = "关闭";
  shut.addEventListener("click", close);
  ways.append(whole, shut);
  beside.replaceChildren(ways, ...main.childNodes);
  beside.hidden = false;
  beside.scrollTop = 0;
  beside.focus();
}

async function addPage(watcher) {
  const next = more.querySelector('a[rel="next"]');
  if (!next || more.dataset.loading) return;
  more.dataset.loading = "yes";
  try {
    const page = await mainOf(next.href);
    const rows = [...page.querySelectorAll("[data-matrix] tbody tr")];
    rest(rows);
    table.tBodies[0].append(...rows);
    more.replaceChildren(...page.querySelector("[data-more]").childNodes);
    for (const back of more.querySelectorAll('a[rel="prev"]')) back.remove();
    if (!more.querySelector('a[rel="next"]')) watcher.disconnect();
  } catch {
    watcher.disconnect(); // the link to the next page still stands
  }
  delete more.dataset.loading;
}

if (table) {
  const rows = grid();
  rest(rows);
  const first = linkAt(rows[0], 1) || rows[0].querySelector("a");
  first.tabIndex = 0;
  table.addEventListener("keydown", move);
  table.addEventListener("click", (event) => {
    const link = event.target.closest("tbody td a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || window.innerWidth < WIDE) return;
    event.preventDefault();
    stand(link);
    open(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !beside.hidden) close();
  });
  const onward = () => {
    if (box.scrollHeight - box.scrollTop - box.clientHeight < 600) addPage({ disconnect: () => box.removeEventListener("scroll", onward) });
  };
  if (!new URLSearchParams(window.location.search).has("page")) box.addEventListener("scroll", onward, { passive: true });
}
