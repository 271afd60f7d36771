"""What goes wrong around the system: its payment processor, its receivers, its visitors, its processes."""
