"""A hostile hour: the whole system at work while everything around it goes wrong, then proof that nothing was lost.

`make torture` starts PostgreSQL, Stripe's stand-in, the web processes and the worker, each a program of its
own. Then, at the same time and for `TORTURE_SECONDS`: a platform plays calls over the API, owners use the
pages as browsers do, the stand-in fails and its webhooks come twice, late, shuffled or never, payments are
refunded and disputed, receivers and people are slow, and every `TORTURE_KILL_EVERY` seconds a program is
killed (SIGKILL) and started again.

In the end it lets everything settle and compares (`torture.checks`). A finding is reported with what it takes to look
into it, and the exit code is 1. `TORTURE_SEED` repeats what everyone chooses; when it happens is up to the machine.

It knows the product from outside only: its pages, its API, its commands and its database.
"""
