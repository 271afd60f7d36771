// One labelled input: it is formatted while typing, and says what is wrong once it can know.
class Field {
  constructor(id, { format, problem, changed }) {
    this.input = document.getElementById(id);
    this.message = document.getElementById(`${id}-error`);
    this.format = format;
    this.find = problem;
    this.changed = changed;
    this.hints = this.input.getAttribute("aria-describedby") ?? "";
    this.input.addEventListener("beforeinput", (event) => this.#skipGap(event));
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("blur", () => this.show(this.isEmpty ? null : this.problem));
  }

  get isEmpty() {
    return this.input.value === "";
  }

  get problem() {
    return this.find(this.input.value);
  }

  // Until now nothing would have formatted or checked what is typed, and Enter would have sent it off in an address.
  enable() {
    this.input.disabled = false;
    if (!this.isEmpty) this.#typed();
  }

  clear() {
    this.input.value = "";
    this.show(null);
  }

  show(problem) {
    const text = problem?.[1] ?? "";
    if (this.message.textContent !== text) this.message.textContent = text;
    this.message.hidden = !problem;
    this.input.setAttribute("aria-invalid", String(Boolean(problem)));
    const described = problem ? `${this.message.id} ${this.hints}` : this.hints;
    if (described.trim()) this.input.setAttribute("aria-describedby", described.trim());
    else this.input.removeAttribute("aria-describedby");
  }

  // Deleting backwards over a space or a slash takes the digit before it.
  #skipGap(event) {
    const { selectionStart: start, selectionEnd: end, value } = this.input;
    if (event.inputType !== "deleteContentBackward" || start !== end) return;
    const digit = value.slice(0, start).search(/\d\D+$/);
    if (digit < 0) return;
    event.preventDefault();
    this.input.setRangeText("", digit, start, "end");
    this.#typed();
  }

  #typed() {
    const { input } = this;
    const before = digitsOf(input.value.slice(0, input.selectionStart)).length;
    const atEnd = input.selectionStart === input.value.length;
    const digits = digitsOf(input.value).length;
    input.value = this.format(input.value);
    const added = digitsOf(input.value).length > digits ? 1 : 0;
    if (!atEnd) this.#putCaretAfter(before + added);
    const problem = this.problem;
    this.show(this.isEmpty || problem?.[0].startsWith("incomplete") ? null : problem);
    this.changed();
  }

  #putCaretAfter(count) {
    let place = 0;
    for (let seen = 0; seen < count && place < this.input.value.length; place += 1) {
      if (/\d/.test(this.input.value[place])) seen += 1;
    }
    this.input.setSelectionRange(place, place);
  }
}
