// A session that the shell began goes on while the shell is there, and ends with the shell's. A token that comes in time
// changes nothing in the page. One that comes too late begins another session, and what someone is typing stays, if it
// is the same person's and organization's.
import { send, shellIsThere, when } from "./frame_channel.js";
import { tellWhere } from "./frame_place.js";

const ENTRANCE = "/auth/shell";
const RETRY = 60_000;
const { dataset: about, content: site } = document.querySelector('meta[name="shell-session"]');
const isSignedIn = "person" in about;
const refused = document.querySelector("[data-sign-in-refused]");
const reason = refused?.dataset.signInRefused;
// Whether another token may help, where no one is signed in.
const mayHelp = Boolean(document.querySelector("[data-session-ended]") || refused?.matches("[data-fetch-again]"));
// In how many seconds, where the server says so.
const after = Number(refused?.dataset.fetchAgain) || 0;
let formToken = about.formToken;
let timer = null;
let isOver = false;

function post(address, fields, more = {}) {
  const headers = { "X-Organization": document.body.dataset.organization ?? "", "X-Frame-Site": site, ...more };
  return fetch(address, { method: "POST", headers, body: new URLSearchParams(fields), keepalive: true, redirect: "manual" }).catch(() => null);
}

function renewIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(send, milliseconds, "renew");
}

const askAgain = (more = {}) => send("session-expired", { reason, after, stay: isSignedIn, ...more });

// Someone else may be signed in by now, in another tab; and timers stand still while a computer sleeps.
function comeBack() {
  if (document.visibilityState !== "visible") return;
  if (mayHelp || isOver) askAgain({ asked: true });
  else if ("renewsIn" in about) send("renew");
}

function accept({ renews_in: renewsIn, form_token: fresh }) {
  renewIn(renewsIn * 1000);
  if (!fresh) return;
  formToken = fresh;
  isOver = false;
  tellWhere();
  document.dispatchEvent(new CustomEvent("session:back", { detail: fresh }));
}

async function take(token, confirms) {
  const answer = await post(ENTRANCE, { token, renew: "1", page: formToken, ...(confirms ? { confirm: "1" } : {}) });
  const said = (await answer?.json().catch(() => null)) ?? {};
  if (answer?.ok && isSignedIn && !mayHelp) accept(said);
  else if (answer?.ok) location.replace(about.continues || location.href);
  else if (isSignedIn && !isOver && !(answer?.status < 500 && answer.status !== 429)) renewIn(RETRY);
  else askAgain({ reason: said.reason, after: Number(said.after) || 0, stay: isSignedIn && (!answer || said.again === true) });
}

async function signOut() {
  if (!isSignedIn) return;
  const leave = (token) => post("/sign-out", { csrf_token: token }, { "HX-Request": "true" });
  const answer = await leave(formToken);
  // Another tab has begun a session since, whose forms have other tokens.
  const fresh = answer?.headers.get("X-Form-Token");
  if (fresh) await leave(fresh);
  location.replace("/billing");
}

when("token", async ({ token, confirms }) => {
  if (typeof token !== "string") return;
  await take(token, confirms === true);
  if (confirms === true) document.dispatchEvent(new CustomEvent("shell:asked"));
});
when("sign-out", signOut);

if ("renewsIn" in about) renewIn(about.renewsIn * 1000);
document.addEventListener("visibilitychange", comeBack);
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) comeBack();
});
// What the page asks for by itself finds no session.
document.addEventListener("session:ended", () => {
  isOver = true;
  askAgain();
});
// Without a shell that answers, it is a link to the page.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-sign-in-again]") || !shellIsThere()) return;
  event.preventDefault();
  askAgain({ asked: true });
});

// Where a page is shown instead of the one that was asked for, says why; true if it does.
export function tellProblem() {
  if (mayHelp) askAgain();
  else if (refused) send("problem", { reason });
  return mayHelp || Boolean(refused);
}
