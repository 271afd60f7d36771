"""What an operator does to a running installation, done under the simulator: an upgrade, and a failover.

`python -m torture.rehearsal upgrade` and `… failover`; each prints a table, and the exit code is 1 where a request
failed that must not, or where something was lost or doubled.
"""
