"""Every connection between two programs leads through a small TCP proxy of ours: it can cut, silence, slow, reset it.

The proxy is a program of its own (`python -m torture.network`), so that it doesn't wait for those who play. Both of
its ends are sockets of this machine, and the kernel acknowledges what the proxy doesn't pass on: a silent link is a
peer that hangs. A machine that is gone without a word looks the same to a program that waits, but
for TCP's own timeouts.
"""
