"""The tables over several machines, by Citus: which go where, how they get there, and how they lie.

Citus isn't a part of this product, which runs on PostgreSQL as it is: these are for a database that has it.
"""
