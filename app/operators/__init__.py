"""Those who run the service: who they are, what they find out about an organization, and what they do for it.

Each thing that they do on a page a command does as well (`app.cli`), by the same function here: both leave the same
entry in the operators' trail and, where it is about an organization, in that one's.
"""
