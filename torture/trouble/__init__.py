"""What goes wrong around the system: processor, receivers and visitors, processes, network, disk and clocks."""
