// Opens the product without a network. It keeps the files of the shell, which are the same for everybody; a page with
// personal data is never kept. `VERSION`, `SHELL` and `sendInBackground` are put before this text by the server.
// What a person wrote lies in IndexedDB, which no update of this script touches.

const CACHE = `dandang-shell-${VERSION}`;
const LIST = "/outbox/";
const FORM = "/outbox/write";
const PATIENCE = 8_000; // milliseconds after which the log form opens from the phone
const NO_SERVER = [502, 503, 504]; // what a proxy answers before a server that does not

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell());
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  // Without cookies, so that nothing of the person who happens to be signed in can get in.
  await cache.addAll(SHELL.map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("dandang-shell-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(page(event, address.pathname));
  } else if (SHELL.includes(address.pathname + address.search)) {
    event.respondWith(kept(request, address.pathname + address.search));
  }
});

async function kept(request, address) {
  const cache = await caches.open(CACHE);
  return await cache.match(address) || fetch(request);
}

function shellFor(path) {
  const writes = path === FORM || path === "/worklogs/new" || /^\/worklogs\/[0-9a-f-]{36}\/edit$/.test(path);
  return writes ? FORM : LIST;
}

// An answer that the page cannot be had: of the log form any, of other pages one that is not the server's own page about it.
function isDown(answer, shell) {
  return NO_SERVER.includes(answer.status) && (shell === FORM || !answer.headers.has("Content-Security-Policy"));
}

async function page(event, path) {
  if (path === LIST || path === FORM) {
    return kept(event.request, path);
  }
  const cache = await caches.open(CACHE);
  const shell = shellFor(path);
  const online = fetch(event.request).then(async (answer) => (isDown(answer, shell) && await cache.match(shell)) || answer);
  try {
    if (shell === LIST) {
      return await online;
    }
    const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
    return await Promise.race([online, late.then(() => cache.match(FORM))]) || await online;
  } catch (error) {
    const kept = await cache.match(shell);
    if (!kept) {
      throw error;
    }
    return kept;
  }
}

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox" && sendInBackground) {
    event.waitUntil(sendInBackground());
  }
});
