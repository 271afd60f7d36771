"""What `make bench` runs. Each section measures beside its own floor in one run, because machines differ."""
