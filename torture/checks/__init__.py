"""What must hold in the end, whatever happened. Each check tells the journal what doesn't."""
