"""Every task by keyboard alone: tasks as data, where they are done, and someone without a mouse who does them."""
