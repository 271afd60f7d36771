// What a frame may say, and what of it is passed on: another type, and a value that isn't of its form, is dropped.
import { pageAt } from "./pages.js";

const [LOWEST, TALLEST] = [100, 50_000];
// Seconds.
const LATEST = 60;
const isWord = (value) => typeof value === "string" && /^[a-z_]{1,40}$/.test(value);
const areNames = (value) => Array.isArray(value) && value.length <= 100 && value.every((one) => typeof one === "string" && /^[\w-]{1,60}$/.test(one));
const nothing = () => ({});

const FORMS = {
  ready: nothing,
  resize: ({ height }) => (Number.isFinite(height) && height >= 0 ? { height: Math.min(Math.max(Math.ceil(height), LOWEST), TALLEST) } : null),
  // Whether the next page is a new step.
  step: ({ is }) => ({ is: is === true }),
  navigate({ path, title }, origin) {
    const page = pageAt(path, origin);
    return page && { path: page, title: typeof title === "string" ? title.slice(0, 300) : "" };
  },
  renew: nothing,
  confirm: nothing,
  escape: nothing,
  "session-expired": ({ reason, asked, stay, after }) => ({
    reason: isWord(reason) ? reason : "ended",
    asked: asked === true,
    stay: stay === true,
    after: Number.isFinite(after) ? Math.min(Math.max(after, 0), LATEST) : 0,
  }),
  wallet: ({ state }) => (isWord(state) ? { state } : null),
  problem: ({ reason, tokens }) => (isWord(reason) ? { reason, ...(areNames(tokens) ? { tokens } : {}) } : null),
  "open-in-window"({ path }, origin) {
    const page = pageAt(path, origin);
    return page && { path: page };
  },
};

// The type and the detail of what was said; null if it is nothing that a frame may say.
export function read(data, source, origin) {
  if (data?.source !== source || typeof data.type !== "string" || !Object.hasOwn(FORMS, data.type)) return null;
  const detail = FORMS[data.type](data, origin);
  return detail && { type: data.type, detail };
}
