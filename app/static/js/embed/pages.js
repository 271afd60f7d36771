// Which addresses are pages of billing: on both sides, nothing else is shown in the frame or put into an address bar.
const PAGES = /^\/(billing|workplace|account|invitations)(?![^/?#])/;
const LONGEST = 2_000;

// The page at a path as a path again, as browsers read it; null for everything that isn't one.
export function pageAt(path, origin) {
  if (typeof path !== "string" || path.length > LONGEST || !PAGES.test(path)) return null;
  const url = new URL(path, origin);
  return url.origin === origin && PAGES.test(url.pathname) ? url.pathname + url.search + url.hash : null;
}
