// What a color comes to in this page: whether one sees through it, and how bright it is (WCAG 2.2, relative luminance).
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 1;
const paint = canvas.getContext("2d", { willReadFrequently: true });
const probe = document.createElement("span");
probe.hidden = true;

const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

export function resolved(value) {
  document.body.append(probe);
  probe.style.color = "";
  probe.style.color = value;
  paint.clearRect(0, 0, 1, 1);
  paint.fillStyle = getComputedStyle(probe).color;
  paint.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue, opacity] = [...paint.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
  return { isOpaque: opacity === 1, luminance: 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) };
}
