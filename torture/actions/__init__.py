"""What an owner does on the pages: each action is a few clicks, and says how it ended.

An action is called with the person, what chance decides by, and Stripe's other side. It raises `UnansweredError`
where the browser got no answer, and goes on from wherever the person happens to be.
"""
