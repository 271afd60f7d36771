// For the shell's own elements: the organization's credit, told when it has changed while the page is in view, and
// whether it covers a campaign. Our frame asks, because only what is of our origin can.
const EVERY = 3_000;
const LONGEST = 300_000;
const PATIENCE = 3;
const ENDS = { 401: "session_ended", 403: "not_owner", 404: "not_owner", 409: "other_organization" };

const ask = (address, headers = {}) => fetch(address, {
  cache: "no-store",
  // To the sign-in page, whose status says nothing.
  redirect: "manual",
  headers: { "X-Organization": document.body.dataset.organization ?? "", ...headers },
});

// Polls `address`, and again when a page that polls by itself has changed. `tell` sends a message to the shell's page.
export function followCredit(address, tell) {
  let version = "";
  let failures = 0;
  let timer = 0;
  let isAsking = false;

  async function poll() {
    clearTimeout(timer);
    if (document.hidden || isAsking) return;
    isAsking = true;
    const status = await look().catch(() => 0);
    isAsking = false;
    if (Object.hasOwn(ENDS, status)) {
      version = "";
      tell("problem", { reason: ENDS[status] });
      return;
    }
    failures = status === 200 || status === 304 ? 0 : failures + 1;
    if (failures === PATIENCE) {
      version = "";
      tell("problem", { reason: "unavailable" });
    }
    const pollsItself = document.getElementById("live") && failures === 0;
    if (!pollsItself) timer = setTimeout(poll, Math.min(EVERY * 2 ** failures, LONGEST));
  }

  async function look() {
    const answer = await ask(address, version ? { "HX-PTag": version } : {});
    if (answer.status === 200) {
      const credit = await answer.json();
      version = answer.headers.get("HX-PTag");
      tell("wallet", credit);
    }
    return answer.type === "opaqueredirect" ? 401 : answer.status;
  }

  document.addEventListener("visibilitychange", poll);
  document.addEventListener("htmx:after:swap", poll);
  document.addEventListener("session:back", poll);
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    version = "";
    poll();
  });
  poll();
}

// What is asked has an id, so that an answer finds its element.
export async function checkCampaign({ id, fields }, tell) {
  let answer = null;
  try {
    const found = await ask(`/billing/parts/campaign-check?${new URLSearchParams(fields)}`);
    if (found.ok || found.status === 422) answer = await found.json();
  } catch {
    // The next poll says that it can't be reached.
  }
  tell("campaign-check", { id, answer });
}
