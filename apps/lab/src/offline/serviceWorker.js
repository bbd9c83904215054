/** Keeps every file of the page, so that it opens again without a network. The build fills in the two constants. */
const version = __VERSION__;
const files = __FILES__;

const name = `focal-lab-${version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(["./", ...files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (all) => Promise.all(all.filter((other) => other.startsWith("focal-lab-") && other !== name).map((other) => caches.delete(other)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

// The page itself is fetched first, so that a new version is seen at once; its files have their content in their names.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  const kept = () => caches.match(request, { ignoreSearch: true });
  event.respondWith(request.mode === "navigate" ? fetch(request).catch(kept) : kept().then((found) => found ?? fetch(request)));
});
