/** Makes the page work without a network from its second visit on. Where that is not possible, it is a page like any other. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const register = (): void => void navigator.serviceWorker.register("./serviceWorker.js").catch(() => undefined);
  // What is in sight comes first.
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}
