// @ts-check

/**
 * Lets the page be reloaded while the server is down. The service worker keeps what it sees, but it does
 * not see what the first visit loaded before it took over, so the page tells it. `data-offline-ready` on
 * the root element says that everything loaded so far has been kept.
 */
export async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  const root = document.documentElement;
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;

  let asked = 0;
  navigator.serviceWorker.addEventListener("message", () => {
    asked -= 1;
    root.toggleAttribute("data-offline-ready", asked === 0);
  });
  new PerformanceObserver((list) => {
    asked += 1;
    root.removeAttribute("data-offline-ready");
    active?.postMessage({ keep: list.getEntries().map((entry) => entry.name) });
  }).observe({ type: "resource", buffered: true });
}
