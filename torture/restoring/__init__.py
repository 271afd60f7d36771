"""`make restore-drill`: the database is lost in the middle of traffic, restored to a moment, and what comes back."""
