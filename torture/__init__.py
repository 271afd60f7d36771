"""A hostile hour: the whole system at work while everything around it goes wrong, then proof that nothing was lost.

`make torture` starts PostgreSQL, Stripe's stand-in, the web processes, the API's and the workers, each a program of
its own, and between any two of them a link of our own proxy. Then, at the same time: a platform reports usage and
holds credit at full speed (`torture.load`) and plays calls, owners use the pages as browsers do, the stand-in fails
and its webhooks come twice, late, shuffled or never, payments are refunded and disputed, receivers and people are
slow. Meanwhile programs are killed (SIGKILL) and paused, PostgreSQL is restarted, links are cut, silenced, slowed
and reset in the middle of an answer, the database's disk is full, and clocks jump (`torture.trouble.schedule`). It
ends after `TORTURE_OPERATIONS` and `TORTURE_KILLS`, or after `TORTURE_SECONDS`; `TORTURE_FAULTS` names what may go
wrong.

In the end it lets everything settle and compares (`torture.checks`): with Stripe's sums, with the platform's own
count, and with a model in plain integers. A finding is reported with what it takes to look into it, and the exit code
is 1. `TORTURE_SEED` repeats what everyone chooses and the order of the faults. It does not repeat when each happens,
how threads and processes take turns, nor what is under way when something is killed: that is up to the machine.

It knows the product from outside only: its pages, its API, its commands and its database.
"""
