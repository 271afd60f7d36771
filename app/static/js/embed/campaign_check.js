// <voice-portal-campaign-check token-url="/billing-token" calls="400" minutes="2.5">: whether credit covers a campaign.
import { make, Part } from "./part.js";

const FIELDS = ["cost", "calls", "minutes", "shortest", "longest", "answered", "meter", "campaign"];
const TYPING = 400;

class CampaignCheck extends Part {
  static observedAttributes = ["organization", ...FIELDS];
  #title = make("strong");
  #text = make("p", { className: "soft" });
  #timer = 0;
  #asked = 0;

  build() {
    this.button = this.opener({ className: "main", hidden: true });
    const said = make("p", { role: "status", children: [this.#title] });
    this.box = make("div", { className: "box", children: [make("div", { children: [said, this.#text] }), this.button] });
    return [this.box];
  }

  // Asked again when credit has changed, and once attributes stay as they are.
  draw(credit) {
    clearTimeout(this.#timer);
    if (!credit) this.#answer(null);
    else this.#timer = setTimeout(() => this.#ask(), TYPING);
  }

  async #ask() {
    const asked = (this.#asked += 1);
    const fields = Object.fromEntries(FIELDS.filter((name) => this.getAttribute(name)).map((name) => [name, this.getAttribute(name)]));
    const answer = fields.cost || fields.calls ? await this.session.check(fields) : null;
    if (asked !== this.#asked) return;
    this.#answer(answer?.title ? answer : null);
    if (answer?.problem) this.tell("problem", { reason: "invalid_campaign", message: answer.problem });
    else if (answer) this.tell("campaign-check", answer);
  }

  #answer(answer) {
    this.#asked += answer ? 0 : 1;
    this.box.classList.toggle("unseen", !answer);
    this.box.style.setProperty("--tone", `var(--${answer?.is_covered ? "good" : "warn"})`);
    if (this.#title.textContent !== (answer?.title ?? "")) this.#title.textContent = answer?.title ?? "";
    this.#text.textContent = answer?.text ?? "";
    this.lead(this.button, answer?.path ?? "");
    this.button.textContent = answer?.action ?? "";
    this.button.hidden = !answer?.action;
  }
}

customElements.define("voice-portal-campaign-check", CampaignCheck);
