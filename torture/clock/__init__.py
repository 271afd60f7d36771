"""Clocks that jump: each program can be given a time of day of its own, which changes while it runs.

Debian's `faketime` wraps what waits, too, so that threads that sleep stay asleep when it jumps: hence one of our own.
"""
