// Card numbers: their brand, their groups and their check digit.
const BRANDS = [
  { id: "visa", name: "Visa", starts: /^4/, lengths: [16] },
  { id: "mastercard", name: "Mastercard", starts: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { id: "amex", name: "Amex", starts: /^3[47]/, lengths: [15], groups: [4, 6, 5], cvc: 4 },
  { id: "discover", name: "Discover", starts: /^(6011|64[4-9]|65)/, lengths: [16] },
  { id: "diners", name: "Diners Club", starts: /^3(0|6|8)/, lengths: [14], groups: [4, 6, 4] },
  { id: "jcb", name: "JCB", starts: /^35/, lengths: [16] },
  { id: "unionpay", name: "UnionPay", starts: /^62/, lengths: [16, 19] },
];
const UNKNOWN = { id: "unknown", name: "", lengths: [16] };

const digitsOf = (text) => text.replace(/\D/g, "");

function brandOf(digits) {
  const brand = BRANDS.find(({ starts }) => starts.test(digits)) ?? UNKNOWN;
  return { groups: [4, 4, 4, 4, 3], cvc: 3, ...brand };
}

function grouped(text) {
  const digits = digitsOf(text);
  const { groups, lengths } = brandOf(digits);
  const parts = [];
  let rest = digits.slice(0, Math.max(...lengths));
  for (const size of groups) {
    if (rest) parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return parts.join(" ");
}

// The Luhn formula: ISO/IEC 7812-1, annex B.
function checks(digits) {
  let sum = 0;
  for (const [place, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

function numberProblem(text) {
  const digits = digitsOf(text);
  const { lengths } = brandOf(digits);
  if (digits.length < Math.min(...lengths)) return ["incomplete_number", "Your card number is incomplete."];
  if (!checks(digits)) return ["invalid_number", "Your card number is invalid."];
  return null;
}
