"""`make soak`: a steady pace for hours, and every figure that must stay flat, drawn and written down."""
