// In the shell's frame a page takes the keyboard only from another page there, or when the shell gives it.
export const mayTakeFocus = () => !document.documentElement.matches("[data-framed]") || document.hasFocus();
