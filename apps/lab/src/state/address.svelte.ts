/** The view as the page's address: what differs from the defaults stands in its query, `section.field=value`. */
import { SvelteMap } from "svelte/reactivity";

/** Browsers refuse more than some hundred changes of the address in half a minute; a slider makes sixty in one. */
const PAUSE = 250;

const query = new SvelteMap<string, string>(new URLSearchParams(location.search));
let waiting: ReturnType<typeof setTimeout> | undefined;

function write(): void {
  clearTimeout(waiting);
  waiting = undefined;
  // Commas separate numbers and need no escape in a query.
  const said = [...query].map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
  history.replaceState(history.state, "", `${location.pathname}${said === "" ? "" : `?${said}`}${location.hash}`);
}

/** What the address says; reading it in a component makes the component follow it. */
export const readAddress = (key: string): string | undefined => query.get(key);

/** Changes the address soon; undefined leaves the key out. */
export function writeAddress(key: string, value: string | undefined): void {
  if (value === undefined) query.delete(key);
  else query.set(key, value);
  waiting ??= setTimeout(write, PAUSE);
}

addEventListener("popstate", () => {
  clearTimeout(waiting);
  waiting = undefined;
  const found = new URLSearchParams(location.search);
  for (const key of Array.from(query.keys())) if (!found.has(key)) query.delete(key);
  for (const [key, value] of found) if (query.get(key) !== value) query.set(key, value);
});

// An anchor is followed after its click: the place that is left keeps the view it had.
addEventListener("click", () => { if (waiting !== undefined) write(); }, { capture: true });
// A link may also be left, or copied out of a page that is put aside.
addEventListener("pagehide", () => { if (waiting !== undefined) write(); });
