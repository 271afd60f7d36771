"""The pages in the shell's frame, on another site and on the same one."""
