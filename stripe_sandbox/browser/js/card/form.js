// The form of the three fields, and its conversation with the page.
const brandLabel = document.getElementById("brand");
const form = document.querySelector("form");
const cvcInput = document.getElementById("cvc");
let defaults = {};

const brand = () => brandOf(digitsOf(document.getElementById("number").value));

const cvcProblem = (text) =>
  text.length < brand().cvc ? ["incomplete_cvc", "Your card's security code is incomplete."] : null;

const fields = [
  new Field("number", { format: grouped, problem: numberProblem, changed }),
  new Field("expiration", { format: dated, problem: expirationProblem, changed }),
  new Field("cvc", { format: (text) => digitsOf(text).slice(0, brand().cvc), problem: cvcProblem, changed }),
];
const [number, expiration, cvc] = fields;
let last = "";
let isReady = false;

function changed() {
  const { id, name, cvc: length } = brand();
  if (brandLabel.dataset.brand !== id) {
    brandLabel.dataset.brand = id;
    brandLabel.textContent = name;
    cvcInput.placeholder = "CVC".padEnd(length, "C");
  }
  const state = {
    empty: fields.every((field) => field.isEmpty),
    complete: fields.every((field) => field.problem === null),
  };
  if (JSON.stringify(state) !== last) post("change", state);
  last = JSON.stringify(state);
}

function validate() {
  let first = null;
  for (const field of fields) {
    field.show(field.problem);
    if (field.problem) first ??= field;
  }
  if (!first) return {};
  first.input.focus();
  const [code, message] = first.problem;
  return { error: { type: "validation_error", code, message } };
}

function entered() {
  const { month, year } = expirationOf(expiration.input.value);
  return { number: digitsOf(number.input.value), exp_month: month, exp_year: year, cvc: cvc.input.value };
}

const withDefaults = (data = {}) => ({ ...data, billing_details: { ...defaults.billingDetails, ...data.billing_details } });

async function paymentMethod({ key, params }) {
  const { error } = validate();
  return error ? { error } : createPaymentMethod({ key, card: entered(), params: withDefaults(params) });
}

async function confirmationToken({ key, params, context }) {
  const { error } = validate();
  if (error) return { error };
  const data = withDefaults(params.payment_method_data);
  return createConfirmationToken({ key, card: entered(), params: { ...params, payment_method_data: data }, context });
}

function options({ defaults: given, ...appearance }) {
  defaults = given;
  dress(appearance);
  if (isReady) return;
  isReady = true;
  for (const field of fields) field.enable();
  reportHeight();
  post("ready");
  changed();
}

function clear() {
  for (const field of fields) field.clear();
  changed();
}

listen({
  options,
  validate,
  clear,
  createPaymentMethod: paymentMethod,
  createConfirmationToken: confirmationToken,
  focus: () => number.input.focus(),
  blur: () => document.activeElement?.blur(),
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  post("enter");
});
window.addEventListener("focus", () => post("focus"));
window.addEventListener("blur", () => post("blur"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") post("escape");
});
post("hello");
