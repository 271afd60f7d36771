"""What shows that something has focus: a ring around it, or for a link in a drawing, a stroke that comes with the focus.

Of a stroke, half lies within the shape, where others may cover it: it is twice as thick as a ring. In a drawing that is
stretched, only one that doesn't scale is as thick at all sides.
"""

RINGS = """{
  shapes(one) {
    return one instanceof SVGElement ? [...one.querySelectorAll("rect, circle, path")] : [];
  },
  strokes(one) {
    return this.shapes(one).map((each) => getComputedStyle(each).stroke);
  },
  has(one, others, before) {
    const ringed = (each) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    };
    const isClear = (color) => /^(none|transparent)$|^rgba.*, *0[)]$|[/] *0[)]$/.test(color);
    const stroked = (each, at) => {
      const { stroke, strokeWidth, strokeOpacity, vectorEffect } = getComputedStyle(each);
      return stroke !== before[at] && !isClear(stroke) && Number(strokeOpacity) === 1 && parseFloat(strokeWidth) >= 4 && vectorEffect === "non-scaling-stroke";
    };
    return [one, ...others].some((each) => each && ringed(each)) || this.shapes(one).some(stroked);
  },
}"""
"""`strokes` of a link in a drawing, before it has focus; and whether it `has` a ring of 2 px then, or one of the others
that may show it, or a stroke that it had not."""
