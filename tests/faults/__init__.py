"""Every action, and every poll, with every fault of the server."""
