// The shell's frame.
