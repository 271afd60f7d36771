// Messages between a page in the frame and the shell around it. They go to the shell's origins only, and are taken from
// the window above only, where it is of one of them.
const SOURCE = "voice-portal-billing";
const known = document.querySelector('meta[name="shell-origins"]').content.split(" ");
const above = window.location.ancestorOrigins?.[0];
// A browser that doesn't say what is above delivers what is sent to another origin to no one. The first message says it.
let origins = above === undefined ? known : known.filter((one) => one === above);
let isHeard = false;
const acts = new Map();

export function send(type, more = {}) {
  for (const origin of origins) window.parent.postMessage({ source: SOURCE, type, ...more }, origin);
}

export const when = (type, act) => acts.set(type, act);
export const shellIsThere = () => isHeard;

window.addEventListener("message", ({ data, origin, source }) => {
  if (source !== window.parent || !origins.includes(origin) || data?.source !== SOURCE) return;
  origins = [origin];
  isHeard = true;
  acts.get(data.type)?.(data);
});
