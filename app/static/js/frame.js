// In the shell's frame: says how high the page is, where it is and that it has ended, and does what the shell asks for.
// Messages go to the shell's origins only, and are taken from them only.
import { heedView } from "./view.js";

const SOURCE = "voice-portal-billing";
const known = document.querySelector('meta[name="shell-origins"]').content.split(" ");
const above = window.location.ancestorOrigins?.[0];
const origins = above ? known.filter((one) => one === above) : known;
const RENEW_EVERY = 5 * 60_000;

// Only colors, lengths and fonts, by their names: nothing that loads or refers to anything.
const NAME = /^--vp-[a-z0-9-]{1,40}$/;
const VALUE = /^[\w\s#%.,()/'"+-]{1,200}$/;
const LOADS = /url|image|var|env|attr|expression|src/i;

const send = (type, more = {}) => {
  for (const origin of origins) window.parent.postMessage({ source: SOURCE, type, ...more }, origin);
};

function theme(tokens) {
  if (typeof tokens !== "object" || tokens === null) return;
  for (const [name, value] of Object.entries(tokens).slice(0, 100)) {
    if (NAME.test(name) && typeof value === "string" && VALUE.test(value) && !LOADS.test(value)) document.documentElement.style.setProperty(name, value);
  }
}

async function post(address, fields) {
  const headers = { "X-Organization": document.body.dataset.organization ?? "" };
  return fetch(address, { method: "POST", headers, body: new URLSearchParams(fields) });
}

async function renew(token) {
  if (typeof token !== "string") return;
  const answer = await post("/auth/shell", { token, renew: "1" });
  if (!answer.ok && answer.status < 500) send("session-expired");
}

async function signOut() {
  if (!document.body.dataset.organization) return;
  const csrf = document.querySelector('input[name="csrf_token"]')?.value;
  if (csrf) await post("/sign-out", { csrf_token: csrf });
  location.replace("/billing");
}

const view = heedView(send);
const asked = {
  theme: ({ tokens }) => theme(tokens),
  token: ({ token }) => renew(token),
  view,
  "sign-out": signOut,
  focus: () => document.getElementById("main")?.focus(),
  navigate: ({ path }) => {
    const wanted = typeof path === "string" && path.startsWith("/") ? new URL(path, location.href) : null;
    if (wanted?.origin === location.origin && wanted.href !== location.href) location.assign(wanted);
  },
};

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !origins.includes(event.origin) || event.data?.source !== SOURCE) return;
  if (Object.hasOwn(asked, event.data.type)) asked[event.data.type](event.data);
});

const tellWhere = () => send("navigate", { path: location.pathname + location.search, title: document.title });
let height = 0;
new ResizeObserver(() => {
  const now = Math.ceil(document.body.getBoundingClientRect().height);
  if (now === height) return;
  height = now;
  send("resize", { height });
}).observe(document.body);
document.addEventListener("htmx:after:history:update", tellWhere);

document.addEventListener("submit", (event) => {
  const path = event.target.dataset.openInWindow;
  if (!path) return;
  event.preventDefault();
  send("open-in-window", { path });
});

const refused = document.querySelector("[data-sign-in-refused]");
send("ready");
if (document.querySelector("[data-session-ended]") || refused?.matches("[data-fetch-again]")) send("session-expired");
else if (refused) send("problem", { reason: refused.dataset.signInRefused });
else {
  tellWhere();
  setInterval(() => send("renew"), RENEW_EVERY);
}
