// Expiration dates, typed as "12 / 34".
function dated(text) {
  let digits = digitsOf(text);
  if (/^[2-9]/.test(digits) || /^1\s*\//.test(text)) digits = `0${digits}`;
  // A year of four digits, as browsers fill it in.
  if (digits.length === 6 && digits.startsWith("20", 2)) digits = digits.slice(0, 2) + digits.slice(4);
  digits = digits.slice(0, 4);
  return digits.length < 2 ? digits : `${digits.slice(0, 2)} / ${digits.slice(2)}`;
}

function expirationOf(text) {
  const digits = digitsOf(text);
  return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2, 4)), isWhole: digits.length === 4 };
}

function expirationProblem(text, today = new Date()) {
  const { month, year, isWhole } = expirationOf(text);
  const hasMonth = digitsOf(text).length >= 2;
  if (hasMonth && (month < 1 || month > 12)) return ["invalid_expiry_month", "Your card's expiration month is invalid."];
  if (!isWhole) return ["incomplete_expiry", "Your card's expiration date is incomplete."];
  const ahead = year - today.getFullYear();
  if (ahead < 0) return ["invalid_expiry_year_past", "Your card's expiration year is in the past."];
  if (ahead > 50) return ["invalid_expiry_year", "Your card's expiration year is invalid."];
  if (ahead === 0 && month < today.getMonth() + 1) {
    return ["invalid_expiry_month_past", "Your card's expiration date is in the past."];
  }
  return null;
}
