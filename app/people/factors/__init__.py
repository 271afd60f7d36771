"""Second factors: what a person proves beside the password, or instead of it."""
