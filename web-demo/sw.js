// The shop's service worker: network first, and the last good copy when the network fails. It looks only
// at the files of the site and of the widget and at the token, so Threadline's own traffic passes untouched.

const CACHE = "foldwell-1";
const SHELL = [
  "/",
  "/agent.js",
  "/app.js",
  "/dom.js",
  "/favicon.svg",
  "/fonts/young-serif.woff2",
  "/inbox.js",
  "/offline.js",
  "/pages.css",
  "/pages.js",
  "/products.css",
  "/shell.css",
  "/shop.js",
  "/theme.js",
  "/threadline/threadline.js",
];

/** The cache key of a request, or `null` when it is none of our business. */
function keyOf(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return null;
  // Every address of the site is the same document; only `?as=` differs.
  if (url.pathname === "/") return "/";
  if (url.pathname === "/demo/token") return url.pathname + url.search;
  return SHELL.includes(url.pathname) || url.pathname.startsWith("/threadline/")
    ? url.pathname
    : null;
}

/** Fetches and keeps. A refusal is answered as it is and never kept. */
async function fetchAndKeep(request, key) {
  const response = await fetch(request);
  if (response.ok) await (await caches.open(CACHE)).put(key, response.clone());
  return response;
}

/** The network's answer, or the kept copy when there is no network or the server is in trouble. */
async function networkFirst(request, key) {
  let trouble;
  try {
    const response = await fetchAndKeep(request, key);
    if (response.status < 500) return response;
    trouble = response;
  } catch {
    trouble = Response.error();
  }
  return (await caches.match(key)) ?? trouble;
}

/** Keeps what a page loaded before this worker controlled it. */
async function keepMissing(urls) {
  for (const url of urls) {
    const request = new Request(url);
    const key = keyOf(request);
    if (key === null || (await caches.match(key))) continue;
    // A file that fails now is kept when it is next asked for.
    await fetchAndKeep(request, key).catch(() => undefined);
  }
}

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

addEventListener("activate", (event) => {
  const others = caches
    .keys()
    .then((names) => names.filter((name) => name !== CACHE))
    .then((names) => Promise.all(names.map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([others, clients.claim()]));
});

addEventListener("fetch", (event) => {
  const key = keyOf(event.request);
  if (key !== null) event.respondWith(networkFirst(event.request, key));
});

addEventListener("message", (event) => {
  event.waitUntil(keepMissing(event.data.keep).then(() => event.source.postMessage("kept")));
});
